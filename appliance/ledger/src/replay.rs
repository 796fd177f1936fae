//! Opening a ledger: everything read once, checked, and handed to whoever builds a view of it.
//!
//! Guarantees: a group counts only if its digest, its encoding, its chain and its openings are right;
//! one incomplete group at the tail is cut (it was never acknowledged); anything else that is not
//! right stops the boot.

use countersign_core::port::{CheckpointMessage, Crypto};
use countersign_ports::{Storage, StorageFault};
use countersign_protocol::group::MAGIC;
use countersign_protocol::limits::GROUP_BYTES_MAX;
use countersign_protocol::record::{Leaf, Opening};
use countersign_protocol::{ApplianceId, Digest, Point, canonical};

use crate::chain::{EMPTY, commitment};
use crate::group::{FRAME_BYTES, Parts, Sealed, Tail, body_of, encode};

/// Why a ledger does not open.
#[derive(Debug, thiserror::Error)]
pub enum Damage {
    /// The medium itself.
    #[error("the ledger cannot be read: {0}; check the disk and its permissions")]
    Storage(#[from] StorageFault),
    /// A group in the middle.
    #[error(
        "the ledger is damaged at byte {offset}: a broken group with whole groups after it; \
         restore the file from a copy, nothing was changed"
    )]
    Middle {
        /// Where.
        offset: u64,
    },
    /// A whole group that does not follow from the one before.
    #[error(
        "the ledger is damaged at byte {offset}: the group does not follow from what is before it; \
         restore the file from a copy, nothing was changed"
    )]
    Chain {
        /// Where.
        offset: u64,
    },
    /// A record that the view did not take.
    #[error("record {index} of the ledger does not follow from the ones before it: {why}")]
    Record {
        /// Which.
        index: u64,
        /// Why.
        why: String,
    },
}

/// Where a record is on the medium.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location {
    pub(crate) offset: u64,
    pub(crate) before: Digest,
    pub(crate) position: u32,
}

/// A record as replay shows it.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'r> {
    /// Its place in the ledger.
    pub index: u64,
    /// Its leaf.
    pub leaf: Leaf<'r>,
    /// Its content.
    pub content: &'r [u8],
    /// Where it is.
    pub location: Location,
}

/// An opened ledger, before it accepts records.
pub struct Replayed<S> {
    pub(crate) storage: S,
    pub(crate) tail: Tail,
    last: Option<(Vec<u8>, [u8; 64])>,
    cut_bytes: u64,
}

impl<S> Replayed<S> {
    /// Records in it.
    pub const fn size(&self) -> u64 {
        self.tail.size
    }

    /// Bytes of the incomplete group that was cut from its tail.
    pub const fn cut_bytes(&self) -> u64 {
        self.cut_bytes
    }

    /// Whether the last checkpoint is signed by `key`: it covers all records before it.
    pub fn is_signed_by(&self, crypto: &impl Crypto, key: &Point) -> bool {
        self.last.as_ref().is_some_and(|(checkpoint, signature)| {
            let message = CheckpointMessage::new(crypto, checkpoint);
            crypto.verify_p256(&key.0, message.digest(), signature).into()
        })
    }

    /// The appliance of an empty ledger is not in it yet.
    #[must_use]
    pub fn for_appliance(mut self, appliance: ApplianceId) -> Self {
        self.tail.appliance = appliance;
        self
    }
}

