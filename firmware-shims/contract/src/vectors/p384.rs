//! ECDSA on P-384 (FIPS 186-5, 6.4.2; SEC 1, 2.3.3 and 2.3.4).
//!
//! Guarantees to the contract: each case differs from an honest one in one thing. The first two are RFC
//! 6979, A.2.6; the others were computed backwards from the value that is at the edge, by a program that
//! shares no code with an engine.

use countersign_ports::Algorithm;
use hex_literal::hex;

use super::{Case, Key};

/// RFC 6979, A.2.6: the key.
const RFC_KEY: [u8; 97] = hex!(
    "04ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c"
    "64def8f0ea9055866064a254515480bc138015d9b72d7d57244ea8ef9ac0c621"
    "896708a59367f9dfb9f54ca84b3f1c9db1288b231c3ae0d4fe7344fd25332647"
    "20"
);
/// A key of nobody, for the cases at an edge.
const EDGE_KEY: [u8; 97] = hex!(
    "044b5e44ae4ccfd1ba727b7f9fee4a296b02b641ea42c385e69f28db6394846d"
    "936115945a9c9c34dd9d47dc0656db8dbd77e27db04662f0ac6de2e4abdb80dd"
    "a4a7b1f795799f77be98315d0bf5e513c1b23c969bc21b7b56249b4c8192126a"
    "5a"
);

/// RFC 6979, A.2.6: SHA-384, message "sample".
pub(crate) const SAMPLE: Case = Case {
    name: "P-384: RFC 6979, sample",
    algorithm: Algorithm::EcdsaP384,
    public_key: &RFC_KEY,
    message: &hex!(
        "9a9083505bc92276aec4be312696ef7bf3bf603f4bbd381196a029f340585312"
        "313bca4a9b5b890efee42c77b1ee25fe"
    ),
    signature: &hex!(
        "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c"
        "81a648152e44acf96e36dd1e80fabe4699ef4aeb15f178cea1fe40db2603138f"
        "130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8"
    ),
    good: true,
};

/// R has an x above n: r is that x less n, and s is 5.
const LARGE_X: Case = Case {
    name: "P-384: an x of R above n",
    public_key: &hex!(
        "04c92ee5f3ad46f95f8495c64a571328cc2ba35d073e4d69ef5f3d471b188fe1"
        "3bcb3da351317359bb251727a75fce9a850939f7955c93071e3ecc57bbf42621"
        "47d9442be34bc63fc5c50b2db6eb8e7532c421018165d28b2b7d877c0cbc9212"
        "e1"
    ),
    signature: &hex!(
        "0000000000000000000000000000000000000000000000000000000000000000"
        "0000000000000000000000000000000200000000000000000000000000000000"
        "0000000000000000000000000000000000000000000000000000000000000005"
    ),
    ..SAMPLE
};

/// A case of the key at the edge.
const fn at_edge(name: &'static str, message: &'static [u8], signature: &'static [u8]) -> Case {
    Case { name, public_key: &EDGE_KEY, message, signature, ..SAMPLE }
}

/// `case` as `name`, with another signature that must be refused.
const fn refused(name: &'static str, signature: &'static [u8], case: &Case) -> Case {
    Case { name, signature, good: false, ..*case }
}

/// The key of RFC 6979 with another first byte.
const fn prefixed(prefix: u8) -> [u8; 97] {
    let mut key = RFC_KEY;
    let [first, ..] = &mut key;
    *first = prefix;
    key
}

