use countersign_protocol::change::Standing;

use super::*;
use crate::assertion::device_key::Family;

const NOW: Now = Now { boot_ms: 0, utc_lo_ms: 1_000, utc_hi_ms: 1_010 };

fn rules() -> Rules {
    let (valid_from_ms, valid_to_ms) = (500, 2_000);
    Rules { items_max: 3, valid_from_ms, valid_to_ms, ..rules::any() }
}

fn key() -> Key {
    Key { standing: Standing::Active, ..Key::dummy() }
}

fn asked() -> Asked {
    let (suite, front_end) = (Suite::Esp256, FrontEndId(1));
    Asked { suite, items: 3, lifetime_ms: 60_000, front_end, initiator: None }
}

fn judge(key: &Key, rules: &Rules, asked: &Asked, granted: bool, now: &Now) -> Result<(), Reason> {
    judge_request(key, rules, asked, choice(granted), now).fold()
}

#[test]
fn a_request_within_the_policy_passes() {
    assert_eq!(judge(&key(), &rules(), &asked(), true, &NOW), Ok(()));
}

#[test]
fn one_mutation_of_a_request_is_refused_for_its_own_reason() {
    let suspended = Key { standing: Standing::Suspended, ..key() };
    assert_eq!(judge(&key(), &rules(), &asked(), false, &NOW), Err(Reason::KeyNotGranted));
    assert_eq!(judge(&suspended, &rules(), &asked(), true, &NOW), Err(Reason::KeyInactive));
    let late = Now { utc_hi_ms: 2_001, ..NOW };
    let only_other = Some([FrontEndId(2)].into_iter().collect());
    let never = Calendar { periods: heapless::Vec::new(), exceptions: heapless::Vec::new() };
    for (rules, asked, now, reason) in [
        (Rules { suites: 0, ..rules() }, asked(), NOW, Reason::SuiteNotAllowed),
        (rules(), asked(), late, Reason::OutsideValidity),
        (rules(), Asked { items: 4, ..asked() }, NOW, Reason::TooManyItems),
        (Rules { held: true, ..rules() }, asked(), NOW, Reason::PolicyHolds),
        (Rules { calendar: Some(never), ..rules() }, asked(), NOW, Reason::OutsideCalendar),
        (Rules { front_ends: only_other, ..rules() }, asked(), NOW, Reason::FrontEndNotAllowed),
        (Rules { lifetime_ms_max: 59_999, ..rules() }, asked(), NOW, Reason::LifetimeTooLong),
    ] {
        assert_eq!(judge(&key(), &rules, &asked, true, &now), Err(reason));
    }
}

#[test]
fn nothing_is_allowed_by_default() {
    let one = Asked { items: 1, ..asked() };
    let verdict = allows(&Rules::NOTHING, &one, &NOW);
    for rule in [Rule::Suites, Rule::Validity, Rule::Items, Rule::Hold, Rule::Lifetime] {
        assert!(verdict.has(rule.reason()), "{rule:?}");
    }
}

fn approvers(ids: &[u32], threshold: u8) -> ApproverSet {
    ApproverSet { ids: ids.iter().copied().map(SignerId).collect(), threshold }
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

/// Of two people out of three.
fn quorum(hybrid: bool, by: &[(u32, Family)]) -> Result<(), Reason> {
    let approver =
        |(signer, family): &(u32, Family)| Approver { signer: SignerId(*signer), family: *family };
    let by: heapless::Vec<_, 16> = by.iter().map(approver).collect();
    let rules = Rules { hybrid, ..rules() };
    judge_approvers(&approvers(&[1, 2, 3], 2), &rules, None, &by).fold()
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
