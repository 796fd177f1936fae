//! What one policy allows that another one refuses: a request that shows it, or that there is none.
//!
//! Guarantees: exact. Each rule looks at one part of a request, and of each part everything is tried that the rules of these two can
//! tell apart; a request that is shown was judged by both. Where a calendar goes on for longer than anybody looks, or labels leave no
//! character to try, it says that it is undecided, which is as good as allowed.

use std::fmt;

use countersign_core::assertion::device_key::Family;
use countersign_core::policy::{Approver, Calendar, Rule, Rules};
use countersign_protocol::item::Form;
use countersign_protocol::limits::{ITEMS_MAX, LIFETIME_MS_MAX, LIFETIME_MS_MIN};
use countersign_protocol::policy::HOUR_MS;
use countersign_protocol::{FrontEndId, SignerId, Suite};
use serde_json::{Value, json};

use super::request::Request;

/// Hours of calendars that are looked at: a hundred years.
const HOURS_MAX: u64 = 880_000;

/// What the first policy allows, and the other one does not.
pub(super) enum More {
    /// Nothing.
    Nothing,
    /// This, among others, which these rules of the other one refuse.
    This(Box<Request>, Vec<Rule>),
    /// The same requests; but a signature is given when fewer witnesses have seen it.
    Earlier,
    /// Nobody has looked at all of it.
    Undecided,
}

impl More {
    /// The same for programs.
    pub(super) fn json(&self) -> Value {
        let (request, refused_by) = match self {
            Self::This(request, rules) => (Some(request.to_string()), names(rules)),
            Self::Nothing | Self::Earlier | Self::Undecided => (None, Vec::new()),
        };
        json!({
            "more": !matches!(self, Self::Nothing),
            "decided": !matches!(self, Self::Undecided),
            "request": request,
            "refusedBy": refused_by,
            "fewerWitnesses": matches!(self, Self::Earlier),
        })
    }
}

impl fmt::Display for More {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("nothing"),
            Self::This(request, rules) => write!(f, "{request} ({})", names(rules).join(", ")),
            Self::Earlier => f.write_str("a signature that fewer witnesses have seen"),
            Self::Undecided => f.write_str("UNDECIDED; take it for yes"),
        }
    }
}

fn names(rules: &[Rule]) -> Vec<&'static str> {
    rules.iter().map(|rule| rule.name()).collect()
}

/// What a part of a request may be.
type Kind = Box<dyn Fn(&mut Request)>;

/// A part of a request: the rules that look at it, and what it may be.
struct Part {
    rules: &'static [Rule],
    kinds: Vec<Kind>,
}

/// What `this` allows that `other` refuses.
pub(super) fn more(this: &Rules, other: &Rules) -> More {
    let tried = times(this, other).zip(labels(this, other));
    let Some((times, labels)) = tried else { return More::Undecided };
    let parts = [
        suites(),
        part(&[Rule::Validity, Rule::Calendar], times, |request, ms| request.utc_ms = ms),
        items(this),
        lifetimes(this),
        front_ends(this, other),
        forms(),
        part(&[Rule::Labels], labels, |request, label| request.label = label),
        approvers(),
    ];
    let Some(plain) = allowed(this, &parts) else { return More::Nothing };
    let shows = |request: Request| {
        let refused_by = request.refused_by(other)?;
        let allowed = request.refused_by(this)?.is_empty() && !refused_by.is_empty();
        allowed.then(|| More::This(Box::new(request), refused_by))
    };
    let kinds = parts.iter().flat_map(|part| &part.kinds);
    let all = kinds.map(|kind| with(&plain, &**kind));
    let found = std::iter::once(plain.clone()).chain(all).find_map(shows);
    let earlier = this.witnesses < other.witnesses;
    found.unwrap_or(if earlier { More::Earlier } else { More::Nothing })
}

/// A request that a policy allows, if there is one: of each part the first kind that it allows.
fn allowed(rules: &Rules, parts: &[Part]) -> Option<Request> {
    let mut request = Request {
        utc_ms: 0,
        suite: Suite::Esp256,
        items: 1,
        lifetime_ms: LIFETIME_MS_MIN,
        front_end: FrontEndId(1),
        form: Form::Raw,
        label: "a document".to_owned(),
        initiator: None,
        by: Vec::new(),
    };
    for part in parts {
        let fits = |request: &Request| {
            let refused_by = request.refused_by(rules);
            refused_by.is_some_and(|by| by.iter().all(|rule| !part.rules.contains(rule)))
        };
        request = part.kinds.iter().map(|kind| with(&request, &**kind)).find(fits)?;
    }
    request.refused_by(rules)?.is_empty().then_some(request)
}

fn with(request: &Request, change: &dyn Fn(&mut Request)) -> Request {
    let mut changed = request.clone();
    change(&mut changed);
    changed
}

