//! Who approves: people who may, different ones, and enough of them. Whose key it is says so, not the policy.

use countersign_protocol::SignerId;
use subtle::{Choice, ConstantTimeEq, ConstantTimeGreater};

use crate::assertion::device_key::Family;
use crate::entry::ApproverSet;
use crate::refusal::Reason;
use crate::verdict::{Verdict, choice};

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
}

/// The rules on all approvals together: distinct people, and enough of them. If the policy is `hybrid`, one person may approve twice:
/// with a device of each family.
pub(super) fn judge_quorum(approvers: &ApproverSet, hybrid: bool, by: &[Approver]) -> Verdict {
    let hybrid = choice(hybrid);
    let none = Choice::from(0);
    let (mut people, mut twice) = (0, none);
    for (at, one) in by.iter().enumerate() {
        let mut before = none;
        for (place, other) in by.iter().enumerate().filter(|(other, _)| *other != at) {
            let same_person = one.signer.0.ct_eq(&other.signer.0);
            let same_family = (one.family as u8).ct_eq(&(other.family as u8));
            before |= same_person & choice(place < at);
            twice |= same_person & (same_family | !hybrid);
        }
        people += (!before).unwrap_u8();
    }
    let QuorumRules { distinct, enough } =
        QuorumRules { distinct: !twice, enough: !approvers.threshold.ct_gt(&people) };
    Verdict::new().require(distinct, Reason::ApproverTwice).require(enough, Reason::ThresholdNotMet)
}
