//! The evidence that a signature's reply carries: the record, and that the ledger holds it.

use minicbor::{Decode, Encode};

use crate::limits::{CHECKPOINT_SIGNATURE_BYTES, GROUP_RECORDS_MAX, RECORD_BYTES_MAX};
use crate::{ApplianceId, Bounded, Digest, Sequence};

/// A leaf, the opening of its commitment, and the chain from it to a signed checkpoint.
///
/// To check: `SHA-256(tag::LEAF || leaf)` and each digest of `following` extend `before` by
/// `SHA-256(tag::CHAIN || head || leaf hash)`; the result is the checkpoint's head,
/// and `index + 1 + following` its size. `SHA-256(tag::COMMITMENT || opening)` is the leaf's
/// commitment, and the signature verifies.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Receipt<'b> {
    /// The record's place in the ledger, from 0.
    #[n(0)]
    pub index: u64,
    /// The public leaf, `record::Leaf`.
    #[b(1)]
    pub leaf: Bounded<'b, 4096>,
    /// What the leaf commits to, `record::Opening`.
    #[b(2)]
    pub opening: Bounded<'b, RECORD_BYTES_MAX>,
    /// The ledger's head before this record.
    #[n(3)]
    pub before: Digest,
    /// The hashes of the leaves after it, up to the checkpoint.
    #[b(4)]
    pub following: Sequence<'b, Digest, 0, GROUP_RECORDS_MAX>,
    /// The state of the ledger that the appliance signed.
    #[n(5)]
    pub checkpoint: Checkpoint,
    /// Its signature over `SHA-256(tag::CHECKPOINT || checkpoint)`, `r || s`.
    #[cbor(n(6), with = "minicbor::bytes")]
    pub signature: [u8; CHECKPOINT_SIGNATURE_BYTES],
}

/// The state of a ledger: how many records, and the hash over all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Checkpoint {
    /// Whose ledger.
    #[n(0)]
    pub appliance: ApplianceId,
    /// Records in it.
    #[n(1)]
    pub size: u64,
    /// Its head.
    #[n(2)]
    pub head: Digest,
}
