//! The public side of a ledger: leaves and signed checkpoints, without what the leaves commit to.
//!
//! Guarantees to whoever publishes it: what is read is a whole group, its checkpoint is the tree over its
//! leaves after the tree that it says was before them; nothing here takes a lock that a commit waits for
//! longer than a number takes to read. Nobody has looked at the signature.

use std::sync::{Arc, Mutex};

use countersign_core::port::Crypto;
use countersign_ports::Storage;
use countersign_protocol::signed_checkpoint::SignedCheckpoint;
use countersign_tlog::{Frontier, Head};

use crate::commit::lock;
use crate::damage::Damage;
use crate::group::{Sealed, body_of};
use crate::replay::framed;

/// What everybody may see of a group.
#[derive(Clone, Debug)]
pub struct PublicGroup {
    /// The tree before it.
    pub before: Frontier,
    /// The leaves that it adds, encoded.
    pub leaves: Vec<Vec<u8>>,
    /// Its checkpoint.
    pub signed: SignedCheckpoint,
    /// Where the next group begins on the medium.
    pub end: u64,
}

/// The group that begins at `offset`; none if no whole one does.
///
/// # Errors
/// [`Damage::Storage`].
pub fn public_group(
    storage: &impl Storage,
    crypto: &impl Crypto,
    offset: u64,
) -> Result<Option<PublicGroup>, Damage> {
    let Some(bytes) = framed(storage, offset, storage.len()?)? else { return Ok(None) };
    let group = body_of(crypto, &bytes).and_then(Sealed::read);
    Ok(group.map(|group| {
        let Sealed { parts, checkpoint, signature, .. } = group;
        PublicGroup {
            before: group.before,
            leaves: parts.into_iter().map(|part| part.leaf).collect(),
            signed: SignedCheckpoint { checkpoint, signature },
            end: offset.saturating_add(bytes.len() as u64),
        }
    }))
}

/// How far a ledger is durable, for whoever does not hold it.
#[derive(Clone)]
pub struct Durable(pub(crate) Arc<Mutex<Head>>);

impl Durable {
    /// Records that are durable, and the root of the tree over them.
    #[must_use]
    pub fn head(&self) -> Head {
        *lock(&self.0)
    }
}
