//! The source of a policy: TOML, with a member for each rule that it asks for, by the rule's name.

use std::fmt;

use countersign_core::policy::Rule;
use countersign_protocol::item::Form;
use countersign_protocol::limits::{
    ITEMS_MAX, LIFETIME_MS_MAX, LIFETIME_MS_MIN, POLICY_BYTES_MAX, POLICY_FRONT_ENDS_MAX,
    POLICY_PATTERN_BYTES_MAX, POLICY_PATTERNS_MAX, POLICY_SOURCE_BYTES_MAX, SUITES_MAX,
    WITNESSES_MAX,
};
use countersign_protocol::policy::{
    Forms, FrontEnds, Pattern, Patterns, Policy, Suites, WitnessCount,
};
use countersign_protocol::{FrontEndId, Suite};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::calendar::{self, Hours};
use super::examples::Example;

/// What is wrong with a source.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// It is not read.
    #[error("it has more than {POLICY_SOURCE_BYTES_MAX} bytes; write fewer examples")]
    TooLong,
    /// It is no TOML, or has a member that there is not.
    #[error("{}", .0.to_string().replace('\n', " "))]
    Toml(toml::de::Error),
    /// A suite.
    #[error("`suites`: there is no suite {name:?}; there are {}", Suite::ALL.map(Suite::name).join(", "))]
    Suite {
        /// Its name.
        name: String,
    },
    /// A list.
    #[error("`{0}`: from 1 to {1} different ones")]
    Count(&'static str, usize),
    /// A number.
    #[error("`{0}`: from {1} to {2}")]
    Range(&'static str, u64, u64),
    /// A text.
    #[error(
        "`labels`: {0:?} is empty, has more than {POLICY_PATTERN_BYTES_MAX} bytes, or a character that no label has"
    )]
    Pattern(String),
    /// Dates.
    #[error("`{0}`: ends before it begins, or is not between 1970 and 2400")]
    Dates(&'static str),
    /// The calendar.
    #[error("`calendar`: {0}")]
    Calendar(String),
    /// Nothing to try.
    #[error("it has no examples: write an [[example]] on either side of each border")]
    NoExamples,
    /// An example.
    #[error("`example` {0:?}: {1}")]
    Example(String, String),
    /// Examples are not as they should be.
    #[error("{wrong} of its examples are not as expected: {told}")]
    Examples {
        /// How many.
        wrong: usize,
        /// All of them.
        told: String,
    },
}

/// A form, as people write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum FormName {
    Raw,
    CmsAttrs,
    SignedInfo,
}

impl fmt::Display for FormName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Raw => "raw",
            Self::CmsAttrs => "cms-attrs",
            Self::SignedInfo => "signed-info",
        })
    }
}

impl From<FormName> for Form {
    fn from(name: FormName) -> Self {
        match name {
            FormName::Raw => Self::Raw,
            FormName::CmsAttrs => Self::CmsAttrs,
            FormName::SignedInfo => Self::SignedInfo,
        }
    }
}

/// From the beginning of a day to the end of another one, UTC.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Days {
    pub(super) from: Date,
    pub(super) to: Date,
}

/// A source.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Source {
    pub(super) suites: Vec<String>,
    validity: Days,
    #[serde(default = "all_items")]
    items: u16,
    #[serde(default)]
    families: bool,
    #[serde(default)]
    hold: bool,
    pub(super) calendar: Option<Hours>,
    front_ends: Option<Vec<u32>>,
    /// Seconds.
    lifetime: Option<u32>,
    forms: Option<Vec<FormName>>,
    labels: Option<Vec<String>>,
    #[serde(default)]
    initiator: bool,
    pub(super) witnesses: Option<u8>,
    #[serde(default, rename = "example")]
    pub(super) examples: Vec<Example>,
}

const fn all_items() -> u16 {
    ITEMS_MAX as u16
}

/// Room for what a policy lists.
fn room() -> Vec<u8> {
    vec![0; POLICY_BYTES_MAX]
}

impl Source {
    /// The canonical bytes.
    pub(super) fn compile(&self) -> Result<Vec<u8>, Fault> {
        let [mut suites, mut front_ends, mut forms, mut labels] = std::array::from_fn(|_| room());
        let (mut periods, mut exceptions) = (room(), room());
        let calendar = self.calendar.as_ref().map(Hours::compile).transpose()?;
        let calendar = calendar.as_ref().map(|of| of.written((&mut periods, &mut exceptions)));
        let (valid_from_ms, valid_to_ms) = valid(self.validity)?;
        let bytes = minicbor::to_vec(Policy {
            items_max: ranged("items", self.items, 1, all_items())?,
            valid_from_ms,
            valid_to_ms,
            hybrid: self.families,
            witnesses: self.witnesses()?,
            initiator_apart: self.initiator,
            held: self.hold,
            lifetime_ms_max: self.lifetime_ms()?,
            calendar: calendar.transpose()?,
            front_ends: self.front_ends(&mut front_ends)?,
            forms: self.forms(&mut forms)?,
            labels: self.labels(&mut labels)?,
            ..Policy::of(self.suites(&mut suites)?)
        });
        // A vector takes everything.
        Ok(bytes.unwrap_or_default())
    }

