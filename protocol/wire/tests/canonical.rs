//! Exactly one encoding per meaning (RFC 8949, 4.2.1): each rule, broken once, at every place of
//! every message, is refused.

mod story;
mod tree;

use story::messages::{MESSAGES, Message, message};
use tree::Node::{self, Array, Bool, Bytes, Map, Negative, Raw, Text, Unsigned};

/// Breaks a rule at every place of every message where it can be broken, and sees it refused.
fn refused_everywhere(rule: &str, spoil: &dyn Fn(&Node) -> Vec<Node>) {
    let refused = MESSAGES.iter().map(|message| refused_in(message, rule, spoil));
    assert!(refused.sum::<usize>() > 0, "{rule}: nowhere to break it");
}

fn refused_in(message: &Message, rule: &str, spoil: &dyn Fn(&Node) -> Vec<Node>) -> usize {
    let bytes = (message.bytes)();
    assert!(message.accepts(&bytes), "{} as it should be", message.name);
    let spoilt = Node::read(&bytes).spoilt(spoil);
    for tree in &spoilt {
        let bytes = tree.write();
        assert!(!message.accepts(&bytes), "{}, {rule}: {}", message.name, hex::encode(&bytes));
    }
    spoilt.len()
}

#[test]
fn what_is_read_as_a_tree_is_written_as_it_was() {
    for message in MESSAGES {
        let bytes = (message.bytes)();
        assert_eq!(Node::read(&bytes).write(), bytes, "{}", message.name);
    }
}

#[test]
fn trailing_bytes_are_refused() {
    for message in MESSAGES {
        for trailing in [0x00, 0x20, 0x40, 0x60, 0x80, 0xa0, 0xf6, 0xff] {
            let bytes = [(message.bytes)(), vec![trailing]].concat();
            assert!(!message.accepts(&bytes), "{} and {trailing:#04x}", message.name);
        }
    }
}

#[test]
fn a_message_cut_short_is_refused() {
    for message in MESSAGES {
        let bytes = (message.bytes)();
        for length in 0..bytes.len() {
            assert!(!message.accepts(&bytes[..length]), "{} up to {length}", message.name);
        }
    }
}

#[test]
fn integers_and_lengths_have_their_shortest_form() {
    refused_everywhere("longer form", &|node| {
        let shortest = node.write();
        let wider = (1..5).map(|steps| node.write_wider(steps)).filter(|wider| *wider != shortest);
        wider.map(Raw).collect()
    });
}

#[test]
fn lengths_are_definite() {
    refused_everywhere("indefinite length", &|node| {
        let chunks = match node {
            // One chunk, itself definite (RFC 8949, 3.2.3).
            Bytes(_) | Text(_) => node.write(),
            Array(_) | Map(_) => node.content(),
            _ => return vec![],
        };
        let start = node.write()[0] & 0xe0 | 0x1f;
        vec![Raw([&[start], &chunks[..], &[0xff]].concat())]
    });
}

#[test]
fn keys_are_in_order() {
    refused_everywhere("keys out of order", &|node| match node {
        Map(members) => (1..members.len())
            .map(|place| {
                let mut members = members.clone();
                members.swap(place - 1, place);
                Map(members)
            })
            .collect(),
        _ => vec![],
    });
}

#[test]
fn keys_come_once() {
    refused_everywhere("duplicate key", &|node| match node {
        Map(members) => (0..members.len())
            .map(|place| {
                let mut members = members.clone();
                members.insert(place, members[place].clone());
                Map(members)
            })
            .collect(),
        _ => vec![],
    });
}

#[test]
fn keys_are_known() {
    refused_everywhere("unknown key", &|node| match node {
        Map(members) => [
            Unsigned(99),
            Unsigned(u64::MAX),
            Negative(0),
            Text("key".into()),
            Bytes(vec![0]),
            Array(vec![]),
        ]
        .into_iter()
        .map(|key| Map([&members[..], &[(key, Unsigned(0))]].concat()))
        .collect(),
        _ => vec![],
    });
}

#[test]
fn what_is_not_there_is_left_out() {
    let null = || Raw(vec![0xf6]);
    refused_everywhere("null", &|_| vec![null()]);
    // A member that may be absent is absent, never null.
    refused_everywhere("null for an absent member", &|node| match node {
        Map(members) => absent_keys(members)
            .map(|(place, key)| {
                let mut members = members.clone();
                members.insert(place, (key, null()));
                Map(members)
            })
            .collect(),
        _ => vec![],
    });
}

