//! Ed25519 (RFC 8032, 5.1.7), without the cofactor.
//!
//! Guarantees to the contract: each case differs from an honest one in one thing. The first ones are RFC
//! 8032, 7.1; the others were computed by a program that shares no code with an engine. Those of small
//! order satisfy the equation: only a look at the points themselves refuses them.

use countersign_ports::Algorithm;
use hex_literal::hex;

use super::{Case, Key};

/// RFC 8032, 7.1, test 3.
pub(crate) const SAMPLE: Case = Case {
    name: "Ed25519: RFC 8032, test 3",
    algorithm: Algorithm::Ed25519,
    public_key: &hex!("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"),
    message: &hex!("af82"),
    signature: &hex!(
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    ),
    good: true,
};

/// The key of the sample, and to it a point of order 8.
const MIXED: [u8; 32] = hex!("20aabbd7bf6b6e741bfdc484b1e9cd0582bb2e396005800dcf464312a66922c0");

/// `SAMPLE` as `name`, with another signature that must be refused.
const fn refused(name: &'static str, signature: &'static [u8]) -> Case {
    Case { name, signature, good: false, ..SAMPLE }
}

/// A key of small order, with a signature that satisfies the equation.
const fn small(name: &'static str, public_key: &'static [u8], signature: &'static [u8]) -> Case {
    Case { name, public_key, signature, good: false, ..SAMPLE }
}

