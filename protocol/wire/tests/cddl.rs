//! `countersign.cddl` says what the code does: an independent validator, told by that file alone,
//! accepts and refuses what the code accepts and refuses.
//!
//! Not asked, because CDDL has no words for it: the canonical form (`canonical.rs`), the order of
//! approvers, and control characters in text (`limits.rs`).

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "the file is there, and what is judged is CBOR"
)]

mod limit;
mod story;
mod tree;

use std::sync::LazyLock;

use cddl_cat::context::BasicContext;
use cddl_cat::flatten::flatten_from_str;
use cddl_cat::{ValidateResult, validate_cbor};
use limit::Limit;
use story::messages::{MESSAGES, Message};
use tree::Node::{self, Array, Bool, Bytes, Map, Negative, Raw, Text, Unsigned};

static CDDL: LazyLock<BasicContext> = LazyLock::new(|| {
    BasicContext::new(flatten_from_str(include_str!("../../countersign.cddl")).unwrap())
});

/// What the file says of these bytes.
fn judge(message: &Message, bytes: &[u8]) -> ValidateResult {
    let value: ciborium::Value = ciborium::from_reader(bytes).unwrap();
    validate_cbor(&CDDL.rules[message.rule], &value, &*CDDL)
}

fn allows(message: &Message, bytes: &[u8]) -> bool {
    judge(message, bytes).is_ok()
}

#[test]
fn every_message_is_as_its_rule_says() {
    for message in MESSAGES {
        let verdict = judge(message, &(message.bytes)());
        assert!(verdict.is_ok(), "{}: {verdict:?}", message.name);
    }
}

#[test]
fn a_message_is_not_as_any_other_rule_says() {
    for message in MESSAGES {
        let bytes = (message.bytes)();
        for other in MESSAGES.iter().filter(|other| other.rule != message.rule) {
            let ours = other.accepts(&bytes);
            assert_eq!(allows(other, &bytes), ours, "{} as {}", message.name, other.rule);
        }
    }
}

#[test]
fn its_limits_are_those_of_the_code() {
    for limit in limit::in_cddl() {
        let allowed = |value: &Node| allows(limit.message, &limit.with(value));
        let told = |value: &Node| Limit::told(&limit, value);
        for value in &limit.within {
            assert!(allowed(value), "within: {}", told(value));
        }
        for value in &limit.past {
            assert!(!allowed(value), "past: {}", told(value));
        }
    }
}

#[test]
fn a_part_more_or_less_or_of_another_kind_is_judged_as_by_the_code() {
    for message in MESSAGES {
        for tree in Node::read(&(message.bytes)()).spoilt(&otherwise) {
            let bytes = tree.write();
            let ours = message.accepts(&bytes);
            assert_eq!(allows(message, &bytes), ours, "{}: {}", message.name, hex::encode(&bytes));
        }
    }
}

/// The same with one part less, one more, or of another kind.
fn otherwise(node: &Node) -> Vec<Node> {
    match node {
        Map(members) => (0..members.len())
            .map(|place| [&members[..place], &members[place + 1..]].concat())
            .chain([[&members[..], &[(Unsigned(99), Unsigned(0))]].concat()])
            .map(Map)
            .collect(),
        Array(nodes) => vec![Array(vec![]), Array([&nodes[..], &[Bool(true)]].concat())],
        Bytes(bytes) => vec![Text("x".repeat(bytes.len())), Unsigned(0)],
        Text(text) => vec![Bytes(text.as_bytes().to_vec()), Unsigned(0)],
        Unsigned(n) => vec![Negative(*n), Text("0".into())],
        Negative(n) => vec![Unsigned(*n), Text("0".into())],
        Bool(_) => vec![Unsigned(0), Text("true".into())],
        Raw(_) => vec![],
    }
}
