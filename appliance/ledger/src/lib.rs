//! The ledger: an append-only Merkle log, and the durable write path.
//!
//! Guarantees: a record whose [`Ticket`] has resolved survives a power cut; records of many requests
//! share one sync and one checkpoint signature; [`open`] gives back exactly what was written and stops at
//! any damage but one incomplete group at the tail, which [`Replayed::settle`] cuts and tells; what a record
//! commits to is on the disk under the keys of those that it is about ([`Keys`]), and nowhere else.
//!
//! It does not guarantee freshness: an older copy of the whole file opens too (the anchor's part), and
//! damage to the very last group cannot be told from a torn write.

#![forbid(unsafe_code)]

mod arriving;
mod commit;
mod group;
mod grown;
mod ledger;
mod proving;
mod public;
mod recall;
mod replay;
mod seal;

pub use arriving::{Expected, Submission};
pub use commit::{Committer, Instruments, Salts};
pub use ledger::{Committed, Ledger, Ticket};
pub use proving::Signed;
pub use public::{Durable, PublicGroup, public_group};
pub use recall::{Location, Recalled};
pub use replay::{Content, Damage, Replayed, Seen, Settled, claimed_appliance, open};
pub use seal::{Keys, NoKey, Signers};
