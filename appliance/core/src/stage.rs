//! The stages between bytes and verdict. Each takes the one before it by value.
//!
//! Guarantees: up to [`Asserted::evaluate`] nothing returns early and nothing is decided; what is
//! missing is replaced by a dummy that is checked like the real thing. Inside a stage each check is a
//! field of a struct that is destructured without `..`. A stage's only constructor is the method of
//! the stage before it: nobody, in this crate or outside, can leave one out.

mod order;

use countersign_protocol::activation::Activation;
use countersign_protocol::assertion::Assertion;
use countersign_protocol::limits::{APPROVERS_MAX, DEVICES_MAX};
use countersign_protocol::request::{Request, Sign};
use countersign_protocol::{Digest, SignerId, SlotId, canonical, tag};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

pub use self::order::{Evidence, Recorded, SignMessage, SignOrder, Signed};
use crate::Decision;
use crate::assertion::{self, Expected, Outcome};
use crate::entry::{Appliance, Device, Found, FrontEnd, Key, is_active};
use crate::policy::{self, Asked};
use crate::port::{Crypto, Guarded, Ledger, Registry};
use crate::refusal::{About, Reason, Refusal};
use crate::reserve::{DeviceStand, Reservation, Stand};
use crate::time::Now;
use crate::transactions::Transaction;
use crate::verdict::Verdict;

/// A frame that decodes. Nobody is known yet.
pub struct Claimed<B> {
    pub(crate) body: B,
    pub(crate) about: About,
    pub(crate) now: Now,
}

impl<'f> Claimed<Sign<'f>> {
    /// Reads the frame.
    ///
    /// # Errors
    /// A refusal for whatever is not canonical.
    pub fn decode(frame: &'f [u8], channel: &Digest, now: Now) -> Decision<Self> {
        let about = About::channel(*channel);
        match canonical::decode(frame) {
            Ok(Request::Sign(body)) => {
                let about = About { transaction: Some(body.transaction), ..about };
                Ok(Self { body, about, now })
            }
            _ => Err(about.refuse(Reason::FrameMalformed, now)),
        }
    }
}

/// Which front-end this is.
pub struct Bound<B> {
    pub(crate) claimed: Claimed<B>,
    pub(crate) front_end: Found<FrontEnd>,
    pub(crate) verdict: Verdict,
}

struct FrontEndChecks {
    known: Choice,
    active: Choice,
}

impl<B> Claimed<B> {
    /// A certificate only carries a key: who that is comes from the registry, each time.
    pub fn bind(mut self, state: &impl Guarded) -> Bound<B> {
        let channel = self.about.channel;
        let front_end = state.with(|s| s.registry.front_end(&channel));
        let front_end = Found::or(front_end, FrontEnd::DUMMY);
        let FrontEndChecks { known, active } =
            FrontEndChecks { known: front_end.found, active: is_active(front_end.entry.standing) };
        let verdict = Verdict::new()
            .require(known, Reason::FrontEndUnknown)
            .require(active, Reason::FrontEndInactive);
        self.about.front_end = front_end.known().map(|f| f.id);
        Bound { claimed: self, front_end, verdict }
    }
}

/// Which transaction this is.
pub struct Known<'f> {
    bound: Bound<Sign<'f>>,
    transaction: Transaction,
    verdict: Verdict,
}

struct TransactionChecks {
    known: Choice,
    own: Choice,
    unexpired: Choice,
    unspent: Choice,
    same_activation: Choice,
}

impl<'f> Bound<Sign<'f>> {
    /// Finds the transaction, and compares the activation with the one that was prepared.
    pub fn find_transaction(mut self, state: &impl Guarded, crypto: &impl Crypto) -> Known<'f> {
        let sign = &self.claimed.body;
        let found = state.with(|s| s.transactions.find(&sign.transaction));
        let found = Found::or(found, Transaction::DUMMY);
        let transaction = found.entry;
        let challenge = crypto.sha256(&[tag::ACTIVATION, sign.activation.bytes()]);
        let boot_ms = self.claimed.now.boot_ms;
        let TransactionChecks { known, own, unexpired, unspent, same_activation } =
            TransactionChecks {
                known: found.found,
                own: transaction.front_end.0.ct_eq(&self.front_end.entry.id.0),
                unexpired: choice(boot_ms <= transaction.expires_boot_ms),
                unspent: choice(!transaction.spent),
                same_activation: transaction.challenge.0.ct_eq(&challenge),
            };
        let verdict = Verdict::new()
            .require(known, Reason::TransactionUnknown)
            .require(own, Reason::TransactionForeign)
            .require(unexpired, Reason::TransactionExpired)
            .require(unspent, Reason::TransactionSpent)
            .require(same_activation, Reason::ActivationDiffers);
        self.claimed.about.key = found.known().map(|t| t.key);
        Known { verdict: self.verdict.and(verdict), bound: self, transaction }
    }
}

