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
    /// The appliance's own line, if it was there when witnesses were asked.
    pub(crate) own_line: Option<String>,
    /// The witnesses' lines.
    pub(crate) lines: Vec<Line>,
}

/// A cosigner's signature line that has verified.
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
            known.own_line = known.own_line.take().or(new.own_line);
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

#[cfg(test)]
mod tests {
    use countersign_protocol::checkpoint::Checkpoint;
    use countersign_protocol::{ApplianceId, Digest};

    use super::*;

    fn cosigned(size: u64, lines: &[(&str, u64)]) -> Cosigned {
        let checkpoint =
            Checkpoint { appliance: ApplianceId([1; 16]), size, root: Digest([2; 32]) };
        let line =
            |(text, time_s): &(&str, u64)| Line { text: (*text).to_owned(), time_s: *time_s };
        let signed = Signed { checkpoint, signature: [3; 64] };
        Cosigned { signed, own_line: None, lines: lines.iter().map(line).collect() }
    }

    #[test]
    fn checkpoints_are_in_order_and_a_witness_has_one_line_under_each() {
        let (one, again, other) =
            ("\u{2014} w AAAAAQ==", "\u{2014} w AAAAAg==", "\u{2014} w BBBBBA==");
        let mut list = Vec::new();
        merge(&mut list, cosigned(7, &[(one, 1)]));
        merge(&mut list, cosigned(5, &[(one, 2)]));
        merge(&mut list, cosigned(7, &[(other, 3)]));
        merge(&mut list, cosigned(7, &[(again, 4)]));
        assert_eq!(list, [cosigned(5, &[(one, 2)]), cosigned(7, &[(other, 3), (again, 4)])]);
    }
}
