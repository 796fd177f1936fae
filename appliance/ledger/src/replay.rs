//! Opening a ledger: everything read once, checked, and handed to whoever builds a view of it.
//!
//! Guarantees: a group counts only if its digest, its encoding, its tree and its openings are right;
//! one incomplete group at the tail is cut (it was never acknowledged), after everything else that a
//! boot checks; anything else that is not right stops the boot, says where, and changes nothing.

mod again;
mod reach;

use countersign_ports::{Crypto, Sealing, Storage};
use countersign_protocol::checkpoint::{Checkpoint, CheckpointKey};
use countersign_protocol::group::{Group, MAGIC};
use countersign_protocol::limits::GROUP_BYTES_MAX;
use countersign_protocol::record::{Leaf, Opening};
use countersign_protocol::{ApplianceId, Digest, canonical};
use countersign_tlog::{Frontier, root};

use crate::bounds::Bounds;
use crate::damage::{Damage, Place};
use crate::group::{FRAME_BYTES, Sealed, Tail, body_of, claimed_body, is_signed};
use crate::mark::Mark;
use crate::proving::{Journal, Signed, Upper};
use crate::recall::Location;
use crate::seal::{Closed, Keys};
use crate::signatures::{self, check_signatures};

/// A record as replay shows it.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'r> {
    /// Its place in the ledger.
    pub index: u64,
    /// Its leaf.
    pub leaf: Leaf<'r>,
    /// Its content.
    pub content: Content<'r>,
    /// Where it is.
    pub location: Location,
}

/// A record's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content<'r> {
    /// Open.
    Open(&'r [u8]),
    /// Closed for ever: this key is gone from the vault.
    Gone(Digest),
}

impl<'r> Content<'r> {
    /// What it is, if it is open.
    #[must_use]
    pub const fn open(&self) -> Option<&'r [u8]> {
        match self {
            Self::Open(bytes) => Some(bytes),
            Self::Gone(_) => None,
        }
    }
}

/// A ledger that was read, and nobody's yet.
pub struct Replayed<S> {
    storage: S,
    tail: Tail,
    last: Option<Last>,
    upper: Upper,
    end: u64,
}

/// The last group of a ledger.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Last {
    pub(crate) place: Place,
    pub(crate) checkpoint: Checkpoint,
    pub(crate) signature: [u8; 64],
}

impl Last {
    /// Its checkpoint.
    pub(crate) const fn signed(&self) -> Signed {
        Signed { checkpoint: self.checkpoint, signature: self.signature }
    }
}

/// A ledger that is the appliance's own, before it accepts records.
pub struct Settled<S> {
    pub(crate) storage: S,
    pub(crate) tail: Tail,
    pub(crate) checkpoint_key: CheckpointKey,
    pub(crate) bounds: Bounds,
    pub(crate) last: Option<Last>,
    pub(crate) upper: Upper,
    cut_bytes: u64,
}

impl<S: Storage> Replayed<S> {
    /// Takes the ledger as the appliance's own: its last checkpoint is signed by `key`, and what is
    /// left after it is one incomplete group, which is cut. The last of a boot's checks. The last whole
    /// group is made durable once more.
    ///
    /// # Errors
    /// [`Damage`]; the medium is not changed then.
    pub fn settle(
        mut self,
        crypto: &impl Crypto,
        key: &CheckpointKey,
    ) -> Result<Settled<S>, Damage> {
        self.check(crypto, key)?;
        let rest = self.torn_bytes();
        if rest > 0 {
            self.storage.truncate(self.tail.end)?;
        }
        // It is read, but its sync may have failed: what follows must not stand on it before it is durable.
        let from = self.last.as_ref().map_or(0, |last| last.place.offset);
        self.storage.refresh(from)?;
        self.storage.sync()?;
        let Self { storage, tail, last, upper, .. } = self;
        let (checkpoint_key, bounds) = (*key, Bounds::default());
        Ok(Settled { storage, tail, checkpoint_key, last, upper, bounds, cut_bytes: rest })
    }

    /// The medium, to read it otherwise.
    pub fn into_storage(self) -> S {
        self.storage
    }

    /// What [`Self::settle`] checks, and nothing is changed.
    ///
    /// # Errors
    /// [`Damage`].
    pub fn check(&self, crypto: &impl Crypto, key: &CheckpointKey) -> Result<(), Damage> {
        let signed = |last: &Last| is_signed(crypto, key, &last.checkpoint, &last.signature);
        if !self.last.as_ref().is_none_or(signed) {
            return Err(self.unsigned(crypto, key));
        }
        match self.torn_bytes() {
            0 => Ok(()),
            rest => self.check_torn(crypto, key, rest),
        }
    }

