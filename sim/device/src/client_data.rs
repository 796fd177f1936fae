//! The client data as a browser writes it (WebAuthn Level 3, 5.8.1.1).
//!
//! Guarantees to whoever checks it without a JSON parser: exactly these members in exactly this order,
//! with exactly these escapes. What `more` holds is written as it is.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// What a browser says about the page that asked.
pub(crate) struct ClientData<'a> {
    pub(crate) type_: &'a str,
    pub(crate) challenge: &'a [u8],
    pub(crate) origin: &'a str,
    pub(crate) cross_origin: bool,
    pub(crate) top_origin: Option<&'a str>,
    /// Members after the known ones.
    pub(crate) more: Option<&'a str>,
}

impl ClientData<'_> {
    pub(crate) fn serialize(&self) -> String {
        let mut json = String::from("{\"type\":");
        json.push_str(&ccd_to_string(self.type_));
        json.push_str(",\"challenge\":");
        json.push_str(&ccd_to_string(&URL_SAFE_NO_PAD.encode(self.challenge)));
        json.push_str(",\"origin\":");
        json.push_str(&ccd_to_string(self.origin));
        json.push_str(",\"crossOrigin\":");
        json.push_str(if self.cross_origin { "true" } else { "false" });
        if let Some(top_origin) = self.top_origin {
            json.push_str(",\"topOrigin\":");
            json.push_str(&ccd_to_string(top_origin));
        }
        if let Some(more) = self.more {
            json.push(',');
            json.push_str(more);
        }
        json.push('}');
        json
    }
}

/// CCDToString: only the quote, the backslash and what is below U+0020 are escaped.
fn ccd_to_string(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\u{0}'..='\u{1f}' => {
                // Writing into a string does not fail.
                let _ = write!(quoted, "\\u{:04x}", u32::from(character));
            }
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: ClientData<'_> = ClientData {
        type_: "webauthn.get",
        challenge: &[0xfb, 0xff, 0x00, 0x01],
        origin: "https://approve.example",
        cross_origin: false,
        top_origin: None,
        more: None,
    };

    #[test]
    fn members_are_in_the_order_of_the_specification() {
        let expected = concat!(
            r#"{"type":"webauthn.get","challenge":"-_8AAQ","#,
            r#""origin":"https://approve.example","crossOrigin":false}"#
        );
        assert_eq!(PLAIN.serialize(), expected);
    }

    #[test]
    fn an_outer_page_and_further_members_follow() {
        let framed = ClientData {
            cross_origin: true,
            top_origin: Some("https://outer.example"),
            more: Some(r#""other_keys_can_be_added_here":1"#),
            ..PLAIN
        };
        let expected = concat!(
            r#""crossOrigin":true,"topOrigin":"https://outer.example","#,
            r#""other_keys_can_be_added_here":1}"#
        );
        assert!(framed.serialize().ends_with(expected));
    }

    #[test]
    fn only_three_things_are_escaped() {
        assert_eq!(ccd_to_string("a\"b\\c\n\u{1f}"), r#""a\"b\\c\u000a\u001f""#);
        assert_eq!(ccd_to_string("/é\u{7f}\u{2028}"), "\"/é\u{7f}\u{2028}\"");
    }
}
