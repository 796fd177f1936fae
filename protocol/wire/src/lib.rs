//! Every byte that crosses a boundary of Countersign: network, disk, device. `[core]`
//!
//! Guarantees to whoever decodes: exactly one encoding per meaning (RFC 8949, 4.2.1). Whatever
//! re-encodes differently, has trailing bytes, an unknown key, or a value past its limit in
//! [`limits`] is refused by [`canonical::decode`]. Decoded values borrow from the input; nothing is
//! allocated, and items are read in place.
//!
//! It does not judge: a well-formed request may still be refused by the core.

#![no_std]
#![forbid(unsafe_code)]

pub mod activation;
pub mod admin;
pub mod anchor;
pub mod approvers;
pub mod assertion;
pub mod attestation;
mod bounded;
pub mod canonical;
pub mod change;
pub mod checkpoint;
pub mod enrolment;
pub mod evidence;
pub mod fingerprint;
pub mod group;
mod ids;
pub mod item;
pub mod limits;
pub mod log;
pub mod model;
pub mod policy;
pub mod receipt;
pub mod record;
pub mod recovery;
pub mod reply;
pub mod request;
mod sequence;
pub mod signed_checkpoint;
mod suite;
pub mod tag;
mod text;
pub mod ticket;

pub use bounded::{Bounded, PublicKey};
pub use ids::{
    Aaguid, ApplianceId, Digest, FrontEndId, KeyId, OfficerId, SignerId, SlotId, TenantId,
    TicketId, TransactionId,
};
pub use minicbor;
pub use sequence::Sequence;
pub use suite::Suite;
pub use text::{Label, Name, Origin};