    /// The root of the tree over the first `size` records; none if there are fewer, or the medium is not what it was.
    /// Reads the groups of 256 records, or a few more.
    pub fn root_at(&self, crypto: &impl Crypto, size: u64) -> Option<Digest> {
        let head = self.tail.tree.head();
        if size == head.size {
            return Some(Digest(head.root));
        }
        let fits = size < head.size;
        fits.then(|| root(&Journal::of(self, crypto), size).ok().map(Digest))?
    }

    /// Where what is not signed begins: at the last group, or before.
    fn unsigned(&self, crypto: &impl Crypto, key: &CheckpointKey) -> Damage {
        let first = check_signatures(&self.storage, crypto, key).err();
        first.unwrap_or_else(|| {
            Damage::Checkpoint(self.last.as_ref().map_or(self.tail.place(), |last| last.place))
        })
    }

    /// What is torn has no later group of this appliance in it. A look-alike in a record's content has
    /// no checkpoint of later than what is whole: nobody was given one. The torn group itself, which goes
    /// from the start to the end, may have a hole in nothing but a record's content, and then its
    /// checkpoint is good: it was not synced all the same, for nothing follows it.
    fn check_torn(
        &self,
        crypto: &impl Crypto,
        key: &CheckpointKey,
        rest: u64,
    ) -> Result<(), Damage> {
        let (offset, damage) = (self.tail.end, Damage::Middle);
        // One group at most was being written: what is longer was acknowledged once.
        let limit = FRAME_BYTES + GROUP_BYTES_MAX;
        let length = usize::try_from(rest).ok().filter(|length| *length <= limit);
        let mut bytes = vec![0; length.ok_or(damage(self.tail.place()))?];
        self.storage.read_at(offset, &mut bytes)?;
        let starts = bytes.windows(MAGIC.len()).enumerate().filter(|(_, bytes)| *bytes == MAGIC);
        let is_group = |(start, _): (usize, &[u8])| {
            let framed = bytes.get(start..).unwrap_or_default();
            let signed =
                |checkpoint: &_, signature: &_| is_signed(crypto, key, checkpoint, signature);
            !(start == 0 && is_last(framed)) && later_group(framed, self.tail.size(), signed)
        };
        if { starts }.any(is_group) { Err(damage(self.tail.place())) } else { Ok(()) }
    }
}

/// Whether nothing follows what begins here as a group.
fn is_last(framed: &[u8]) -> bool {
    claimed_body(framed).is_some_and(|body| FRAME_BYTES + body.len() == framed.len())
}

