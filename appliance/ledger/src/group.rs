//! Groups in memory: sealed for the disk, read back from it, and turned into receipts.

use countersign_core::port::{Algorithm, CheckpointMessage, Crypto, Notary};
use countersign_protocol::group::{Group, MAGIC};
use countersign_protocol::limits::GROUP_BYTES_MAX;
use countersign_protocol::receipt::{Checkpoint, Receipt};
use countersign_protocol::record::{Record, Seal};
use countersign_protocol::{ApplianceId, Bounded, Digest, Point, Sequence, canonical, tag};

use crate::chain::{leaf_hash, next_head};

/// Bytes before a group's body: magic, length, digest.
pub(crate) const FRAME_BYTES: usize = 8 + 4 + 32;

/// A record's two parts, encoded.
#[derive(Clone, Debug)]
pub(crate) struct Parts {
    pub(crate) leaf: Vec<u8>,
    pub(crate) opening: Vec<u8>,
}

impl Parts {
    fn record(&self) -> Record<'_> {
        Record { leaf: bounded(&self.leaf), seal: Seal::Open, sealed: bounded(&self.opening) }
    }
}

/// A group with everything that its receipts need.
#[derive(Debug)]
pub(crate) struct Sealed {
    pub(crate) parts: Vec<Parts>,
    pub(crate) leaf_hashes: Vec<Digest>,
    /// The head before each record.
    heads: Vec<Digest>,
    pub(crate) before: Digest,
    pub(crate) checkpoint: Checkpoint,
    pub(crate) signature: [u8; 64],
}

/// Where a group goes: after this ledger.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tail {
    pub(crate) appliance: ApplianceId,
    pub(crate) size: u64,
    pub(crate) head: Digest,
    /// Where the next group begins on the medium.
    pub(crate) end: u64,
}

impl Sealed {
    /// Chains `parts` to the tail and has the result signed; none without a signature that verifies.
    pub(crate) fn new(
        crypto: &impl Crypto,
        notary: &impl Notary,
        key: &Point,
        tail: &Tail,
        parts: Vec<Parts>,
    ) -> Option<Self> {
        let (leaf_hashes, heads, head) = chained(crypto, tail.head, &parts);
        let size = tail.size.saturating_add(parts.len() as u64);
        let checkpoint = Checkpoint { appliance: tail.appliance, size, head };
        let encoded = encode(&checkpoint);
        let signature = notary.checkpoint(&CheckpointMessage::new(crypto, &encoded)).ok()?;
        let sealed = Self { parts, leaf_hashes, heads, before: tail.head, checkpoint, signature };
        is_signed(crypto, key, &encoded, &signature).then_some(sealed)
    }

    /// The index of its first record.
    pub(crate) fn first(&self) -> u64 {
        self.checkpoint.size.saturating_sub(self.parts.len() as u64)
    }

    /// The bytes for the disk.
    pub(crate) fn frame(&self, crypto: &impl Crypto) -> Result<Vec<u8>, canonical::NotCanonical> {
        let records: Vec<_> = self.parts.iter().map(Parts::record).collect();
        let bytes: usize = self.parts.iter().map(|p| p.leaf.len() + p.opening.len() + 32).sum();
        let mut room = vec![0; bytes];
        let records = Sequence::from_values(&records, &mut room)?;
        let Self { checkpoint, signature, .. } = *self;
        let body = encode(&Group { records, checkpoint, signature });
        let length = u32::try_from(body.len()).map_err(|_| canonical::NotCanonical)?;
        let digest = crypto.sha256(&[tag::GROUP, &body]);
        Ok([&MAGIC[..], &length.to_be_bytes(), &digest, &body].concat())
    }

    /// The group in a frame's body that follows `before`.
    pub(crate) fn read(crypto: &impl Crypto, before: Digest, body: &[u8]) -> Option<Self> {
        let Group { records, checkpoint, signature } = canonical::decode(body).ok()?;
        let parts = |record: Record<'_>| Parts {
            leaf: record.leaf.bytes().to_vec(),
            opening: record.sealed.bytes().to_vec(),
        };
        let parts: Vec<_> = records.iter().map(parts).collect();
        let (leaf_hashes, heads, head) = chained(crypto, before, &parts);
        // A ledger has no fewer records than its last group: else the first one's index is below 0.
        let counted = checkpoint.size >= parts.len() as u64;
        (counted && head == checkpoint.head).then_some(Self {
            parts,
            leaf_hashes,
            heads,
            before,
            checkpoint,
            signature,
        })
    }

    /// The receipt of the record at `position` in the group.
    pub(crate) fn receipt(&self, position: usize) -> Option<Vec<u8>> {
        let parts = self.parts.get(position)?;
        let before = *self.heads.get(position)?;
        let following = self.leaf_hashes.get(position..)?.get(1..)?;
        let mut room = vec![0; following.len() * 34];
        Some(encode(&Receipt {
            index: self.first().saturating_add(position as u64),
            leaf: Bounded::new(&parts.leaf)?,
            opening: Bounded::new(&parts.opening)?,
            before,
            following: Sequence::from_values(following, &mut room).ok()?,
            checkpoint: self.checkpoint,
            signature: self.signature,
        }))
    }
}

/// The leaf hashes of `parts`, the head before each, and the head after all.
fn chained(
    crypto: &impl Crypto,
    before: Digest,
    parts: &[Parts],
) -> (Vec<Digest>, Vec<Digest>, Digest) {
    let leaf_hashes: Vec<_> = parts.iter().map(|part| leaf_hash(crypto, &part.leaf)).collect();
    let mut head = before;
    let step = |leaf| {
        let next = next_head(crypto, &head, leaf);
        std::mem::replace(&mut head, next)
    };
    let heads = leaf_hashes.iter().map(step).collect();
    (leaf_hashes, heads, head)
}

/// Whether a checkpoint, encoded, is signed by this key.
pub(crate) fn is_signed(
    crypto: &impl Crypto,
    key: &Point,
    checkpoint: &[u8],
    signature: &[u8; 64],
) -> bool {
    let message = CheckpointMessage::new(crypto, checkpoint);
    crypto.verify(Algorithm::EcdsaP256, &key.0, message.digest(), signature).into()
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
