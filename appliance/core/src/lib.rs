//! The core: decides whether a signer's key signs. `[core]`
//!
//! Guarantees, to the owner of a key: no signer's key is used without a [`SignOrder`], and a
//! `SignOrder` comes only out of [`pipeline`]'s path, which has checked a live transaction, the
//! approval of exactly its bytes by enough registered devices, and the key's policy.
//!
//! It does not guarantee that what the signer was *shown* is what the items say: that is the
//! approval page's part. It has no I/O, no clock, no randomness and no allocator.

#![no_std]
#![forbid(unsafe_code)]
#![allow(
    clippy::result_large_err,
    reason = "a refusal has 128 bytes, and no allocator to box them"
)]

pub mod assertion;
pub mod bucket;
pub mod entry;
mod faults;
pub mod lockout;
pub mod pipeline;
pub mod policy;
pub mod port;
pub mod prepare;
pub mod recall;
pub mod refusal;
pub mod reserve;
mod settle;
pub mod stage;
pub mod state;
pub mod suite;
pub mod time;
pub mod transactions;
mod verdict;
pub mod vouch;

pub use refusal::{Class, Reason, Refusal};
pub use stage::{Evidence, Recorded, SignMessage, SignOrder};
pub use state::State;
pub use time::Now;
pub use verdict::Verdict;

/// A result whose error says why nothing was given.
pub type Decision<T> = Result<T, Refusal>;
