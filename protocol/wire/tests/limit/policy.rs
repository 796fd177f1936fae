//! Limits of policies.

use super::{Limit, exactly, integer, limit, unsigned};
use crate::tree::Node::{self, Array, Bool, Bytes, Map, Negative, Text, Unsigned};

const U16_MAX: u64 = u16::MAX as u64;
const U32_MAX: u64 = u32::MAX as u64;

/// Limits that `countersign.cddl` says as the code does.
pub fn in_cddl() -> Vec<Limit> {
    let ascending = |count| unsigned(&(0..count).collect::<Vec<_>>());
    let front_ends = (vec![ascending(1), ascending(16)], vec![ascending(0), ascending(17)]);
    vec![
        limit("policy", &[0], vec![suites(1)], vec![suites(0), suites(17)]),
        limit("policy", &[0, 0], known_suites(), vec![Negative(7), Negative(255), Unsigned(8)]),
        integer("policy", &[1], 0..=U16_MAX),
        integer("policy", &[8], 0..=U32_MAX),
        limit("policy_full", &[10], front_ends.0, front_ends.1),
        limit("policy_full", &[11], vec![ascending(1), ascending(3)], vec![ascending(0)]),
        limit("policy_full", &[11, 0], vec![Unsigned(0)], vec![Unsigned(3), Negative(0)]),
        limit("policy_full", &[12], vec![patterns(1), patterns(8)], vec![patterns(0), patterns(9)]),
        limit(
            "policy_full",
            &[12, 0],
            vec![Text("A".into()), Text("A".repeat(32))],
            vec![Text(String::new()), Text("A".repeat(33))],
        ),
        limit("policy_full", &[9, 0], vec![periods(1), periods(9)], vec![periods(0), periods(10)]),
        limit(
            "policy_full",
            &[9, 1],
            vec![exceptions(1), exceptions(16)],
            vec![exceptions(0), exceptions(17)],
        ),
        exactly("policy_full", &[9, 0, 0, 2], 21),
    ]
}

/// Limits that CDDL can only tell in a comment: what is in order, and comes once.
pub fn beyond_cddl() -> Vec<Limit> {
    vec![
        limit(
            "policy",
            &[0],
            vec![suites(1), Array(known_suites())],
            vec![suites(2), Array(known_suites().into_iter().rev().collect())],
        ),
        limit("policy_full", &[10], vec![unsigned(&[1, 7])], twice_or_backwards()),
        limit(
            "policy_full",
            &[11],
            vec![unsigned(&[0, 2])],
            vec![unsigned(&[2, 0]), unsigned(&[1, 1])],
        ),
        limit(
            "policy_full",
            &[12],
            vec![texts(&["a", "a*"])],
            vec![texts(&["b", "a"]), texts(&["a", "a"])],
        ),
        // A pattern is like the labels that it is for: free of what misleads.
        limit(
            "policy_full",
            &[12, 0],
            vec![Text("A b".into())],
            ["A\nb", "\u{200e}"].map(|text| Text(text.into())).into(),
        ),
        // Periods and exceptions have an hour at least, and share none.
        limit("policy_full", &[9, 0], vec![touching(&week())], disorders(&week())),
        limit("policy_full", &[9, 1], vec![touching(&Bool(true))], disorders(&Bool(true))),
    ]
}

fn twice_or_backwards() -> Vec<Node> {
    vec![unsigned(&[7, 1]), unsigned(&[7, 7])]
}

/// RS256, ESP384, PS256, Ed25519 and ESP256.
pub(super) fn known_suites() -> Vec<Node> {
    [256, 50, 36, 18, 8].map(Negative).into()
}

/// As many times ESP256, -9.
fn suites(count: usize) -> Node {
    Array(vec![Negative(8); count])
}

fn texts(all: &[&str]) -> Node {
    Array(all.iter().map(|one| Text((*one).to_owned())).collect())
}

fn patterns(count: u8) -> Node {
    Array((0..count).map(|n| Text(char::from(b'a' + n).to_string())).collect())
}

fn week() -> Node {
    Bytes(vec![0; 21])
}

/// From this hour on until this one.
fn hours((from, to): (u64, u64), last: &Node) -> Node {
    let entries = [Unsigned(from), Unsigned(to), last.clone()];
    Map((0..).map(Unsigned).zip(entries).collect())
}

fn all_hours(of: &[(u64, u64)], last: &Node) -> Node {
    Array(of.iter().map(|ends| hours(*ends, last)).collect())
}

fn periods(count: u64) -> Node {
    Array((0..count).map(|n| hours((n, n + 1), &week())).collect())
}

fn exceptions(count: u64) -> Node {
    Array((0..count).map(|n| hours((n, n + 1), &Bool(true))).collect())
}

fn touching(last: &Node) -> Node {
    all_hours(&[(1, 2), (2, 4)], last)
}

fn disorders(last: &Node) -> Vec<Node> {
    let disorder = |of: [(u64, u64); 2]| all_hours(&of, last);
    [[(2, 4), (1, 2)], [(1, 3), (2, 4)], [(1, 2), (3, 3)]].map(disorder).into()
}
