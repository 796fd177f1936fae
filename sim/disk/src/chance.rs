//! Chance from a seed, for what is written to a disk in a test.

use countersign_ports::{Entropy, NoEntropy};

/// Random bytes that follow from a seed. They are no secret.
pub struct Chance(fastrand::Rng);

impl Chance {
    /// What follows from this seed.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }
}

impl Entropy for Chance {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        self.0.fill(bytes);
        Ok(())
    }
}
