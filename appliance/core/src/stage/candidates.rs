//! Finding: which key, and which of the devices that were listed when the activation was made.

use countersign_protocol::SlotId;
use countersign_protocol::assertion::Assertion;
use countersign_protocol::limits::{ASSERTIONS_MAX, DEVICES_MAX};
use countersign_protocol::request::Sign;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use super::{Bound, Known};
use crate::entry::{Appliance, Device, Found, Key, NOBODYS_SLOT, is_active};
use crate::port::{Guarded, Registry};
use crate::refusal::Reason;
use crate::transactions::{Listed, Transaction};
use crate::verdict::{Verdict, choice};

/// Which key and which devices this is about.
pub struct Candidates<'f> {
    pub(super) known: Known<'f>,
    pub(super) appliance: Appliance,
    pub(super) key: Key,
    pub(super) granted: Choice,
    pub(super) candidates: heapless::Vec<Candidate<'f>, ASSERTIONS_MAX>,
    pub(super) verdict: Verdict,
}

/// An assertion, and the device that it says it is by.
pub(super) struct Candidate<'f> {
    pub(super) assertion: Assertion<'f>,
    pub(super) device: Found<Device>,
    /// Its last signCount when the activation was made.
    pub(super) prepared_count: u32,
}

struct DeviceChecks {
    listed: Choice,
    active: Choice,
    not_locked_out: Choice,
}

impl<'f> Known<'f> {
    /// Finds key and devices: of those fixed at `Prepare`, selected in constant time.
    pub fn find_device(self, state: &impl Guarded) -> Candidates<'f> {
        let transaction = &self.transaction;
        let (appliance, key, granted, candidates) = state.with(|s| {
            let registry = &s.registry;
            let assertions = self.bound.claimed.body.assertions.iter();
            // At most ASSERTIONS_MAX decode.
            let candidates: heapless::Vec<_, ASSERTIONS_MAX> =
                assertions.map(|assertion| candidate(registry, transaction, assertion)).collect();
            let granted = registry.is_granted(self.bound.front_end.entry.id, &transaction.key);
            (registry.appliance().clone(), registry.key(&transaction.key), granted, candidates)
        });
        let key = Found::or(key, Key::dummy());
        let verdict = candidates.iter().map(|candidate| candidate.judge(&self.bound));
        let verdict =
            verdict.fold(self.verdict.require(key.found, Reason::KeyUnknown), Verdict::and);
        Candidates {
            appliance,
            key: key.entry,
            granted: choice(granted),
            candidates,
            verdict,
            known: self,
        }
    }
}

fn candidate<'f>(
    registry: &impl Registry,
    transaction: &Transaction,
    assertion: Assertion<'f>,
) -> Candidate<'f> {
    let Listed { slot, sign_count } = select(transaction, assertion.device);
    let entry = registry.device(slot).unwrap_or_else(Device::nobodys);
    let found = !slot.0.ct_eq(&NOBODYS_SLOT.0) & slot.0.ct_eq(&entry.slot.0);
    Candidate { assertion, device: Found { entry, found }, prepared_count: sign_count }
}

impl Candidate<'_> {
    fn judge(&self, bound: &Bound<Sign<'_>>) -> Verdict {
        let (front_end, boot_ms) = (bound.front_end.entry.id, bound.claimed.now.boot_ms);
        let Found { entry, found } = &self.device;
        let DeviceChecks { listed, active, not_locked_out } = DeviceChecks {
            listed: *found,
            active: is_active(entry.standing),
            not_locked_out: !entry.lockout.holds(front_end, boot_ms),
        };
        Verdict::new()
            .require(listed, Reason::DeviceNotListed)
            .require(active, Reason::DeviceInactive)
            .require(not_locked_out, Reason::DeviceLockedOut)
    }
}

/// The device at `index` of the transaction's, looking at all of them; nobody's if there is none.
fn select(transaction: &Transaction, index: u8) -> Listed {
    const _: () = assert!(DEVICES_MAX <= u8::MAX as usize);
    (0u8..).zip(&transaction.devices).fold(Listed::NOBODY, |selected, (at, listed)| {
        let this = at.ct_eq(&index);
        Listed {
            slot: SlotId(u32::conditional_select(&selected.slot.0, &listed.slot.0, this)),
            sign_count: u32::conditional_select(&selected.sign_count, &listed.sign_count, this),
        }
    })
}
