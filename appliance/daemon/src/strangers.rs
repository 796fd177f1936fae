//! Strangers: clients whose key the registry does not know.
//!
//! Guarantee: what a stranger sends is refused on record like everything else, but all strangers
//! together get few such records a second, so that nobody without a registered key can fill the disk
//! or keep it syncing. Past that they are told `Busy`, before anything is decoded.

use std::sync::{Mutex, PoisonError};

use countersign_core::bucket::Bucket;

/// Requests of strangers in a burst.
const BURST: u64 = 64;
/// Requests of strangers in the long run.
const PER_HOUR: u64 = 16 * 3_600;

/// One bucket for all strangers together.
pub(crate) struct Strangers(Mutex<Bucket>);

impl Strangers {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(Bucket::new(BURST, PER_HOUR)))
    }

    /// Whether one more request is looked at now.
    pub(crate) fn admit(&self, boot_ms: u64) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).admit(boot_ms)
    }
}