/// Signatures with their right verdicts.
pub(crate) const SIGNATURES: &[Case] = &[
    SAMPLE,
    Case {
        name: "P-384: RFC 6979, test",
        message: &hex!(
            "768412320f7b0aa5812fce428dc4706b3cae50e02a64caa16a782249bfe8efc4"
            "b7ef1ccb126255d196047dfedf17a0a9"
        ),
        signature: &hex!(
            "8203b63d3c853e8d77227fb377bcf7b7b772e97892a80f36ab775d509d7a5feb"
            "0542a7f0812998da8f1dd3ca3cf023dbddd0760448d42d8a43af45af836fce4d"
            "e8be06b485e9b61b827c2f13173923e06a739f040649a667bf3b828246baa5a5"
        ),
        ..SAMPLE
    },
    // n - s verifies as s does.
    Case {
        name: "P-384: the other s",
        signature: &hex!(
            "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c"
            "81a648152e44acf96e36dd1e80fabe466610b514ea0e87315e01bf24d9fcec70"
            "ecf18bf5e69dbad9a727ea302393848fb4f04c6cd0423fdc7169525094629eab"
        ),
        ..SAMPLE
    },
    LARGE_X,
    at_edge(
        "P-384: digest 0",
        &[0; 48],
        &hex!(
            "1d3978136e7383b023794ed33ef35a8f9ec67a814b8c2a10c1b7d752ba7dfdb9"
            "730096f62c5676a67e60b2b9fdf29273bcd32a5108beb3b140956d0ed86f714f"
            "7e76e02c0449a8092b598e5d334dc5144a46ebe112ac885e5b7033f0c04d8e0e"
        ),
    ),
    at_edge(
        "P-384: digest above n",
        &[0xff; 48],
        &hex!(
            "1d3978136e7383b023794ed33ef35a8f9ec67a814b8c2a10c1b7d752ba7dfdb9"
            "730096f62c5676a67e60b2b9fdf29273876ff25382831363376836de3acfd983"
            "aa428322867aa3dd371fd5c43581b3306e09a1760d0193015eed8e9588fa274a"
        ),
    ),
    // An addition that does not know how to double fails here.
    at_edge(
        "P-384: both terms of R equal",
        &hex!(
            "05dc9bd76219084054de2cf2ff70887e27edb4f94b1d036fb5cbf66a48d13870"
            "1c092b991e15d8c98be9851116d8ee4c"
        ),
        &hex!(
            "1d3978136e7383b023794ed33ef35a8f9ec67a814b8c2a10c1b7d752ba7dfdb9"
            "730096f62c5676a67e60b2b9fdf2927379a654a2117d6762812ada1db0dee29e"
            "fcedc058089350128f4fcf3872645c493c73ca0fdca86941c9f44e76b3d5f2a9"
        ),
    ),
    Case {
        good: false,
        ..at_edge(
            "P-384: R at infinity",
            &hex!(
                "fa2364289de6f7bfab21d30d008f7781d8124b06b4e2fc9011975717ab65f56f"
                "3c10e2192a9aceb161029459b5ec3b27"
            ),
            &hex!(
                "1d3978136e7383b023794ed33ef35a8f9ec67a814b8c2a10c1b7d752ba7dfdb9"
                "730096f62c5676a67e60b2b9fdf2927300000000000000000000000000000000"
                "0000000000000000000000000000000000000000000000000000000000000005"
            ),
        )
    },
    refused(
        "P-384: r = 0",
        &hex!(
            "0000000000000000000000000000000000000000000000000000000000000000"
            "0000000000000000000000000000000099ef4aeb15f178cea1fe40db2603138f"
            "130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8"
        ),
        &SAMPLE,
    ),
    refused(
        "P-384: s = 0",
        &hex!(
            "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c"
            "81a648152e44acf96e36dd1e80fabe4600000000000000000000000000000000"
            "0000000000000000000000000000000000000000000000000000000000000000"
        ),
        &SAMPLE,
    ),
    refused(
        "P-384: r = 0 and s = 0",
        &hex!(
            "0000000000000000000000000000000000000000000000000000000000000000"
            "0000000000000000000000000000000000000000000000000000000000000000"
            "0000000000000000000000000000000000000000000000000000000000000000"
        ),
        &SAMPLE,
    ),
    refused(
        "P-384: r = n",
        &hex!(
            "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf"
            "581a0db248b0a77aecec196accc5297399ef4aeb15f178cea1fe40db2603138f"
            "130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8"
        ),
        &SAMPLE,
    ),
    refused(
        "P-384: s = n",
        &hex!(
            "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c"
            "81a648152e44acf96e36dd1e80fabe46ffffffffffffffffffffffffffffffff"
            "ffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973"
        ),
        &SAMPLE,
    ),
    refused(
        "P-384: r and s all ones",
        &hex!(
            "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
            "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
            "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
        ),
        &SAMPLE,
    ),
    // Congruent to honest values, and so refused only by the range.
    refused(
        "P-384: r + n",
        &hex!(
            "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf"
            "581a0db248b0a77aecec196accc5297500000000000000000000000000000000"
            "0000000000000000000000000000000000000000000000000000000000000005"
        ),
        &LARGE_X,
    ),
    refused(
        "P-384: s + n",
        &hex!(
            "0000000000000000000000000000000000000000000000000000000000000000"
            "00000000000000000000000000000002ffffffffffffffffffffffffffffffff"
            "ffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52978"
        ),
        &LARGE_X,
    ),
    refused(
        "P-384: r and s exchanged",
        &hex!(
            "99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94f"
            "a329c145786e679e7b82c71a38628ac894edbb92a5ecb8aad4736e56c691916b"
            "3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe46"
        ),
        &SAMPLE,
    ),
    refused(
        "P-384: a signature over another digest",
        &hex!(
            "8203b63d3c853e8d77227fb377bcf7b7b772e97892a80f36ab775d509d7a5feb"
            "0542a7f0812998da8f1dd3ca3cf023dbddd0760448d42d8a43af45af836fce4d"
            "e8be06b485e9b61b827c2f13173923e06a739f040649a667bf3b828246baa5a5"
        ),
        &SAMPLE,
    ),
    Case {
        name: "P-384: a signature by another key",
        public_key: &EDGE_KEY,
        good: false,
        ..SAMPLE
    },
    Case { name: "P-384: a key of zeros", public_key: &[0; 97], good: false, ..SAMPLE },
    Case {
        name: "P-384: a key with the prefix 0x06",
        public_key: &prefixed(6),
        good: false,
        ..SAMPLE
    },
    Case {
        name: "P-384: a key with the prefix 0x07",
        public_key: &prefixed(7),
        good: false,
        ..SAMPLE
    },
];

