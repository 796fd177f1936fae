//! A policy with rules that the story satisfies, and what breaks each.

use countersign_protocol::FrontEndId;
use countersign_protocol::item::Form;
use countersign_protocol::policy::{
    Calendar, Exception, Exceptions, Forms, FrontEnds, Pattern, Patterns, Period, Periods, Policy,
    Suites,
};

use crate::told::FRONT_END;

/// Room for what a policy lists.
fn room() -> &'static mut [u8] {
    Vec::leak(vec![0; 256])
}

/// Every rule that lists something is there, and satisfied.
pub fn satisfied(suites: Suites<'_>) -> Policy<'_> {
    Policy {
        calendar: Some(calendar(u32::MAX, None)),
        front_ends: Some(front_ends(&[FRONT_END])),
        forms: Some(forms(&[Form::Raw, Form::CmsAttrs, Form::SignedInfo])),
        labels: Some(labels(&["a *", "another"])),
        ..Policy::of(suites)
    }
}

/// Every hour until this one, but for all since 1970 if it is `closed`.
pub fn calendar(to_hour: u32, closed: Option<u32>) -> Calendar<'static> {
    let period = Period { from_hour: 0, to_hour, hours: [0xff; 21].into() };
    let shut = |to_hour| Exception { from_hour: 0, to_hour, open: false };
    let exceptions = closed.map(|to| Exceptions::from_values(&[shut(to)], room()).unwrap());
    Calendar { periods: Periods::from_values(&[period], room()).unwrap(), exceptions }
}

pub fn front_ends(ids: &[FrontEndId]) -> FrontEnds<'static> {
    FrontEnds::from_values(ids, room()).unwrap()
}

pub fn forms(forms: &[Form]) -> Forms<'static> {
    Forms::from_values(forms, room()).unwrap()
}

pub fn labels(texts: &[&'static str]) -> Patterns<'static> {
    let patterns: Vec<_> = texts.iter().map(|text| Pattern::new(text).unwrap()).collect();
    Patterns::from_values(&patterns, room()).unwrap()
}
