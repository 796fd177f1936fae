//! A policy as it is evaluated: of fixed size, made once of what is on record.

use countersign_protocol::item::Form;
use countersign_protocol::limits::{
    POLICY_EXCEPTIONS_MAX, POLICY_FRONT_ENDS_MAX, POLICY_PATTERN_BYTES_MAX, POLICY_PATTERNS_MAX,
    POLICY_PERIODS_MAX,
};
use countersign_protocol::policy::{self, Exception, Pattern, Period, Policy, WitnessCount};
use countersign_protocol::{FrontEndId, Suite};

/// A text of a pattern.
pub type Text = heapless::String<POLICY_PATTERN_BYTES_MAX>;

/// A policy, ready to be evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Bit `n` allows `Suite::ALL[n]`.
    pub suites: u32,
    /// Items in one activation, at most.
    pub items_max: u16,
    /// Signs from this time on (milliseconds since 1970, UTC).
    pub valid_from_ms: u64,
    /// Signs until this time.
    pub valid_to_ms: u64,
    /// Whether each approver makes a classical and a post-quantum assertion.
    pub hybrid: bool,
    /// Witnesses that must have cosigned before a signature is given; 0: it is given at once. No rule of the
    /// verdict: whoever releases waits for it.
    pub witnesses: u8,
    /// Whether whoever asked is none of those who approve.
    pub initiator_apart: bool,
    /// Whether nothing is signed.
    pub held: bool,
    /// How long an activation lives at most.
    pub lifetime_ms_max: u32,
    /// When it signs, if not always.
    pub calendar: Option<Calendar>,
    /// Who may ask, if not everybody to whom the key is granted.
    pub front_ends: Option<heapless::Vec<FrontEndId, POLICY_FRONT_ENDS_MAX>>,
    /// Bit `n` allows the form with the number `n`.
    pub forms: u8,
    /// What labels are like, if not anything.
    pub labels: Option<heapless::Vec<Text, POLICY_PATTERNS_MAX>>,
}

/// Hours at which something is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// Which hours of which weeks.
    pub periods: heapless::Vec<Period, POLICY_PERIODS_MAX>,
    /// When it is otherwise.
    pub exceptions: heapless::Vec<Exception, POLICY_EXCEPTIONS_MAX>,
}

impl Rules {
    /// Allows nothing.
    pub const NOTHING: Self = Self {
        suites: 0,
        items_max: 0,
        valid_from_ms: u64::MAX,
        valid_to_ms: 0,
        hybrid: true,
        witnesses: 16,
        initiator_apart: true,
        held: true,
        lifetime_ms_max: 0,
        calendar: None,
        front_ends: None,
        forms: 0,
        labels: None,
    };
}

// The wire's lists hold at most as many as fit here.
impl From<&Policy<'_>> for Rules {
    fn from(policy: &Policy<'_>) -> Self {
        Self {
            suites: policy.suites.iter().fold(0, |bits, suite| bits | suite_bit(suite)),
            items_max: policy.items_max,
            valid_from_ms: policy.valid_from_ms,
            valid_to_ms: policy.valid_to_ms,
            hybrid: policy.hybrid,
            witnesses: policy.witnesses.map_or(0, WitnessCount::get),
            initiator_apart: policy.initiator_apart,
            held: policy.held,
            lifetime_ms_max: policy.lifetime_ms_max,
            calendar: policy.calendar.as_ref().map(Calendar::from),
            front_ends: policy.front_ends.map(|ids| ids.iter().collect()),
            forms: policy.forms.map_or(u8::MAX, |forms| forms.iter().fold(0, with_form)),
            labels: policy.labels.map(|patterns| patterns.iter().filter_map(text).collect()),
        }
    }
}

impl From<&policy::Calendar<'_>> for Calendar {
    fn from(calendar: &policy::Calendar<'_>) -> Self {
        let exceptions = calendar.exceptions.iter().flat_map(|all| all.iter()).collect();
        Self { periods: calendar.periods.iter().collect(), exceptions }
    }
}

pub(super) const fn suite_bit(suite: Suite) -> u32 {
    1 << (suite as u32)
}

pub(super) const fn form_bit(form: Form) -> u8 {
    1 << (form as u32)
}

const fn with_form(bits: u8, form: Form) -> u8 {
    bits | form_bit(form)
}

fn text(pattern: Pattern<'_>) -> Option<Text> {
    Text::try_from(pattern.as_str()).ok()
}
