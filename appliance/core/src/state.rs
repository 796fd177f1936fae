//! What decides and what is outstanding: one value, behind one lock of the platform.
//!
//! Guarantees: what a refusal leads to beside its record ([`State::note`]) is decided under that lock; a
//! suspension is asked for only of a device whose approval was good in everything but its signCount,
//! which nobody without its key can make.

use countersign_protocol::SlotId;
use countersign_protocol::change::Standing;
use countersign_protocol::limits::{SUSPENSIONS_BURST, SUSPENSIONS_PER_HOUR};

use crate::bucket::Bucket;
use crate::port::Registry;
use crate::refusal::{Reason, Refusal};
use crate::transactions::{Place, Transactions};

/// Registry and transactions. A revocation takes the same lock as `reserve`.
pub struct State<R, M> {
    /// What decides.
    pub registry: R,
    /// What is outstanding.
    pub transactions: Transactions<M>,
    suspensions: Bucket,
}

impl<R: Registry, M: AsRef<[Place]> + AsMut<[Place]>> State<R, M> {
    /// With nothing outstanding, in `places`.
    pub fn new(registry: R, places: M) -> Self {
        let suspensions = Bucket::new(SUSPENSIONS_BURST, SUSPENSIONS_PER_HOUR);
        Self { registry, transactions: Transactions::new(places), suspensions }
    }

    /// Takes note of a refusal that goes on record now. Gives the device that must be suspended with it, by
    /// a record of its own: somebody else has its key.
    ///
    /// Past a rate, a clone is refused without a suspension: whoever found out how to make devices look
    /// cloned would not put all signers out of work.
    pub fn note(&mut self, refusal: &Refusal) -> Option<SlotId> {
        let slot = refusal.about.device?;
        let boot_ms = refusal.now.boot_ms;
        if let Some(front_end) =
            refusal.about.front_end.filter(|_| refusal.reason.is_of_assertion())
        {
            self.registry.count_refused(slot, front_end, boot_ms);
        }
        let cloned = refusal.reason == Reason::SignCountCloned;
        let active = || self.registry.device(slot).is_some_and(|d| d.standing == Standing::Active);
        (cloned && active() && self.suspensions.admit(boot_ms)).then_some(slot)
    }
}
