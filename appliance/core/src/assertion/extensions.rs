//! Extension outputs (WebAuthn L3, 9.4): exactly one map of CBOR, whose length adds up.
//!
//! Guarantees: no recursion, no allocation, one pass; what is taken is one map with nothing after it, whose
//! lengths and numbers are definite and in their shortest form (CTAP 2.1, 8). What is in it is nobody's
//! concern: keys, their order and their meaning are not looked at. The work depends on the length alone.

use subtle::{Choice, ConstantTimeEq, ConstantTimeGreater};

/// No length in a value can be more than all of authenticatorData, that of a registration being the longest.
const ARGUMENT_MAX: u64 = countersign_protocol::limits::REGISTRATION_DATA_BYTES_MAX as u64;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const LIST: u8 = 4;
const MAP: u8 = 5;
const TAG: u8 = 6;
const SIMPLE: u8 = 7;

/// Whether `bytes` are one map.
pub(super) fn is_one_map(bytes: &[u8]) -> Choice {
    let first_is_map = (bytes.first().copied().unwrap_or_default() >> 5).ct_eq(&MAP);
    let mut walk = Walk {
        well: first_is_map,
        values: 1,
        skip: 0,
        argument_bytes: 0,
        argument: 0,
        least: 0,
        kind: 0,
    };
    for byte in bytes {
        walk.take(*byte);
    }
    walk.well & walk.values.ct_eq(&0) & walk.skip.ct_eq(&0) & walk.argument_bytes.ct_eq(&0)
}

/// How far a walk over values has come: how deep they are nested does not matter to whether their lengths
/// add up, so one number of values to come is enough.
struct Walk {
    well: Choice,
    /// Values still to come.
    values: u64,
    /// Bytes of a string still to come.
    skip: u64,
    /// Bytes of an argument still to come (RFC 8949, 3).
    argument_bytes: u64,
    argument: u64,
    /// The smallest argument that needs so many bytes.
    least: u64,
    kind: u8,
}

impl Walk {
    fn take(&mut self, byte: u8) {
        let in_string = flag(self.skip.ct_gt(&0));
        let in_argument = flag(self.argument_bytes.ct_gt(&0)) & !in_string & 1;
        let is_head = !in_string & !in_argument & 1;

        let information = u64::from(byte & 0x1f);
        let follow = following(information);
        self.well &= choice(is_head ^ 1) | (!information.ct_gt(&27) & self.values.ct_gt(&0));
        self.kind = select(is_head, u64::from(byte >> 5), u64::from(self.kind)) as u8;
        let more = (self.argument << 8) | u64::from(byte);
        let short = select(flag(follow.ct_eq(&0)), information, 0);
        self.argument = select(is_head, short, select(in_argument, more, self.argument));
        self.least = select(is_head, least(follow), self.least);
        self.skip -= in_string;
        self.argument_bytes = select(is_head, follow, self.argument_bytes - in_argument);
        self.complete((in_argument | is_head) & flag(self.argument_bytes.ct_eq(&0)));
    }

    /// What a head with its whole argument announces, if there is one now.
    fn complete(&mut self, now: u64) {
        let too_long = self.argument.ct_gt(&ARGUMENT_MAX) & self.announces();
        let too_wide = self.least.ct_gt(&self.argument) & !self.kind.ct_eq(&SIMPLE);
        self.well &= !(choice(now) & (too_long | too_wide));
        let argument = self.argument.min(ARGUMENT_MAX);
        let is = |kind: u8| flag(self.kind.ct_eq(&kind));
        let strings = (is(BYTES) | is(TEXT)) * argument;
        let values = is(LIST) * argument + is(MAP) * 2 * argument + is(TAG);
        self.skip = select(now, strings, self.skip);
        self.values = self.values.wrapping_add(now * values).saturating_sub(now);
    }

    /// Whether the argument is a length: of a number, a tag and a simple value it is not.
    fn announces(&self) -> Choice {
        self.kind.ct_gt(&1) & TAG.ct_gt(&self.kind)
    }
}

/// Bytes of an argument that follow a head (RFC 8949, 3): 1, 2, 4 or 8 for 24 to 27.
fn following(information: u64) -> u64 {
    let long = flag(information.ct_gt(&23));
    long << (information & 3)
}

/// The smallest argument for which so many bytes are the fewest: 24, 2^8, 2^16, 2^32.
fn least(follow: u64) -> u64 {
    let many = select(flag(follow.ct_gt(&1)), 1 << (follow * 4), 0);
    select(flag(follow.ct_eq(&1)), 24, many)
}

fn flag(choice: Choice) -> u64 {
    u64::from(choice.unwrap_u8())
}

fn choice(flag: u64) -> Choice {
    Choice::from((flag & 1) as u8)
}

fn select(flag: u64, one: u64, other: u64) -> u64 {
    let mask = 0u64.wrapping_sub(flag & 1);
    (one & mask) | (other & !mask)
}

#[cfg(test)]
mod tests {
    use super::is_one_map;

    #[test]
    fn a_map_of_anything_is_taken() {
        let maps: [&[u8]; 8] = [
            &[0xa0],
            &[0xa1, 0x01, 0x02],
            &[0xa1, 0x61, b'a', 0x44, 1, 2, 3, 4],
            &[0xa1, 0x61, b'a', 0x82, 0x01, 0x82, 0x01, 0x80],
            &[0xa1, 0x61, b'a', 0xc1, 0x1a, 0, 1, 0, 0],
            &[0xa1, 0x61, b'a', 0xfb, 0, 0, 0, 0, 0, 0, 0, 0],
            &[0xa1, 0x61, b'a', 0x3b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[0xa2, 0x01, 0xa1, 0x02, 0xf6, 0x41, 0xff, 0x18, 24],
        ];
        for map in maps {
            assert!(bool::from(is_one_map(map)), "{map:x?}");
            let (_, shorter) = map.split_last().unwrap();
            assert!(!bool::from(is_one_map(shorter)), "{map:x?} cut");
            let mut longer = [0; 32];
            longer[..map.len()].copy_from_slice(map);
            assert!(!bool::from(is_one_map(&longer[..=map.len()])), "{map:x?} and a byte");
        }
    }

    #[test]
    fn one_mutation_of_a_map_is_refused() {
        let cases: [(&str, &[u8]); 13] = [
            ("empty", &[]),
            ("a list", &[0x81, 0x01]),
            ("a number", &[0x01]),
            ("of indefinite length", &[0xbf, 0x01, 0x02, 0xff]),
            ("a string of indefinite length", &[0xa1, 0x01, 0x5f, 0xff]),
            ("a reserved head", &[0xa1, 0x01, 0x1c]),
            ("a string longer than all", &[0xa1, 0x01, 0x5a, 0xff, 0xff, 0xff, 0xff]),
            ("more values than all", &[0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
            ("a length that is not the shortest", &[0xa1, 0x01, 0x58, 0x01, 0xff]),
            ("a number that is not the shortest", &[0xa1, 0x01, 0x18, 23]),
            ("the same in two bytes", &[0xa1, 0x01, 0x19, 0, 0xff]),
            ("the same in four", &[0xa1, 0x01, 0x1a, 0, 0, 0xff, 0xff]),
            ("a value missing", &[0xa1, 0x01]),
        ];
        for (mutation, bytes) in cases {
            assert!(!bool::from(is_one_map(bytes)), "{mutation}");
        }
    }
}
