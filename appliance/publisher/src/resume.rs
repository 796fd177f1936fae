//! Where a published folder stands, and whether it is this ledger's.

use std::io;
use std::str::from_utf8;

use countersign_core::port::{CheckpointMessage, Crypto};
use countersign_ledger::{Damage, public_group};
use countersign_ports::Storage;
use countersign_protocol::checkpoint::CheckpointKey;
use countersign_protocol::signed_checkpoint::SignedCheckpoint;
use countersign_tlog::Head;

use crate::disk::Disk;
use crate::edge::Edge;
use crate::folder::{CHECKPOINT, Folder};

/// Where the next group begins in the ledger: a hint, which is checked.
pub(crate) const HINT: &str = ".next-group";

/// Why a folder is made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    /// It is another ledger's, or nobody's.
    #[error("the published checkpoint is not signed by this ledger's key")]
    Foreign,
    /// Some of its files are gone or others.
    #[error("the published tiles are not those of the published checkpoint")]
    Tiles,
    /// The ledger has fewer records than were published, or others.
    #[error(
        "the published checkpoint, signed by this ledger's key, is of {size} records that the ledger does not \
         have: the ledger may be an older copy; the checkpoint is kept as contradiction-{size}"
    )]
    Ledger {
        /// How many were published.
        size: u64,
    },
}

/// What a folder holds.
pub(crate) enum Found {
    Nothing,
    Published(Box<Edge>),
    Contradicts(Contradiction),
}

/// What the folder holds, by itself.
pub(crate) fn found<D: Disk>(
    folder: &Folder<D>,
    crypto: &impl Crypto,
    key: &CheckpointKey,
) -> io::Result<Found> {
    let Some(note) = folder.read(CHECKPOINT)? else { return Ok(Found::Nothing) };
    let Some(SignedCheckpoint { checkpoint, .. }) = signed(&note, crypto, key) else {
        return Ok(Found::Contradicts(Contradiction::Foreign));
    };
    let edge = Edge::load(folder, checkpoint.size)?;
    let edge = edge.filter(|edge| edge.tree().head() == checkpoint.head());
    let tiles = Found::Contradicts(Contradiction::Tiles);
    Ok(edge.map(Box::new).map_or(tiles, Found::Published))
}

/// What a note says, if it is this key's.
fn signed(note: &[u8], crypto: &impl Crypto, key: &CheckpointKey) -> Option<SignedCheckpoint> {
    let signed = SignedCheckpoint::read(from_utf8(note).ok()?, key).ok()?;
    is_signed(&signed, crypto, key).then_some(signed)
}

pub(crate) fn is_signed(
    signed: &SignedCheckpoint,
    crypto: &impl Crypto,
    key: &CheckpointKey,
) -> bool {
    let message = CheckpointMessage::new(crypto, key.suite(), &signed.checkpoint);
    message.is_signed(crypto, key, &signed.signature)
}

/// Where in the ledger the group after the tree of `edge` begins, or will; none if the ledger never had that tree.
pub(crate) fn locate(
    journal: &impl Storage,
    crypto: &impl Crypto,
    edge: &Edge,
    durable: &Head,
    from: u64,
) -> Result<Option<u64>, Damage> {
    let mut offset = from;
    loop {
        match public_group(journal, crypto, offset)? {
            Some(group) if group.before.size() < edge.size() => offset = group.end,
            Some(group) => return Ok((group.before == *edge.tree()).then_some(offset)),
            None => {
                // A hint into the middle of a group finds none there either.
                let is_end = from == 0 || offset == journal.len()?;
                return Ok((is_end && *durable == edge.tree().head()).then_some(offset));
            }
        }
    }
}

/// What the folder says of where to go on; the ledger's beginning if it says nothing.
pub(crate) fn hint<D: Disk>(folder: &Folder<D>) -> io::Result<u64> {
    let text = folder.read(HINT)?.unwrap_or_default();
    Ok(from_utf8(&text).ok().and_then(|text| text.trim_end().parse().ok()).unwrap_or(0))
}
