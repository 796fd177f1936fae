//! The power: counts what the appliance does to the world, and fails at one of these effects.
//!
//! Guarantee: what was to happen at the cut and after it does not happen.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Something that the appliance does to the world: each is a moment at which the power can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Bytes are put on the disk.
    Append,
    /// The disk makes them durable.
    Sync,
    /// A torn tail is cut off.
    Truncate,
    /// The token signs for a signer.
    Sign,
    /// The token signs a checkpoint.
    Checkpoint,
    /// The token gives random bytes.
    Random,
    /// The token makes a key.
    KeyMade,
    /// An approval is about to be spent.
    Reserve,
    /// A reply leaves.
    Reply,
}

impl Effect {
    /// Every effect.
    pub const ALL: [Self; 9] = [
        Self::Append,
        Self::Sync,
        Self::Truncate,
        Self::Sign,
        Self::Checkpoint,
        Self::Random,
        Self::KeyMade,
        Self::Reserve,
        Self::Reply,
    ];
}

/// The power of one machine.
pub struct Power {
    on: AtomicBool,
    effects: AtomicU64,
    cut_at: AtomicU64,
    cut: AtomicU64,
}

impl Default for Power {
    fn default() -> Self {
        let (effects, cut) = (AtomicU64::new(0), AtomicU64::new(u64::MAX));
        Self { on: AtomicBool::new(true), effects, cut_at: AtomicU64::new(u64::MAX), cut }
    }
}

impl Power {
    /// Whether it is on.
    pub fn is_on(&self) -> bool {
        self.on.load(Ordering::Relaxed)
    }

    /// Whether this effect still happens.
    pub fn allows(&self, effect: Effect) -> bool {
        if !self.is_on() {
            return false;
        }
        let number = self.effects.fetch_add(1, Ordering::Relaxed);
        if number < self.cut_at.load(Ordering::Relaxed) {
            return true;
        }
        self.cut.store(effect as u64, Ordering::Relaxed);
        self.off();
        false
    }

    /// Effects so far.
    pub fn effects(&self) -> u64 {
        self.effects.load(Ordering::Relaxed)
    }

    /// Lets it fail at the effect after so many more.
    pub fn fail_after(&self, effects: u64) {
        let at = self.effects().saturating_add(effects);
        self.cut_at.store(at, Ordering::Relaxed);
    }

    /// It does not fail any more.
    pub fn steady(&self) {
        self.cut_at.store(u64::MAX, Ordering::Relaxed);
    }

    /// Lets it fail now.
    pub fn off(&self) {
        self.on.store(false, Ordering::Relaxed);
    }

    /// It is back. The effect at which it failed, if at one.
    pub fn back(&self) -> Option<Effect> {
        self.cut_at.store(u64::MAX, Ordering::Relaxed);
        self.on.store(true, Ordering::Relaxed);
        let cut = self.cut.swap(u64::MAX, Ordering::Relaxed);
        Effect::ALL.into_iter().find(|effect| *effect as u64 == cut)
    }
}
