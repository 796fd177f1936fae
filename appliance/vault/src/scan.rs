//! Reading what is on a medium, batch after batch.
//!
//! Guarantees: what is found was written under this epoch's key, each thing in its own place, without a gap;
//! what is bad is named if a foot of the epoch comes after it, for then it was good once. Without one, it is
//! the rest of a batch that was never finished: a tail.

use std::collections::{HashMap, HashSet};

use countersign_ports::{Sealing, Storage};
use countersign_protocol::limits::VAULT_ENTRIES_MAX;
use countersign_protocol::{ApplianceId, Digest};

use crate::batch::{
    Chain, Content, Counts, FOOT_BYTES, FOOT_MAGIC, HEAD_BYTES, HEAD_FIELDS_BYTES, HEAD_MAGIC,
    Placed, entry_bytes, head_fields, is_foot, mark, read_entry,
};
use crate::epoch::{Epoch, Word};
use crate::{Part, Place, Side, VaultError, Wrapped};

/// How much is looked through at once for a foot.
const WINDOW_BYTES: u64 = 1 << 16;

/// What is on a medium.
pub(crate) struct Scanned {
    /// The finished batches.
    pub chain: Chain,
    /// Where the last of them begins.
    pub last: u64,
    /// Their entries.
    pub entries: HashMap<Digest, Placed>,
    /// The epoch's key, wrapped.
    pub wrapped: Option<Wrapped>,
    /// What comes after them.
    pub tail: Tail,
}

/// What comes after the last finished batch.
pub(crate) enum Tail {
    /// Nothing.
    Nothing,
    /// A batch that lacks nothing but its foot.
    Footless(Unfinished),
    /// Something else, that is bad from this place on.
    Torn(Place),
}

/// A batch without a foot.
pub(crate) struct Unfinished {
    pub content: Content,
    pub wrapped: Option<Wrapped>,
    pub placed: Vec<Placed>,
    /// Where its foot goes.
    pub end: u64,
}

impl Scanned {
    /// Whether the epoch has its first batch, without which it is none.
    pub const fn is_whole(&self) -> bool {
        self.chain.batches > 0 || matches!(self.tail, Tail::Footless(_))
    }
}

/// What a medium claims to be.
pub(crate) struct Claim {
    pub appliance: ApplianceId,
    pub epoch: u64,
    /// Bytes that the epoch's key is sealed in; 0: it is not.
    pub wrapped_bytes: u32,
}

/// What a medium claims to be; nothing where it does not begin as an epoch does.
pub(crate) fn claimed<S: Storage>(medium: &S, side: Side) -> Result<Option<Claim>, VaultError> {
    let mut fields = [0; HEAD_FIELDS_BYTES];
    let len = medium.len().map_err(|fault| side.failed(fault))?;
    if len < HEAD_FIELDS_BYTES as u64 {
        return Ok(None);
    }
    medium.read_at(0, &mut fields).map_err(|fault| side.failed(fault))?;
    Ok(claim(&fields))
}

fn claim(fields: &[u8]) -> Option<Claim> {
    let (appliance, rest) = fields.strip_prefix(HEAD_MAGIC)?.split_first_chunk()?;
    let epoch = u64::from_be_bytes(*rest.first_chunk()?);
    let wrapped_bytes = Counts::read(fields)?.wrapped_bytes;
    Some(Claim { appliance: ApplianceId(*appliance), epoch, wrapped_bytes })
}