fn part<T: Clone + 'static>(
    rules: &'static [Rule],
    kinds: Vec<T>,
    set: fn(&mut Request, T),
) -> Part {
    let change = |kind: T| -> Kind { Box::new(move |request| set(request, kind.clone())) };
    Part { rules, kinds: kinds.into_iter().map(change).collect() }
}

fn suites() -> Part {
    part(&[Rule::Suites], Suite::ALL.into(), |request, suite| request.suite = suite)
}

/// Fewer are allowed wherever more are.
fn items(this: &Rules) -> Part {
    let most = Some(this.items_max.min(ITEMS_MAX as u16)).filter(|most| *most > 0);
    part(&[Rule::Items], most.into_iter().collect(), |request, items| request.items = items)
}

/// Likewise.
fn lifetimes(this: &Rules) -> Part {
    let most = this.lifetime_ms_max.min(LIFETIME_MS_MAX);
    let most = Some(most).filter(|most| *most >= LIFETIME_MS_MIN);
    part(&[Rule::Lifetime], most.into_iter().collect(), |request, ms| request.lifetime_ms = ms)
}

/// Those that are named, and one that nobody names.
fn front_ends(this: &Rules, other: &Rules) -> Part {
    let named = [this, other].into_iter().flat_map(|rules| rules.front_ends.iter().flatten());
    let mut ids: Vec<FrontEndId> = named.copied().collect();
    ids.extend((1..).map(FrontEndId).find(|id| !ids.contains(id)));
    part(&[Rule::FrontEnds], ids, |request, id| request.front_end = id)
}

fn forms() -> Part {
    let forms = vec![Form::Raw, Form::CmsAttrs, Form::SignedInfo];
    part(&[Rule::Forms], forms, |request, form| request.form = form)
}

/// What each pattern says, and that with a character after it which is in no pattern: it is like another one's pattern only if
/// everything is that is like its own. None if there is no such character.
fn labels(this: &Rules, other: &Rules) -> Option<Vec<String>> {
    let patterns = [this, other].into_iter().flat_map(|rules| rules.labels.iter().flatten());
    let texts: Vec<&str> = patterns.map(|text| text.strip_suffix('*').unwrap_or(text)).collect();
    let is_new = |c: &char| texts.iter().all(|text| !text.contains(*c));
    let strange = ('a'..='z').chain('A'..='Z').chain('\u{e0}'..='\u{17f}').find(is_new)?;
    let longer = texts.iter().map(|text| format!("{text}{strange}"));
    let as_they_are = texts.iter().filter(|text| !text.is_empty()).map(|text| (*text).to_owned());
    Some(longer.chain(as_they_are).chain([strange.to_string()]).collect())
}

/// One person with one device or with one of each family, who asked, or somebody else did, or nobody is named.
fn approvers() -> Part {
    let by = |family| Approver { signer: SignerId(1), family };
    let one = vec![by(Family::Classical)];
    let both = vec![by(Family::Classical), by(Family::PostQuantum)];
    let asked = [Some(SignerId(2)), None, Some(SignerId(1))];
    let all = asked.into_iter().flat_map(|who| [(who, both.clone()), (who, one.clone())]);
    part(&[Rule::Families, Rule::Initiator], all.collect(), |request, (who, by)| {
        (request.initiator, request.by) = (who, by);
    })
}

/// Moments that the rules of both can tell apart; none if there are too many.
fn times(this: &Rules, other: &Rules) -> Option<Vec<u64>> {
    let mut hours: Vec<u64> = Vec::new();
    for calendar in [this, other].into_iter().filter_map(|rules| rules.calendar.as_ref()) {
        for (from, to) in stretches(calendar) {
            // The hour before, each of its own, and the one after.
            if hours.len() as u64 + (to - from) > HOURS_MAX {
                return None;
            }
            hours.extend(from.saturating_sub(1)..=to);
        }
    }
    let ends = [this, other].into_iter().flat_map(|rules| [rules.valid_from_ms, rules.valid_to_ms]);
    let around = ends.flat_map(|ms| [ms.saturating_sub(1), ms, ms.saturating_add(1)]);
    // A moment within the hour, where a validity begins or ends in it.
    Some(around.chain(hours.into_iter().map(|hour| hour.saturating_mul(HOUR_MS))).collect())
}

/// The hours of a calendar's periods and exceptions: from one until another one.
fn stretches(calendar: &Calendar) -> impl Iterator<Item = (u64, u64)> {
    let periods = calendar.periods.iter().map(|period| (period.from_hour, period.to_hour));
    let dates = calendar.exceptions.iter().map(|date| (date.from_hour, date.to_hour));
    periods.chain(dates).map(|(from, to)| (from.into(), to.into()))
}
