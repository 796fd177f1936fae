//! A second machine beside the first one: its disks hold what those hold now, and it is at the same token.
//!
//! Guarantee: whatever is done to the token on one of them, the other one sees; power, disks and the time since it
//! was started are its own.

use std::sync::{Arc, Mutex};

use countersign_disk::FaultyDisk;

use super::{Machine, Medium, Power, lock};
use crate::random;

impl Machine {
    /// Such a machine, of this number.
    #[must_use]
    pub fn twin(&self, number: u64) -> Arc<Self> {
        let seed = random::derived(self.seed, "twin", number);
        let [ledger, even, odd, even_snapshot, odd_snapshot] = Medium::ALL.map(|medium| {
            Mutex::new(FaultyDisk::holding(self.medium(medium).bytes().to_vec(), seed))
        });
        Arc::new(Self {
            number,
            timeline: self.timeline.clone(),
            power: Power::default(),
            marks: Arc::clone(&self.marks),
            seed: self.seed,
            engine: Arc::clone(&self.engine),
            clock: Mutex::new(self.clocks_beside()),
            disk: ledger,
            vault: [even, odd],
            snapshot: [even_snapshot, odd_snapshot],
            copies: Arc::clone(&self.copies),
            token: Arc::clone(&self.token),
            anchored: Mutex::new(None),
            committer: Mutex::new(None),
            refused: Arc::clone(&self.refused),
            bug: self.bug,
        })
    }

    /// Whether whatever runs here has made an anchor: it has taken the token.
    #[must_use]
    pub fn has_taken(&self) -> bool {
        lock(&self.anchored).is_some()
    }

    /// Whether the token can be asked.
    #[must_use]
    pub fn has_token(&self) -> bool {
        !lock(&self.token).removed
    }
}
