//! A key's policy: plain rules, all of them evaluated always, into a bit mask.
//!
//! Guarantees: deny by default; a rule reads nothing but its arguments, so a decision can be
//! evaluated again from the ledger; the floor is compiled in, and a policy can only ask for more.

use countersign_protocol::item::Items;
use countersign_protocol::limits::ITEMS_MAX;
use countersign_protocol::policy::{Policy, Suites, WitnessCount};
use countersign_protocol::{SignerId, Suite};
use subtle::{Choice, ConstantTimeEq, ConstantTimeGreater};

use crate::assertion::device_key::Family;
use crate::entry::{ApproverSet, Key, KeyPolicy, is_active};
use crate::refusal::Reason;
use crate::time::Now;
use crate::verdict::{Verdict, choice};

impl From<&Policy<'_>> for KeyPolicy {
    fn from(policy: &Policy<'_>) -> Self {
        Self {
            suites: policy.suites.iter().fold(0, |bits, suite| bits | suite_bit(suite)),
            items_max: policy.items_max,
            valid_from_ms: policy.valid_from_ms,
            valid_to_ms: policy.valid_to_ms,
            hybrid: policy.hybrid,
            witnesses: policy.witnesses.map_or(0, WitnessCount::get),
        }
    }
}

impl KeyPolicy {
    /// The policy as it is written, with its suites in `room`.
    pub fn written<'b>(&self, room: &'b mut [u8]) -> Option<Policy<'b>> {
        let suites = Suite::ALL.iter().filter(|suite| self.suites & suite_bit(**suite) != 0);
        Some(Policy {
            suites: Suites::from_values(suites, room).ok()?,
            items_max: self.items_max,
            valid_from_ms: self.valid_from_ms,
            valid_to_ms: self.valid_to_ms,
            hybrid: self.hybrid,
            witnesses: WitnessCount::new(self.witnesses),
        })
    }
}

const fn suite_bit(suite: Suite) -> u32 {
    1 << (suite as u32)
}

/// What is asked of a key: judged at `Prepare`, and once more at `Sign`.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// How it shall sign.
    pub suite: Suite,
    /// How many items.
    pub items: u16,
    /// Whether the key is granted to the front-end that asks.
    pub granted: Choice,
}

struct RequestRules {
    granted: Choice,
    active: Choice,
    suite: Choice,
}

/// The rules that can be judged before anybody approved.
pub fn judge_request(key: &Key, asked: &Asked, now: &Now) -> Verdict {
    let RequestRules { granted, active, suite } = RequestRules {
        granted: asked.granted,
        active: is_active(key.standing),
        suite: choice(key.suite == asked.suite),
    };
    Verdict::new()
        .require(granted, Reason::KeyNotGranted)
        .require(active, Reason::KeyInactive)
        .require(suite, Reason::SuiteNotAllowed)
        .and(allows(&key.policy, asked.suite, asked.items, now))
}

struct PolicyRules {
    suite: Choice,
    validity: Choice,
    items: Choice,
}

/// The rules of a policy itself: whoever has it can judge them again, years later.
pub fn allows(policy: &KeyPolicy, suite: Suite, items: u16, now: &Now) -> Verdict {
    // `&`: no branch.
    let PolicyRules { suite, validity, items } = PolicyRules {
        suite: choice(policy.suites & suite_bit(suite) != 0),
        validity: choice(now.is_within(policy.valid_from_ms, policy.valid_to_ms)),
        items: choice((items <= policy.items_max) & (usize::from(items) <= ITEMS_MAX)),
    };
    Verdict::new()
        .require(suite, Reason::SuiteNotAllowed)
        .require(validity, Reason::OutsideValidity)
        .require(items, Reason::TooManyItems)
}

/// The rule on the items themselves: each DTBS/R has a length that the suite takes.
pub fn judge_items(suite: Suite, items: &Items<'_>) -> Verdict {
    let fits = items.iter().all(|item| suite.takes(item.dtbsr.bytes().len()));
    Verdict::new().require(choice(fits), Reason::DtbsrLength)
}

struct ApprovalRules {
    user_verified: Choice,
    allowed: Choice,
}

/// The rules on one approval. The floor: user verification, always.
pub fn judge_approval(approvers: &ApproverSet, signer: SignerId, user_verified: Choice) -> Verdict {
    let allowed = approvers.ids.iter().fold(Choice::from(0), |any, id| any | id.0.ct_eq(&signer.0));
    let ApprovalRules { user_verified, allowed } = ApprovalRules { user_verified, allowed };
    Verdict::new()
        .require(user_verified, Reason::UserNotVerified)
        .require(allowed, Reason::ApproverNotAllowed)
}

/// Who made an assertion, and with what.
#[derive(Clone, Copy, Debug)]
pub struct Approver {
    /// Whose device.
    pub signer: SignerId,
    /// The family of its algorithm.
    pub family: Family,
}

struct QuorumRules {
    distinct: Choice,
    enough: Choice,
    both_families: Choice,
}

