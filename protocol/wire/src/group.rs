//! A group of records as the ledger writes it: one append, one sync, one checkpoint.
//!
//! On disk: [`MAGIC`], the body's length (4 bytes, big-endian), `SHA-256(tag::GROUP || body)`, and the
//! body, which is a [`Group`]. A group that was not written to its end is recognised by any of them.

use minicbor::{Decode, Encode};

use crate::Sequence;
use crate::limits::{CHECKPOINT_SIGNATURE_BYTES, GROUP_RECORDS_MAX};
use crate::receipt::Checkpoint;
use crate::record::Record;

/// What every group begins with.
pub const MAGIC: &[u8; 8] = b"\x89CSGRP1\n";

/// The records of one commit, and the state of the ledger after them.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Group<'b> {
    /// The records, in order. The first one's index is `checkpoint.size - records.len()`.
    #[b(0)]
    pub records: Sequence<'b, Record<'b>, 1, GROUP_RECORDS_MAX>,
    /// The ledger after them.
    #[n(1)]
    pub checkpoint: Checkpoint,
    /// The appliance's signature over `SHA-256(tag::CHECKPOINT || checkpoint)`, `r || s`.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub signature: [u8; CHECKPOINT_SIGNATURE_BYTES],
}
