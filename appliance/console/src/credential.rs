//! `credential.json`: what is enrolled of a device.

use std::path::Path;

use countersign_protocol::admin::DeviceEnrol;
use countersign_protocol::{Bounded, Name, Origin};
use serde::Deserialize;

use crate::{ConsoleError, base64url};

/// A device's credential, ready to be enrolled.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Credential {
    rp_id: String,
    id: Vec<u8>,
    cose_key: Vec<u8>,
    sign_count: u32,
    backup_eligible: bool,
}

/// The file. Members that are not needed may be there.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CredentialJson {
    id: String,
    public_key: String,
    rp_id: String,
    sign_count: u32,
    backup_eligible: bool,
}

impl Credential {
    /// Reads the file.
    pub(crate) fn read(path: &Path) -> Result<Self, ConsoleError> {
        let json = std::fs::read(path).map_err(ConsoleError::file("read", path))?;
        Self::parse(&json).map_err(|why| ConsoleError::Credential { path: path.to_owned(), why })
    }

    fn parse(json: &[u8]) -> Result<Self, String> {
        let read: CredentialJson = serde_json::from_slice(json).map_err(|why| why.to_string())?;
        let bytes = |name: &str, text: &str| {
            base64url::decode(text).map_err(|why| format!("{name}: {why}"))
        };
        let credential = Self {
            id: bytes("id", &read.id)?,
            cose_key: bytes("publicKey", &read.public_key)?,
            rp_id: read.rp_id,
            sign_count: read.sign_count,
            backup_eligible: read.backup_eligible,
        };
        let fits = Name::new("any").and_then(|name| credential.enrol(name, name, false)).is_some();
        let not_empty = !credential.id.is_empty() && !credential.cose_key.is_empty();
        if fits && not_empty { Ok(credential) } else { Err("a member is empty or too long".into()) }
    }

    /// The order that enrols it; none if a part is past its limit, which reading has ruled out.
    pub(crate) fn enrol<'a>(
        &'a self,
        signer: Name<'a>,
        name: Name<'a>,
        pending: bool,
    ) -> Option<DeviceEnrol<'a>> {
        Some(DeviceEnrol {
            signer,
            name,
            rp_id: Origin::new(&self.rp_id)?,
            credential: Bounded::new(&self.id)?,
            cose_key: Bounded::new(&self.cose_key)?,
            backup_eligible: self.backup_eligible,
            sign_count: self.sign_count,
            pending,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"id":"AQI","publicKey":"pQEC","algorithm":-7,"rpId":"sign.example",
        "origin":"https://sign.example","signCount":3,"backupEligible":false}"#;

    #[test]
    fn a_good_file_is_read_whole() {
        let expected = Credential {
            rp_id: "sign.example".into(),
            id: vec![1, 2],
            cose_key: vec![0xa5, 1, 2],
            sign_count: 3,
            backup_eligible: false,
        };
        assert_eq!(Credential::parse(GOOD.as_bytes()).unwrap(), expected);
    }

    #[test]
    fn a_file_with_one_thing_wrong_is_refused() {
        let long = format!("\"{}\"", "AAAA".repeat(342));
        let mutations = [
            ("\"AQI\"", "\"AQI=\""),
            ("\"AQI\"", "\"\""),
            ("\"AQI\"", &long),
            ("\"pQEC\"", "\"pQ+C\""),
            ("\"publicKey\"", "\"public\""),
            ("\"sign.example\"", "\"\""),
            ("\"sign.example\"", "\"sign\\nexample\""),
            (":3", ":-3"),
            (":3", ":4294967296"),
            ("false", "0"),
            ("}", ""),
        ];
        for (good, bad) in mutations {
            let mutated = GOOD.replace(good, bad);
            assert_ne!(mutated, GOOD);
            assert!(Credential::parse(mutated.as_bytes()).is_err(), "{bad}");
        }
    }
}