/// The rules on all approvals together: distinct people, enough of them, and, if the key is `hybrid`, a
/// classical and a post-quantum assertion of each.
pub fn judge_quorum(approvers: &ApproverSet, hybrid: bool, by: &[Approver]) -> Verdict {
    let hybrid = choice(hybrid);
    let none = Choice::from(0);
    let others = |at: usize| by.iter().enumerate().filter(move |(other, _)| *other != at);
    let (mut people, mut twice, mut paired) = (0, none, !none);
    for (at, one) in by.iter().enumerate() {
        let (mut before, mut again, mut partner) = (none, none, none);
        for (place, other) in others(at) {
            let same_person = one.signer.0.ct_eq(&other.signer.0);
            let same_family = (one.family as u8).ct_eq(&(other.family as u8));
            before |= same_person & choice(place < at);
            again |= same_person & (same_family | !hybrid);
            partner |= same_person & !same_family;
        }
        people += (!before).unwrap_u8();
        twice |= again;
        paired &= partner | !hybrid;
    }
    let QuorumRules { distinct, enough, both_families } = QuorumRules {
        distinct: !twice,
        enough: !approvers.threshold.ct_gt(&people),
        both_families: paired,
    };
    Verdict::new()
        .require(distinct, Reason::ApproverTwice)
        .require(enough, Reason::ThresholdNotMet)
        .require(both_families, Reason::FamilyMissing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_protocol::change::Standing;

    const NOW: Now = Now { boot_ms: 0, utc_lo_ms: 1_000, utc_hi_ms: 1_010 };

    fn key() -> Key {
        let policy = KeyPolicy {
            suites: suite_bit(Suite::Esp256),
            items_max: 3,
            valid_from_ms: 500,
            valid_to_ms: 2_000,
            hybrid: false,
            witnesses: 0,
        };
        Key { policy, standing: Standing::Active, ..Key::dummy() }
    }

    fn asked() -> Asked {
        Asked { suite: Suite::Esp256, items: 3, granted: choice(true) }
    }

    fn approvers(ids: &[u32], threshold: u8) -> ApproverSet {
        ApproverSet { ids: ids.iter().copied().map(SignerId).collect(), threshold }
    }

    #[test]
    fn a_request_within_the_policy_passes() {
        assert_eq!(judge_request(&key(), &asked(), &NOW).fold(), Ok(()));
    }

    #[test]
    fn one_mutation_of_a_request_is_refused_for_its_own_reason() {
        let policy = key().policy;
        let with = |policy| Key { policy, ..key() };
        let late = Now { utc_hi_ms: 2_001, ..NOW };
        let early = Now { utc_lo_ms: 499, ..NOW };
        let ungranted = Asked { granted: choice(false), ..asked() };
        let suspended = Key { standing: Standing::Suspended, ..key() };
        let suiteless = with(KeyPolicy { suites: 0, ..policy });
        for (key, asked, now, reason) in [
            (key(), ungranted, NOW, Reason::KeyNotGranted),
            (suspended, asked(), NOW, Reason::KeyInactive),
            (suiteless, asked(), NOW, Reason::SuiteNotAllowed),
            (key(), asked(), late, Reason::OutsideValidity),
            (key(), asked(), early, Reason::OutsideValidity),
            (key(), Asked { items: 4, ..asked() }, NOW, Reason::TooManyItems),
        ] {
            assert_eq!(judge_request(&key, &asked, &now).fold(), Err(reason));
        }
    }

    #[test]
    fn no_policy_allows_more_items_than_the_limit() {
        let generous = KeyPolicy { items_max: u16::MAX, ..key().policy };
        let asked = Asked { items: 251, ..asked() };
        let verdict = judge_request(&Key { policy: generous, ..key() }, &asked, &NOW);
        assert_eq!(verdict.fold(), Err(Reason::TooManyItems));
    }

    #[test]
    fn an_approval_needs_a_verified_user_who_may_approve() {
        let two = approvers(&[1, 2], 2);
        let judge = |signer, uv| judge_approval(&two, SignerId(signer), choice(uv)).fold();
        assert_eq!(judge(2, true), Ok(()));
        assert_eq!(judge(2, false), Err(Reason::UserNotVerified));
        assert_eq!(judge(3, true), Err(Reason::ApproverNotAllowed));
    }

    const C: Family = Family::Classical;
    const Q: Family = Family::PostQuantum;

    fn quorum(hybrid: bool, by: &[(u32, Family)]) -> Result<(), Reason> {
        let approver = |(signer, family): &(u32, Family)| Approver {
            signer: SignerId(*signer),
            family: *family,
        };
        let by: heapless::Vec<_, 16> = by.iter().map(approver).collect();
        judge_quorum(&approvers(&[1, 2, 3], 2), hybrid, &by).fold()
    }

    #[test]
    fn a_quorum_is_enough_different_people() {
        assert_eq!(quorum(false, &[(1, C), (3, C)]), Ok(()));
        assert_eq!(quorum(false, &[(1, C), (2, Q), (3, C)]), Ok(()));
        assert_eq!(quorum(false, &[(1, C), (1, C)]), Err(Reason::ApproverTwice));
        assert_eq!(quorum(false, &[(1, C), (2, C), (1, Q)]), Err(Reason::ApproverTwice));
        assert_eq!(quorum(false, &[(1, C)]), Err(Reason::ThresholdNotMet));
    }

    #[test]
    fn a_hybrid_quorum_is_enough_different_people_with_both_families_each() {
        assert_eq!(quorum(true, &[(1, C), (3, Q), (1, Q), (3, C)]), Ok(()));
        assert_eq!(quorum(true, &[(1, C), (1, Q)]), Err(Reason::ThresholdNotMet));
        assert_eq!(quorum(true, &[(1, C), (1, Q), (2, C)]), Err(Reason::FamilyMissing));
        assert_eq!(quorum(true, &[(1, C), (1, Q), (2, Q)]), Err(Reason::FamilyMissing));
        assert_eq!(quorum(true, &[(1, C), (1, Q), (2, Q), (2, Q)]), Err(Reason::ApproverTwice));
    }

    #[test]
    fn nothing_is_allowed_by_default() {
        let nothing = Key { policy: KeyPolicy::NOTHING, ..key() };
        let one = Asked { items: 1, ..asked() };
        assert!(judge_request(&nothing, &one, &NOW).fold().is_err());
    }
}
