//! The bytes of clientDataJSON: what parsers of JSON read in different ways.
//!
//! A good one, of an assertion as of a registration, is
//! `{"type":"..","challenge":"..","origin":"..","crossOrigin":false}`.

use super::Change::ClientData;
use super::Mutation;

const fn mutation(name: &'static str, change: fn(&str) -> Vec<u8>) -> Mutation {
    Mutation { name, change: ClientData(change) }
}

/// Another challenge, of the right length.
const OTHER_CHALLENGE: &str = r#""challenge":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA""#;
const OTHER_ORIGIN: &str = r#""origin":"https://evil.example""#;

pub(super) const TABLE: &[Mutation] = &[
    // A member that decides, twice: parsers take the first, the last, or refuse.
    mutation("challenge-twice-other-first", |json| first(json, OTHER_CHALLENGE)),
    mutation("challenge-twice-other-last", |json| last(json, OTHER_CHALLENGE)),
    mutation("challenge-twice-same", |json| last(json, &member(json, "challenge"))),
    mutation("origin-twice-other-first", |json| first(json, OTHER_ORIGIN)),
    mutation("origin-twice-other-last", |json| last(json, OTHER_ORIGIN)),
    mutation("type-twice-other-first", |json| first(json, &other_type(json))),
    mutation("type-twice-other-last", |json| last(json, &other_type(json))),
    mutation("cross-origin-twice-true-first", |json| first(json, r#""crossOrigin":true"#)),
    mutation("cross-origin-twice-true-last", |json| last(json, r#""crossOrigin":true"#)),
    // Members that do not decide.
    mutation("member-first", |json| first(json, r#""x":"y""#)),
    mutation("member-last", |json| {
        last(json, r#""other_keys_can_be_added_here":"do not compare""#)
    }),
    mutation("member-twice", |json| last(json, r#""x":"1","x":"2""#)),
    mutation("member-number", |json| last(json, r#""x":1"#)),
    mutation("member-huge-number", |json| last(json, r#""x":1e999"#)),
    mutation("member-null", |json| last(json, r#""x":null"#)),
    mutation("member-nan", |json| last(json, r#""x":NaN"#)),
    mutation("member-nested", |json| last(json, r#""x":{"challenge":["y"]}"#)),
    mutation("member-escaped", |json| last(json, r#""x":"\"\\\u0041""#)),
    mutation("member-bad-escape", |json| last(json, r#""x":"\q""#)),
    mutation("member-lone-surrogate", |json| last(json, r#""x":"\ud800""#)),
    mutation("member-control", |json| last(json, "\"x\":\"\n\"")),
    mutation("member-not-utf-8", |json| replaced_byte(&last(json, r#""x":"~""#))),
    mutation("member-proto", |json| last(json, r#""__proto__":{"origin":"https://evil.example"}"#)),
    mutation("token-binding", |json| last(json, r#""tokenBinding":{"status":"supported"}"#)),
    mutation("order", |json| {
        let [type_, challenge] = ["type", "challenge"].map(|name| member(json, name));
        exchanged(json, &format!("{type_},{challenge}"), &format!("{challenge},{type_}"))
    }),
    // Members of other types, or absent.
    mutation("cross-origin-absent", |json| exchanged(json, r#","crossOrigin":false"#, "")),
    mutation("cross-origin-null", |json| exchanged(json, "false", "null")),
    mutation("cross-origin-text", |json| exchanged(json, "false", r#""false""#)),
    mutation("cross-origin-number", |json| exchanged(json, "false", "0")),
    mutation("top-origin-null", |json| last(json, r#""topOrigin":null"#)),
    mutation("challenge-absent", |json| exchanged(json, &(member(json, "challenge") + ","), "")),
    mutation("origin-absent", |json| exchanged(json, &(member(json, "origin") + ","), "")),
    mutation("type-absent", |json| exchanged(json, &(member(json, "type") + ","), "")),
    mutation("origin-list", |json| {
        let value = value(json, "origin");
        exchanged(json, &value, &format!("[{value}]"))
    }),
    // Other spellings of a value that decides.
    mutation("challenge-padded", |json| edited(json, "challenge", |text| format!("{text}="))),
    mutation("challenge-plus-slash", |json| {
        edited(json, "challenge", |text| text.replace('-', "+").replace('_', "/"))
    }),
    mutation("challenge-last-bits", |json| edited(json, "challenge", last_bits)),
    mutation("challenge-space", |json| {
        edited(json, "challenge", |text| text.replacen('-', "- ", 1))
    }),
    mutation("challenge-stop", |json| edited(json, "challenge", |text| format!("{text}=.AAAA"))),
    mutation("challenge-escaped", |json| {
        edited(json, "challenge", |text| text.replacen('-', "\\u002d", 1))
    }),
    mutation("type-escaped", |json| edited(json, "type", |text| text.replace('.', "\\u002e"))),
    mutation("origin-escaped", |json| edited(json, "origin", |text| text.replace('/', "\\/"))),
    mutation("name-escaped", |json| exchanged(json, r#""type""#, r#""\u0074ype""#)),
    mutation("name-upper-case", |json| exchanged(json, r#""type""#, r#""Type""#)),
    // Around and between.
    mutation("byte-order-mark", |json| format!("\u{feff}{json}").into_bytes()),
    mutation("utf-16", |json| json.encode_utf16().flat_map(u16::to_le_bytes).collect()),
    mutation("space-before", |json| format!(" {json}").into_bytes()),
    mutation("space-inside", |json| exchanged(json, ":", ": ")),
    mutation("line-after", |json| format!("{json}\n").into_bytes()),
    mutation("bytes-after", |json| format!("{json}x").into_bytes()),
    mutation("object-twice", |json| json.repeat(2).into_bytes()),
    mutation("zero-after", |json| format!("{json}\0").into_bytes()),
    mutation("comma-trailing", |json| exchanged(json, "}", ",}")),
    mutation("comment", |json| exchanged(json, "{", "{/**/")),
    mutation("single-quotes", |json| json.replace('"', "'").into_bytes()),
    mutation("list", |json| format!("[{json}]").into_bytes()),
    mutation("cut", |json| json.trim_end_matches('}').into()),
    mutation("client-data-empty", |_| Vec::new()),
];

/// The type of the other ceremony.
fn other_type(json: &str) -> String {
    let is_assertion = json.contains("webauthn.get");
    let other = if is_assertion { "webauthn.create" } else { "webauthn.get" };
    format!("\"type\":\"{other}\"")
}

/// With these members before the others.
fn first(json: &str, members: &str) -> Vec<u8> {
    exchanged(json, "{", &format!("{{{members},"))
}

/// With these members after the others.
fn last(json: &str, members: &str) -> Vec<u8> {
    exchanged(json, "false}", &format!("false,{members}}}"))
}

/// With the first of the one replaced by the other.
fn exchanged(json: &str, one: &str, other: &str) -> Vec<u8> {
    json.replacen(one, other, 1).into_bytes()
}

/// The value of this member, a string, with its quotes.
fn value(json: &str, name: &str) -> String {
    let after = json.split_once(&format!("\"{name}\":\"")).map_or("", |(_, after)| after);
    format!("\"{}\"", after.split('"').next().unwrap_or_default())
}

/// This member, as it is written.
fn member(json: &str, name: &str) -> String {
    format!("\"{name}\":{}", value(json, name))
}

/// With the text of this member's value edited.
fn edited(json: &str, name: &str, edit: impl Fn(&str) -> String) -> Vec<u8> {
    let value = value(json, name);
    exchanged(json, &value, &format!("\"{}\"", edit(value.trim_matches('"'))))
}

/// The last digit carries four bits of 32 bytes, and two that are zero: here one of them is not.
fn last_bits(text: &str) -> String {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (rest, digit) = text.split_at(text.len().saturating_sub(1));
    let next = ALPHABET.split_once(digit).and_then(|(_, after)| after.chars().next());
    format!("{rest}{}", next.unwrap_or('B'))
}

/// With the one tilde replaced by a byte that no UTF-8 has.
fn replaced_byte(json: &[u8]) -> Vec<u8> {
    json.iter().map(|byte| if *byte == b'~' { 0xff } else { *byte }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"type":"webauthn.get","challenge":"-_Y","origin":"https://a.example","crossOrigin":false}"#;

    fn made(name: &str) -> String {
        let found = TABLE.iter().find(|mutation| mutation.name == name).unwrap();
        let ClientData(change) = found.change else { return String::new() };
        String::from_utf8(change(GOOD)).unwrap()
    }

    #[test]
    fn every_one_of_them_changes_something() {
        for mutation in TABLE {
            let ClientData(change) = mutation.change else { continue };
            assert_ne!(change(GOOD), GOOD.as_bytes(), "{}", mutation.name);
        }
    }

    #[test]
    fn a_member_is_changed_where_it_stands() {
        assert_eq!(made("challenge-padded"), GOOD.replace("-_Y", "-_Y="));
        assert_eq!(made("challenge-last-bits"), GOOD.replace("-_Y", "-_Z"));
        assert_eq!(made("challenge-absent"), GOOD.replace(r#""challenge":"-_Y","#, ""));
        assert_eq!(
            made("origin-list"),
            GOOD.replace(r#""https://a.example""#, r#"["https://a.example"]"#)
        );
        assert!(made("order").starts_with(r#"{"challenge":"-_Y","type":"webauthn.get","origin""#));
        assert!(made("type-twice-other-first").starts_with(r#"{"type":"webauthn.create","type""#));
        assert!(made("member-null").ends_with(r#""crossOrigin":false,"x":null}"#));
    }
}
