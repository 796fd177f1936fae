//! Evidence that outlives the HSM: a recovery key whose private part only a quorum of officers can make, and what it opens.
//!
//! Guarantees: fewer shares than the threshold tell nothing of the private key (Shamir's sharing is perfect); a share that is
//! damaged, or another key's, is named; what the appliance wraps is sealed with HPKE (RFC 9180), bound to appliance, epoch
//! and recovery key; what is read out of a ledger has been checked as a boot checks it.
//!
//! It does not guarantee that nobody keeps the private key: for a moment it is whole, in the memory of the machine that makes
//! it and of the one that recovers, which clear it. Nor that evidence stays erased that an *older* copy of the vault still
//! has: whoever keeps one, and has a quorum, reads it. HPKE's X25519 is no match for a large quantum computer.

#![forbid(unsafe_code)]

mod created;
mod exporter;
mod field;
mod hpke;
mod opened;
mod quorum;
mod sharing;
mod stream;

pub use countersign_vault::{Claimed, Media};
pub use created::{CreateError, Created, create, fingerprint};
pub use exporter::Exporter;
pub use hpke::{Recipient, opens_the_known_answer};
pub use opened::{Checked, Closed, OpenError, Opened, Proof, Seen};
pub use quorum::{Quorum, QuorumError, ShareFile};
pub use stream::{Sealed, Unsealed};