    fn suites<'r>(&self, room: &'r mut [u8]) -> Result<Suites<'r>, Fault> {
        let named =
            |name: &String| Suite::from_name(name).ok_or(Fault::Suite { name: name.clone() });
        let mut suites = self.suites.iter().map(named).collect::<Result<Vec<_>, _>>()?;
        suites.sort_by_key(|suite| suite.cose());
        Suites::from_values(&suites, room).map_err(|_| Fault::Count("suites", SUITES_MAX))
    }

    fn front_ends<'r>(&self, room: &'r mut [u8]) -> Result<Option<FrontEnds<'r>>, Fault> {
        let Some(ids) = &self.front_ends else { return Ok(None) };
        let mut ids: Vec<_> = ids.iter().copied().map(FrontEndId).collect();
        ids.sort_by_key(|id| id.0);
        let set = FrontEnds::from_values(&ids, room);
        set.map(Some).map_err(|_| Fault::Count("front-ends", POLICY_FRONT_ENDS_MAX))
    }

    fn forms<'r>(&self, room: &'r mut [u8]) -> Result<Option<Forms<'r>>, Fault> {
        let Some(mut names) = self.forms.clone() else { return Ok(None) };
        names.sort();
        let forms: Vec<_> = names.into_iter().map(Form::from).collect();
        Forms::from_values(&forms, room).map(Some).map_err(|_| Fault::Count("forms", 3))
    }

    fn labels<'r>(&self, room: &'r mut [u8]) -> Result<Option<Patterns<'r>>, Fault> {
        let Some(mut texts) = self.labels.clone() else { return Ok(None) };
        texts.sort();
        let pattern = |text| Pattern::new(text).ok_or_else(|| Fault::Pattern(text.to_owned()));
        let patterns: Vec<_> = texts.iter().map(|text| pattern(text)).collect::<Result<_, _>>()?;
        let set = Patterns::from_values(&patterns, room);
        set.map(Some).map_err(|_| Fault::Count("labels", POLICY_PATTERNS_MAX))
    }

    fn lifetime_ms(&self) -> Result<u32, Fault> {
        let Some(seconds) = self.lifetime else { return Ok(LIFETIME_MS_MAX) };
        let (least, most) = (LIFETIME_MS_MIN.div_ceil(1_000), LIFETIME_MS_MAX / 1_000);
        Ok(ranged("lifetime", seconds, least, most)?.saturating_mul(1_000))
    }

    fn witnesses(&self) -> Result<Option<WitnessCount>, Fault> {
        let Some(count) = self.witnesses else { return Ok(None) };
        let counted = WitnessCount::new(count);
        counted.map(Some).ok_or(Fault::Range("witnesses", 1, WITNESSES_MAX as u64))
    }

    /// When its signatures are given, in words: no rule of the verdict.
    pub(super) fn release(&self) -> String {
        let seen = |count| format!("given when {count} have seen it");
        self.witnesses.map_or_else(|| "given at once".to_owned(), seen)
    }

    /// What it asks for, in words, rule by rule.
    pub(super) fn asked(&self) -> Vec<(Rule, String)> {
        let Days { from, to } = self.validity;
        let listed = |all: &[String]| all.join(", ");
        let yes = |asked: bool, says: &str| asked.then(|| says.to_owned());
        let numbers = |all: &Vec<u32>| listed(&all.iter().map(u32::to_string).collect::<Vec<_>>());
        let says = [
            (Rule::Suites, Some(listed(&self.suites))),
            (Rule::Validity, Some(format!("from {from} to {to}, UTC"))),
            (Rule::Items, Some(format!("{} documents in one approval, at most", self.items))),
            (Rule::Families, yes(self.families, "a classical and a post-quantum device of each")),
            (Rule::Hold, yes(self.hold, "EVERYTHING IS HELD BACK")),
            (Rule::Calendar, self.calendar.as_ref().map(Hours::to_string)),
            (Rule::FrontEnds, self.front_ends.as_ref().map(numbers)),
            (Rule::Lifetime, self.lifetime.map(|s| format!("{s} s, at most"))),
            (
                Rule::Forms,
                self.forms.as_ref().map(|forms| {
                    listed(&forms.iter().map(FormName::to_string).collect::<Vec<_>>())
                }),
            ),
            (Rule::Labels, self.labels.as_ref().map(|labels| listed(labels))),
            (Rule::Initiator, yes(self.initiator, "is named, and none of those who approve")),
        ];
        says.into_iter().filter_map(|(rule, says)| Some((rule, says?))).collect()
    }
}

fn ranged<T: Copy + PartialOrd + Into<u64>>(
    what: &'static str,
    value: T,
    least: T,
    most: T,
) -> Result<T, Fault> {
    let is_within = least <= value && value <= most;
    is_within.then_some(value).ok_or(Fault::Range(what, least.into(), most.into()))
}

fn valid(Days { from, to }: Days) -> Result<(u64, u64), Fault> {
    let midnight = |date: Date| calendar::at_ms(date.at(0, 0, 0, 0), &TimeZone::UTC);
    let ends = midnight(from).zip(to.tomorrow().ok().and_then(midnight));
    let (from_ms, next_ms) =
        ends.filter(|(from, next)| from < next).ok_or(Fault::Dates("validity"))?;
    Ok((from_ms, next_ms - 1))
}
