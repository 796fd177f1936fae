//! Groups in memory: sealed for the disk, read back from it, and turned into receipts.

use countersign_core::port::{CheckpointMessage, Notary};
use countersign_ports::{Crypto, Sealing};
use countersign_protocol::checkpoint::{Checkpoint, CheckpointKey};
use countersign_protocol::group::{Group, MAGIC};
use countersign_protocol::limits::GROUP_BYTES_MAX;
use countersign_protocol::receipt::{Path, Receipt};
use countersign_protocol::record::{Leaf, Record, Seal};
use countersign_protocol::{ApplianceId, Bounded, Digest, Sequence, canonical, tag};
use countersign_tlog::{Frontier, inclusion};

use crate::damage::Place;
use crate::grown::Grown;
use crate::seal::{Closed, Keys, signers_of, unseal};

/// Bytes before a group's body: magic, length, digest.
pub(crate) const FRAME_BYTES: usize = 8 + 4 + 32;
/// A digest as CBOR.
pub(crate) const DIGEST_ENCODED_BYTES: usize = 34;

/// A record as it is on the disk.
#[derive(Clone, Debug)]
pub(crate) struct Parts {
    pub(crate) leaf: Vec<u8>,
    /// Whose keys it is sealed under.
    pub(crate) signers: Vec<Digest>,
    pub(crate) sealed: Vec<u8>,
}

impl Parts {
    /// The record, with its signers in `room`.
    fn record<'p>(&'p self, room: &'p mut Vec<u8>) -> Result<Record<'p>, canonical::NotCanonical> {
        let seal = if self.signers.is_empty() {
            Seal::Own
        } else {
            Seal::Signers(digests(&self.signers, room)?)
        };
        Ok(Record { leaf: bounded(&self.leaf), seal, sealed: bounded(&self.sealed) })
    }

    /// The opening, which is what the leaf commits to.
    pub(crate) fn open<C: Crypto + Sealing>(
        &self,
        crypto: &C,
        keys: &impl Keys,
        index: u64,
    ) -> Result<Vec<u8>, Closed> {
        let opening = unseal(crypto, keys, &self.signers, index, (&self.leaf, &self.sealed))?;
        let leaf: Leaf<'_> = canonical::decode(&self.leaf).map_err(|_| Closed::NotAuthentic)?;
        let same = commitment(crypto, &opening) == leaf.commitment;
        same.then_some(opening).ok_or(Closed::NotAuthentic)
    }

    /// Room for its encoding.
    const fn encoded_bytes_max(&self) -> usize {
        let signers = self.signers.len() * DIGEST_ENCODED_BYTES;
        self.leaf.len() + signers + self.sealed.len() + 32
    }
}

impl From<Record<'_>> for Parts {
    fn from(record: Record<'_>) -> Self {
        let (leaf, sealed) = (record.leaf.bytes().to_vec(), record.sealed.bytes().to_vec());
        Self { leaf, signers: signers_of(&record.seal), sealed }
    }
}

/// A group with everything that its receipts need.
#[derive(Debug)]
pub(crate) struct Sealed {
    pub(crate) parts: Vec<Parts>,
    pub(crate) before: Frontier,
    pub(crate) grown: Grown,
    pub(crate) checkpoint: Checkpoint,
    pub(crate) signature: [u8; 64],
}

/// Where a group goes: after this ledger.
#[derive(Clone, Debug)]
pub(crate) struct Tail {
    pub(crate) appliance: ApplianceId,
    pub(crate) tree: Frontier,
    /// Where the next group begins on the medium.
    pub(crate) end: u64,
}

impl Tail {
    /// Records before it.
    pub(crate) const fn size(&self) -> u64 {
        self.tree.size()
    }

    /// Where the next group begins, and its first record.
    pub(crate) const fn place(&self) -> Place {
        Place { offset: self.end, record: self.size() }
    }
}

impl Sealed {
    /// Appends `parts` to the tail and has the result signed; none without a signature that verifies.
    pub(crate) fn new(
        crypto: &impl Crypto,
        notary: &impl Notary,
        key: &CheckpointKey,
        tail: &Tail,
        parts: Vec<Parts>,
    ) -> Option<Self> {
        let grown = Grown::new(&tail.tree, &parts);
        let checkpoint = checkpoint(tail.appliance, &grown);
        let message = CheckpointMessage::new(crypto, key.suite(), &checkpoint);
        let signature = notary.checkpoint(&message).ok()?;
        let sealed = Self { parts, before: tail.tree.clone(), grown, checkpoint, signature };
        message.is_signed(crypto, key, &signature).then_some(sealed)
    }

    /// The index of its first record.
    pub(crate) const fn first(&self) -> u64 {
        self.before.size()
    }

    /// Whether its checkpoint is signed by this key.
    pub(crate) fn is_signed(&self, crypto: &impl Crypto, key: &CheckpointKey) -> bool {
        is_signed(crypto, key, &self.checkpoint, &self.signature)
    }

