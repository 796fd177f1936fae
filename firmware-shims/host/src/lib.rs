//! The ports on Linux: crypto and sealing on aws-lc-rs, the clock, threads, and storage in a file.
//!
//! Guarantees to the daemon: each type here keeps the contract of its port, and the crypto engine
//! agrees with the portable one. It does not guarantee constant time where it verifies: all of that is
//! public here.

#![forbid(unsafe_code)]

mod clock;
mod crypto;
mod sealing;
mod storage;
mod storage_view;
mod threads;

pub use clock::Clock;
pub use crypto::Host;
pub use storage::{FileStorage, OpenError, sync_parent};
pub use storage_view::FileView;
pub use threads::Threads;
