//! The ledger: an append-only Merkle log, and the durable write path.
//!
//! Guarantees: a record whose [`Ticket`] has resolved survives a power cut; records of many requests
//! share one sync and one checkpoint signature; [`open`] gives back exactly what was written and stops at
//! any damage but one incomplete group at the tail, which [`Replayed::settle`] cuts and tells: the error
//! names the first bad place; what a record commits to is on the disk under the keys of those that it is
//! about ([`Keys`]), and nowhere else.
//!
//! It does not guarantee freshness: an older copy of the whole file opens too (the anchor's part; whoever has a
//! [`Mark`] of a later state is told), and
//! damage to the very last group cannot be told from a torn write; and a boot looks at the last checkpoint's
//! signature alone ([`check_signatures`] at all: the records are what the last one signs).

#![forbid(unsafe_code)]

mod arriving;
mod bounds;
mod commit;
mod damage;
mod entry;
mod group;
mod grown;
mod ledger;
mod mark;
mod proving;
mod public;
mod recall;
mod replay;
mod seal;
mod signatures;
mod stopped;
mod view;

pub use arriving::{Expected, Submission};
pub use bounds::{Bounds, OutOfBounds};
pub use commit::{Committer, Instruments, Salts};
pub use damage::{Damage, Place};
pub use entry::Entry;
pub use ledger::{Committed, Ledger, Ticket};
pub use mark::{Growing, Mark, Stands};
pub use proving::Signed;
pub use public::{Durable, PublicGroup, public_group};
pub use recall::{Location, Recalled};
pub use replay::{Content, Replayed, Seen, Settled, claimed_appliance, open, open_from};
pub use seal::{Keys, NoKey, Signers};
pub use signatures::check_signatures;
pub use stopped::Stopped;
pub use view::View;
