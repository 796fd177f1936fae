//! Examples beside a policy: requests, and which rules refuse them. `policy test` judges them as the appliance would.

use std::fmt;

use countersign_core::assertion::device_key::Family;
use countersign_core::policy::{Approver, Rule, Rules};
use countersign_protocol::item::Form;
use countersign_protocol::limits::LIFETIME_MS_MIN;
use countersign_protocol::{FrontEndId, SignerId, Suite};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Value, json};

use super::calendar::{Hours, at_ms};
use super::request::Request;
use super::source::{Fault, FormName, Source};

/// A request.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Example {
    name: String,
    /// By the calendar's clocks, if there is one; else UTC.
    at: DateTime,
    /// None: the policy's first.
    suite: Option<String>,
    #[serde(default = "one")]
    items: u16,
    #[serde(default)]
    front_end: u32,
    /// Seconds.
    lifetime: Option<u32>,
    #[serde(default = "raw")]
    form: FormName,
    #[serde(default = "a_document")]
    label: String,
    initiator: Option<u32>,
    /// People, by their numbers, with a device of a classical algorithm.
    #[serde(default)]
    approvers: Vec<u32>,
    /// The same, with one of a post-quantum algorithm.
    #[serde(default)]
    post_quantum: Vec<u32>,
    /// Names of rules; none: it is allowed.
    #[serde(default)]
    refused_by: Vec<String>,
}

const fn one() -> u16 {
    1
}

const fn raw() -> FormName {
    FormName::Raw
}

fn a_document() -> String {
    "a document".to_owned()
}

/// What came of one.
pub(super) struct Outcome {
    name: String,
    expected: Vec<&'static str>,
    refused_by: Vec<&'static str>,
}

impl Outcome {
    pub(super) fn is_as_expected(&self) -> bool {
        self.expected == self.refused_by
    }

    pub(super) fn json(&self) -> Value {
        json!({ "name": self.name, "refusedBy": self.refused_by, "asExpected": self.is_as_expected() })
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = |rules: &[&str]| match rules {
            [] => "allowed".to_owned(),
            rules => format!("refused by {}", rules.join(", ")),
        };
        write!(f, "{}: {}", self.name, said(&self.refused_by))?;
        if !self.is_as_expected() {
            write!(f, " (expected: {})", said(&self.expected))?;
        }
        Ok(())
    }
}

/// Judges all of them.
pub(super) fn judge(source: &Source, rules: &Rules) -> Result<Vec<Outcome>, Fault> {
    source.examples.iter().map(|example| example.judge(source, rules)).collect()
}

impl Example {
    fn judge(&self, source: &Source, rules: &Rules) -> Result<Outcome, Fault> {
        let zone = source.calendar.as_ref().map_or(Ok(TimeZone::UTC), Hours::time_zone)?;
        let utc_ms = at_ms(self.at, &zone);
        let utc_ms = utc_ms.ok_or_else(|| self.fault("`at` is not between 1970 and 2400"))?;
        let request = Request {
            utc_ms,
            suite: self.suite(source)?,
            items: self.items,
            lifetime_ms: self.lifetime.map_or(LIFETIME_MS_MIN, |s| s.saturating_mul(1_000)),
            front_end: FrontEndId(self.front_end),
            form: Form::from(self.form),
            label: self.label.clone(),
            initiator: self.initiator.map(SignerId),
            by: self.by(),
        };
        let refusing = request.refused_by(rules);
        let refusing = refusing.ok_or_else(|| self.fault("`label` is no label"))?;
        let refused_by = refusing.iter().map(|rule| rule.name()).collect();
        Ok(Outcome { name: self.name.clone(), expected: self.expected()?, refused_by })
    }

    fn fault(&self, why: impl Into<String>) -> Fault {
        Fault::Example(self.name.clone(), why.into())
    }

    fn suite(&self, source: &Source) -> Result<Suite, Fault> {
        let name = self.suite.as_ref().or(source.suites.first());
        let suite = name.and_then(|name| Suite::from_name(name));
        suite.ok_or_else(|| self.fault("there is no such suite"))
    }

    /// The rules that are to refuse it, in the table's order.
    fn expected(&self) -> Result<Vec<&'static str>, Fault> {
        let is_rule = |name: &&String| Rule::ALL.iter().all(|rule| rule.name() != **name);
        if let Some(strange) = self.refused_by.iter().find(is_rule) {
            return Err(self.fault(format!("there is no rule {strange:?}")));
        }
        let names = Rule::ALL.iter().map(|rule| rule.name());
        Ok(names.filter(|name| self.refused_by.iter().any(|one| one == name)).collect())
    }

    fn by(&self) -> Vec<Approver> {
        let of = |family| move |id: &u32| Approver { signer: SignerId(*id), family };
        let classical = self.approvers.iter().map(of(Family::Classical));
        classical.chain(self.post_quantum.iter().map(of(Family::PostQuantum))).collect()
    }
}
