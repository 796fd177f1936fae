//! The power: counts what the appliance does to the world, and fails at one of these effects.
//!
//! Guarantee: what was to happen at the cut and after it does not happen.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use super::lock;

/// Something that the appliance does to the world: each is a moment at which the power can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
    /// The token makes or destroys an anchor.
    Anchor,
    /// The TPM counts.
    Count,
    /// An approval is about to be spent.
    Reserve,
    /// A reply leaves.
    Reply,
}

impl Effect {
    /// Every effect.
    pub const ALL: [Self; 11] = [
        Self::Append,
        Self::Sync,
        Self::Truncate,
        Self::Sign,
        Self::Checkpoint,
        Self::Random,
        Self::KeyMade,
        Self::Anchor,
        Self::Count,
        Self::Reserve,
        Self::Reply,
    ];
}

/// The power of one machine.
pub struct Power {
    on: AtomicBool,
    effects: AtomicU64,
    planned: Mutex<Option<Planned>>,
    failed_at: Mutex<Option<Effect>>,
    stirs: Notify,
}

/// A cut to come: at the effect after `left` more, of this kind if one is named.
#[derive(Clone, Copy)]
struct Planned {
    kind: Option<Effect>,
    left: u64,
}

impl Default for Power {
    fn default() -> Self {
        let (planned, failed_at) = (Mutex::new(None), Mutex::new(None));
        let (on, effects, stirs) = (AtomicBool::new(true), AtomicU64::new(0), Notify::new());
        Self { on, effects, planned, failed_at, stirs }
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
        self.effects.fetch_add(1, Ordering::Relaxed);
        self.stirs.notify_one();
        let mut planned = lock(&self.planned);
        let Some(plan) = planned.as_mut().filter(|p| p.kind.is_none_or(|kind| kind == effect))
        else {
            return true;
        };
        if plan.left > 0 {
            plan.left -= 1;
            return true;
        }
        *planned = None;
        *lock(&self.failed_at) = Some(effect);
        self.off();
        false
    }

    /// Effects so far.
    pub fn effects(&self) -> u64 {
        self.effects.load(Ordering::Relaxed)
    }

    /// Resolves when there was an effect since this was last awaited, by one who waits.
    pub async fn stirred(&self) {
        self.stirs.notified().await;
    }

    /// Wakes whoever waits for an effect.
    pub fn stir(&self) {
        self.stirs.notify_one();
    }

    /// What was planned for another machine comes to this one, which counts on.
    pub fn succeeds(&self, other: &Self) {
        *lock(&self.planned) = lock(&other.planned).take();
        self.effects.fetch_add(other.effects(), Ordering::Relaxed);
    }

    /// Lets it fail at the effect after so many more, counting those of one kind if one is named.
    pub fn fail_after(&self, effects: u64, kind: Option<Effect>) {
        *lock(&self.planned) = Some(Planned { kind, left: effects });
    }

    /// It does not fail any more.
    pub fn steady(&self) {
        *lock(&self.planned) = None;
    }

    /// Lets it fail now.
    pub fn off(&self) {
        self.on.store(false, Ordering::Relaxed);
    }

    /// It is back. The effect at which it failed, if at one. What was planned meanwhile still comes.
    pub fn back(&self) -> Option<Effect> {
        self.on.store(true, Ordering::Relaxed);
        lock(&self.failed_at).take()
    }
}
