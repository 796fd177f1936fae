//! The trust file: all that is believed before anything is checked. TOML, written by `countersign status --trust`
//! and by hand.

use std::collections::BTreeSet;

use countersign_core::assertion::Expected;
use countersign_protocol::checkpoint::CheckpointKey;
use countersign_protocol::limits::COSIGNER_KEY_BYTES;
use countersign_protocol::{ApplianceId, Digest};
use countersign_tlog::key::Key;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use serde::Deserialize;
use x509_cert::Certificate;
use x509_cert::der::Decode as _;

/// What is trusted.
#[derive(Clone, Debug)]
pub struct Trust {
    appliances: Vec<Appliance>,
    /// Their keys, as C2SP's signed-note writes them.
    pub(crate) witnesses: Vec<String>,
    /// As many of the witnesses must have seen a checkpoint.
    pub(crate) witnesses_needed: usize,
    /// Who certifies signers' keys, in DER; none: nobody has to.
    pub(crate) roots: Vec<Vec<u8>>,
    /// Who attests devices, in DER; none: nobody has to.
    pub(crate) makers: Vec<Vec<u8>>,
}

/// An appliance.
#[derive(Clone, Debug)]
pub struct Appliance {
    /// Its id.
    pub id: ApplianceId,
    /// What its checkpoints verify with.
    pub checkpoint_key: CheckpointKey,
    /// What its own cosignatures verify with, ML-DSA-44, if they are asked for.
    pub cosigner_key: Option<Box<[u8; COSIGNER_KEY_BYTES]>>,
    /// The rpId of its signers' devices.
    pub rp_id: String,
    /// Its approval page's origin.
    pub origin: String,
}

/// Why a trust file is none.
#[derive(Debug)]
pub struct BadTrust(String);

impl std::fmt::Display for BadTrust {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the trust file is not as docs/evidence.md has it: {}", self.0)
    }
}

impl std::error::Error for BadTrust {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    appliance: Vec<ApplianceTable>,
    #[serde(default)]
    witnesses: Witnesses,
    #[serde(default)]
    certificates: Roots,
    #[serde(default)]
    attestation: Roots,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Roots {
    roots: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ApplianceTable {
    id: String,
    checkpoint_key: String,
    cosigner_key: Option<String>,
    rp_id: String,
    origin: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Witnesses {
    needed: usize,
    keys: Vec<String>,
}

impl Trust {
    /// Reads a trust file's text.
    ///
    /// # Errors
    /// [`BadTrust`]: what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, BadTrust> {
        let File { appliance, witnesses, certificates, attestation } =
            toml::from_str(text).map_err(|why| BadTrust(why.message().to_owned()))?;
        let appliances: Vec<_> = appliance.iter().map(of_table).collect::<Result<_, _>>()?;
        let Witnesses { needed, keys: witnesses } = witnesses;
        let keys: Vec<_> = witnesses.iter().map(|key| witness(key)).collect::<Result<_, _>>()?;
        // One who is named twice would be counted twice.
        if twice(keys.iter().map(Key::public)) {
            return Err(BadTrust("it names a witness's key twice".into()));
        }
        if twice(appliances.iter().map(|appliance| appliance.id)) {
            return Err(BadTrust("it names an appliance twice".into()));
        }
        if appliances.is_empty() {
            return Err(BadTrust("it names no [[appliance]]".into()));
        }
        if needed > witnesses.len() {
            let (have, needed) = (witnesses.len(), needed);
            return Err(BadTrust(format!("{needed} witnesses are needed and {have} are named")));
        }
        let (roots, makers) = (certificates.read()?, attestation.read()?);
        Ok(Self { appliances, witnesses, witnesses_needed: needed, roots, makers })
    }

    /// The appliance of this id.
    #[must_use]
    pub fn appliance(&self, id: &ApplianceId) -> Option<&Appliance> {
        self.appliances.iter().find(|appliance| appliance.id == *id)
    }
}

impl Roots {
    /// Each in DER.
    fn read(&self) -> Result<Vec<Vec<u8>>, BadTrust> {
        self.roots.iter().map(|pem| root(pem)).collect()
    }
}

impl Appliance {
    /// The table of this appliance, for a trust file.
    #[must_use]
    pub fn table(&self) -> String {
        let Self { id, checkpoint_key, cosigner_key, rp_id, origin } = self;
        let key = hex::encode(checkpoint_key.bytes());
        let cosigner = cosigner_key.as_ref();
        let cosigner = cosigner.map(|key| format!("cosigner_key = \"{}\"\n", hex::encode(**key)));
        let cosigner = cosigner.unwrap_or_default();
        format!(
            "[[appliance]]\nid = \"{id}\"\ncheckpoint_key = \"{key}\"\n{cosigner}rp_id = \"{rp_id}\"\norigin = \"{origin}\"\n"
        )
    }

    /// What an approval on its page is held against.
    pub(crate) fn expects<'e>(
        &'e self,
        challenge: &'e Digest,
        rp_id_hash: &'e Digest,
    ) -> Expected<'e> {
        Expected { challenge, origin: &self.origin, rp_id_hash }
    }
}

