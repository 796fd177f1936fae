//! A checkpoint, and what witnesses have said of it.

use countersign_ledger::Signed;
use countersign_ports::{Algorithm, Crypto};
use countersign_protocol::limits::COSIGNATURE_BYTES_MAX;
use countersign_tlog::Claim;
use countersign_tlog::key::{Key, Kind};
use countersign_tlog::note::Note;

/// A checkpoint with at least one cosignature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cosigned {
    pub(crate) signed: Signed,
    pub(crate) lines: Vec<Line>,
}

/// A witness's signature line that has verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Without its line feed, as evidence has it.
    pub(crate) text: String,
    /// The time in it, in seconds since 1970.
    pub(crate) time_s: u64,
}

impl Line {
    /// The line of this key under a note, if it is there and verifies.
    pub(crate) fn of(crypto: &impl Crypto, key: &str, note: &str) -> Option<Self> {
        let (key, note) = (Key::parse(key).ok()?, Note::parse(note).ok()?);
        let algorithm = match key.kind() {
            Kind::Ed25519Cosignature => Algorithm::Ed25519,
            Kind::MlDsa44Cosignature => Algorithm::MlDsa44,
            Kind::Ed25519 | Kind::Ecdsa => return None,
        };
        let Claim { time_s, message, signature } = Claim::of(&key, &note).ok()??;
        let good = crypto.verify(algorithm, key.public(), message.as_bytes(), &signature);
        let line = note.signature(key.name(), key.id())?.to_string();
        let text = line.trim_end_matches('\n').to_owned();
        let fits = text.len() <= COSIGNATURE_BYTES_MAX;
        (bool::from(good) && fits).then_some(Self { text, time_s })
    }

    /// Whose it is: the line up to its signature's time.
    fn signer(&self) -> Option<(&str, &str)> {
        let (dash_and_name, base64) = self.text.rsplit_once(' ')?;
        // Four bytes of key id are five characters and a part of the sixth.
        Some((dash_and_name, base64.get(..5)?))
    }
}

/// Adds to the list, whose newest is the last, what a witness has said of one of its checkpoints, or of another.
pub(crate) fn merge(list: &mut Vec<Cosigned>, new: Cosigned) {
    let size = new.signed.checkpoint.size;
    match list.iter_mut().find(|one| one.signed == new.signed) {
        Some(known) => {
            for line in new.lines {
                known.lines.retain(|other| other.signer() != line.signer());
                known.lines.push(line);
            }
        }
        None => {
            let at = list.partition_point(|one| one.signed.checkpoint.size <= size);
            list.insert(at, new);
        }
    }
}
