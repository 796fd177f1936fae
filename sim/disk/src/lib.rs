//! A disk in memory that remembers every write and sync, and what a power cut can leave of them.
//!
//! Guarantees: to whoever writes, it is a good [`Storage`](countersign_ports::Storage); to whoever
//! tests, each moment at which the power can fail is there, with every class of what the disk may hold
//! then. Only what was synced is certain.
//!
//! Does not guarantee: that it is as bad as the worst disk. It does not lie about a sync, misdirect a
//! write or rot; and a write that tears a sector leaves the bytes alone that were durable in it.

#![forbid(unsafe_code)]

mod disk;
mod history;
mod loss;

pub use disk::Disk;
pub use history::{History, Operation};
pub use loss::Loss;