fn of_table(table: &ApplianceTable) -> Result<Appliance, BadTrust> {
    let bad = |what: &str, text: &str| BadTrust(format!("{what} {text:?} is none"));
    let mut id = [0; 16];
    hex::decode_to_slice(&table.id, &mut id).map_err(|_| bad("the appliance's id", &table.id))?;
    let key = hex::decode(&table.checkpoint_key).ok();
    let checkpoint_key = key.and_then(|key| CheckpointKey::from_bytes(&key));
    Ok(Appliance {
        id: ApplianceId(id),
        checkpoint_key: checkpoint_key
            .ok_or_else(|| bad("the checkpoint key", &table.checkpoint_key))?,
        cosigner_key: table.cosigner_key.as_deref().map(cosigner_key).transpose()?,
        rp_id: table.rp_id.clone(),
        origin: table.origin.clone(),
    })
}

fn cosigner_key(text: &str) -> Result<Box<[u8; COSIGNER_KEY_BYTES]>, BadTrust> {
    let key = hex::decode(text).ok().and_then(|key| Box::try_from(key).ok());
    // Not shown: it is longer than a line.
    key.ok_or_else(|| {
        BadTrust("the cosigner's key is none: 1312 bytes in hexadecimal digits".into())
    })
}

fn witness(text: &str) -> Result<Key<'_>, BadTrust> {
    let key = Key::parse(text).ok().filter(|key| key.kind().has_time());
    key.ok_or_else(|| BadTrust(format!("the witness's key {text:?} is none")))
}

fn root(pem: &str) -> Result<Vec<u8>, BadTrust> {
    let bad = || BadTrust("a root is no certificate in PEM".into());
    let der = CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|_| bad())?;
    Certificate::from_der(&der).map(|_| der.to_vec()).map_err(|_| bad())
}

fn twice<T: Ord>(values: impl Iterator<Item = T>) -> bool {
    let mut seen = BTreeSet::new();
    !{ values }.all(|value| seen.insert(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "[[appliance]]\nid = \"a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1\"\n\
        checkpoint_key = \"0707070707070707070707070707070707070707070707070707070707070707\"\n\
        rp_id = \"approve.example\"\norigin = \"https://approve.example\"\n";
    const WITNESS: &str = "witness.example/w+26e44a48+BAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH";

    fn why(text: &str) -> String {
        Trust::parse(text).unwrap_err().to_string()
    }

    fn witnessed(needed: usize, keys: &[&str]) -> String {
        format!("{GOOD}[witnesses]\nneeded = {needed}\nkeys = {keys:?}\n")
    }

    #[test]
    fn what_is_written_of_an_appliance_is_read_again() {
        let trust = Trust::parse(GOOD).unwrap();
        let appliance = trust.appliance(&ApplianceId([0xa1; 16])).unwrap();
        assert_eq!(appliance.table(), GOOD);
        assert!(trust.appliance(&ApplianceId([0; 16])).is_none());
        let cosigned = cosigned(1312);
        let trust = Trust::parse(&cosigned).unwrap();
        assert_eq!(trust.appliance(&ApplianceId([0xa1; 16])).unwrap().table(), cosigned);
    }

    fn cosigned(bytes: usize) -> String {
        GOOD.replace("rp_id", &format!("cosigner_key = \"{}\"\nrp_id", "07".repeat(bytes)))
    }

    #[test]
    fn what_is_wrong_with_it_is_said() {
        assert!(Trust::parse(&witnessed(1, &[WITNESS])).is_ok());
        let cases = [
            (String::new(), "no [[appliance]]"),
            (GOOD.repeat(2), "an appliance twice"),
            (witnessed(2, &[WITNESS]), "2 witnesses are needed and 1 are named"),
            (witnessed(2, &[WITNESS, WITNESS]), "a witness's key twice"),
            (witnessed(1, &[&WITNESS.replace("26e4", "26e5")]), "the witness's key"),
            (GOOD.replace("a1a1\"", "a1\""), "the appliance's id"),
            (GOOD.replace("0707\"", "07\""), "the checkpoint key"),
            (cosigned(1311), "the cosigner's key"),
            (format!("{GOOD}more = 1\n"), "unknown field"),
            (format!("{GOOD}[certificates]\nroots = [\"x\"]\n"), "no certificate in PEM"),
            (format!("{GOOD}[attestation]\nroots = [\"x\"]\n"), "no certificate in PEM"),
        ];
        for (text, what) in cases {
            assert!(why(&text).contains(what), "{what}: {}", why(&text));
        }
    }
}
