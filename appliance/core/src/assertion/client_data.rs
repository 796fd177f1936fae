//! clientDataJSON (WebAuthn L3, 5.8.1): a strict reader without allocation.
//!
//! Guarantees: one flat JSON object without white space, as 5.8.1.1 serialises it; each member that
//! decides is there at most once and without escapes, so that no other reader sees another value.
//! Further members are passed over, as browsers add some at random, if they are flat.

use subtle::Choice;

/// The members that decide.
#[derive(Clone, Copy)]
pub(super) struct ClientData<'j> {
    pub(super) kind: &'j [u8],
    pub(super) challenge: &'j [u8],
    pub(super) origin: &'j [u8],
    pub(super) cross_origin: Choice,
    pub(super) top_origin: Choice,
}

impl<'j> ClientData<'j> {
    /// The members, and whether they could be read; if not, members that pass no check.
    pub(super) fn read_or_empty(json: &'j [u8]) -> (Self, Choice) {
        let read =
            core::str::from_utf8(json).ok().and_then(Members::read).and_then(Members::finish);
        let readable = Choice::from(u8::from(read.is_some()));
        let no = Choice::from(0);
        let empty =
            Self { kind: b"", challenge: b"", origin: b"", cross_origin: no, top_origin: no };
        (read.unwrap_or(empty), readable)
    }
}

/// What was read so far: a member that comes twice is refused.
#[derive(Default)]
struct Members<'j> {
    kind: Option<&'j str>,
    challenge: Option<&'j str>,
    origin: Option<&'j str>,
    cross_origin: Option<bool>,
    top_origin: Option<&'j str>,
}

impl<'j> Members<'j> {
    fn read(json: &'j str) -> Option<Self> {
        let mut members = Self::default();
        let mut rest = json.strip_prefix('{')?;
        loop {
            let (name, after) = string(rest)?;
            let (value, after) = value(after.strip_prefix(':')?)?;
            members.set(name, value)?;
            rest = match after.strip_prefix(',') {
                Some(next) => next,
                None => return (after == "}").then_some(members),
            };
        }
    }

    fn set(&mut self, name: &str, value: Value<'j>) -> Option<()> {
        // An escape could spell a member's name in a second way.
        if name.contains('\\') {
            return None;
        }
        match name {
            "type" => once(&mut self.kind, value.plain()?),
            "challenge" => once(&mut self.challenge, value.plain()?),
            "origin" => once(&mut self.origin, value.plain()?),
            "topOrigin" => once(&mut self.top_origin, value.plain()?),
            "crossOrigin" => once(&mut self.cross_origin, value.boolean()?),
            _ => Some(()),
        }
    }

    fn finish(self) -> Option<ClientData<'j>> {
        Some(ClientData {
            kind: self.kind?.as_bytes(),
            challenge: self.challenge?.as_bytes(),
            origin: self.origin?.as_bytes(),
            cross_origin: Choice::from(u8::from(self.cross_origin.unwrap_or(false))),
            top_origin: Choice::from(u8::from(self.top_origin.is_some())),
        })
    }
}

fn once<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}

enum Value<'j> {
    Text(&'j str),
    Boolean(bool),
    Null,
}

impl<'j> Value<'j> {
    fn plain(self) -> Option<&'j str> {
        match self {
            Self::Text(text) if !text.contains('\\') => Some(text),
            _ => None,
        }
    }

    fn boolean(self) -> Option<bool> {
        match self {
            Self::Boolean(flag) => Some(flag),
            _ => None,
        }
    }
}

/// A flat value at the front of `json`, and what follows it.
fn value(json: &str) -> Option<(Value<'_>, &str)> {
    let literals =
        [("true", Value::Boolean(true)), ("false", Value::Boolean(false)), ("null", Value::Null)];
    for (literal, value) in literals {
        if let Some(rest) = json.strip_prefix(literal) {
            return Some((value, rest));
        }
    }
    string(json).map(|(text, rest)| (Value::Text(text), rest))
}

/// A string at the front of `json` with its escapes as they stand, and what follows it (RFC 8259, 7).
fn string(json: &str) -> Option<(&str, &str)> {
    let body = json.strip_prefix('"')?;
    let mut characters = body.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((body.get(..at)?, body.get(at + 1..)?)),
            '\\' => escape(&mut characters)?,
            '\0'..='\x1f' => return None,
            _ => {}
        }
    }
    None
}

fn escape(characters: &mut core::str::CharIndices<'_>) -> Option<()> {
    match characters.next()?.1 {
        '"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' => Some(()),
        'u' => (0..4).try_for_each(|_| characters.next()?.1.is_ascii_hexdigit().then_some(())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::ClientData;

    fn readable(json: &str) -> bool {
        bool::from(ClientData::read_or_empty(json.as_bytes()).1)
    }

    #[test]
    fn reads_what_browsers_write() {
        let json = r#"{"type":"webauthn.get","challenge":"AA","origin":"https://a","crossOrigin":true,"topOrigin":"https://b","other_keys_can_be_added_here":"do not compare \"x\""}"#;
        let (data, read) = ClientData::read_or_empty(json.as_bytes());
        assert!(bool::from(read));
        assert_eq!((data.kind, data.challenge), (&b"webauthn.get"[..], &b"AA"[..]));
        assert_eq!(data.origin, b"https://a");
        assert!(bool::from(data.cross_origin & data.top_origin));
    }

    #[test]
    fn one_mutation_of_a_readable_object_is_refused() {
        assert!(readable(r#"{"type":"t","challenge":"c","origin":"o"}"#));
        for (mutation, json) in [
            ("member twice", r#"{"type":"t","type":"t","challenge":"c","origin":"o"}"#),
            ("member missing", r#"{"type":"t","challenge":"c"}"#),
            (
                "escape in a member that decides",
                r#"{"type":"\u0074","challenge":"c","origin":"o"}"#,
            ),
            ("escape in a name", r#"{"\u0074ype":"t","type":"t","challenge":"c","origin":"o"}"#),
            ("white space", r#"{ "type":"t","challenge":"c","origin":"o"}"#),
            ("trailing bytes", r#"{"type":"t","challenge":"c","origin":"o"}x"#),
            ("trailing comma", r#"{"type":"t","challenge":"c","origin":"o",}"#),
            ("nested", r#"{"type":"t","challenge":"c","origin":"o","x":{}}"#),
            ("wrong kind of value", r#"{"type":true,"challenge":"c","origin":"o"}"#),
            ("unknown escape", r#"{"type":"t","challenge":"c","origin":"o","x":"\q"}"#),
            ("control character", "{\"type\":\"t\",\"challenge\":\"c\",\"origin\":\"o\n\"}"),
            ("byte order mark", "\u{feff}{\"type\":\"t\",\"challenge\":\"c\",\"origin\":\"o\"}"),
            ("unfinished", r#"{"type":"t","challenge":"c","origin":"o"#),
            ("empty", ""),
        ] {
            assert!(!readable(json), "{mutation}");
        }
        assert!(!bool::from(ClientData::read_or_empty(b"{\"type\":\"\xff\"}").1), "not UTF-8");
    }
}
