//! This appliance's checkpoint as a note: what witnesses are asked with, and what is kept of their answers.
//!
//! Guarantee: a note that is read is of this appliance's log, and its own signature verifies.

use std::fmt::Write as _;

use countersign_core::port::{CheckpointMessage, Crypto};
use countersign_ledger::Signed;
use countersign_protocol::checkpoint::{Checkpoint, CheckpointKey, log_name};
use countersign_protocol::{ApplianceId, Digest};
use countersign_tlog::key::{Key, Kind};
use countersign_tlog::note::{Line, Note};
use countersign_tlog::{Claim, checkpoint};

use super::cosigned::Cosigned;

/// The note of a signed checkpoint, with the appliance's own line as a cosigner's if there is one; none if the key is not one that signs notes so.
pub(super) fn signed(
    key: &CheckpointKey,
    signed: &Signed,
    own_line: Option<&str>,
) -> Option<String> {
    let name = log_name(&signed.checkpoint.appliance);
    let key = vkey(&name, key)?;
    let line = Line::new(&key, 0, &signed.signature)?;
    let own_line = own_line.map(|line| format!("{line}\n")).unwrap_or_default();
    Some(format!("{}\n{line}{own_line}", signed.checkpoint.text()))
}

/// The same with the lines of its witnesses.
pub(super) fn write(key: &CheckpointKey, cosigned: &Cosigned) -> Option<String> {
    let mut note = signed(key, &cosigned.signed, cosigned.own_line.as_deref())?;
    for line in &cosigned.lines {
        writeln!(note, "{}", line.text).ok()?;
    }
    Some(note)
}

/// What such a note says.
pub(super) fn read(crypto: &impl Crypto, key: &CheckpointKey, text: &str) -> Option<Signed> {
    let note = Note::parse(text).ok()?;
    let checkpoint::Checkpoint { origin, head } = checkpoint::parse(note.text())?;
    let claim = Claim::of(&vkey(origin, key)?, &note).ok()??;
    let (_, id) = origin.rsplit_once('/')?;
    let appliance = ApplianceId(u128::from_str_radix(id, 16).ok()?.to_be_bytes());
    let checkpoint = Checkpoint { appliance, size: head.size, root: Digest(head.root) };
    let signature = claim.signature.as_slice().try_into().ok()?;
    let message = CheckpointMessage::new(crypto, key.suite(), &checkpoint);
    let good = checkpoint.text() == note.text() && message.is_signed(crypto, key, &signature);
    good.then_some(Signed { checkpoint, signature })
}

/// The log's verifier key.
pub(crate) fn vkey<'n>(name: &'n str, key: &CheckpointKey) -> Option<Key<'n>> {
    match key {
        CheckpointKey::Ed25519(public) => Key::new(name, Kind::Ed25519, public).ok(),
        CheckpointKey::Esp256(_) => None,
    }
}
