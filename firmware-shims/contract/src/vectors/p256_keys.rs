//! Public keys on P-256, and bytes that only look like one (SEC 1, 2.3.3 and 2.3.4).
//!
//! Guarantees to the contract: each bad key is a good one with one thing wrong.

use countersign_ports::Algorithm;
use hex_literal::hex;

use super::Key;

/// RFC 6979, A.2.5: the key.
pub(crate) const RFC_KEY: [u8; 65] = hex!(
    "04"
    "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
);
/// The same X, with another Y.
pub(crate) const OFF_CURVE: [u8; 65] = hex!(
    "04"
    "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462298"
);
/// A key of nobody, for the cases at an edge.
pub(crate) const EDGE_KEY: [u8; 65] = hex!(
    "04"
    "510845e3103b3a2ac2315a7511faf3e09d03d3bc585c16fabc8b7336d1579d71"
    "4289974a810eeb11c399876b0edc387633340033360ad2f19531a8c72dded049"
);

/// x is 0, which has a y on this curve.
const X_ZERO: [u8; 65] = hex!(
    "04"
    "0000000000000000000000000000000000000000000000000000000000000000"
    "66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4"
);
/// x is p: the same point, if nobody looks at the range.
const X_IS_P: [u8; 65] = hex!(
    "04"
    "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"
    "66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4"
);
/// A point with a small x, to which p was added.
const X_ABOVE_P: [u8; 65] = hex!(
    "04"
    "ffffffff00000001000000000000000000000001000000000000000000000004"
    "459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc"
);

/// A public key, or what only looks like one.
const fn key(name: &'static str, bytes: &'static [u8], good: bool) -> Key {
    Key { name, algorithm: Algorithm::EcdsaP256, bytes, good }
}

/// Public keys, and bytes that only look like one.
pub(crate) const KEYS: &[Key] = &[
    key("point", &RFC_KEY, true),
    key("point with an x of 0", &X_ZERO, true),
    key("point with an x of p", &X_IS_P, false),
    key("point with an x above p", &X_ABOVE_P, false),
    key("point off the curve", &OFF_CURVE, false),
    key("point of zeros", &[0; 65], false),
    key("point with the prefix 0x00", &prefixed(0x00), false),
    // Compressed (02, 03) and hybrid (06, 07) forms exist elsewhere: no key is enrolled in two forms.
    key("point with the prefix 0x02", &prefixed(0x02), false),
    key("point with the prefix 0x03", &prefixed(0x03), false),
    key("point with the prefix 0x06", &prefixed(0x06), false),
    key("point with the prefix 0x07", &prefixed(0x07), false),
];

/// The key of RFC 6979 with another first byte.
pub(crate) const fn prefixed(prefix: u8) -> [u8; 65] {
    let mut key = RFC_KEY;
    let [first, ..] = &mut key;
    *first = prefix;
    key
}
