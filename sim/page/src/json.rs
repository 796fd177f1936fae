//! Bytes in the page's JSON: base64url without padding (RFC 4648, 5), one text per bytes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_protocol::Bounded;
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::PageError;

/// Bytes.
pub(crate) struct Bytes(Vec<u8>);

impl Bytes {
    /// A copy of these.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    /// They, if they are within their limit in the protocol.
    pub(crate) fn bounded<const MAX: usize>(
        &self,
        what: &str,
    ) -> Result<Bounded<'_, MAX>, PageError> {
        Bounded::new(&self.0).ok_or_else(PageError::unfit(what))
    }

    /// They, if they are so many.
    pub(crate) fn exactly<const LEN: usize>(&self, what: &str) -> Result<[u8; LEN], PageError> {
        self.0.as_slice().try_into().ok().ok_or_else(PageError::unfit(what))
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&URL_SAFE_NO_PAD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        URL_SAFE_NO_PAD.decode(text).map(Self).map_err(D::Error::custom)
    }
}

/// What the page asks for, with all its members and no other.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, PageError> {
    serde_json::from_slice(body).map_err(|why| PageError::Misunderstood(why.to_string()))
}

#[cfg(test)]
mod tests {
    use super::{Bytes, read};

    #[test]
    fn bytes_are_one_text() {
        let bytes: Bytes = read(br#""-__-AA""#).unwrap();
        assert_eq!(bytes.exactly("").unwrap(), [0xfb, 0xff, 0xfe, 0x00]);
        assert_eq!(serde_json::to_string(&bytes).unwrap(), r#""-__-AA""#);
        for other in [r#""+//+AA""#, r#""-__-AA==""#, r#""-__-AB""#, "1"] {
            assert!(read::<Bytes>(other.as_bytes()).is_err(), "{other}");
        }
    }

    #[test]
    fn what_is_too_long_is_said_so() {
        let bytes = Bytes::of(&[0; 3]);
        let why = bytes.bounded::<2>("label").unwrap_err().to_string();
        assert!(why.contains("the label is not within"), "{why}");
        assert!(bytes.exactly::<4>("key").is_err());
    }
}
