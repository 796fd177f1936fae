//! Reading one record again, long after it was written.
//!
//! Guarantees: what is given back was signed by this appliance's checkpoint key at this very place in the
//! ledger, whatever became of the medium since; what is sealed under a key that is destroyed is not.

use countersign_ports::{Crypto, Sealing};
use countersign_protocol::canonical;
use countersign_protocol::checkpoint::CheckpointKey;
use countersign_protocol::record::Opening;
use minicbor::{Decode, Encode};

use crate::group::{Sealed, body_of};
use crate::seal::Keys;

/// Where a record is on the medium.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Location {
    /// Where its group begins.
    #[n(0)]
    pub(crate) offset: u64,
    /// The index of the group's first record.
    #[n(1)]
    pub(crate) first: u64,
    /// Its place in the group.
    #[n(2)]
    pub(crate) position: u32,
}

/// A record that was read again.
#[derive(Debug, PartialEq, Eq)]
pub struct Recalled {
    /// Its receipt, as it was given before.
    pub receipt: Vec<u8>,
    /// Its content.
    pub content: Vec<u8>,
}

/// The record at `location`, from the bytes of its group.
pub(crate) fn recall<C: Crypto + Sealing>(
    crypto: &C,
    keys: &impl Keys,
    key: &CheckpointKey,
    framed: &[u8],
    location: &Location,
) -> Option<Recalled> {
    let group = Sealed::read(body_of(crypto, framed)?)?;
    if group.first() != location.first || !group.is_signed(crypto, key) {
        return None;
    }
    let position = usize::try_from(location.position).ok()?;
    let parts = group.parts.get(position)?;
    let index = location.first.saturating_add(u64::from(location.position));
    let opening = parts.open(crypto, keys, index).ok()?;
    let content = canonical::decode::<Opening<'_>>(&opening).ok()?.content.bytes().to_vec();
    Some(Recalled { receipt: group.receipt(position, &opening)?, content })
}
