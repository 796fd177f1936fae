//! One fixed value of every message, all parts of the same story, for tests to encode and to spoil.
//!
//! A portal asks for Dr Ada's key to sign a discharge letter; she approves on her phone; the appliance
//! signs and records. She gets a new phone, which the old one vouches for and an officer confirms. Digests, challenges and signatures are real: who checks them finds them good.

#![allow(dead_code, reason = "each test takes the part of the story that it needs")]
#![allow(clippy::unwrap_used, reason = "the story is fixed: what fails, fails in every run")]

pub mod anchor;
pub mod devices;
pub mod enrolment;
pub mod keys;
pub mod ledger;
pub mod messages;
pub mod model;
pub mod officer;
pub mod rebuild;
pub mod recovery;
pub mod registry;
pub mod reply;
pub mod request;

use countersign_protocol::limits::IMPORT_FRAME_BYTES_MAX;
use countersign_protocol::minicbor::Encode;
use countersign_protocol::minicbor::decode::Decode;
use countersign_protocol::policy::Suites;
use countersign_protocol::{Bounded, Digest, Label, Name, Origin, Sequence, Suite, canonical};
use sha2::{Digest as _, Sha256};

/// Room for most messages, and for the largest of any test: an order that brings a BLOB, one byte too
/// long. Room is zeroed each time, so that most take the first.
const ROOMS_BYTES: [usize; 2] = [64 * 1024, IMPORT_FRAME_BYTES_MAX + 1];

/// Bytes for as long as the test runs: wire types borrow.
pub fn keep(bytes: impl Into<Vec<u8>>) -> &'static [u8] {
    Vec::leak(bytes.into())
}

/// The canonical encoding.
pub fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    let within = |room| Some(canonical::encode_into(value, &mut vec![0; room]).ok()?.to_vec());
    ROOMS_BYTES.into_iter().find_map(within).unwrap()
}

/// Bytes within their limit.
pub fn bounded<const MAX: usize>(bytes: impl Into<Vec<u8>>) -> Bounded<'static, MAX> {
    Bounded::new(keep(bytes)).unwrap()
}

/// The suites of most policies.
pub fn suites() -> Suites<'static> {
    Suites::from_values(&[Suite::Esp256], Vec::leak(vec![0; 8])).unwrap()
}

/// All there are.
pub fn every_suite() -> Suites<'static> {
    Suites::from_values(&Suite::ALL, Vec::leak(vec![0; 16])).unwrap()
}

/// A list within its limits.
pub fn list<V, T, const MIN: usize, const MAX: usize>(
    values: &[V],
) -> Sequence<'static, T, MIN, MAX>
where
    V: Encode<()>,
    T: Decode<'static, ()>,
{
    let room = values.iter().map(|value| encode(value).len()).sum();
    Sequence::from_values(values, Vec::leak(vec![0; room])).unwrap()
}

/// A label.
pub fn label(text: &'static str) -> Label<'static> {
    Label::new(text).unwrap()
}

/// A name.
pub fn name(text: &'static str) -> Name<'static> {
    Name::new(text).unwrap()
}

/// An origin or rpId.
pub fn origin(text: &'static str) -> Origin<'static> {
    Origin::new(text).unwrap()
}

/// SHA-256 over the concatenation of `parts`.
pub fn sha256(parts: &[&[u8]]) -> Digest {
    let hash = parts.iter().fold(Sha256::new(), |hash, part| hash.chain_update(part));
    Digest(hash.finalize().into())
}
