//! ECDSA signatures on P-256 with their right verdicts (FIPS 186-5, 6.4.2).
//!
//! Guarantees to the contract: each case differs from an honest signature in one thing. The first two
//! are RFC 6979, A.2.5; the others were computed backwards from the value that is at the edge, by a
//! program that shares no code with an engine.

use countersign_ports::Algorithm;
use hex_literal::hex;

use super::Case;
use super::p256_keys::{EDGE_KEY, OFF_CURVE, RFC_KEY, prefixed};

/// RFC 6979, A.2.5: SHA-256, message "sample".
pub(crate) const SAMPLE: Case = Case {
    name: "RFC 6979, sample",
    algorithm: Algorithm::EcdsaP256,
    public_key: &RFC_KEY,
    message: &hex!("af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf"),
    signature: &hex!(
        "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
        "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
    ),
    good: true,
};

/// R has an x above n: r is that x less n, here 3, and s is 5.
const LARGE_X: Case = Case {
    name: "an x of R above n",
    algorithm: Algorithm::EcdsaP256,
    public_key: &hex!(
        "04"
        "03bcbf0512bfa36558dc3c26890c5018a3b7620e2be9815ac5cf76d0bf085727"
        "f7037910feda2b739626888d4a54e12ef128156d7b4a5e2465d54788e831e8ed"
    ),
    message: SAMPLE.message,
    signature: &hex!(
        "0000000000000000000000000000000000000000000000000000000000000003"
        "0000000000000000000000000000000000000000000000000000000000000005"
    ),
    good: true,
};

/// `case` as `name`, with another signature that must be refused.
const fn refused(name: &'static str, signature: &'static [u8], case: &Case) -> Case {
    Case { name, signature, good: false, ..*case }
}