/// Which key and which devices this is about.
pub struct Candidates<'f> {
    known: Known<'f>,
    appliance: Appliance,
    key: Key,
    granted: Choice,
    devices: heapless::Vec<(Assertion<'f>, Device), APPROVERS_MAX>,
    verdict: Verdict,
}

struct DeviceChecks {
    listed: Choice,
    active: Choice,
}

impl<'f> Known<'f> {
    /// Finds key and devices: of those fixed at `Prepare`, selected in constant time.
    pub fn find_device(self, state: &impl Guarded) -> Candidates<'f> {
        let transaction = &self.transaction;
        let mut verdict = self.verdict;
        let mut devices = heapless::Vec::new();
        let (appliance, key, granted) = state.with(|s| {
            for assertion in self.bound.claimed.body.assertions.iter() {
                let found = Found::or(
                    s.registry.device(select(transaction, assertion.device)),
                    Device::DUMMY,
                );
                verdict = verdict.and(judge_device(&found));
                // At most APPROVERS_MAX decode.
                let _ = devices.push((assertion, found.entry));
            }
            let granted = s.registry.is_granted(self.bound.front_end.entry.id, &transaction.key);
            (s.registry.appliance().clone(), s.registry.key(&transaction.key), granted)
        });
        let key = Found::or(key, Key::dummy());
        verdict = verdict.require(key.found, Reason::KeyUnknown);
        Candidates {
            known: self,
            appliance,
            key: key.entry,
            granted: choice(granted),
            devices,
            verdict,
        }
    }
}

fn judge_device(device: &Found<Device>) -> Verdict {
    let DeviceChecks { listed, active } =
        DeviceChecks { listed: device.found, active: is_active(device.entry.standing) };
    Verdict::new().require(listed, Reason::DeviceNotListed).require(active, Reason::DeviceInactive)
}

/// The place at `index` of the transaction's devices, looking at all of them; nobody's if none.
fn select(transaction: &Transaction, index: u8) -> SlotId {
    const _: () = assert!(DEVICES_MAX <= u8::MAX as usize);
    let nobody = Device::DUMMY.slot.0;
    let slots = transaction.devices.iter().map(|d| d.map_or(nobody, |slot| slot.0));
    SlotId((0u8..).zip(slots).fold(nobody, |selected, (at, slot)| {
        u32::conditional_select(&selected, &slot, at.ct_eq(&index))
    }))
}

/// What the assertions are worth.
pub struct Asserted<'f> {
    candidates: Candidates<'f>,
    outcomes: heapless::Vec<(Device, Outcome), APPROVERS_MAX>,
    verdict: Verdict,
}

impl<'f> Candidates<'f> {
    /// Verifies each assertion: every check computed, none returns early.
    pub fn verify(self, crypto: &impl Crypto) -> Asserted<'f> {
        let expected = Expected {
            challenge: &self.known.transaction.challenge,
            origin: &self.appliance.origin,
            rp_id_hash: &self.appliance.rp_id_hash,
        };
        let outcomes: heapless::Vec<_, APPROVERS_MAX> = self
            .devices
            .iter()
            .map(|(assertion, device)| {
                (*device, assertion::verify(crypto, &expected, device, assertion))
            })
            .collect();
        let verdict = outcomes.iter().fold(self.verdict, |all, (_, o)| all.and(o.verdict));
        Asserted { candidates: self, outcomes, verdict }
    }
}

/// Every check has passed. The approval is not spent yet.
pub struct Permitted<'f> {
    evidence: Evidence<'f>,
}

