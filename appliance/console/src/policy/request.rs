//! A request as a policy sees it, and the rules that refuse it: judged by the functions that the appliance judges with.

use std::fmt;

use countersign_core::Now;
use countersign_core::policy::{
    Approver, Asked, Rule, Rules, allows, allows_approvers, allows_items,
};
use countersign_protocol::item::{Form, Item, Items};
use countersign_protocol::{Bounded, Digest, FrontEndId, Label, Sequence, SignerId, Suite};

use crate::utc::Utc;

/// A request. All its documents are alike.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) utc_ms: u64,
    pub(super) suite: Suite,
    pub(super) items: u16,
    pub(super) lifetime_ms: u32,
    pub(super) front_end: FrontEndId,
    pub(super) form: Form,
    /// It is a label: see [`Label::new`].
    pub(super) label: String,
    pub(super) initiator: Option<SignerId>,
    pub(super) by: Vec<Approver>,
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { utc_ms, suite, items, lifetime_ms, front_end, form, label, initiator, by } =
            self;
        write!(f, "at {}, {items} documents like {label:?} ({form:?}) with {suite}", Utc(*utc_ms))?;
        write!(f, " through front-end {}, approved within {} s", front_end.0, lifetime_ms / 1_000)?;
        if let Some(initiator) = initiator {
            write!(f, ", asked for by signer {}", initiator.0)?;
        }
        let devices = by.iter().map(|one| format!("signer {} ({:?})", one.signer.0, one.family));
        write!(f, ", approved by {}", devices.collect::<Vec<_>>().join(" and "))
    }
}

impl Request {
    /// The rules that refuse it, in the table's order; none if there cannot be such a request.
    pub(super) fn refused_by(&self, rules: &Rules) -> Option<Vec<Rule>> {
        let now = Now { boot_ms: 0, utc_lo_ms: self.utc_ms, utc_hi_ms: self.utc_ms };
        let Self { suite, items, lifetime_ms, front_end, initiator, .. } = *self;
        let asked = Asked { suite, items, lifetime_ms, front_end, initiator };
        let verdict = allows(rules, &asked, &now)
            .and(self.with_item(|items| allows_items(rules, items))?)
            .and(allows_approvers(rules, initiator, &self.by));
        let refusing = Rule::ALL.iter().filter(|rule| verdict.has(rule.reason()));
        Some(refusing.copied().collect())
    }

    /// One of them is enough.
    fn with_item<T>(&self, judge: impl FnOnce(&Items<'_>) -> T) -> Option<T> {
        let item = Item {
            dtbsr: Bounded::EMPTY,
            content: Digest([0; 32]),
            shown: Digest([0; 32]),
            label: Label::new(&self.label)?,
            form: self.form,
        };
        let mut room = [0; 256];
        Some(judge(&Sequence::from_values(&[item], &mut room).ok()?))
    }
}