/// The gaps in a map's keys, each with its place.
fn absent_keys(members: &[(Node, Node)]) -> impl Iterator<Item = (usize, Node)> {
    (0..=members.len()).filter_map(|place| {
        let before = place.checked_sub(1).and_then(|before| members.get(before));
        let next = match before {
            None => 0,
            Some((Unsigned(key), _)) => key + 1,
            Some(_) => return None,
        };
        let taken = members.get(place).is_some_and(|(key, _)| *key == Unsigned(next));
        (!taken).then_some((place, Unsigned(next)))
    })
}

#[test]
fn nothing_is_tagged() {
    refused_everywhere("tag", &|node| {
        let tags: [&[u8]; 3] = [&[0xc2], &[0xd8, 24], &[0xd9, 0xd9, 0xf7]];
        tags.map(|tag| Raw([tag, &node.write()].concat())).to_vec()
    });
}

#[test]
fn each_value_is_of_its_kind() {
    refused_everywhere("another kind", &|node| match node {
        Bytes(bytes) => vec![Text("x".repeat(bytes.len())), Array(vec![Unsigned(0); bytes.len()])],
        Text(text) => vec![Bytes(text.as_bytes().to_vec()), Unsigned(0)],
        Unsigned(n) => vec![Negative(*n), Bytes(vec![0]), Text("0".into()), float(*n)],
        // Whether its sign may be another is a limit of its own: a COSE number may be any.
        Negative(_) => vec![Bytes(vec![0]), Text("0".into())],
        Bool(flag) => vec![Unsigned(u64::from(*flag)), Raw(vec![0xf7]), Raw(vec![0xe0])],
        Array(nodes) => vec![Map(nodes.iter().map(|n| (Unsigned(0), n.clone())).collect())],
        Map(members) => vec![Array(members.iter().map(|(_, value)| value.clone()).collect())],
        Raw(_) => vec![],
    });
}

/// The same number in 64 bits of floating point.
fn float(n: u64) -> Node {
    Raw([&[0xfb], &(n as f64).to_be_bytes()[..]].concat())
}

#[test]
fn text_is_utf8() {
    refused_everywhere("no UTF-8", &|node| match node {
        Text(_) => {
            let mut bytes = node.write();
            bytes.pop();
            vec![Raw([&bytes[..], &[0xff]].concat())]
        }
        _ => vec![],
    });
}

#[test]
fn frames_and_replies_are_arrays_of_their_size() {
    let frames = MESSAGES
        .iter()
        .filter(|message| ["request", "reply", "order", "answer"].contains(&message.rule));
    for message in frames {
        let frame = Node::read(&(message.bytes)());
        let parts = frame.elements();
        let longer = [parts, &[Unsigned(0)]].concat();
        for wrong in [parts[1..].to_vec(), parts[..parts.len() - 1].to_vec(), longer] {
            let bytes = Array(wrong).write();
            assert!(!message.accepts(&bytes), "{}: {}", message.name, hex::encode(bytes));
        }
    }
}

#[test]
fn a_failure_has_no_body_and_a_success_has_one() {
    let reply = message("prepared");
    let body = Node::read(&(reply.bytes)()).at(&[1]).clone();
    let accepts = |parts: &[Node]| reply.accepts(&Array(parts.to_vec()).write());
    assert!(accepts(&[Unsigned(1), body.clone()]));
    assert!(!accepts(&[Unsigned(1)]));
    for failure in 16..=20 {
        assert!(accepts(&[Unsigned(failure)]));
        assert!(!accepts(&[Unsigned(failure), body.clone()]));
        assert!(!accepts(&[Unsigned(failure), Map(vec![])]));
    }
}

#[test]
fn arrays_of_fixed_size_have_that_size() {
    for (name, path) in
        [("activation", [8]), ("key", [6]), ("key", [4]), ("device", [10]), ("trust_metadata", [0])]
    {
        let message = message(name);
        let tree = Node::read(&(message.bytes)());
        let mut original = tree.clone();
        let parts = original.at(&path).elements();
        let longer = [parts, &[Unsigned(1)]].concat();
        for wrong in [vec![], parts[..1].to_vec(), longer] {
            let bytes = tree.with(&path, Array(wrong)).write();
            assert!(!message.accepts(&bytes), "{name} {path:?}: {}", hex::encode(bytes));
        }
    }
}
