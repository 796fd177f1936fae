//! `reserve` and `confirm`: the two looks at the state under its lock.
//!
//! Guarantees: an approval is spent at most once; nothing that was checked has changed when it is
//! spent ([`State::reserve`]); nothing is recorded, and so released, for a key or device that was
//! revoked in the meantime ([`State::confirm`]).

use countersign_protocol::limits::ASSERTIONS_MAX;
use countersign_protocol::{Digest, KeyId, SlotId, TransactionId};

use crate::entry::Generation;
use crate::port::Registry;
use crate::refusal::Reason;
use crate::state::State;
use crate::transactions::Place;

/// What was checked, to be compared with the state under the lock. Only the path makes one.
#[derive(Debug)]
pub struct Reservation {
    pub(crate) transaction: TransactionId,
    pub(crate) boot_ms: u64,
    pub(crate) stand: Stand,
}

impl Reservation {
    /// The transaction whose approval shall be spent.
    #[must_use]
    pub const fn transaction(&self) -> TransactionId {
        self.transaction
    }
}

/// The records that a decision stands on, at the generation at which they were read.
#[derive(Clone, Debug)]
pub(crate) struct Stand {
    pub(crate) channel: Digest,
    pub(crate) front_end: Generation,
    pub(crate) key: KeyId,
    pub(crate) key_generation: Generation,
    pub(crate) policy: Digest,
    pub(crate) devices: heapless::Vec<DeviceStand, ASSERTIONS_MAX>,
}

/// A device that approved: its record's generation, the signCount that it showed, and its last one when
/// the activation was made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DeviceStand {
    pub(crate) slot: SlotId,
    pub(crate) generation: Generation,
    pub(crate) sign_count: u32,
    pub(crate) prepared_count: u32,
}

/// Proof that [`State::reserve`] spent the approval. Cannot be made otherwise, nor copied.
#[derive(Debug)]
pub struct Reserved {
    pub(crate) transaction: TransactionId,
}

/// Why an approval is not spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreserved {
    /// What has changed.
    pub reason: Reason,
    /// The device that it is about.
    pub device: Option<SlotId>,
}

impl From<Reason> for Unreserved {
    fn from(reason: Reason) -> Self {
        Self { reason, device: None }
    }
}

impl<R: Registry, M: AsRef<[Place]> + AsMut<[Place]>> State<R, M> {
    /// Spends the approval and takes the signCounts, if nothing has changed since the checks.
    ///
    /// # Errors
    /// What has changed; then nothing is spent or moved.
    pub fn reserve(&mut self, reservation: Reservation) -> Result<Reserved, Unreserved> {
        self.compare(&reservation.stand)?;
        self.transactions.live(&reservation.transaction)?;
        for device in &reservation.stand.devices {
            self.judge_count(device)?;
        }
        self.transactions.spend(&reservation.transaction, reservation.boot_ms)?;
        for device in &reservation.stand.devices {
            self.registry.accept_sign_count(device.slot, device.sign_count);
        }
        Ok(Reserved { transaction: reservation.transaction })
    }

    /// Once more, for another approval of the device may have come first.
    fn judge_count(&self, stand: &DeviceStand) -> Result<(), Unreserved> {
        let refuse = |reason| Unreserved { reason, device: Some(stand.slot) };
        let device = self.registry.device(stand.slot).ok_or(refuse(Reason::DeviceChanged))?;
        let counted = device.counts.judge(stand.sign_count, stand.prepared_count);
        if counted.cloned.into() {
            return Err(refuse(Reason::SignCountCloned));
        }
        if counted.late.into() {
            return Err(refuse(Reason::SignCountLate));
        }
        Ok(())
    }

    /// Whether a signature may still be recorded.
    ///
    /// # Errors
    /// [`Reason::OrderVoided`] when a record that the decision stands on has changed.
    pub fn confirm(&self, evidence: &crate::Evidence<'_>) -> Result<(), Reason> {
        self.compare(evidence.stand()).map_err(|_| Reason::OrderVoided)
    }

    fn compare(&self, stand: &Stand) -> Result<(), Reason> {
        let front_end = self.registry.front_end(&stand.channel).map(|f| f.generation);
        let key = self.registry.key(&stand.key);
        let policy = key.as_ref().map(|k| k.policy_digest);
        let unchanged = |slot| self.registry.device(slot).map(|d| d.generation);
        if front_end != Some(stand.front_end) {
            return Err(Reason::FrontEndChanged);
        }
        if policy != Some(stand.policy) {
            return Err(Reason::PolicyChanged);
        }
        if key.map(|k| k.generation) != Some(stand.key_generation) {
            return Err(Reason::KeyChanged);
        }
        if stand.devices.iter().any(|d| unchanged(d.slot) != Some(d.generation)) {
            return Err(Reason::DeviceChanged);
        }
        Ok(())
    }
}
