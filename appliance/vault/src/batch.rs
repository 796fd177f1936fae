//! A batch as it is written: what one `create` adds, or a whole epoch at its beginning.
//!
//! ```text
//! head     "csvault2" (8) | appliance (16) | epoch (8) | batch (4) | first entry (4) | entries (4) | wrapped bytes (4)
//!          | mark (28)
//! wrapped  for whom (32) | the epoch's key, sealed (wrapped bytes) | mark (28)
//! entry    kind (1) | id (32) | nonce (12) | sealed bytes (32) | tag (16)
//! foot     "csvfoot1" (8) | epoch (8) | batch (4) | entries up to here (4) | mark of the content (28) | mark (28)
//! ```
//!
//! Only an epoch's first batch can have a wrapped copy; one without has 0 wrapped bytes, and nothing there.
//! A mark is a nonce and a tag. The head's speaks for the foot before it too: batches are a chain. The foot is
//! written only when all before it is durable: where there is one, whatever is bad before it was made bad.

use countersign_ports::{Entropy, Sealing};
use countersign_protocol::Digest;
use countersign_protocol::limits::VAULT_ENTRIES_MAX;

use crate::entry::{BEFORE_BYTES, Entry, Known};
use crate::epoch::{Epoch, Mark, Word, nonce};
use crate::wrapped::Wrapped;
use crate::{Kind, VaultError};

/// What a head begins with: the form, and its version.
pub(crate) const HEAD_MAGIC: &[u8; 8] = b"csvault2";
/// What a foot begins with.
pub(crate) const FOOT_MAGIC: &[u8; 8] = b"csvfoot1";
/// Bytes of a head, and of the part that its mark speaks for.
pub(crate) const HEAD_BYTES: usize = HEAD_FIELDS_BYTES + 28;
pub(crate) const HEAD_FIELDS_BYTES: usize = 48;
/// Bytes of a foot, and of the part that its second mark speaks for.
pub(crate) const FOOT_BYTES: usize = FOOT_FIELDS_BYTES + 56;
pub(crate) const FOOT_FIELDS_BYTES: usize = 24;

/// How far an epoch is written: where its next batch goes, and what that follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Chain {
    /// Batches so far.
    pub batches: u32,
    /// Entries so far.
    pub entries: u32,
    /// The tag of the last foot.
    pub tag: [u8; 16],
    /// Bytes so far.
    pub end: u64,
}

/// An entry in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Placed {
    pub known: Known,
    pub batch: u32,
    /// Where it begins on its medium, in bytes.
    pub offset: u64,
}

/// A batch, ready to be written.
pub(crate) struct Batch {
    /// Head and entries.
    pub body: Vec<u8>,
    /// What is written when that is durable.
    pub foot: Vec<u8>,
    /// Its entries.
    pub placed: Vec<Placed>,
    /// How far the epoch is written with it.
    pub after: Chain,
}

/// What a foot speaks for: the tags of head, wrapped copy and entries.
#[derive(Clone)]
pub(crate) struct Content {
    pub batch: u32,
    /// Entries of the epoch up to its end.
    pub entries: u32,
    pub tags: Vec<u8>,
}

/// The fields of a head, and what comes before it.
pub(crate) fn head_fields(
    epoch: &Epoch,
    chain: &Chain,
    Counts { entries, wrapped_bytes }: Counts,
) -> [u8; HEAD_FIELDS_BYTES] {
    let mut fields = [0; HEAD_FIELDS_BYTES];
    let (number, batch) = (epoch.number.to_be_bytes(), chain.batches.to_be_bytes());
    let (first, count) = (chain.entries.to_be_bytes(), entries.to_be_bytes());
    let wrapped = wrapped_bytes.to_be_bytes();
    put(&mut fields, &[HEAD_MAGIC, &epoch.appliance.0, &number, &batch, &first, &count, &wrapped]);
    fields
}

