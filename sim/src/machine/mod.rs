//! The machine that the appliance runs on: power, clock, disk and token, each of which can fail.
//!
//! Guarantee: it is all that the appliance has. What survives a power cut is here; what does not is
//! the executor's to drop.

mod anchors;
mod bug;
mod cheap;
mod clock;
mod codes;
mod crypto;
mod disk;
mod ground;
mod images;
mod power;
mod roots;
mod surroundings;
mod token;
mod twin;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_core::{Reason, Refusal};
use countersign_disk::FaultyDisk;
use countersign_protocol::anchor::Anchor;
use countersign_protocol::{Digest, TransactionId};

pub use bug::Bug;
pub use cheap::CheapKey;
pub use clock::ClockFault;
pub use codes::CODES;
pub use crypto::{Chosen, SimCrypto, verifies};
pub use disk::{Medium, SimDisk};
pub use ground::{Commit, SimGround};
pub use power::{Effect, Power};
pub use surroundings::Stepped;
pub(crate) use token::SECRET;
pub use token::{CALL_MAX_MS, SimToken, TokenFault, Use};

use crate::marks::{Mark, Marks};
use crate::sometimes;
use crate::time::{Side, Timeline};

/// Refusals that are remembered.
const REFUSED_MAX: usize = 4_096;

/// The machine.
pub struct Machine {
    /// Which: each has a number of its own.
    pub number: u64,
    /// When it is.
    pub timeline: Timeline,
    /// The power.
    pub power: Power,
    /// What has happened at least once.
    pub marks: Arc<Marks>,
    /// The seed of whatever here is by chance.
    pub seed: u64,
    engine: Arc<SimCrypto>,
    clock: Mutex<clock::Clocks>,
    disk: Mutex<FaultyDisk>,
    vault: [Mutex<FaultyDisk>; 2],
    snapshot: [Mutex<FaultyDisk>; 2],
    copies: Arc<Mutex<images::Copies>>,
    /// Another machine may be at the same one.
    token: Arc<Mutex<token::Inside>>,
    anchored: Mutex<Option<Anchor>>,
    committer: Mutex<Option<Box<dyn Commit>>>,
    refused: Arc<Mutex<Vec<Refusal>>>,
    bug: Bug,
}

impl Machine {
    /// A good one, with an empty disk and token.
    #[must_use]
    pub fn new(seed: u64, chosen: Chosen, bug: Bug) -> Arc<Self> {
        Arc::new(Self {
            number: 0,
            timeline: Timeline::default(),
            power: Power::default(),
            marks: Arc::default(),
            seed,
            engine: Arc::new(SimCrypto::new(chosen, bug)),
            clock: Mutex::new(clock::Clocks::default()),
            disk: Mutex::new(FaultyDisk::holding(Vec::new(), seed)),
            vault: [1, 2].map(|n| Mutex::new(FaultyDisk::holding(Vec::new(), seed ^ n))),
            snapshot: [3, 4].map(|n| Mutex::new(FaultyDisk::holding(Vec::new(), seed ^ n))),
            copies: Arc::default(),
            token: Arc::new(Mutex::new(token::Inside::new(seed, chosen))),
            anchored: Mutex::new(None),
            committer: Mutex::new(None),
            refused: Arc::default(),
            bug,
        })
    }

    /// Where whatever runs on it lives.
    #[must_use]
    pub const fn side(&self) -> Side {
        Side::Inside(self.number)
    }

    /// Its crypto engine.
    #[must_use]
    pub fn engine(&self) -> &Arc<SimCrypto> {
        &self.engine
    }

    /// The disk that its ledger is on.
    pub fn disk(&self) -> MutexGuard<'_, FaultyDisk> {
        self.medium(Medium::Ledger)
    }

    /// A disk.
    pub fn medium(&self, medium: Medium) -> MutexGuard<'_, FaultyDisk> {
        let ([even, odd], [even_snapshot, odd_snapshot]) = (&self.vault, &self.snapshot);
        lock(match medium {
            Medium::Ledger => &self.disk,
            Medium::VaultEven => even,
            Medium::VaultOdd => odd,
            Medium::SnapshotEven => even_snapshot,
            Medium::SnapshotOdd => odd_snapshot,
        })
    }

    /// The appliance refuses something.
    pub fn refuses(&self, refusal: &Refusal) {
        self.marks.hit(Mark::Reason(refusal.reason));
        sometimes!(self.marks, SpentButUnsigned, refusal.reason.is_after_reserve());
        let dated = refusal.reason == Reason::OutsideValidity;
        sometimes!(self.marks, DatedRuleInDoubt, dated && !self.is_clock_right());
        let mut refused = lock(&self.refused);
        if refused.len() == REFUSED_MAX {
            refused.clear();
        }
        refused.push(*refusal);
    }

    /// Why it refused last: about this transaction, or else whatever this channel asked.
    pub fn refused(&self, channel: &Digest, transaction: Option<TransactionId>) -> Option<Reason> {
        let about = |refusal: &&Refusal| match transaction {
            Some(_) => refusal.about.transaction == transaction,
            None => refusal.about.channel == *channel,
        };
        lock(&self.refused).iter().rev().find(about).map(|refusal| refusal.reason)
    }

    /// The mistake that is planted.
    pub(crate) const fn bug(&self) -> Bug {
        self.bug
    }

    /// The committer of the ledger that is open, if one is.
    pub fn committer(&self) -> MutexGuard<'_, Option<Box<dyn Commit>>> {
        lock(&self.committer)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