/// Reads all of an epoch's medium.
pub(crate) fn scan<S: Storage, E: Sealing>(
    epoch: &Epoch,
    engine: &E,
    medium: &S,
) -> Result<Scanned, VaultError> {
    let side = Side::of(epoch.number);
    let len = medium.len().map_err(|fault| side.failed(fault))?;
    let (chain, entries) = (Chain::default(), HashMap::new());
    let mut scanned = Scanned { chain, last: 0, entries, wrapped: None, tail: Tail::Nothing };
    let scan = Scan { epoch, engine, medium, side, len };
    while scanned.chain.end < len {
        let start = scanned.chain.end;
        match scan.batch(&scanned)? {
            Found::Whole(batch, after) => scanned.take(batch, after),
            Found::Footless(batch) => {
                let foot = scan.place(&scanned.chain, Part::Foot, batch.end);
                scan.refuse_if_finished(start, foot)?;
                scanned.tail = Tail::Footless(batch);
                break;
            }
            Found::Bad(place) => {
                scan.refuse_if_finished(start, place)?;
                scanned.tail = Tail::Torn(place);
                break;
            }
        }
    }
    Ok(scanned)
}

impl Scanned {
    /// Counts a finished batch in.
    pub fn take(&mut self, batch: Unfinished, after: Chain) {
        self.last = self.chain.end;
        self.chain = after;
        self.wrapped = self.wrapped.take().or(batch.wrapped);
        self.entries.extend(batch.placed.into_iter().map(|placed| (placed.known.id, placed)));
    }
}

struct Scan<'a, S, E> {
    epoch: &'a Epoch,
    engine: &'a E,
    medium: &'a S,
    side: Side,
    len: u64,
}

/// A batch, as it was found.
enum Found {
    Whole(Unfinished, Chain),
    Footless(Unfinished),
    Bad(Place),
}