/// How much a batch has, as its head says.
#[derive(Clone, Copy)]
pub(crate) struct Counts {
    /// Entries.
    pub entries: u32,
    /// Bytes that the epoch's key is sealed in; 0: it is not.
    pub wrapped_bytes: u32,
}

impl Counts {
    /// Those that the fields of a head say.
    pub fn read(fields: &[u8]) -> Option<Self> {
        let (before, wrapped) = fields.split_last_chunk()?;
        let entries = u32::from_be_bytes(*before.last_chunk()?);
        Some(Self { entries, wrapped_bytes: u32::from_be_bytes(*wrapped) })
    }
}

/// The fields of a foot.
pub(crate) fn foot_fields(epoch: &Epoch, content: &Content) -> [u8; FOOT_FIELDS_BYTES] {
    let mut fields = [0; FOOT_FIELDS_BYTES];
    let (number, batch) = (epoch.number.to_be_bytes(), content.batch.to_be_bytes());
    put(&mut fields, &[FOOT_MAGIC, &number, &batch, &content.entries.to_be_bytes()]);
    fields
}

fn put(fields: &mut [u8], parts: &[&[u8]]) {
    let bytes = parts.iter().flat_map(|part| part.iter());
    fields.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
}

impl Batch {
    /// Seals `entries` as the batch that follows `chain`; with the epoch's key wrapped, if it is the first.
    pub fn compose(
        epoch: &Epoch,
        engine: &impl Sealing,
        entropy: &mut impl Entropy,
        chain: &Chain,
        wrapped: Option<&Wrapped>,
        entries: impl ExactSizeIterator<Item = Result<Entry, VaultError>>,
    ) -> Result<Self, VaultError> {
        let count = u32::try_from(entries.len()).map_err(|_| VaultError::Full)?;
        let last = chain.entries.checked_add(count).filter(|last| *last <= VAULT_ENTRIES_MAX);
        let wrapped_bytes = wrapped.map_or(Ok(0), Wrapped::sealed_bytes)?;
        let fields = head_fields(epoch, chain, Counts { entries: count, wrapped_bytes });
        let mark = epoch.mark(engine, entropy, Word::Head, &[&fields[..], &chain.tag].concat())?;
        let mut body = Body {
            bytes: [&fields[..], &mark.nonce, &mark.tag].concat(),
            placed: Vec::with_capacity(entries.len()),
            content: Content {
                batch: chain.batches,
                entries: last.ok_or(VaultError::Full)?,
                tags: mark.tag.to_vec(),
            },
        };
        if let Some(wrapped) = wrapped {
            body.wrap(wrapped, epoch.mark(engine, entropy, Word::Wrapped, &wrapped.bytes())?);
        }
        for (index, entry) in (chain.entries..).zip(entries) {
            body.add(epoch, engine, nonce(entropy)?, (chain, index), &entry?)?;
        }
        body.end(epoch, engine, entropy, chain)
    }
}

/// A batch without its foot.
struct Body {
    bytes: Vec<u8>,
    placed: Vec<Placed>,
    content: Content,
}

impl Body {
    fn wrap(&mut self, wrapped: &Wrapped, mark: Mark) {
        for part in [&wrapped.bytes()[..], &mark.nonce, &mark.tag] {
            self.bytes.extend_from_slice(part);
        }
        self.content.tags.extend_from_slice(&mark.tag);
    }

    fn add(
        &mut self,
        epoch: &Epoch,
        engine: &impl Sealing,
        nonce: [u8; 12],
        (chain, index): (&Chain, u32),
        entry: &Entry,
    ) -> Result<(), VaultError> {
        let (sealed, tag) = epoch.seal(engine, &nonce, index, entry)?;
        let offset = chain.end + self.bytes.len() as u64;
        let known = Known { id: entry.id, kind: entry.kind, index };
        self.placed.push(Placed { known, batch: chain.batches, offset });
        self.bytes.push(entry.kind.byte());
        for part in [&entry.id.0[..], &nonce, &sealed, &tag] {
            self.bytes.extend_from_slice(part);
        }
        self.content.tags.extend_from_slice(&tag);
        Ok(())
    }

