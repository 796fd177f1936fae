//! The logs that are witnessed, and the keys that are trusted for each.
//!
//! Guarantee: a log is known by its origin, which is its keys' name; each of its keys is of a kind that is
//! verified here, and named once.

use std::collections::BTreeMap;

use countersign_ports::{Algorithm, Crypto};
use countersign_tlog::Claim;
use countersign_tlog::key::{Key, Kind};
use countersign_tlog::note::Note;

/// Logs of one witness, at most: all are in one file that is written for each cosignature.
pub const LOGS_MAX: usize = 1_024;

/// The keys of the logs that are witnessed, by origin.
#[derive(Clone, Debug, Default)]
pub struct Logs(BTreeMap<String, Vec<String>>);

/// Why a list of keys is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadLogs {
    /// Not a verifier key.
    #[error("{0:?} is no verifier key of a log: give name+id+key, as `signed-note` of C2SP has it")]
    NotAKey(String),
    /// A kind that is not verified here.
    #[error(
        "the key {0:?} is ECDSA, which is not verified here: only Ed25519 and ML-DSA-44 logs are witnessed"
    )]
    Kind(String),
    /// The same key again.
    #[error("the key {0:?} is named twice")]
    Twice(String),
    /// Too many.
    #[error("more than {LOGS_MAX} logs: give some of them to another witness")]
    TooMany,
}

impl Logs {
    /// The logs with these verifier keys. Several keys of one name are keys of one log.
    ///
    /// # Errors
    /// [`BadLogs`].
    pub fn new(keys: &[String]) -> Result<Self, BadLogs> {
        let mut logs = BTreeMap::<String, Vec<String>>::new();
        for text in keys {
            let key = Key::parse(text).map_err(|_| BadLogs::NotAKey(text.clone()))?;
            algorithm(key.kind()).ok_or_else(|| BadLogs::Kind(text.clone()))?;
            let of_this = logs.entry(key.name().to_owned()).or_default();
            if of_this.contains(text) {
                return Err(BadLogs::Twice(text.clone()));
            }
            of_this.push(text.clone());
        }
        if logs.len() > LOGS_MAX { Err(BadLogs::TooMany) } else { Ok(Self(logs)) }
    }

    /// The keys of the log of this origin; none if it is not witnessed.
    pub(crate) fn keys(&self, origin: &str) -> Option<&[String]> {
        self.0.get(origin).map(Vec::as_slice)
    }
}

/// Whether one of the keys signed the note, and none of them is there with a signature that does not verify.
/// Signatures of others are ignored.
pub(crate) fn is_signed(crypto: &impl Crypto, keys: &[String], note: &Note<'_>) -> bool {
    let verified = keys.iter().filter_map(|key| verified(crypto, key, note));
    let (mut any, mut all) = (false, true);
    verified.for_each(|good| (any, all) = (true, all & good));
    any & all
}

/// Whether what the key claims of the note verifies; none if it claims nothing.
fn verified(crypto: &impl Crypto, key: &str, note: &Note<'_>) -> Option<bool> {
    let key = Key::parse(key).ok()?;
    let algorithm = algorithm(key.kind())?;
    let claim = Claim::of(&key, note).transpose()?;
    Some(claim.is_ok_and(|Claim { message, signature, .. }| {
        crypto.verify(algorithm, key.public(), message.as_bytes(), &signature).into()
    }))
}

/// What a kind verifies with. ECDSA notes are in DER, which the engines do not read.
pub(crate) const fn algorithm(kind: Kind) -> Option<Algorithm> {
    match kind {
        Kind::Ed25519 | Kind::Ed25519Cosignature => Some(Algorithm::Ed25519),
        Kind::MlDsa44Cosignature => Some(Algorithm::MlDsa44),
        Kind::Ecdsa => None,
    }
}