    /// The bytes for the disk.
    pub(crate) fn frame(&self, crypto: &impl Crypto) -> Result<Vec<u8>, canonical::NotCanonical> {
        let mut rooms = vec![Vec::new(); self.parts.len()];
        let records = self.parts.iter().zip(&mut rooms).map(|(parts, room)| parts.record(room));
        let records: Vec<_> = records.collect::<Result<_, _>>()?;
        let bytes: usize = self.parts.iter().map(Parts::encoded_bytes_max).sum();
        let (mut room, mut room_of_peaks) = (vec![0; bytes], Vec::new());
        let records = Sequence::from_values(&records, &mut room)?;
        let peaks: Vec<_> = self.before.peaks().map(|(_, _, hash)| Digest(hash)).collect();
        let peaks = digests(&peaks, &mut room_of_peaks)?;
        let Self { checkpoint, signature, .. } = *self;
        let body = encode(&Group { peaks, records, checkpoint, signature });
        let length = u32::try_from(body.len()).map_err(|_| canonical::NotCanonical)?;
        let digest = crypto.sha256(&[tag::GROUP, &body]);
        Ok([&MAGIC[..], &length.to_be_bytes(), &digest, &body].concat())
    }

    /// The group in a frame's body: its checkpoint is that of its records after the tree that it says was
    /// before them. Nobody has looked at the signature.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let Group { peaks, records, checkpoint, signature } = canonical::decode(body).ok()?;
        let parts: Vec<_> = records.iter().map(Parts::from).collect();
        let size = checkpoint.size.checked_sub(parts.len() as u64)?;
        let peaks: Vec<_> = peaks.iter().map(|Digest(hash)| hash).collect();
        let before = Frontier::from_peaks(size, &peaks)?;
        let grown = Grown::new(&before, &parts);
        let same = grown.head() == checkpoint.head();
        same.then_some(Self { parts, before, grown, checkpoint, signature })
    }

    /// The same, if what it says was before it is this tree.
    pub(crate) fn read_after(before: &Frontier, body: &[u8]) -> Option<Self> {
        Self::read(body).filter(|group| group.before == *before)
    }

    /// The receipt of the record at `position` in the group, which opens to this.
    pub(crate) fn receipt(&self, position: usize, opening: &[u8]) -> Option<Vec<u8>> {
        let parts = self.parts.get(position)?;
        let index = self.first().saturating_add(position as u64);
        let path = inclusion::prove(&self.grown, index, self.checkpoint.size).ok()?;
        let path: Vec<_> = path.into_iter().map(Digest).collect();
        let mut room = Vec::new();
        let path: Path<'_> = digests(&path, &mut room).ok()?;
        Some(encode(&Receipt {
            index,
            leaf: Bounded::new(&parts.leaf)?,
            opening: Bounded::new(opening)?,
            path,
            checkpoint: self.checkpoint,
            signature: self.signature,
        }))
    }
}

/// What a leaf says of its opening.
pub(crate) fn commitment(crypto: &impl Crypto, opening: &[u8]) -> Digest {
    Digest(crypto.sha256(&[tag::COMMITMENT, opening]))
}

/// The checkpoint of a tree.
fn checkpoint(appliance: ApplianceId, grown: &Grown) -> Checkpoint {
    let head = grown.head();
    Checkpoint { appliance, size: head.size, root: Digest(head.root) }
}

/// Whether a checkpoint is signed by this key.
pub(crate) fn is_signed(
    crypto: &impl Crypto,
    key: &CheckpointKey,
    checkpoint: &Checkpoint,
    signature: &[u8; 64],
) -> bool {
    CheckpointMessage::new(crypto, key.suite(), checkpoint).is_signed(crypto, key, signature)
}

fn digests<'b, const MIN: usize, const MAX: usize>(
    values: &[Digest],
    room: &'b mut Vec<u8>,
) -> Result<Sequence<'b, Digest, MIN, MAX>, canonical::NotCanonical> {
    room.resize(values.len() * DIGEST_ENCODED_BYTES, 0);
    Sequence::from_values(values, room)
}

/// The body of a frame at the front of `bytes`, if it is whole.
pub(crate) fn body_of<'b>(crypto: &impl Crypto, bytes: &'b [u8]) -> Option<&'b [u8]> {
    let digest = bytes.get(MAGIC.len() + 4..FRAME_BYTES)?;
    let body = claimed_body(bytes)?;
    (crypto.sha256(&[tag::GROUP, body]) == digest).then_some(body)
}

/// What a frame at the front of `bytes` says is its body.
pub(crate) fn claimed_body(bytes: &[u8]) -> Option<&[u8]> {
    let (length, _) = bytes.strip_prefix(MAGIC)?.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    bytes.get(FRAME_BYTES..)?.get(..length).filter(|_| length <= GROUP_BYTES_MAX)
}

/// Encodes into memory that grows. Only an encoder of our own could fail, and none of them does.
pub(crate) fn encode<T: minicbor::Encode<()>>(value: &T) -> Vec<u8> {
    minicbor::to_vec(value).unwrap_or_default()
}

/// What was checked when it was submitted, with its limit.
fn bounded<const MAX: usize>(bytes: &[u8]) -> Bounded<'_, MAX> {
    Bounded::new(bytes).unwrap_or(Bounded::EMPTY)
}