    fn end(
        self,
        epoch: &Epoch,
        engine: &impl Sealing,
        entropy: &mut impl Entropy,
        chain: &Chain,
    ) -> Result<Batch, VaultError> {
        let Self { bytes: body, placed, content } = self;
        let (foot, tag) = content.foot(epoch, engine, entropy)?;
        let end = chain.end + (body.len() + foot.len()) as u64;
        Ok(Batch { body, foot, placed, after: content.after(tag, end) })
    }
}

impl Content {
    /// How far the epoch is written with it, when its foot has this tag and ends here.
    pub const fn after(&self, tag: [u8; 16], end: u64) -> Chain {
        Chain { batches: self.batch + 1, entries: self.entries, tag, end }
    }

    /// The foot, and the tag that the next batch follows.
    pub fn foot(
        &self,
        epoch: &Epoch,
        engine: &impl Sealing,
        entropy: &mut impl Entropy,
    ) -> Result<(Vec<u8>, [u8; 16]), VaultError> {
        let content = epoch.mark(engine, entropy, Word::Content, &self.tags)?;
        let fields = [&foot_fields(epoch, self)[..], &content.nonce, &content.tag].concat();
        let mark = epoch.mark(engine, entropy, Word::Foot, &fields)?;
        Ok(([&fields[..], &mark.nonce, &mark.tag].concat(), mark.tag))
    }

    /// The tag of this foot, if it speaks for this content.
    pub fn is_in(&self, epoch: &Epoch, engine: &impl Sealing, foot: &[u8]) -> Option<[u8; 16]> {
        let (fields, rest) = foot.split_at_checked(FOOT_FIELDS_BYTES)?;
        let content = mark(rest.get(..28)?)?;
        let right = fields == foot_fields(epoch, self)
            && epoch.is_marked(engine, Word::Content, &self.tags, &content);
        let tag = mark(rest.get(28..)?)?.tag;
        (right && is_foot(epoch, engine, foot)).then_some(tag)
    }
}

/// Whether these bytes are a foot that was written in this epoch, of whatever batch.
pub(crate) fn is_foot(epoch: &Epoch, engine: &impl Sealing, foot: &[u8]) -> bool {
    let split = foot.split_at_checked(FOOT_BYTES - 28);
    let read = split.and_then(|(fields, rest)| Some((fields, mark(rest)?)));
    read.is_some_and(|(fields, mark)| epoch.is_marked(engine, Word::Foot, fields, &mark))
}

/// A mark as it is written.
pub(crate) fn mark(bytes: &[u8]) -> Option<Mark> {
    let (nonce, tag) = bytes.split_first_chunk()?;
    Some(Mark { nonce: *nonce, tag: tag.try_into().ok()? })
}

/// An entry as it is written: what is known of it, what is sealed, and how. Nothing if the kind is none, or
/// it is not whole.
pub(crate) fn read_entry(bytes: &[u8], index: u32) -> Option<(Known, &[u8], Mark)> {
    let (before, after) = bytes.split_at_checked(BEFORE_BYTES)?;
    let (kind, rest) = before.split_first()?;
    let (id, nonce) = rest.split_first_chunk()?;
    let (sealed, tag) = after.split_last_chunk()?;
    let known = Known { id: Digest(*id), kind: Kind::read(*kind)?, index };
    let mark = Mark { nonce: nonce.try_into().ok()?, tag: *tag };
    (sealed.len() == known.kind.key_bytes()).then_some((known, sealed, mark))
}

/// Bytes of an entry whose kind has this number.
pub(crate) fn entry_bytes(kind: u8) -> Option<usize> {
    Some(BEFORE_BYTES + Kind::read(kind)?.key_bytes() + 16)
}
