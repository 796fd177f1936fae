//! The vault: a small durable store for what must be destroyable.
//!
//! Guarantees to the daemon: an entry whose [`Vault::create`] has returned survives a power cut; what was
//! written is read back as it was, or the first bad place is named; once [`Vault::destroy`] has returned,
//! no copy of the disk, however old, opens to what was destroyed, because the root that it was sealed
//! under is gone from the token. A power cut or a fault at any step leaves the state before or the state
//! after, and [`Vault::open`] finishes what was begun.
//!
//! Does not guarantee: that a token which says that it has destroyed a root has forgotten it, nor that
//! nobody has kept a key while it could be read. Within an epoch an older copy of the disk opens too, with
//! fewer entries: the ledger knows which there must be. Whoever can write to the disk can take everything
//! away, but only that.
//!
//! An epoch's key may be *wrapped* for somebody who has to open the vault without the token ([`Vault::wrap_for`]): then a
//! copy of it, which nobody else opens, stands in the epoch itself, and goes with it. What was destroyed is in no later
//! copy of the disk, wrapped or not; but whoever keeps an *older* copy of the disk, and can unwrap, opens what was in it.
//!
//! How: all entries of an *epoch* are sealed under one key, which the root of that epoch makes in the token.
//! To create is to append. To destroy is to write the next epoch, without what goes, whole to the other
//! medium, and only when it is durable there to destroy the root of the old one.

#![forbid(unsafe_code)]

mod batch;
mod entry;
mod epoch;
mod error;
mod media;
mod open;
mod recover;
mod roots;
mod rotate;
mod scan;
mod vault;
mod wrapped;

pub use entry::{Entry, Kind};
pub use error::{Part, Place, RootTask, VaultError};
pub use media::{Media, Side};
pub use open::{Opened, Rotation};
pub use recover::{Claimed, RecoverError, Recovered, Unwrapping};
pub use roots::{RootFault, Roots};
pub use vault::{Platform, Vault};
pub use wrapped::{EpochName, NotWrapped, Wrapped, Wrapping};
