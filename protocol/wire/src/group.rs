//! A group of records as the ledger writes it: one append, one sync, one checkpoint.
//!
//! On disk: [`MAGIC`], the body's length (4 bytes, big-endian), `SHA-256(tag::GROUP || body)`, and the
//! body, which is a [`Group`]. A group that was not written to its end is recognised by any of them.

use minicbor::{Decode, Encode};

use crate::checkpoint::Checkpoint;
use crate::limits::{CHECKPOINT_SIGNATURE_BYTES, GROUP_RECORDS_MAX, PATH_MAX};
use crate::record::Record;
use crate::{Digest, Sequence};

/// What every group begins with.
pub const MAGIC: &[u8; 8] = b"\x89CSGRP1\n";

/// The records of one commit, between the tree before them and the tree after them. A group is whole in
/// itself: what a receipt needs is in it.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Group<'b> {
    /// The tree before them: the roots of its complete subtrees, the largest first.
    #[b(0)]
    pub peaks: Sequence<'b, Digest, 0, PATH_MAX>,
    /// The records, in order. The first one's index is `checkpoint.size - records.len()`.
    #[b(1)]
    pub records: Sequence<'b, Record<'b>, 1, GROUP_RECORDS_MAX>,
    /// The ledger after them.
    #[n(2)]
    pub checkpoint: Checkpoint,
    /// The appliance's signature over the checkpoint's text.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub signature: [u8; CHECKPOINT_SIGNATURE_BYTES],
}
