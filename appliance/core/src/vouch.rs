//! Vouching: an enrolled device approves that a further one is its owner's too.
//!
//! Guarantees: a [`Vouched`] comes only from an assertion over exactly this addition by an active device of
//! the signer, checked as one over an activation is; it counts only while the device's record and its
//! signCounts are what they were ([`Vouched::stands`]).
//!
//! It does not say that the further device approves anything: officers confirm it.

use countersign_protocol::assertion::Assertion;
use countersign_protocol::{Digest, FrontEndId, SignerId, SlotId, tag};
use subtle::Choice;

use crate::assertion::device_key::DeviceKey;
use crate::assertion::{self, Enrolled, Expected};
use crate::entry::{Appliance, Device, is_active};
use crate::port::{Crypto, Registry};
use crate::refusal::Reason;
use crate::time::Now;
use crate::verdict::Verdict;

/// The device that an assertion says it is by.
pub struct Voucher<'f, K> {
    assertion: Assertion<'f>,
    device: Device,
    key: DeviceKey<K>,
}

/// The devices that may vouch for a further one of this signer: the active ones, in the order of their enrolment.
pub fn vouchers(registry: &impl Registry, signer: SignerId) -> impl Iterator<Item = Device> {
    registry.devices_of(signer).filter(|device| is_active(device.standing).into())
}

/// An active device of the signer has approved the addition.
pub struct Vouched<'f> {
    assertion: Assertion<'f>,
    device: Device,
    sign_count: u32,
}

struct VoucherChecks {
    not_locked_out: Choice,
    user_verified: Choice,
}

impl<'f, K: AsRef<[u8]>> Voucher<'f, K> {
    /// Finds the device: of the [`vouchers`], that at the assertion's index.
    ///
    /// # Errors
    /// [`Reason::DeviceNotListed`].
    pub fn find<R: Registry<KeyBytes = K>>(
        registry: &R,
        signer: SignerId,
        assertion: Assertion<'f>,
    ) -> Result<Self, Reason> {
        let device = vouchers(registry, signer).nth(assertion.device.into());
        let device = device.ok_or(Reason::DeviceNotListed)?;
        let key = registry.device_key(device.slot).ok_or(Reason::DeviceNotListed)?;
        Ok(Self { assertion, device, key })
    }

    /// The device's place.
    #[must_use]
    pub const fn slot(&self) -> SlotId {
        self.device.slot
    }

    /// Verifies the assertion over `addition`, brought by this front-end: every check, and only then the verdict.
    ///
    /// # Errors
    /// The first reason in the table's order.
    pub fn verify(
        self,
        crypto: &impl Crypto,
        appliance: &Appliance,
        addition: &[u8],
        front_end: FrontEndId,
        now: Now,
    ) -> Result<Vouched<'f>, Reason> {
        let Self { assertion, device, key } = self;
        let challenge = Digest(crypto.sha256(&[tag::ADDITION, addition]));
        let expected = Expected {
            challenge: &challenge,
            origin: &appliance.origin,
            rp_id_hash: &appliance.rp_id_hash,
        };
        let enrolled = Enrolled {
            key: key.borrowed(),
            backup_eligible: device.backup_eligible,
            counts: device.counts,
            prepared_count: NOT_PREPARED,
        };
        let outcome = assertion::verify(crypto, &expected, &enrolled, &assertion);
        let checks = VoucherChecks {
            not_locked_out: !device.lockout.holds(front_end, now.boot_ms),
            user_verified: outcome.user_verified,
        };
        outcome.verdict.and(fold(checks)).fold()?;
        Ok(Vouched { assertion, device, sign_count: outcome.sign_count })
    }
}

/// Nothing keeps the count that the device had when it was asked: one that it has not shown, and that is not
/// above its last one, is late, and no clone's.
const NOT_PREPARED: u32 = 0;

fn fold(checks: VoucherChecks) -> Verdict {
    let VoucherChecks { not_locked_out, user_verified } = checks;
    Verdict::new()
        .require(not_locked_out, Reason::DeviceLockedOut)
        .require(user_verified, Reason::UserNotVerified)
}

impl<'f> Vouched<'f> {
    /// Whether it counts still, under the lock of the state.
    ///
    /// # Errors
    /// What has changed.
    pub fn stands(&self, registry: &impl Registry) -> Result<(), Reason> {
        let device = registry.device(self.device.slot).ok_or(Reason::DeviceChanged)?;
        if device.generation != self.device.generation {
            return Err(Reason::DeviceChanged);
        }
        let above = device.counts.judge(self.sign_count, NOT_PREPARED).above;
        bool::from(above).then_some(()).ok_or(Reason::SignCountLate)
    }

    /// The place of the device that approved.
    #[must_use]
    pub const fn slot(&self) -> SlotId {
        self.device.slot
    }

    /// The signCount that it showed.
    #[must_use]
    pub const fn sign_count(&self) -> u32 {
        self.sign_count
    }

    /// The assertion.
    #[must_use]
    pub const fn assertion(&self) -> Assertion<'f> {
        self.assertion
    }
}
