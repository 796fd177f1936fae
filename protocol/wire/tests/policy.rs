//! A policy's number of witnesses: from 1 to 16, or none at all. One meaning has one encoding.

#![allow(clippy::unwrap_used, reason = "these are tests: what they did not expect must stop them")]

use countersign_protocol::canonical;
use countersign_protocol::policy::{Policy, WitnessCount};

/// Nobody is apart, nothing is held, an activation lives for no time at all.
const REST: &[u8] = &[0x06, 0xf4, 0x07, 0xf4, 0x08, 0x00];

/// The policy of one suite, with these bytes as its number of witnesses.
fn read(witnesses: &[u8]) -> Option<Option<WitnessCount>> {
    let entries = if witnesses.is_empty() { 0xa8 } else { 0xa9 };
    let policy = [
        &[entries, 0x00, 0x81, 0x28, 0x01, 0x01, 0x02, 0x00, 0x03, 0x00, 0x04, 0xf4],
        witnesses,
        REST,
    ];
    let policy = policy.concat();
    let read: Policy<'_> = canonical::decode(&policy).ok()?;
    Some(read.witnesses)
}

#[test]
fn a_policy_asks_for_one_to_sixteen_witnesses_or_says_nothing_of_them() {
    assert_eq!(read(&[]), Some(None));
    for count in [1, 2, 16] {
        assert_eq!(read(&[5, count]), Some(WitnessCount::new(count)));
        assert_eq!(WitnessCount::new(count).unwrap().get(), count);
    }
    for bad in [&[5, 0][..], &[5, 17], &[5, 0xf6], &[5, 0x18, 2], &[5, 0x18, 255], &[5, 0x21]] {
        assert_eq!(read(bad), None, "{bad:?}");
    }
    assert_eq!((WitnessCount::new(0), WitnessCount::new(17)), (None, None));
}
