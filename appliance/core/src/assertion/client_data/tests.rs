//! What is read, and one stated answer to whatever else there can be.

extern crate std;

use std::format;
use std::string::String;

use super::ClientData;

const GOOD: &str = r#"{"type":"t","challenge":"c","origin":"o"}"#;

fn readable(json: &str) -> bool {
    ClientData::read(json.as_bytes()).readable.into()
}

/// The good object with one more member.
fn with(member: &str) -> String {
    format!("{},{member}}}", GOOD.trim_end_matches('}'))
}

#[test]
fn reads_what_browsers_write() {
    let json = r#"{"type":"webauthn.get","challenge":"AA","origin":"https://a","crossOrigin":true,"topOrigin":"https://b","other_keys_can_be_added_here":"do not compare \"x\""}"#;
    let data = ClientData::read(json.as_bytes());
    assert!(bool::from(data.readable));
    assert!(bool::from(data.type_is(b"webauthn.get") & data.challenge_is(b"AA")));
    assert!(bool::from(data.origin_is(b"https://a")));
    assert!(bool::from(data.cross_origin() & data.has_top_origin()));
}

#[test]
fn members_may_come_in_any_order_and_further_ones_between() {
    let json =
        r#"{"more":null,"origin":"o","x":"","challenge":"c","crossOrigin":false,"type":"t"}"#;
    let data = ClientData::read(json.as_bytes());
    assert!(bool::from(data.readable & data.type_is(b"t") & data.origin_is(b"o")));
    assert!(bool::from(!data.cross_origin() & !data.has_top_origin()));
}

#[test]
fn a_value_is_the_expected_one_only_byte_for_byte() {
    let data = ClientData::read(GOOD.as_bytes());
    assert!(bool::from(data.origin_is(b"o")));
    for other in [&b""[..], b"p", b"oo", b"o\"", b"c"] {
        assert!(!bool::from(data.origin_is(other)));
    }
}

#[test]
fn names_that_begin_or_end_like_one_that_decides_are_others() {
    for name in ["typ", "types", "ype", "Type", "crossOrigins", "topOrigi", "originorigin", ""] {
        let json = with(&format!("\"{name}\":\"x\""));
        let data = ClientData::read(json.as_bytes());
        assert!(bool::from(data.readable & data.type_is(b"t") & !data.has_top_origin()), "{name}");
    }
}

#[test]
fn further_values_are_any_string_boolean_or_null() {
    for value in [
        r#""""#,
        "true",
        "false",
        "null",
        r#""\u00e4\ud800\"\\\/\b\f\n\r\t""#,
        "\"\u{7f}\u{80}\u{7ff}\u{800}\u{d7ff}\u{e000}\u{ffff}\u{10000}\u{10ffff}\"",
    ] {
        assert!(readable(&with(&format!("\"x\":{value}"))), "{value}");
    }
}

#[test]
fn one_mutation_of_a_readable_object_is_refused() {
    assert!(readable(GOOD));
    for (mutation, json) in [
        ("type twice", with(r#""type":"t""#)),
        ("challenge twice", with(r#""challenge":"c""#)),
        ("origin twice", with(r#""origin":"o""#)),
        ("crossOrigin twice", with(r#""crossOrigin":false,"crossOrigin":false"#)),
        ("topOrigin twice", with(r#""topOrigin":"a","topOrigin":"a""#)),
        ("member missing", GOOD.replace(r#""type":"t","#, "")),
        ("escape in a member that decides", GOOD.replace("\"t\"", r#""\u0074""#)),
        ("escape in topOrigin", with(r#""topOrigin":"\/""#)),
        ("escape in a name", with(r#""\u0074ype":"t""#)),
        ("name beyond ASCII", with("\"\u{e4}\":\"x\"")),
        ("white space", GOOD.replace('{', "{ ")),
        ("white space after", format!("{GOOD}\n")),
        ("trailing bytes", format!("{GOOD}x")),
        ("a second object", format!("{GOOD}{GOOD}")),
        ("trailing comma", GOOD.replace('}', ",}")),
        ("no comma", GOOD.replace("\"t\",", "\"t\"")),
        ("nested object", with(r#""x":{}"#)),
        ("nested list", with(r#""x":[]"#)),
        ("number", with(r#""x":1"#)),
        ("wrong kind of value", GOOD.replace("\"t\"", "true")),
        ("crossOrigin as text", with(r#""crossOrigin":"false""#)),
        ("topOrigin null", with(r#""topOrigin":null"#)),
        ("unknown literal", with(r#""x":tru"#)),
        ("literal in capitals", with(r#""x":True"#)),
        ("unknown escape", with(r#""x":"\q""#)),
        ("short escape", with(r#""x":"\u00e""#)),
        ("control character", GOOD.replace("\"o\"", "\"o\n\"")),
        ("byte order mark", format!("\u{feff}{GOOD}")),
        ("unfinished", GOOD.replace("\"}", "")),
        ("a list", format!("[{GOOD}]")),
        ("empty object", "{}".into()),
        ("empty", String::new()),
    ] {
        assert!(!readable(&json), "{mutation}");
    }
}

#[test]
fn what_is_not_utf_8_is_refused() {
    for bytes in [
        &b"\xff"[..],
        b"\x80",
        b"\xc3",
        b"\xc0\xaf",
        b"\xc1\xbf",
        b"\xe0\x9f\xbf",
        b"\xed\xa0\x80",
        b"\xf0\x8f\xbf\xbf",
        b"\xf4\x90\x80\x80",
        b"\xf5\x80\x80\x80",
        b"\xe2\x82",
    ] {
        assert!(core::str::from_utf8(bytes).is_err());
        let json = with("\"x\":\"?\"");
        let (before, after) = json.split_once('?').unwrap();
        let json = [before.as_bytes(), bytes, after.as_bytes()].concat();
        assert!(!bool::from(ClientData::read(&json).readable), "{bytes:x?}");
    }
}

#[test]
fn members_past_the_limit_are_refused() {
    let many = |count: usize| {
        (0..count)
            .fold(String::from(GOOD), |json, n| json.replace('}', &format!(",\"{n}\":null}}")))
    };
    assert!(readable(&many(29)));
    assert!(!readable(&many(30)));
}
