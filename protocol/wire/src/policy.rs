//! A key's policy as stored: what officers allow this key to do. Deny by default.

use minicbor::{Decode, Encode};

use crate::limits::ITEMS_MAX;
use crate::{Sequence, Suite};

/// The compiled rules of one key. Its digest, `SHA-256(tag::POLICY || bytes)`, is in every activation.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Policy<'b> {
    /// The suites that may be asked for.
    #[b(0)]
    pub suites: Sequence<'b, Suite, 1, 16>,
    /// Items in one activation, at most (and never more than `limits::ITEMS_MAX`).
    #[n(1)]
    pub items_max: u16,
    /// The key signs from this time on (milliseconds since 1970, UTC).
    #[n(2)]
    pub valid_from_ms: u64,
    /// The key signs until this time.
    #[n(3)]
    pub valid_to_ms: u64,
}

const _: () = assert!(ITEMS_MAX <= u16::MAX as usize);