/// Whether a group of a ledger larger than `size`, with a signed checkpoint, begins here.
fn later_group(framed: &[u8], size: u64, signed: impl Fn(&Checkpoint, &[u8; 64]) -> bool) -> bool {
    let body = claimed_body(framed).and_then(|body| canonical::decode::<Group<'_>>(body).ok());
    body.is_some_and(|group| {
        group.checkpoint.size > size && signed(&group.checkpoint, &group.signature)
    })
}

impl<S> Settled<S> {
    /// Bytes of the incomplete group that was cut from its tail.
    pub const fn cut_bytes(&self) -> u64 {
        self.cut_bytes
    }

    /// With groups of other bounds than the widest.
    #[must_use]
    pub const fn with_groups(mut self, bounds: Bounds) -> Self {
        self.bounds = bounds;
        self
    }

    /// The appliance of an empty ledger is not in it yet.
    #[must_use]
    pub fn for_appliance(mut self, appliance: ApplianceId) -> Self {
        self.tail.appliance = appliance;
        self
    }
}

/// Whose ledger this says that it is, before anything of it is believed; none of an empty one.
///
/// # Errors
/// [`Damage`]: its first group is not whole.
pub fn claimed_appliance(
    storage: &impl Storage,
    crypto: &impl Crypto,
) -> Result<Option<ApplianceId>, Damage> {
    let end = storage.len()?;
    if end == 0 {
        return Ok(None);
    }
    let damage = Damage::Chain(Place { offset: 0, record: 0 });
    let Some(body) = read_body(storage, crypto, 0, end)? else { return Ok(None) };
    let group = canonical::decode::<Group<'_>>(&body);
    group.map(|group| Some(group.checkpoint.appliance)).map_err(|_| damage)
}

/// Reads a whole ledger and shows each record to `view`.
///
/// # Errors
/// [`Damage`]; the medium is not changed then.
pub fn open<S: Storage, C: Crypto + Sealing>(
    storage: S,
    crypto: &C,
    keys: &impl Keys,
    mut view: impl FnMut(&Seen<'_>) -> Result<(), String>,
) -> Result<Replayed<S>, Damage> {
    read_from(Read::nothing(), storage, (crypto, keys), &mut view)
}

/// Reads a ledger from `mark` on, which [`stands`](Mark::stands) in it, and shows each record after it to `view`.
///
/// # Errors
/// [`Damage`]; the medium is not changed then.
pub fn open_from<S: Storage, C: Crypto + Sealing>(
    mark: Mark,
    storage: S,
    crypto: &C,
    keys: &impl Keys,
    mut view: impl FnMut(&Seen<'_>) -> Result<(), String>,
) -> Result<Replayed<S>, Damage> {
    let Mark { tail, last, upper } = mark;
    read_from(Read { tail, last: Some(last), upper, end: 0 }, storage, (crypto, keys), &mut view)
}

fn read_from<S: Storage, C: Crypto + Sealing>(
    from: Read,
    storage: S,
    (crypto, keys): (&C, &impl Keys),
    view: &mut impl FnMut(&Seen<'_>) -> Result<(), String>,
) -> Result<Replayed<S>, Damage> {
    match read(from, &storage, (crypto, keys), view) {
        Ok(Read { tail, last, upper, end }) => Ok(Replayed { storage, tail, last, upper, end }),
        Err(damage) => Err(signatures::first(damage, &storage, crypto, keys)),
    }
}

/// A ledger, as far as it was read.
struct Read {
    tail: Tail,
    last: Option<Last>,
    upper: Upper,
    end: u64,
}

impl Read {
    fn nothing() -> Self {
        let tail = Tail { appliance: ApplianceId([0; 16]), tree: Frontier::new(), end: 0 };
        Self { tail, last: None, upper: Upper::default(), end: 0 }
    }
}

fn read<C: Crypto + Sealing>(
    from: Read,
    storage: &impl Storage,
    (crypto, keys): (&C, &impl Keys),
    view: &mut impl FnMut(&Seen<'_>) -> Result<(), String>,
) -> Result<Read, Damage> {
    let end = storage.len()?;
    let Read { mut tail, mut last, mut upper, .. } = from;
    while tail.end < end {
        let place = tail.place();
        let Some(body) = read_body(storage, crypto, place.offset, end)? else { break };
        let group = Sealed::read_after(&tail.tree, &body).ok_or(Damage::Chain(place))?;
        show((crypto, keys), &group, place.offset, view)?;
        upper.take(&group, place.offset);
        let Sealed { checkpoint, signature, grown, .. } = group;
        let end = place.offset + (FRAME_BYTES + body.len()) as u64;
        tail = Tail { appliance: checkpoint.appliance, tree: grown.tree, end };
        last = Some(Last { place, checkpoint, signature });
    }
    Ok(Read { tail, last, upper, end })
}

fn show<C: Crypto + Sealing>(
    (crypto, keys): (&C, &impl Keys),
    group: &Sealed,
    offset: u64,
    view: &mut impl FnMut(&Seen<'_>) -> Result<(), String>,
) -> Result<(), Damage> {
    for (position, parts) in (0u32..).zip(&group.parts) {
        let index = group.first().saturating_add(u64::from(position));
        let place = Place { offset, record: index };
        let damage = |_| Damage::Opening(place);
        let leaf: Leaf<'_> = canonical::decode(&parts.leaf).map_err(damage)?;
        let opened = match parts.open(crypto, keys, index) {
            Ok(opening) => Ok(opening),
            Err(Closed::Gone(key)) => Err(key),
            Err(Closed::Failed) => return Err(Damage::Keys(place)),
            Err(Closed::NotAuthentic) => return Err(Damage::Opening(place)),
        };
        let content = match &opened {
            Ok(opening) => {
                let opening: Opening<'_> = canonical::decode(opening).map_err(damage)?;
                Content::Open(opening.content.bytes())
            }
            Err(key) => Content::Gone(*key),
        };
        let location = Location { offset, first: group.first(), position };
        let seen = Seen { index, leaf, content, location };
        view(&seen).map_err(|why| Damage::Record { place, why })?;
    }
    Ok(())
}

/// The body of the group at `offset`, if it is whole.
pub(crate) fn read_body(
    storage: &impl Storage,
    crypto: &impl Crypto,
    offset: u64,
    end: u64,
) -> Result<Option<Vec<u8>>, Damage> {
    let framed = framed(storage, offset, end)?;
    Ok(framed.and_then(|framed| body_of(crypto, &framed).map(<[u8]>::to_vec)))
}

/// As many bytes from `offset` as the group there says it has.
pub(crate) fn framed(
    storage: &impl Storage,
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
    Ok(Some(bytes))
}