impl<S: Storage, E: Sealing> Scan<'_, S, E> {
    /// The batch that follows those before it.
    fn batch(&self, before: &Scanned) -> Result<Found, VaultError> {
        let chain = &before.chain;
        let Some((counts, tag)) = self.head(chain)? else {
            return Ok(Found::Bad(self.place(chain, Part::Head, chain.end)));
        };
        let (entries, tags) = (chain.entries + counts.entries, tag.to_vec());
        let content = Content { batch: chain.batches, entries, tags };
        let end = chain.end + HEAD_BYTES as u64;
        let mut batch = Unfinished { content, wrapped: None, placed: Vec::new(), end };
        if counts.wrapped_bytes > 0 {
            match self.wrapped(counts.wrapped_bytes, end)? {
                Some((wrapped, tag, bytes)) => batch.wrap(wrapped, tag, bytes),
                None => return Ok(Found::Bad(self.place(chain, Part::Wrapped, end))),
            }
        }
        let mut seen = HashSet::new();
        for index in chain.entries..batch.content.entries {
            let is_new = |id: &Digest| !before.entries.contains_key(id) && !seen.contains(id);
            match self.entry(chain, index, batch.end)? {
                Some((placed, tag, bytes)) if is_new(&placed.known.id) => {
                    seen.insert(placed.known.id);
                    batch.add(placed, tag, bytes);
                }
                _ => return Ok(Found::Bad(self.place(chain, Part::Entry(index), batch.end))),
            }
        }
        self.foot(batch)
    }

    /// How much the batch has, and its head's tag; nothing if it is not the head that goes here.
    fn head(&self, chain: &Chain) -> Result<Option<(Counts, [u8; 16])>, VaultError> {
        let Some(head) = self.read(chain.end, HEAD_BYTES)? else { return Ok(None) };
        let Some((fields, rest)) = head.split_at_checked(HEAD_FIELDS_BYTES) else {
            return Ok(None);
        };
        let Some((counts, mark)) = Counts::read(fields).zip(mark(rest)) else { return Ok(None) };
        let end = chain.entries.checked_add(counts.entries);
        let may_wrap = counts.wrapped_bytes == 0 || chain.batches == 0;
        let marked = [fields, &chain.tag].concat();
        let right = end.is_some_and(|end| end <= VAULT_ENTRIES_MAX)
            && may_wrap
            && fields == head_fields(self.epoch, chain, counts)
            && self.epoch.is_marked(self.engine, Word::Head, &marked, &mark);
        Ok(right.then_some((counts, mark.tag)))
    }

    /// The wrapped copy that begins here, its mark's tag and its length; nothing if it is not as it was written.
    fn wrapped(
        &self,
        sealed_bytes: u32,
        offset: u64,
    ) -> Result<Option<(Wrapped, [u8; 16], usize)>, VaultError> {
        let Some(length) = Wrapped::length(sealed_bytes) else { return Ok(None) };
        let Some(bytes) = self.read(offset, length)? else { return Ok(None) };
        let Some((marked, rest)) = bytes.split_last_chunk::<28>() else { return Ok(None) };
        let Some((wrapped, mark)) = Wrapped::read(marked).zip(mark(rest)) else { return Ok(None) };
        let right = self.epoch.is_marked(self.engine, Word::Wrapped, marked, &mark);
        Ok(right.then_some((wrapped, mark.tag, length)))
    }

    /// The entry that begins here, its tag and its length; nothing if it does not open.
    fn entry(
        &self,
        chain: &Chain,
        index: u32,
        offset: u64,
    ) -> Result<Option<(Placed, [u8; 16], usize)>, VaultError> {
        let Some(kind) = self.read(offset, 1)? else { return Ok(None) };
        let Some(length) = kind.first().copied().and_then(entry_bytes) else { return Ok(None) };
        let Some(bytes) = self.read(offset, length)? else { return Ok(None) };
        let Some((known, sealed, mark)) = read_entry(&bytes, index) else { return Ok(None) };
        let opens = self.epoch.open(self.engine, &known, sealed, &mark).is_some();
        let placed = Placed { known, batch: chain.batches, offset };
        Ok(opens.then_some((placed, mark.tag, length)))
    }

    fn foot(&self, batch: Unfinished) -> Result<Found, VaultError> {
        let foot = self.read(batch.end, FOOT_BYTES)?;
        let tag = foot.and_then(|foot| batch.content.is_in(self.epoch, self.engine, &foot));
        Ok(match tag {
            Some(tag) => {
                let after = batch.content.after(tag, batch.end + FOOT_BYTES as u64);
                Found::Whole(batch, after)
            }
            None => Found::Footless(batch),
        })
    }

    /// What is bad at this place was good once if any foot of this epoch comes after `start`.
    fn refuse_if_finished(&self, start: u64, place: Place) -> Result<(), VaultError> {
        let mut at = start;
        while at < self.len {
            let bytes = usize::try_from(WINDOW_BYTES.min(self.len - at)).unwrap_or(usize::MAX);
            let window = self.read(at, bytes)?.unwrap_or_default();
            let is_one = |bytes: &[u8]| {
                bytes.starts_with(FOOT_MAGIC) && is_foot(self.epoch, self.engine, bytes)
            };
            if window.windows(FOOT_BYTES).any(is_one) {
                return Err(VaultError::Damaged(place));
            }
            at += WINDOW_BYTES - FOOT_BYTES as u64;
        }
        Ok(())
    }

    /// Bytes of the medium; nothing if not all of them are there.
    fn read(&self, at: u64, bytes: usize) -> Result<Option<Vec<u8>>, VaultError> {
        if self.len.checked_sub(at).is_none_or(|left| left < bytes as u64) {
            return Ok(None);
        }
        let mut read = vec![0; bytes];
        let done = self.medium.read_at(at, &mut read);
        done.map(|()| Some(read)).map_err(|fault| self.side.failed(fault))
    }

    const fn place(&self, chain: &Chain, part: Part, offset: u64) -> Place {
        Place { epoch: self.epoch.number, batch: chain.batches, part, offset }
    }
}

impl Unfinished {
    fn wrap(&mut self, wrapped: Wrapped, tag: [u8; 16], bytes: usize) {
        self.wrapped = Some(wrapped);
        self.content.tags.extend_from_slice(&tag);
        self.end += bytes as u64;
    }

    fn add(&mut self, placed: Placed, tag: [u8; 16], bytes: usize) {
        self.placed.push(placed);
        self.content.tags.extend_from_slice(&tag);
        self.end += bytes as u64;
    }
}
