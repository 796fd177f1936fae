//! Checking: what each assertion is worth, and all of them together under the key's policy.

use core::iter;

use countersign_protocol::activation::Activation;
use countersign_protocol::assertion::Assertion;
use countersign_protocol::limits::ASSERTIONS_MAX;
use countersign_protocol::{SlotId, canonical};
use subtle::{Choice, ConstantTimeEq};

use super::candidates::{Candidate, Candidates};
use super::{Approval, Evidence, SignOrder};
use crate::Decision;
use crate::assertion::device_key::{DeviceKey, family};
use crate::assertion::{self, Enrolled, Expected, Outcome};
use crate::entry::{Device, NOBODYS_SLOT};
use crate::policy::{self, Approver, Asked, Rules};
use crate::port::{Crypto, Guarded, Ledger, Registry};
use crate::refusal::{About, Reason, Refusal};
use crate::reserve::{DeviceStand, Reservation, Stand, Unreserved};
use crate::transactions::Transaction;
use crate::verdict::Verdict;

/// What the assertions are worth.
pub struct Asserted<'f> {
    candidates: Candidates<'f>,
    outcomes: heapless::Vec<Outcome, ASSERTIONS_MAX>,
}

impl<'f> Candidates<'f> {
    /// Verifies each assertion: every check computed, none returns early.
    pub fn verify(self, state: &impl Guarded, crypto: &impl Crypto) -> Asserted<'f> {
        let outcomes = self.candidates.iter().map(|one| self.verify_one(one, state, crypto));
        Asserted { outcomes: outcomes.collect(), candidates: self }
    }

    /// With the device's key, or nobody's of the transaction's algorithm. Whether an index is listed is known
    /// to whoever sent it.
    fn verify_one(
        &self,
        candidate: &Candidate<'f>,
        state: &impl Guarded,
        crypto: &impl Crypto,
    ) -> Outcome {
        let Candidate { assertion, device, prepared_count } = candidate;
        let Device { slot, backup_eligible, counts, .. } = device.entry;
        let transaction = &self.known.transaction;
        let expected = Expected {
            challenge: &transaction.challenge,
            origin: &self.appliance.origin,
            rp_id_hash: &self.appliance.rp_id_hash,
        };
        let key = state.with(|s| s.registry.device_key(slot));
        let nobodys = DeviceKey::nobodys(transaction.algorithm);
        let keys = [nobodys, key.as_ref().map_or(nobodys, DeviceKey::borrowed)];
        let key = keys.get(usize::from(device.found.unwrap_u8())).copied().unwrap_or(nobodys);
        let enrolled = Enrolled { key, backup_eligible, counts, prepared_count: *prepared_count };
        assertion::verify(crypto, &expected, &enrolled, assertion)
    }
}

/// Everything is checked, and nothing is decided yet.
pub struct Evaluated<'f> {
    asserted: Asserted<'f>,
    /// What is worth knowing of each assertion alone.
    of_each: heapless::Vec<Verdict, ASSERTIONS_MAX>,
    verdict: Verdict,
}

struct SameKey {
    key: Choice,
    policy: Choice,
}

impl<'f> Asserted<'f> {
    /// Evaluates the policy: every rule, always. One that has changed since is not the one that was prepared.
    pub fn evaluate(self, state: &impl Guarded) -> Evaluated<'f> {
        let Candidates { key, candidates, verdict, .. } = &self.candidates;
        let rules = state.with(|s| s.registry.policy(&key.id)).unwrap_or(Rules::NOTHING);
        let of_each: heapless::Vec<_, ASSERTIONS_MAX> = iter::zip(candidates, &self.outcomes)
            .map(|(candidate, outcome)| {
                let signer = candidate.device.entry.signer;
                let approval =
                    policy::judge_approval(&key.approvers, signer, outcome.user_verified);
                outcome.verdict.and(approval)
            })
            .collect();
        let verdict =
            of_each.iter().copied().fold(verdict.and(self.judge_policy(&rules)), Verdict::and);
        Evaluated { asserted: self, of_each, verdict }
    }

    fn judge_policy(&self, rules: &Rules) -> Verdict {
        let Candidates { key, known, granted, candidates, .. } = &self.candidates;
        let (transaction, now) = (&known.transaction, &known.bound.claimed.now);
        let Transaction { suite, items, lifetime_ms, front_end, initiator, .. } = *transaction;
        let asked = Asked { suite, items, lifetime_ms, front_end, initiator };
        let same = SameKey {
            key: key.generation.0.ct_eq(&transaction.key_generation.0),
            policy: key.policy_digest.0.ct_eq(&transaction.policy.0),
        };
        let approvers: heapless::Vec<Approver, ASSERTIONS_MAX> = candidates
            .iter()
            .map(|candidate| candidate.device.entry)
            .map(|Device { signer, algorithm, .. }| Approver { signer, family: family(algorithm) })
            .collect();
        policy::judge_request(key, rules, &asked, *granted, now)
            .and(policy::judge_approvers(&key.approvers, rules, initiator, &approvers))
            .and(judge_same(same))
    }
}