/// Reads a whole ledger and shows each record to `view`.
///
/// # Errors
/// [`Damage`]; the medium is not changed then.
pub fn open<S: Storage>(
    mut storage: S,
    crypto: &impl Crypto,
    mut view: impl FnMut(&Seen<'_>) -> Result<(), String>,
) -> Result<Replayed<S>, Damage> {
    let end = storage.len()?;
    let mut tail = Tail { appliance: ApplianceId([0; 16]), size: 0, head: EMPTY };
    let mut last = None;
    let mut offset = 0;
    while offset < end {
        let Some(body) = read_body(&storage, crypto, offset, end)? else { break };
        let group = Sealed::read(crypto, tail.head, &body).ok_or(Damage::Chain { offset })?;
        if group.first() != tail.size {
            return Err(Damage::Chain { offset });
        }
        show(crypto, &group, offset, &mut view)?;
        let Sealed { checkpoint, signature, .. } = group;
        tail =
            Tail { appliance: checkpoint.appliance, size: checkpoint.size, head: checkpoint.head };
        last = Some((encode(&checkpoint), signature));
        offset += (FRAME_BYTES + body.len()) as u64;
    }
    let cut_bytes = cut(&mut storage, crypto, offset, end)?;
    Ok(Replayed { storage, tail, last, cut_bytes })
}

fn show(
    crypto: &impl Crypto,
    group: &Sealed,
    offset: u64,
    view: &mut impl FnMut(&Seen<'_>) -> Result<(), String>,
) -> Result<(), Damage> {
    for (position, Parts { leaf, opening }) in (0u32..).zip(&group.parts) {
        let index = group.first().saturating_add(u64::from(position));
        let damage = |_| Damage::Chain { offset };
        let leaf: Leaf<'_> = canonical::decode(leaf).map_err(damage)?;
        if commitment(crypto, opening) != leaf.commitment {
            return Err(Damage::Chain { offset });
        }
        let opening: Opening<'_> = canonical::decode(opening).map_err(damage)?;
        let location = Location { offset, before: group.before, position };
        let seen = Seen { index, leaf, content: opening.content.bytes(), location };
        view(&seen).map_err(|why| Damage::Record { index, why })?;
    }
    Ok(())
}

/// The body of the group at `offset`, if it is whole.
fn read_body(
    storage: &impl Storage,
    crypto: &impl Crypto,
    offset: u64,
    end: u64,
) -> Result<Option<Vec<u8>>, Damage> {
    let mut frame = [0; FRAME_BYTES];
    if end.saturating_sub(offset) < FRAME_BYTES as u64 {
        return Ok(None);
    }
    storage.read_at(offset, &mut frame)?;
    let length = frame.strip_prefix(MAGIC).and_then(|rest| rest.first_chunk::<4>());
    let length = length.map_or(u32::MAX, |length| u32::from_be_bytes(*length));
    let whole = offset + FRAME_BYTES as u64 + u64::from(length) <= end;
    if !whole || length as usize > GROUP_BYTES_MAX {
        return Ok(None);
    }
    let mut bytes = vec![0; FRAME_BYTES + length as usize];
    storage.read_at(offset, &mut bytes)?;
    Ok(body_of(crypto, &bytes).map(<[u8]>::to_vec))
}

/// Cuts what follows the last whole group, unless a whole group comes after it.
fn cut<S: Storage>(
    storage: &mut S,
    crypto: &impl Crypto,
    offset: u64,
    end: u64,
) -> Result<u64, Damage> {
    let rest = end.saturating_sub(offset);
    if rest == 0 {
        return Ok(0);
    }
    // One group at most was being written: what is longer was acknowledged once.
    let one_group = usize::try_from(rest).ok().filter(|len| *len <= FRAME_BYTES + GROUP_BYTES_MAX);
    let mut bytes = vec![0; one_group.ok_or(Damage::Middle { offset })?];
    storage.read_at(offset, &mut bytes)?;
    let starts = bytes.windows(MAGIC.len()).enumerate().filter(|(_, bytes)| *bytes == MAGIC);
    for (start, _) in starts {
        if bytes.get(start..).and_then(|group| body_of(crypto, group)).is_some() {
            return Err(Damage::Middle { offset });
        }
    }
    storage.truncate(offset)?;
    storage.sync()?;
    Ok(rest)
}

/// The receipt of the record at `location`, and its content, read again from the medium.
pub fn fetch<S: Storage>(
    storage: &S,
    crypto: &impl Crypto,
    location: &Location,
) -> Option<(Vec<u8>, Vec<u8>)> {
    let body = read_body(storage, crypto, location.offset, storage.len().ok()?).ok()??;
    let group = Sealed::read(crypto, location.before, &body)?;
    let position = usize::try_from(location.position).ok()?;
    let opening: Opening<'_> = canonical::decode(&group.parts.get(position)?.opening).ok()?;
    Some((group.receipt(crypto, position)?, opening.content.bytes().to_vec()))
}
