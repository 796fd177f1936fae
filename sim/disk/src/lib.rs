//! A disk in memory that remembers every write and sync, and what a power cut can leave of them.
//!
//! Guarantees: to whoever writes, it is a good [`Storage`](countersign_ports::Storage); to whoever
//! tests, each moment at which the power can fail is there, with every class of what the disk may hold
//! then. Only what was synced is certain.
//!
//! [`Disk`] is good until the power fails; [`FaultyDisk`] also fails, lies, misdirects, rots and fills.
//!
//! [`Chance`] is what tests seal with what they write.
//!
//! Does not guarantee: that it is as bad as the worst disk. A write that tears a sector leaves the bytes
//! alone that were durable in it.

#![forbid(unsafe_code)]

mod chance;
mod disk;
mod durable;
mod faulty;
mod history;
mod loss;

pub use chance::Chance;
pub use disk::Disk;
pub use faulty::{DiskFault, FaultyDisk};
pub use history::{History, Operation};
pub use loss::Loss;
