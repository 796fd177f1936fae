//! The evidence that a signature's reply carries: the record, and that the ledger holds it.

use minicbor::{Decode, Encode};

use crate::checkpoint::Checkpoint;
use crate::limits::{
    CHECKPOINT_SIGNATURE_BYTES, ENROLMENT_OPENING_BYTES_MAX, LEAF_BYTES_MAX, PATH_MAX,
    RECORD_BYTES_MAX,
};
use crate::{Bounded, Digest, Sequence};

/// A leaf, the opening of its commitment, and the way from it to a signed checkpoint.
///
/// To check: `SHA-256(0x00 || leaf)`, `index` and `path` give the checkpoint's root for its size
/// (RFC 9162, 2.1.3.2); `SHA-256(tag::COMMITMENT || opening)` is the leaf's commitment; and the signature
/// verifies over [`Checkpoint::text`].
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Receipt<'b> {
    /// The record's place in the ledger, from 0.
    #[n(0)]
    pub index: u64,
    /// The public leaf, `record::Leaf`.
    #[b(1)]
    pub leaf: Bounded<'b, LEAF_BYTES_MAX>,
    /// What the leaf commits to, `record::Opening`.
    #[b(2)]
    pub opening: Bounded<'b, RECORD_BYTES_MAX>,
    /// The inclusion path, from the leaf up.
    #[b(3)]
    pub path: Path<'b>,
    /// The state of the ledger that the appliance signed.
    #[n(4)]
    pub checkpoint: Checkpoint,
    /// Its signature over the checkpoint's text.
    #[cbor(n(5), with = "minicbor::bytes")]
    pub signature: [u8; CHECKPOINT_SIGNATURE_BYTES],
}

/// The record of a device's enrolment, and the way from it to a checkpoint that is known otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Enrolled<'b> {
    /// The record's place in the ledger, from 0.
    #[n(0)]
    pub index: u64,
    /// The public leaf, `record::Leaf`.
    #[b(1)]
    pub leaf: Bounded<'b, LEAF_BYTES_MAX>,
    /// What the leaf commits to, a `record::Opening` of an `enrolment::Enrolment`.
    #[b(2)]
    pub opening: Bounded<'b, ENROLMENT_OPENING_BYTES_MAX>,
    /// The inclusion path, from the leaf up.
    #[b(3)]
    pub path: Path<'b>,
}

/// Hashes beside the way from a leaf to the root.
pub type Path<'b> = Sequence<'b, Digest, 0, PATH_MAX>;
