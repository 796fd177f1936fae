//! The slot file: records, each sealed in a slot of its own that it keeps, and written some at a time, together or not
//! at all.
//!
//! ```text
//! page 0       head: "csslots1" (8) | seed (32) | nonce (12) | tag (16) | sealed: what the file comes to | zeros
//! page 1..     4,096 bytes: eight small slots of 512, or a large one
//! slot         size and table (1) | tenant (4) | version (8) | nonce (12) | tag (16) | sealed
//! sealed       name (16) | part (2) | parts (2) | length (2) | content | zeros
//! ```
//!
//! Guarantees to the daemon: what is read is what the last [`Slots::write`] that has returned has left, or what one that was
//! cut short would have, all of it, or nothing: not a byte of the file can be changed, no slot be put in another's
//! place, brought from another appliance, another file, or an older state of this one, without that (the file's *sum*
//! is over every slot's place and nonce, and no nonce comes twice). Each slot is sealed (AES-256-GCM) under a key of this file
//! alone, with a random nonce, beside appliance, tenant, table, slot and version; whoever keeps it begins another one when
//! its key has sealed 2^28 times ([`Slots::is_worn`]).
//!
//! It does not guarantee that the file is the newest there was: whoever can write to the disk can put back an older one,
//! whole. Whoever reads it holds what it says against something that cannot be put back. Nor does it hide how many records of
//! which tables and tenants there are, and which slots were written together.
//!
//! How it is written: changed slots and the head go to the other medium first, as a *batch* ([`batch`]), and only when that
//! is durable, into their places. Whoever opens the file finishes what was cut short.

#![forbid(unsafe_code)]

mod batch;
mod cover;
mod filling;
mod head;
mod open;
mod place;
mod slot;
mod slots;

use countersign_ports::{NoEntropy, NotSealed, StorageFault};

pub use cover::Seed;
pub use filling::Filling;
pub use place::{SLOT_BYTES_LARGE, SLOT_BYTES_SMALL};
pub use slot::Label;
pub use slots::{Change, Key, Slots, Upon};

/// Why something is not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotWritten {
    /// The medium.
    #[error(transparent)]
    Storage(#[from] StorageFault),
    /// The engine.
    #[error(transparent)]
    NotSealed(#[from] NotSealed),
    /// There is no chance for nonces.
    #[error(transparent)]
    NoEntropy(#[from] NoEntropy),
    /// There are more records, or larger ones, than a file has places for.
    #[error("the slot file is full")]
    Full,
}
