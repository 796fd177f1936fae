//! Policies.

use countersign_protocol::item::Form;
use countersign_protocol::minicbor::bytes::ByteArray;
use countersign_protocol::policy::{
    Calendar, Exception, Exceptions, Forms, FrontEnds, Pattern, Patterns, Period, Periods, Policy,
    Suites, WitnessCount,
};
use countersign_protocol::{FrontEndId, Suite};
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;

fn room(bytes: usize) -> &'static mut [u8] {
    Vec::leak(vec![0; bytes])
}

pub fn policy() -> impl Strategy<Value = Policy<'static>> {
    (
        numbers(),
        option::of(calendar()),
        option::of(front_ends()),
        option::of(forms()),
        option::of(labels()),
    )
        .prop_map(|(numbers, calendar, front_ends, forms, labels)| Policy {
            calendar,
            front_ends,
            forms,
            labels,
            ..numbers
        })
}

fn numbers() -> impl Strategy<Value = Policy<'static>> {
    let valid = (any::<u64>(), any::<u64>());
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    (suites(), any::<u16>(), valid, flags, 0..=16_u8, any::<u32>()).prop_map(
        |(suites, items_max, valid, flags, witnesses, lifetime_ms_max)| {
            let ((valid_from_ms, valid_to_ms), (hybrid, initiator_apart, held)) = (valid, flags);
            Policy {
                items_max,
                valid_from_ms,
                valid_to_ms,
                hybrid,
                witnesses: WitnessCount::new(witnesses),
                initiator_apart,
                held,
                lifetime_ms_max,
                ..Policy::of(suites)
            }
        },
    )
}

fn suites() -> impl Strategy<Value = Suites<'static>> {
    prop::sample::subsequence(&Suite::ALL[..], 1..=Suite::ALL.len())
        .prop_map(|suites| Suites::from_values(&suites, room(16)).unwrap())
}

fn front_ends() -> impl Strategy<Value = FrontEnds<'static>> {
    btree_set(any::<u32>(), 1..=16).prop_map(|ids| {
        let ids: Vec<_> = ids.into_iter().map(FrontEndId).collect();
        FrontEnds::from_values(&ids, room(80)).unwrap()
    })
}

fn forms() -> impl Strategy<Value = Forms<'static>> {
    prop::sample::subsequence(&[Form::Raw, Form::CmsAttrs, Form::SignedInfo][..], 1..=3)
        .prop_map(|forms| Forms::from_values(&forms, room(8)).unwrap())
}

fn labels() -> impl Strategy<Value = Patterns<'static>> {
    btree_set("[a-zA-Z ]{1,31}\\*?", 1..=8).prop_map(|texts| {
        let texts: Vec<_> = texts.iter().map(|text| Pattern::new(text).unwrap()).collect();
        Patterns::from_values(&texts, room(8 * 34)).unwrap()
    })
}

fn calendar() -> impl Strategy<Value = Calendar<'static>> {
    (periods(), option::of(exceptions()))
        .prop_map(|(periods, exceptions)| Calendar { periods, exceptions })
}

/// So many stretches at most, none of which shares an hour with another one.
fn hours(most: usize) -> impl Strategy<Value = Vec<(u32, u32)>> {
    btree_set(any::<u32>(), 2..=2 * most).prop_map(|hours| {
        let ends: Vec<_> = hours.into_iter().collect();
        let (pairs, _) = ends.as_chunks::<2>();
        pairs.iter().map(|[from, to]| (*from, *to)).collect()
    })
}

fn periods() -> impl Strategy<Value = Periods<'static>> {
    (hours(9), vec(any::<[u8; 21]>(), 9)).prop_map(|(hours, weeks)| {
        let period = |((from_hour, to_hour), week): ((u32, u32), &[u8; 21])| {
            let hours = ByteArray::from(*week);
            Period { from_hour, to_hour, hours }
        };
        let all: Vec<_> = hours.into_iter().zip(&weeks).map(period).collect();
        Periods::from_values(&all, room(9 * 40)).unwrap()
    })
}

fn exceptions() -> impl Strategy<Value = Exceptions<'static>> {
    (hours(16), vec(any::<bool>(), 16)).prop_map(|(hours, open)| {
        let exception = |((from_hour, to_hour), open): ((u32, u32), &bool)| Exception {
            from_hour,
            to_hour,
            open: *open,
        };
        let all: Vec<_> = hours.into_iter().zip(&open).map(exception).collect();
        Exceptions::from_values(&all, room(16 * 20)).unwrap()
    })
}
