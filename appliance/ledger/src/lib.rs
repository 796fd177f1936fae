//! The ledger: an append-only Merkle log, and the durable write path.
//!
//! Guarantees: a record whose [`Ticket`] has resolved survives a power cut; records of many requests
//! share one sync and one checkpoint signature; [`open`] gives back exactly what was written and stops at
//! any damage but one incomplete group at the tail, which [`Replayed::settle`] cuts and tells.
//!
//! It does not guarantee freshness: an older copy of the whole file opens too (the anchor's part), and
//! damage to the very last group cannot be told from a torn write. Sealed parts are not sealed yet.

#![forbid(unsafe_code)]

mod arriving;
mod commit;
mod group;
mod grown;
mod ledger;
mod proving;
mod recall;
mod replay;

pub use arriving::{Expected, Submission};
pub use commit::{Committer, Salts};
pub use ledger::{Committed, Ledger, Ticket};
pub use proving::Signed;
pub use recall::{Location, Recalled};
pub use replay::{Damage, Replayed, Seen, Settled, open};