/// Signatures with their right verdicts.
pub(crate) const SIGNATURES: &[Case] = &[
    SAMPLE,
    Case {
        name: "RFC 6979, test",
        algorithm: Algorithm::EcdsaP256,
        public_key: &RFC_KEY,
        message: &hex!("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
        signature: &hex!(
            "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
            "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083"
        ),
        good: true,
    },
    // n - s verifies as s does: devices make both.
    Case {
        name: "low s",
        algorithm: Algorithm::EcdsaP256,
        public_key: &RFC_KEY,
        message: SAMPLE.message,
        signature: &hex!(
            "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
            "0834e36ad29a83bf2bc9385e491d6099c8fdf9d1ed67aa7ea5f51f93782857a9"
        ),
        good: true,
    },
    Case {
        name: "high s",
        algorithm: Algorithm::EcdsaP256,
        public_key: &RFC_KEY,
        message: &hex!("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
        signature: &hex!(
            "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
            "fe60beeb8bd5d4ec42da6d94b639b6ea5dc07c4cd3965338e6f1887217f424ce"
        ),
        good: true,
    },
    LARGE_X,
    Case {
        name: "digest 0",
        algorithm: Algorithm::EcdsaP256,
        public_key: &EDGE_KEY,
        message: &[0; 32],
        signature: &hex!(
            "3b09faa80bdb3bffcb61efb0eb5a2388f2df1d1aa1f69e649150e89651bb8f5b"
            "56d4eb06b6d9d449025765509419390ad01df1029761699bb6346b896a1abdd6"
        ),
        good: true,
    },
    Case {
        name: "digest above n",
        algorithm: Algorithm::EcdsaP256,
        public_key: &EDGE_KEY,
        message: &[0xff; 32],
        signature: &hex!(
            "3b09faa80bdb3bffcb61efb0eb5a2388f2df1d1aa1f69e649150e89651bb8f5b"
            "ccc328aee1b2907062baccf36a908477b243998329b44393e6c938dfb9e16ecd"
        ),
        good: true,
    },
    // An addition that does not know how to double fails here.
    Case {
        name: "both terms of R equal",
        algorithm: Algorithm::EcdsaP256,
        public_key: &EDGE_KEY,
        message: &hex!("3c0171b05c6f463bbdfcf6b8b1bf93f9e8e8139f0ca0086d70f0b9982945d5e4"),
        signature: &hex!(
            "3b09faa80bdb3bffcb61efb0eb5a2388f2df1d1aa1f69e649150e89651bb8f5b"
            "ada9d60d6db3a89204aecaa128327215a03be2052ec2d3376c68d712d4357bac"
        ),
        good: true,
    },
    Case {
        name: "R at infinity",
        algorithm: Algorithm::EcdsaP256,
        public_key: &EDGE_KEY,
        message: &hex!("c3fe8e4ea390b9c5420309474e406c05d3fee70e9a77961782c9112ad31d4f6d"),
        signature: &hex!(
            "3b09faa80bdb3bffcb61efb0eb5a2388f2df1d1aa1f69e649150e89651bb8f5b"
            "0000000000000000000000000000000000000000000000000000000000000005"
        ),
        good: false,
    },
    refused(
        "r = 0",
        &hex!(
            "0000000000000000000000000000000000000000000000000000000000000000"
            "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
        ),
        &SAMPLE,
    ),
    refused(
        "s = 0",
        &hex!(
            "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
            "0000000000000000000000000000000000000000000000000000000000000000"
        ),
        &SAMPLE,
    ),
    // CVE-2022-21449: with both zero, a verifier that checks no range accepts anything.
    refused(
        "r = 0 and s = 0",
        &hex!(
            "0000000000000000000000000000000000000000000000000000000000000000"
            "0000000000000000000000000000000000000000000000000000000000000000"
        ),
        &SAMPLE,
    ),
    refused(
        "r = n",
        &hex!(
            "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
            "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
        ),
        &SAMPLE,
    ),
    refused(
        "s = n",
        &hex!(
            "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
            "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
        ),
        &SAMPLE,
    ),
    refused(
        "r = n and s = n",
        &hex!(
            "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
            "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
        ),
        &SAMPLE,
    ),
    refused(
        "r = n - 1",
        &hex!(
            "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550"
            "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
        ),
        &SAMPLE,
    ),
    refused(
        "s = n - 1",
        &hex!(
            "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
            "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550"
        ),
        &SAMPLE,
    ),
    refused(
        "r all ones",
        &hex!(
            "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
            "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
        ),
        &SAMPLE,
    ),
    refused(
        "s all ones",
        &hex!(
            "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
            "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
        ),
        &SAMPLE,
    ),
    // Congruent to honest values, and so refused only by the range.
    refused(
        "r + n",
        &hex!(
            "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632554"
            "0000000000000000000000000000000000000000000000000000000000000005"
        ),
        &LARGE_X,
    ),
    refused(
        "s + n",
        &hex!(
            "0000000000000000000000000000000000000000000000000000000000000003"
            "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632556"
        ),
        &LARGE_X,
    ),
    refused(
        "r and s exchanged",
        &hex!(
            "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
            "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
        ),
        &SAMPLE,
    ),
    refused(
        "a signature over another digest",
        &hex!(
            "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
            "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083"
        ),
        &SAMPLE,
    ),
    Case { name: "a signature by another key", public_key: &EDGE_KEY, good: false, ..SAMPLE },
    Case { name: "a key that is off the curve", public_key: &OFF_CURVE, good: false, ..SAMPLE },
    Case { name: "a key with the prefix 0x00", public_key: &prefixed(0x00), good: false, ..SAMPLE },
    Case { name: "a key with the prefix 0x02", public_key: &prefixed(0x02), good: false, ..SAMPLE },
    Case { name: "a key with the prefix 0x03", public_key: &prefixed(0x03), good: false, ..SAMPLE },
    Case { name: "a key with the prefix 0x05", public_key: &prefixed(0x05), good: false, ..SAMPLE },
    Case { name: "a key with the prefix 0x06", public_key: &prefixed(0x06), good: false, ..SAMPLE },
    Case { name: "a key with the prefix 0x07", public_key: &prefixed(0x07), good: false, ..SAMPLE },
    Case { name: "a key of zeros", public_key: &[0; 65], good: false, ..SAMPLE },
];
