//! Publishes a ledger: a folder of static files in the format of C2SP's tlog-tiles, which any web server serves.
//!
//! Guarantees to readers: whatever `checkpoint` says, its tiles and entries are there, after a power cut too; it
//! never covers a record that is not durable in the ledger; what a file says once it says for ever, but for
//! `checkpoint` itself. Leaves are published, never what they commit to.
//!
//! Guarantees to the appliance: no commit waits for it or fails with it. It reads the ledger's file beside its
//! owner, and the ledger stays the only truth: a folder that is lost, half written or of another ledger is made
//! again from it ([`Step::Again`]).
//!
//! It does not guarantee that files which nobody appends to are still as they were written: at a start the last
//! tile of each level is checked, and all of them by `countersign log check`.

#![forbid(unsafe_code)]

mod disk;
mod edge;
mod folder;
mod publisher;
mod resume;

pub use disk::{Disk, SystemDisk};
pub use folder::CHECKPOINT;
pub use publisher::{PublishError, Publisher, Step};
pub use resume::Contradiction;
