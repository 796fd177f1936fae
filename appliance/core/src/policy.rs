//! Policies: plain rules, all of them evaluated always, into one mask.
//!
//! Guarantees: deny by default; a rule reads nothing but its arguments, so a decision can be evaluated again from the
//! ledger; the floor is compiled in, and a policy can only ask for more; no allocation, no recursion, and the same work
//! whatever the verdict.
//!
//! One rule is one file in `rules/`, and one row of [`Rule`]'s table. Those on documents are judged at `Prepare`: the activation that
//! `Sign` brings is that one, and the policy is still that one.

mod quorum;
mod rule;
mod rules;
mod stated;

use countersign_protocol::item::Items;
use countersign_protocol::{FrontEndId, SignerId, Suite};
use subtle::Choice;

use self::quorum::judge_quorum;
pub use self::quorum::{Approver, judge_approval};
pub use self::rule::Rule;
pub use self::stated::{Calendar, Rules, Text};
use crate::entry::{ApproverSet, Key, is_active};
use crate::refusal::Reason;
use crate::time::Now;
use crate::verdict::{Verdict, choice};

/// What is asked of a key: judged at `Prepare`, and once more at `Sign`.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// How it shall sign.
    pub suite: Suite,
    /// How many items.
    pub items: u16,
    /// How long the activation lives.
    pub lifetime_ms: u32,
    /// Which front-end asks.
    pub front_end: FrontEndId,
    /// On whose behalf, as the front-end says.
    pub initiator: Option<SignerId>,
}

struct RequestRules {
    granted: Choice,
    active: Choice,
    suite: Choice,
}

/// The rules that can be judged before anybody approved; `granted` says whether the key is granted to the front-end that asks.
pub fn judge_request(
    key: &Key,
    rules: &Rules,
    asked: &Asked,
    granted: Choice,
    now: &Now,
) -> Verdict {
    let RequestRules { granted, active, suite } = RequestRules {
        granted,
        active: is_active(key.standing),
        suite: choice(key.suite == asked.suite),
    };
    Verdict::new()
        .require(granted, Reason::KeyNotGranted)
        .require(active, Reason::KeyInactive)
        .require(suite, Reason::SuiteNotAllowed)
        .and(allows(rules, asked, now))
}

/// The rules of a policy on what is asked: whoever has it can judge them again, years later.
pub fn allows(rules: &Rules, asked: &Asked, now: &Now) -> Verdict {
    let judged = [
        (Rule::Suites, rules::suites::holds(rules, asked.suite)),
        (Rule::Validity, rules::validity::holds(rules, now)),
        (Rule::Items, rules::items::holds(rules, asked.items)),
        (Rule::Hold, rules::hold::holds(rules)),
        (Rule::Calendar, rules::calendar::holds(rules, now)),
        (Rule::FrontEnds, rules::front_ends::holds(rules, asked.front_end)),
        (Rule::Lifetime, rules::lifetime::holds(rules, asked.lifetime_ms)),
    ];
    fold(judged)
}

/// The rules of a policy on the documents.
pub fn allows_items(rules: &Rules, items: &Items<'_>) -> Verdict {
    let judged = [
        (Rule::Forms, rules::forms::holds(rules, items)),
        (Rule::Labels, rules::labels::holds(rules, items)),
    ];
    fold(judged)
}

/// All that there is to say of whoever approved, all together: what the key asks for, and what its policy does.
pub fn judge_approvers(
    approvers: &ApproverSet,
    rules: &Rules,
    initiator: Option<SignerId>,
    by: &[Approver],
) -> Verdict {
    judge_quorum(approvers, rules.hybrid, by).and(allows_approvers(rules, initiator, by))
}

/// The rules of a policy on whoever approved, all together.
pub fn allows_approvers(rules: &Rules, initiator: Option<SignerId>, by: &[Approver]) -> Verdict {
    let judged = [
        (Rule::Families, rules::families::holds(rules, by)),
        (Rule::Initiator, rules::initiator::holds(rules, initiator, by)),
    ];
    fold(judged)
}

fn fold(judged: impl IntoIterator<Item = (Rule, Choice)>) -> Verdict {
    let require =
        |verdict: Verdict, (rule, holds): (Rule, Choice)| verdict.require(holds, rule.reason());
    judged.into_iter().fold(Verdict::new(), require)
}

/// What no policy is asked about: each DTBS/R has a length that the suite takes.
pub fn judge_items(suite: Suite, items: &Items<'_>) -> Verdict {
    let fits = items.iter().all(|item| suite.takes(item.dtbsr.bytes().len()));
    Verdict::new().require(choice(fits), Reason::DtbsrLength)
}

#[cfg(test)]
mod tests;