struct SameKey {
    key: Choice,
    policy: Choice,
}

impl<'f> Asserted<'f> {
    /// Evaluates the policy and folds the verdict: here the path branches for the first time.
    ///
    /// # Errors
    /// A refusal for the first reason.
    pub fn evaluate(self) -> Decision<Permitted<'f>> {
        let key = &self.candidates.key;
        let claimed = &self.candidates.known.bound.claimed;
        let verdict = self.verdict.and(self.judge_policy());
        let refuse = |reason| -> Refusal { claimed.about.refuse(reason, claimed.now) };
        verdict.fold().map_err(refuse)?;
        // It hashes to what this appliance made, so it decodes; nothing of it was used before.
        let bytes = claimed.body.activation.bytes();
        let activation: Activation<'f> =
            canonical::decode(bytes).map_err(|_| refuse(Reason::ActivationDiffers))?;
        Ok(Permitted {
            evidence: Evidence {
                about: claimed.about,
                now: claimed.now,
                tenant: key.tenant,
                place: key.place,
                public_key: key.public_key.clone(),
                activation,
                activation_bytes: bytes,
                approvals: self.approvals(),
                stand: self.stand(),
            },
        })
    }

    fn judge_policy(&self) -> Verdict {
        let Candidates { key, known, granted, .. } = &self.candidates;
        let transaction = &known.transaction;
        let asked = Asked { suite: transaction.suite, items: transaction.items, granted: *granted };
        let same = SameKey {
            key: choice(key.generation == transaction.key_generation),
            policy: key.policy_digest.0.ct_eq(&transaction.policy.0),
        };
        let approval = |(device, outcome): &(Device, Outcome)| {
            policy::judge_approval(&key.approvers, device.signer, outcome.user_verified)
        };
        let signers: heapless::Vec<SignerId, APPROVERS_MAX> =
            self.outcomes.iter().map(|(device, _)| device.signer).collect();
        self.outcomes
            .iter()
            .map(approval)
            .fold(policy::judge_request(key, &asked, &known.bound.claimed.now), Verdict::and)
            .and(policy::judge_quorum(&key.approvers, &signers))
            .and(judge_same(same))
    }

    fn approvals(&self) -> heapless::Vec<(Assertion<'f>, Device), APPROVERS_MAX> {
        let counted = |(pair, (_, outcome)): (&(Assertion<'f>, Device), &(Device, Outcome))| {
            (pair.0, Device { sign_count: outcome.sign_count, ..pair.1 })
        };
        self.candidates.devices.iter().zip(&self.outcomes).map(counted).collect()
    }

    fn stand(&self) -> Stand {
        let Candidates { key, known, .. } = &self.candidates;
        let device = |(device, outcome): &(Device, Outcome)| DeviceStand {
            slot: device.slot,
            generation: device.generation,
            sign_count: outcome.sign_count,
        };
        Stand {
            channel: known.bound.claimed.about.channel,
            front_end: known.bound.front_end.entry.generation,
            key: key.id,
            key_generation: key.generation,
            policy: key.policy_digest,
            devices: self.outcomes.iter().map(device).collect(),
        }
    }
}

/// A change of policy is a change of the key's record too: the policy is named first.
fn judge_same(same: SameKey) -> Verdict {
    let SameKey { key, policy } = same;
    Verdict::new().require(policy, Reason::PolicyChanged).require(key | !policy, Reason::KeyChanged)
}

impl<'f> Permitted<'f> {
    /// Spends the approval. From here on the path runs to its end.
    ///
    /// # Errors
    /// A refusal for what has changed since it was checked.
    pub async fn reserve(self, ledger: &impl Ledger) -> Decision<SignOrder<'f>> {
        let Evidence { about, now, .. } = self.evidence;
        let reservation = Reservation {
            transaction: self.evidence.activation.transaction,
            boot_ms: now.boot_ms,
            stand: self.evidence.stand.clone(),
        };
        match ledger.reserve(reservation).await {
            Ok(reserved) => SignOrder::new(self.evidence, reserved),
            Err(reason) => Err(about.refuse(reason, now)),
        }
    }
}

pub(crate) fn choice(flag: bool) -> Choice {
    Choice::from(u8::from(flag))
}