/// A change of policy is a change of the key's record too: the policy is named first.
fn judge_same(same: SameKey) -> Verdict {
    let SameKey { key, policy } = same;
    Verdict::new().require(policy, Reason::PolicyChanged).require(key | !policy, Reason::KeyChanged)
}

/// Every check has passed. The approval is not spent yet.
pub struct Permitted<'f> {
    evidence: Evidence<'f>,
}

impl<'f> Evaluated<'f> {
    /// All reasons against it.
    pub const fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Folds the verdict: here the path branches for the first time.
    ///
    /// # Errors
    /// A refusal for the first reason.
    pub fn fold(self) -> Decision<Permitted<'f>> {
        let claimed = &self.asserted.candidates.known.bound.claimed;
        self.verdict.fold().map_err(|reason| self.refuse(reason))?;
        // It hashes to what this appliance made, so it decodes; nothing of it was used before.
        let bytes = claimed.body.activation.bytes();
        let activation: Activation<'f> =
            canonical::decode(bytes).map_err(|_| self.refuse(Reason::ActivationDiffers))?;
        let key = &self.asserted.candidates.key;
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

    /// The refusal, and the device whose assertion it is about, if it is about one.
    fn refuse(&self, reason: Reason) -> Refusal {
        let claimed = &self.asserted.candidates.known.bound.claimed;
        let candidates = self.asserted.candidates.candidates.iter();
        let at_fault = candidates.zip(&self.of_each).find(|(_, verdict)| verdict.has(reason));
        let slot: Option<SlotId> = at_fault.map(|(candidate, _)| candidate.device.entry.slot);
        let device = slot.filter(|slot| *slot != NOBODYS_SLOT);
        About { device, ..claimed.about }.refuse(reason, claimed.now)
    }

    /// Each assertion that was checked, its device, and what came of it.
    fn checked(&self) -> impl Iterator<Item = (Assertion<'f>, &Candidate<'f>, &Outcome)> {
        let candidates = self.asserted.candidates.candidates.iter();
        candidates.zip(&self.asserted.outcomes).map(|(c, outcome)| (c.assertion, c, outcome))
    }

    fn approvals(&self) -> heapless::Vec<Approval<'f>, ASSERTIONS_MAX> {
        self.checked()
            .map(|(assertion, candidate, outcome)| Approval {
                slot: candidate.device.entry.slot,
                signer: candidate.device.entry.signer,
                sign_count: outcome.sign_count,
                assertion,
            })
            .collect()
    }

    fn stand(&self) -> Stand {
        let Candidates { key, known, .. } = &self.asserted.candidates;
        let device = |(_, candidate, outcome): (_, &Candidate<'f>, &Outcome)| DeviceStand {
            slot: candidate.device.entry.slot,
            generation: candidate.device.entry.generation,
            sign_count: outcome.sign_count,
            prepared_count: candidate.prepared_count,
        };
        Stand {
            channel: known.bound.claimed.about.channel,
            front_end: known.bound.front_end.entry.generation,
            key: key.id,
            key_generation: key.generation,
            policy: key.policy_digest,
            devices: self.checked().map(device).collect(),
        }
    }
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
            Err(Unreserved { reason, device }) => {
                Err(About { device, ..about }.refuse(reason, now))
            }
        }
    }
}