/// Signatures with their right verdicts.
pub(crate) const SIGNATURES: &[Case] = &[
    SAMPLE,
    Case {
        name: "Ed25519: RFC 8032, test 1",
        public_key: &hex!("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"),
        message: &[],
        signature: &hex!(
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
        ..SAMPLE
    },
    Case {
        name: "Ed25519: RFC 8032, test 2",
        public_key: &hex!("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"),
        message: &hex!("72"),
        signature: &hex!(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
        ..SAMPLE
    },
    // Congruent to the honest value, and so refused only by the range.
    refused(
        "Ed25519: s + L",
        &hex!(
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "05d391b0a77904e98404ef037747a56e4a7c15e9716ed28dc027beceea1ec41a"
        ),
    ),
    refused(
        "Ed25519: s + 8 L",
        &hex!(
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "809e4a3b602f8551614eb4788d1cbe004b7c15e9716ed28dc027beceea1ec48a"
        ),
    ),
    refused(
        "Ed25519: s = L",
        &hex!(
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"
        ),
    ),
    refused(
        "Ed25519: s = 0",
        &hex!(
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "0000000000000000000000000000000000000000000000000000000000000000"
        ),
    ),
    refused(
        "Ed25519: all zeros",
        &hex!(
            "0000000000000000000000000000000000000000000000000000000000000000"
            "0000000000000000000000000000000000000000000000000000000000000000"
        ),
    ),
    refused(
        "Ed25519: all ones",
        &hex!(
            "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
            "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
        ),
    ),
    refused(
        "Ed25519: a signature over another message",
        &hex!(
            "dd9e06d0e0ff6f12c39e00dbc5c1899b187186634eeac7ba8c147a83897c7145"
            "d32b231ad6c67fd340410b5afaa12116d1af7eb737b47ed28502d536e7275901"
        ),
    ),
    refused(
        "Ed25519: a signature by another key",
        &hex!(
            "ed652fda879f268e71658f05cb7c0d620ae3998ab7d9a7535719f9a63cbdbcaf"
            "ffd2e8b9ff03a42a61a26a230353db43ddadfcd7b820a87bce90e90a5a44d400"
        ),
    ),
    // These need a look at R: the first satisfies the equation, the second only with the cofactor.
    refused(
        "Ed25519: R is the neutral element",
        &hex!(
            "0100000000000000000000000000000000000000000000000000000000000000"
            "89653588ead4771e2326253c8cc167ed5f891f0c238314c9d136bb6e54f2f206"
        ),
    ),
    refused(
        "Ed25519: R with a part of order 8",
        &hex!(
            "cdbc161be64c4302f56443ff29ccf36a2075be1a1fa67ff126b56315f5681c38"
            "f263604514309f10f7eee98a510ac2dd3f06a725d2daed946e2e08b653097109"
        ),
    ),
    // A key with a part of small order is of large order: the equation alone decides.
    Case {
        name: "Ed25519: mixed key",
        public_key: &MIXED,
        signature: &hex!(
            "f10367b0afc6a352860626af9107651d7b392d5b07e571c437778caaedd3d970"
            "e55af9f871e00b85dc253cc37c85525991c12fd25675c446f086ba3fe96ed00d"
        ),
        ..SAMPLE
    },
    Case {
        name: "Ed25519: mixed key, good with the cofactor only",
        public_key: &MIXED,
        signature: &hex!(
            "e7caaa83373a94afae43fec59b447c99ba282b19a7616c24c785ad8966a1e10e"
            "7ac55576bc4a95534c64491832d4dca14e9a70b1e4b7903427996959144bff05"
        ),
        good: false,
        ..SAMPLE
    },
    small(
        "Ed25519: key of order 1",
        &hex!("0100000000000000000000000000000000000000000000000000000000000000"),
        &hex!(
            "5866666666666666666666666666666666666666666666666666666666666666"
            "0100000000000000000000000000000000000000000000000000000000000000"
        ),
    ),
    small(
        "Ed25519: key of order 2",
        &hex!("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        &hex!(
            "c9a3f86aae465f0e56513864510f3997561fa2c9e85ea21dc2292309f3cd6022"
            "0200000000000000000000000000000000000000000000000000000000000000"
        ),
    ),
    small(
        "Ed25519: key of order 4",
        &hex!("0000000000000000000000000000000000000000000000000000000000000000"),
        &hex!(
            "39289c8998fd69835c26b619e89848a7bf02b7cb7ad1ba1581cbc4506f2550ce"
            "0e00000000000000000000000000000000000000000000000000000000000000"
        ),
    ),
    small(
        "Ed25519: key of order 4, the other",
        &hex!("0000000000000000000000000000000000000000000000000000000000000080"),
        &hex!(
            "5866666666666666666666666666666666666666666666666666666666666666"
            "0100000000000000000000000000000000000000000000000000000000000000"
        ),
    ),
    small(
        "Ed25519: key of order 8",
        &hex!("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
        &hex!(
            "d4b4f5784868c3020403246717ec169ff79e26608ea126a1ab69ee77d1b16712"
            "0300000000000000000000000000000000000000000000000000000000000000"
        ),
    ),
    small(
        "Ed25519: key of order 8, the second",
        &hex!("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
        &hex!(
            "d4b4f5784868c3020403246717ec169ff79e26608ea126a1ab69ee77d1b16712"
            "0300000000000000000000000000000000000000000000000000000000000000"
        ),
    ),
    small(
        "Ed25519: key of order 8, the third",
        &hex!("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"),
        &hex!(
            "5866666666666666666666666666666666666666666666666666666666666666"
            "0100000000000000000000000000000000000000000000000000000000000000"
        ),
    ),
    small(
        "Ed25519: key of order 8, the fourth",
        &hex!("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"),
        &hex!(
            "d4b4f5784868c3020403246717ec169ff79e26608ea126a1ab69ee77d1b16712"
            "0300000000000000000000000000000000000000000000000000000000000000"
        ),
    ),
];

/// A public key, or what only looks like one.
const fn key(name: &'static str, bytes: &'static [u8], good: bool) -> Key {
    Key { name, algorithm: Algorithm::Ed25519, bytes, good }
}

/// Public keys, and bytes that only look like one.
pub(crate) const KEYS: &[Key] = &[
    key("Ed25519: public key", SAMPLE.public_key, true),
    key("Ed25519: mixed public key", &MIXED, true),
    key(
        "Ed25519: y of 3",
        &hex!("0300000000000000000000000000000000000000000000000000000000000000"),
        true,
    ),
    key(
        "Ed25519: y of 3 with the other sign",
        &hex!("0300000000000000000000000000000000000000000000000000000000000080"),
        true,
    ),
    key(
        "Ed25519: y of p + 3",
        &hex!("f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        false,
    ),
    key(
        "Ed25519: y of 2, no point",
        &hex!("0200000000000000000000000000000000000000000000000000000000000000"),
        false,
    ),
    key(
        "Ed25519: point of small order 0",
        &hex!("0100000000000000000000000000000000000000000000000000000000000000"),
        false,
    ),
    key(
        "Ed25519: point of small order 1",
        &hex!("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
        false,
    ),
    key(
        "Ed25519: point of small order 2",
        &hex!("0000000000000000000000000000000000000000000000000000000000000000"),
        false,
    ),
    key(
        "Ed25519: point of small order 3",
        &hex!("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
        false,
    ),
    key(
        "Ed25519: point of small order 4",
        &hex!("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        false,
    ),
    key(
        "Ed25519: point of small order 5",
        &hex!("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"),
        false,
    ),
    key(
        "Ed25519: point of small order 6",
        &hex!("0000000000000000000000000000000000000000000000000000000000000080"),
        false,
    ),
    key(
        "Ed25519: point of small order 7",
        &hex!("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"),
        false,
    ),
    key(
        "Ed25519: neutral element with a sign",
        &hex!("0100000000000000000000000000000000000000000000000000000000000080"),
        false,
    ),
    key(
        "Ed25519: order 2 with a sign",
        &hex!("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"),
        false,
    ),
    key(
        "Ed25519: y of p",
        &hex!("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        false,
    ),
    key(
        "Ed25519: y of p + 1",
        &hex!("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        false,
    ),
    key(
        "Ed25519: all ones",
        &hex!("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"),
        false,
    ),
];