/// A public key, or what only looks like one.
const fn key(name: &'static str, bytes: &'static [u8], good: bool) -> Key {
    Key { name, algorithm: Algorithm::EcdsaP384, bytes, good }
}

/// Public keys, and bytes that only look like one.
pub(crate) const KEYS: &[Key] = &[
    key("P-384: point", &RFC_KEY, true),
    key(
        "P-384: point with an x of 0",
        &hex!(
            "0400000000000000000000000000000000000000000000000000000000000000"
            "0000000000000000000000000000000000c306610fb0ae5a159cf45c06069f22"
            "a6c5eb3641c602d42dea2c4b4f75550793406d80d2b91ad54f9048bd487af1ad"
            "e1"
        ),
        true,
    ),
    key(
        "P-384: point with an x of p",
        &hex!(
            "04ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
            "feffffffff0000000000000000ffffffffc306610fb0ae5a159cf45c06069f22"
            "a6c5eb3641c602d42dea2c4b4f75550793406d80d2b91ad54f9048bd487af1ad"
            "e1"
        ),
        false,
    ),
    key(
        "P-384: point with an x above p",
        &hex!(
            "04ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
            "feffffffff0000000000000001000000018cdeadbbd04911a3c1931e26df3fa6"
            "439dca9c7eb286fbd46fc319f0e2bb780232baf57825fc0c1912ada2fefe8402"
            "4c"
        ),
        false,
    ),
    key(
        "P-384: point off the curve",
        &hex!(
            "04ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c"
            "64def8f0ea9055866064a254515480bc138015d9b72d7d57244ea8ef9ac0c621"
            "896708a59367f9dfb9f54ca84b3f1c9db1288b231c3ae0d4fe7344fd25332647"
            "21"
        ),
        false,
    ),
    key("P-384: point of zeros", &[0; 97], false),
    key("P-384: point with the prefix 0x02", &prefixed(2), false),
    key("P-384: point with the prefix 0x06", &prefixed(6), false),
    key("P-384: point with the prefix 0x07", &prefixed(7), false),
];
