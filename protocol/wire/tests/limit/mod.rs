//! Every limit of the wire, each with values just within it and just past it.
//!
//! The numbers are written out: they are part of the format, and `limits.rs` must agree with them.

#![allow(dead_code, reason = "each test takes the part that it needs")]

mod enrolment;
mod policy;

use std::ops::RangeInclusive;

use crate::story::messages::{Message, message};
use crate::tree::Node::{self, Array, Bytes, Negative, Text, Unsigned};

type Path = &'static [u64];

/// A limit on one value, shown on one message of the story.
pub struct Limit {
    /// The message.
    pub message: &'static Message,
    /// Where in it the value is.
    pub path: Path,
    /// Values within the limit.
    pub within: Vec<Node>,
    /// Values past it.
    pub past: Vec<Node>,
}

impl Limit {
    /// The message with another value there.
    pub fn with(&self, value: &Node) -> Vec<u8> {
        Node::read(&(self.message.bytes)()).with(self.path, value.clone()).write()
    }

    /// In words.
    pub fn told(&self, value: &Node) -> String {
        let start: Vec<u8> = value.write().into_iter().take(8).collect();
        format!("{} at {:?} = {}..", self.message.name, self.path, hex::encode(start))
    }
}

/// Limits that `countersign.cddl` says as the code does.
pub fn in_cddl() -> Vec<Limit> {
    [
        lists(),
        bytes(),
        exact_bytes(),
        texts(),
        integers(),
        choices(),
        enrolment::in_cddl(),
        policy::in_cddl(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Limits that CDDL can only tell in a comment.
pub fn beyond_cddl() -> Vec<Limit> {
    let approvers = |ids: &[u64], threshold| Array(vec![unsigned(ids), Unsigned(threshold)]);
    let text = |texts: &[&str]| texts.iter().map(|text| Text((*text).into())).collect();
    let mut all = vec![
        // No control characters (Unicode category Cc), wherever they are.
        limit("prepare", &[1, 4, 0, 3], text(&["a b"]), text(&["\0", "a\nb", "\u{1f}", "\u{7f}"])),
        limit("signer", &[2], text(&["ä"]), text(&["a\tb", "\u{80}", "\u{9f}"])),
        limit("appliance", &[3], text(&["https://a"]), text(&["https://a\n", "\u{1b}"])),
        // Nothing that reorders, breaks or hides what is around it.
        limit(
            "prepare",
            &[1, 4, 0, 3],
            text(&["\u{5d0}\u{200d}"]),
            text(&["a\u{202e}b", "\u{2066}"]),
        ),
        limit("signer", &[2], text(&["\u{639}"]), text(&["\u{200e}", "\u{61c}", "a\u{2028}b"])),
        limit(
            "appliance",
            &[3],
            text(&["https://a"]),
            text(&["\u{feff}https://a", "a\u{ad}b", "\u{200b}", "\u{e0041}"]),
        ),
        // Approvers ascend, each comes once, and the threshold can be met.
        limit("activation", &[8], vec![approvers(&[7, 8], 1)], vec![approvers(&[8, 7], 1)]),
        limit("activation", &[8], vec![approvers(&[7], 1)], vec![approvers(&[7, 7], 1)]),
        limit("activation", &[8], vec![approvers(&[7], 1)], vec![approvers(&[7], 2)]),
        limit("key", &[6], vec![approvers(&[7, 8], 2)], vec![approvers(&[7, 8], 3)]),
        // One share is no quorum, and four of three there are not.
        limit(
            "recovery_key",
            &[3, 0],
            vec![Unsigned(2), Unsigned(3)],
            vec![Unsigned(0), Unsigned(1), Unsigned(4)],
        ),
    ];
    all.extend(policy::beyond_cddl());
    all
}

fn lists() -> Vec<Limit> {
    let ascending = |count| unsigned(&(0..count).collect::<Vec<_>>());
    let threshold = |number| Array(vec![ascending(8), Unsigned(number)]);
    let approvers = (vec![ascending(1), ascending(8)], vec![ascending(0), ascending(9)]);
    vec![
        list("prepare", &[1, 4], 1..=250),
        list("activation", &[12], 1..=250),
        list("sign", &[1, 2], 1..=16),
        list("prepared", &[1, 2], 1..=16),
        list("signed", &[1, 0], 1..=250),
        list("signature_content", &[1], 1..=16),
        list("signature_content", &[2], 1..=250),
        list("receipt", &[3], 0..=64),
        list("evidence", &[3], 1..=250),
        list("evidence", &[4], 0..=17),
        list("evidence", &[5], 1..=16),
        list("evidence", &[6], 0..=8),
        list("enrolments_reply", &[1, 0], 1..=16),
        list("enrolled_device", &[3], 0..=64),
        list("signed_witnessed", &[1, 2], 1..=17),
        list("answer_status_witnessed", &[1, 13], 1..=16),
        list("refusals_content", &[1], 1..=1_024),
        list("group", &[0], 0..=64),
        list("group", &[1], 1..=256),
        list("record", &[1, 1, 0], 1..=8),
        list("recovery_key", &[3, 1], 2..=16),
        list("order_key_create", &[1, 2], 1..=8),
        limit("activation", &[8, 0], approvers.0, approvers.1),
        limit(
            "activation",
            &[8],
            vec![threshold(1), threshold(8)],
            vec![threshold(0), threshold(9)],
        ),
    ]
}

fn bytes() -> Vec<Limit> {
    vec![
        bounded("prepare", &[1, 4, 0, 0], 65_536),
        bounded("sign", &[1, 1], 98_304),
        bounded("sign", &[1, 2, 0, 1], 1_024),
        bounded("sign", &[1, 2, 0, 2], 2_048),
        bounded("sign", &[1, 2, 0, 3], 4_627),
        bounded("prepared", &[1, 0], 98_304),
        bounded("prepared", &[1, 2, 0], 1_023),
        bounded("signed", &[1, 0, 0], 4_627),
        bounded("signed", &[1, 1], 1_581_056),
        bounded("evidence", &[6, 0], 8_192),
        bounded("enrolled_device", &[1], 4_096),
        bounded("enrolled_device", &[2], 32_768),
        bounded("receipt", &[1], 4_096),
        bounded("receipt", &[2], 1_572_864),
        bounded("evidence", &[1], 128),
        bounded("evidence", &[2], 1_581_056),
        bounded("evidence", &[3, 0], 65_536),
        bounded("evidence", &[4, 0], 4_096),
        bounded("signed_witnessed", &[1, 2, 0], 4_096),
        bounded("record", &[0], 4_096),
        bounded("record", &[2], 1_572_864),
        bounded("leaf", &[3], 1_024),
        bounded("opening", &[1], 1_572_864),
        bounded("signature_content", &[0], 98_304),
        bounded("signature_content", &[3], 398),
        bounded("key", &[5], 398),
        bounded("answer_key_created", &[1, 2], 398),
        bounded("share", &[0], 1_024),
        bounded("share", &[2], 32),
    ]
}

fn exact_bytes() -> Vec<Limit> {
    vec![
        exactly("activation", &[1], 16),
        exactly("prepare", &[1, 0], 16),
        exactly("sign", &[1, 0], 32),
        exactly("fetch", &[1, 0], 32),
        exactly("enrolments", &[1, 0], 32),
        exactly("prepared", &[1, 1], 32),
        exactly("prepare", &[1, 4, 0, 1], 32),
        exactly("prepare", &[1, 4, 0, 2], 32),
        exactly("key", &[4, 1, 0], 16),
        exactly("receipt", &[5], 64),
        exactly("group", &[3], 64),
        exactly("recovery_key", &[2], 32),
        exactly("reanchoring", &[2], 116),
        exactly("order_reanchor", &[1, 2], 116),
        exactly("appliance_cosigner", &[5], 1312),
        exactly("answer_status_cosigner", &[1, 15], 1312),
    ]
}

fn texts() -> Vec<Limit> {
    vec![
        text("prepare", &[1, 4, 0, 3], 128),
        text("tenant", &[1], 64),
        text("order_signer_add", &[1, 0], 64),
        text("appliance", &[2], 272),
        text("appliance", &[3], 272),
    ]
}

fn integers() -> Vec<Limit> {
    let u8_max = u8::MAX.into();
    let u16_max = u16::MAX.into();
    let u32_max = u32::MAX.into();
    vec![
        integer("sign", &[1, 2, 0, 0], 0..=u8_max),
        integer("prepare", &[1, 2], 0..=u32_max),
        integer("prepare_two_items", &[1, 3], 0..=u32_max),
        integer("activation", &[2], 0..=u32_max),
        integer("refusal_content", &[0], 0..=u16_max),
        integer("refusal_content", &[8], 0..=u32_max),
        integer("refusals_content", &[1, 1, 0], 0..=u16_max),
        integer("refusals_content", &[1, 1, 1], 0..=u32_max),
        integer("refusals_content", &[1, 1, 2], 0..=u32_max),
        integer("order_key_create", &[1, 3], 0..=u8_max),
    ]
}

fn choices() -> Vec<Limit> {
    vec![
        integer("activation", &[0], 1..=1),
        integer("leaf", &[0], 1..=1),
        integer("leaf", &[1], 1..=25),
        integer("prepare", &[1, 4, 0, 4], 0..=2),
        integer("refused", &[0], 16..=20),
        integer("signer", &[4], 1..=4),
        integer("alarm_content", &[0], 1..=3),
        integer("recovery_key", &[0], 1..=1),
        integer("appliance", &[1], 1..=2),
        integer("front_end", &[4], 1..=4),
        integer("key", &[4, 0], 1..=1),
        limit(
            "prepare",
            &[1, 1],
            policy::known_suites(),
            vec![Negative(7), Negative(6), Unsigned(9)],
        ),
        limit("prepare", &[0], vec![Unsigned(1)], unknown(1..=5)),
        limit("prepared", &[0], vec![Unsigned(1)], unknown(1..=3)),
        limit("order_status", &[0], vec![Unsigned(1)], unknown(1..=22)),
        limit("answer_done", &[0], vec![Unsigned(2)], unknown(1..=10)),
    ]
}

fn limit(name: &'static str, path: Path, within: Vec<Node>, past: Vec<Node>) -> Limit {
    Limit { message: message(name), path, within, past }
}

/// A list of so many of the elements that it has in the story.
fn list(name: &'static str, path: Path, allowed: RangeInclusive<usize>) -> Limit {
    let mut tree = Node::read(&(message(name).bytes)());
    let elements = tree.at(path).elements();
    let of = |count| Array(elements.iter().cycle().take(count).cloned().collect());
    let (min, max) = allowed.into_inner();
    let past = min.checked_sub(1).into_iter().chain([max + 1]).map(of).collect();
    limit(name, path, vec![of(min), of(max)], past)
}

/// At most `max` bytes.
fn bounded(name: &'static str, path: Path, max: usize) -> Limit {
    let of = |length| Bytes(vec![0x5a; length]);
    limit(name, path, vec![of(0), of(max)], vec![of(max + 1)])
}

/// Bytes of one length.
fn exactly(name: &'static str, path: Path, length: usize) -> Limit {
    let of = |length| Bytes(vec![0x5a; length]);
    limit(name, path, vec![of(length)], vec![of(0), of(length - 1), of(length + 1)])
}

/// 1 to `max` bytes of text.
fn text(name: &'static str, path: Path, max: usize) -> Limit {
    let of = |text: &str, times: usize| Text(text.repeat(times));
    let within = vec![of("a", 1), of("a", max), of("ä", max / 2)];
    limit(name, path, within, vec![of("a", 0), of("a", max + 1), of("ä", max / 2 + 1)])
}

/// A number in a range.
fn integer(name: &'static str, path: Path, allowed: RangeInclusive<u64>) -> Limit {
    let past = unknown(allowed.clone());
    let (min, max) = allowed.into_inner();
    limit(name, path, vec![Unsigned(min), Unsigned(max)], past)
}

/// Numbers beside a range.
fn unknown(allowed: RangeInclusive<u64>) -> Vec<Node> {
    let (min, max) = allowed.into_inner();
    let above = [Unsigned(max + 1), Unsigned(u64::MAX), Negative(0)];
    min.checked_sub(1).map(Unsigned).into_iter().chain(above).collect()
}

fn unsigned(numbers: &[u64]) -> Node {
    Array(numbers.iter().copied().map(Unsigned).collect())
}
