//! Replies and records as the model reads them: its own reading, which shares nothing with the
//! appliance's.

use sha2::{Digest as _, Sha256};

use super::cbor::{bytes, list, map, number};

/// An activation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activation {
    /// The nonce.
    pub transaction: Vec<u8>,
    /// The key.
    pub key: Vec<u8>,
    /// How long it lives.
    pub lifetime_ms: u64,
    /// The DTBS/Rs, in order.
    pub items: Vec<Vec<u8>>,
}

/// A reply.
#[derive(Debug)]
pub(super) enum Reply<'b> {
    Prepared {
        activation: &'b [u8],
    },
    Signed {
        signatures: Vec<Vec<u8>>,
        receipt: Receipt<'b>,
    },
    /// A new device is pending.
    Enrolled,
    Failed,
}

/// What stands in a receipt.
#[derive(Debug)]
pub(super) struct Receipt<'b> {
    pub(super) index: u64,
    pub(super) leaf: &'b [u8],
    pub(super) opening: &'b [u8],
    pub(super) path: Vec<[u8; 32]>,
    pub(super) size: u64,
    pub(super) root: [u8; 32],
}

/// What is on record of a signature.
pub(super) struct Signature<'b> {
    pub(super) activation: &'b [u8],
    /// authenticatorData, clientDataJSON and signature of each approval.
    pub(super) assertions: Vec<[&'b [u8]; 3]>,
    pub(super) signatures: Vec<&'b [u8]>,
}

pub(super) fn hash(parts: &[&[u8]]) -> [u8; 32] {
    parts.iter().fold(Sha256::new(), |hash, part| hash.chain_update(part)).finalize().into()
}

/// What the devices sign of an activation.
pub fn challenge(activation: &[u8]) -> [u8; 32] {
    hash(&[b"countersign/activation/1\0", activation])
}

pub(super) fn leaf_hash(leaf: &[u8]) -> [u8; 32] {
    hash(&[&[0], leaf])
}

pub(super) fn commitment(opening: &[u8]) -> [u8; 32] {
    hash(&[b"countersign/commitment/1\0", opening])
}

/// The key of whom a record says is erased.
pub(super) fn erased(content: &[u8]) -> Option<[u8; 32]> {
    digest(map(content)?.get(1)?)
}

/// What a recovery key is known by that a record sets.
pub(super) fn recovery(content: &[u8]) -> Option<[u8; 32]> {
    Some(hash(&[b"countersign/recovery-key/1\0", map(content)?.get(0)?]))
}

/// Whom a record is about, by their keys.
pub(super) fn about(seal: &[u8]) -> Option<Vec<[u8; 32]>> {
    let parts = list(seal)?;
    let inner = list(parts.get(1)?)?;
    match number(parts.first()?)? {
        1 => inner.is_empty().then(Vec::new),
        2 => list(inner.first()?)?.into_iter().map(digest).collect(),
        _ => None,
    }
}

fn digest(value: &[u8]) -> Option<[u8; 32]> {
    bytes(value)?.try_into().ok()
}

pub(super) fn reply(input: &[u8]) -> Option<Reply<'_>> {
    let parts = list(input)?;
    match (number(parts.first()?)?, parts.get(1)) {
        (1, Some(body)) => Some(Reply::Prepared { activation: bytes(map(body)?.get(0)?)? }),
        (2, Some(body)) => {
            let body = map(body)?;
            let signatures = list(body.get(0)?)?.into_iter().map(|s| bytes(s).map(Into::into));
            let receipt = receipt(bytes(body.get(1)?)?)?;
            Some(Reply::Signed { signatures: signatures.collect::<Option<_>>()?, receipt })
        }
        // What it asks to approve is no activation: nothing is signed for it.
        (3, Some(body)) => map(body).map(|_| Reply::Enrolled),
        (_, None) => Some(Reply::Failed),
        _ => None,
    }
}

fn receipt(input: &[u8]) -> Option<Receipt<'_>> {
    let fields = map(input)?;
    let checkpoint = map(fields.get(4)?)?;
    Some(Receipt {
        index: number(fields.get(0)?)?,
        leaf: bytes(fields.get(1)?)?,
        opening: bytes(fields.get(2)?)?,
        path: list(fields.get(3)?)?.into_iter().map(digest).collect::<Option<_>>()?,
        size: number(checkpoint.get(1)?)?,
        root: digest(checkpoint.get(2)?)?,
    })
}

/// What a leaf commits to: its content.
pub(super) fn content(opening: &[u8]) -> Option<&[u8]> {
    bytes(map(opening)?.get(1)?)
}

/// A leaf's kind and commitment.
pub(super) fn leaf(input: &[u8]) -> Option<(u64, [u8; 32])> {
    let fields = map(input)?;
    Some((number(fields.get(1)?)?, digest(fields.get(4)?)?))
}

pub(super) fn signature(content: &[u8]) -> Option<Signature<'_>> {
    let fields = map(content)?;
    let approval = |approval| {
        let assertion = map(map(approval)?.get(3)?)?;
        Some([bytes(assertion.get(1)?)?, bytes(assertion.get(2)?)?, bytes(assertion.get(3)?)?])
    };
    Some(Signature {
        activation: bytes(fields.get(0)?)?,
        assertions: list(fields.get(1)?)?.into_iter().map(approval).collect::<Option<_>>()?,
        signatures: list(fields.get(2)?)?.into_iter().map(bytes).collect::<Option<_>>()?,
    })
}

/// Reads an activation.
pub fn activation(input: &[u8]) -> Option<Activation> {
    let fields = map(input)?;
    let item = |item| bytes(map(item)?.get(0)?).map(Into::into);
    Some(Activation {
        transaction: bytes(fields.get(3)?)?.into(),
        key: bytes(fields.get(4)?)?.into(),
        lifetime_ms: number(map(fields.get(11)?)?.get(2)?)?,
        items: list(fields.get(12)?)?.into_iter().map(item).collect::<Option<_>>()?,
    })
}
