//! A published checkpoint: whose it is.

use countersign_core::port::CheckpointMessage;
use countersign_ports::Crypto;
use countersign_protocol::signed_checkpoint::{self, SignedCheckpoint};
use countersign_tlog::note::Note;

use crate::trust::Trust;

/// The checkpoint of a note that a trusted appliance has signed.
///
/// # Errors
/// Why it is none.
pub fn published<C: Crypto>(
    crypto: &C,
    trust: &Trust,
    note: &str,
) -> Result<SignedCheckpoint, String> {
    let parsed = Note::parse(note).map_err(|why| why.to_string())?;
    let stated = signed_checkpoint::of_text(parsed.text()).map_err(|why| why.to_string())?;
    let appliance = trust.appliance(&stated.appliance).ok_or_else(|| {
        format!("it is of appliance {}, which the trust file does not name", stated.appliance)
    })?;
    let key = &appliance.checkpoint_key;
    let signed = SignedCheckpoint::read(note, key).map_err(|why| why.to_string())?;
    let message = CheckpointMessage::new(crypto, key.suite(), &signed.checkpoint);
    if message.is_signed(crypto, key, &signed.signature) {
        Ok(signed)
    } else {
        Err("its signature does not verify with the appliance's checkpoint key".to_owned())
    }
}
