//! The anchor: state that is older than it is not used, and of two copies of an appliance one alone goes on.
//!
//! Guarantees to whoever boots: a ledger that is [`Current`] has every record that any anchor found is of, and the
//! very ones; whoever has [`Held`] made the newest anchor, and is told at the next look when somebody else has made
//! one since. Guarantee to whoever counts writes: an anchor costs one object made and one destroyed.
//!
//! Where officers say that a ledger goes on which is not [`Current`], what was anchored is [`GivenUp`].
//!
//! Where there is a counter outside of the token, a token that is put back to before anything that was anchored out of
//! its reach ([`Reach::Counter`]) is not used either.
//!
//! Where an anchor says so, no older program goes on ([`Version::FLOOR`]).
//!
//! It does not guarantee anything of records after the newest anchor, nor, without a counter, against a token that is put back
//! to an older state of its own.

#![forbid(unsafe_code)]

mod anchors;
mod error;
mod found;
mod given_up;
mod held;
mod version;

pub use anchors::{AnchorFault, Anchors, Counted};
pub use error::{AnchorError, Theirs};
pub use found::{Current, Found};
pub use given_up::GivenUp;
pub use held::{Held, Reach, Reached};
pub use version::Version;

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what a test did not expect has failed the test"
)]
mod tests;
