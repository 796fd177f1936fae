//! Base64url without padding (RFC 4648, 5), as WebAuthn's JSON has it: one text per bytes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The text of `bytes`.
pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes of `text`, or what is wrong with it.
pub(crate) fn decode(text: &str) -> Result<Vec<u8>, String> {
    URL_SAFE_NO_PAD.decode(text).map_err(|why| format!("no base64url ({why})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_in_the_other_alphabet_without_padding() {
        assert_eq!(encode(&[0xfb, 0xff, 0xfe, 0x00]), "-__-AA");
        assert_eq!(decode("-__-AA").unwrap(), [0xfb, 0xff, 0xfe, 0x00]);
        assert_eq!(decode("").unwrap(), [0_u8; 0]);
    }

    #[test]
    fn other_texts_for_the_same_bytes_are_refused() {
        // The standard alphabet, padding, bits left over, white space.
        for text in ["+//+AA", "-__-AA==", "-__-AB", "-__-AA\n"] {
            assert!(decode(text).is_err(), "{text}");
        }
    }
}
