//! RSASSA-PKCS1-v1_5 with SHA-256 and a modulus of 2048 bits (RFC 8017, 8.2.2): FIDO2 devices have it.
//!
//! Guarantees to the contract: each case differs from an honest one in one thing. What padding can be wrong
//! in is asked with 3072 bits, beside. Keys and signatures were made by a program that shares no code with
//! an engine.

use countersign_ports::Algorithm::Rsa2048Pkcs1Sha256;
use hex_literal::hex;

use super::{Case, Key, changed};

/// The key, DER of an RSAPublicKey.
const KEY: [u8; 270] = hex!(
    "3082010a0282010100ba820fbe478e3940ac79f0967a889428a4c33f3b5feee8"
    "0a6d4f964f603272ab4cfb934397d96d9a8657d82efc1bc4f69763cec0a9272a"
    "6ab59dfc8a17252ed856d4418a1bb3b80adca6a9fbf96efc2d3f15af65abb3fe"
    "e5e38ae71a6ca304d1f4d5ba27323aed06dd558235b418f8e9af8524ed5f48a4"
    "7edb6e4176dd510b3b8360f9f9f12e69afa49803f41dab6512d8615a5b7c71da"
    "d7f8601d618da20fdabf336dcf40fd486c82e8e3a8fa0178cd8cbf4741862af6"
    "618a1e9ffcb62a8abfaad09054c53d74889852143c40742f2d1e8fa17e169f92"
    "c002b77edf431c88293f70d0fbb69cc37f3b795bdf65f9a49c2e792ffd9cdb55"
    "3a8b55ec8cd8e599bd0203010001"
);

/// The key of somebody else.
const OTHER: [u8; 270] = hex!(
    "3082010a0282010100c37a1f19e59904ac9511e640eed81d4cd584f887777710"
    "f65fc00b3af85a56804b7544e16de6b97b760abff2ac85bdcebaf81748c298c7"
    "16330b101081b9e5ea8fda0067174accfcee096f49da4b7e7e56df2078c48816"
    "8cfcf235d68a778606766c905bfc6a8db3f6923af61ac19207ca5a06e5b8c239"
    "997e2bb58cdfaa3078f37508db4ac5a529663ccfa5b73b19f3dcf96577ff264c"
    "8ebb34da34e51f78feeb656a89fbefe72ccfabc030acc3a50551274f9b827ff1"
    "9a451b805463e05257cf448e5946cd5faba6a3d4947e4f4cff382f461179ab08"
    "270fb128d683890b8db0f7d41404ff5bf93704449fe1e83ba331d3fb15ddf313"
    "a39a94d172514940290203010001"
);

/// A signature of the key over SHA-256 of "sample".
pub(crate) const SAMPLE: Case = Case {
    name: "RSA 2048: sample",
    algorithm: Rsa2048Pkcs1Sha256,
    public_key: &KEY,
    message: &hex!("af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf"),
    signature: &hex!(
        "5866828f3727b12bd02b035d29e959c1511a3959b31cc129a1e545ed67b7a1fa"
        "8452191d1b05e6d36bbacd357a1a47f837798d74d2f93dac5566daa66cdac1b3"
        "67dee8904cb64f2a2d0fcc6f20ced0cdb6c7cd318eaf23b81a51bc7182000c6f"
        "ffa564f549b4e6af3b391285cf3fcf05975c881d6f5f462a07e1d80d71470962"
        "f8257904a08ed168285d35d3c333f880c12687140e6c05cc46b2bc5614b04d13"
        "14eeeefe8115d3aaf559fcce1b679dcac014402e9fe4ffa10b99ed9c4dc349c9"
        "d181c640cbb7b97de3c3e25e5d966250c527de786f4ffa19c48da06d009c2d6f"
        "8ccc3961b47b19c41e2df834906c4fcbe4f1868a13237841fa2b49fe9e836599"
    ),
    good: true,
};

/// `SAMPLE` as `name`, with another signature that must be refused.
const fn refused(name: &'static str, signature: &'static [u8]) -> Case {
    Case { name, signature, good: false, ..SAMPLE }
}

/// Signatures with their right verdicts.
pub(crate) const SIGNATURES: &[Case] = &[
    SAMPLE,
    Case {
        name: "RSA 2048: a signature by another key",
        public_key: &OTHER,
        good: false,
        ..SAMPLE
    },
    Case {
        name: "RSA 2048: a signature over another digest",
        message: &[0; 32],
        good: false,
        ..SAMPLE
    },
    refused("RSA 2048: all zeros", &[0; 256]),
    refused("RSA 2048: all ones", &[0xff; 256]),
    refused(
        "RSA 2048: a digest without its DigestInfo",
        &hex!(
            "80588a6fd3d9477702eae6e75ca55c50ddacb2f7c28c49086dc31b475e3b0aeb"
            "16a6016afa3af031b2d14e57133202b30fc4c7038fb192b79bcca57b404dd529"
            "2030a3771ec86ec7aeb460eb54179c9e0de072d02c70c2773fc44ea0fe335722"
            "9f0276dab9683d1a1e5fa4b7d5a0f6a7f406524d6582f3d44f0b8916f8a4050c"
            "8f13bc7ead3b5cd9ef7b1be77347b80d724b4c8516a27e47e03d22b54fb1d1b2"
            "fdc7745bf8a024eca5fe6d4f8991ffb22f15d75f6a01d25d26cafa8db4c8b837"
            "874505520a85b5344b9d06dc338f2da3d7bb0c215a58d1c01760c4caa3b635eb"
            "15c5662f7de36bdab567f9a0c0753aa8f361179ed22b39062c0798ae17f57993"
        ),
    ),
];

/// A public key of this size, or what only looks like one.
const fn key(name: &'static str, bytes: &'static [u8], good: bool) -> Key {
    Key { name, algorithm: Rsa2048Pkcs1Sha256, bytes, good }
}

/// Public keys, and bytes that only look like one.
pub(crate) const KEYS: &[Key] = &[
    key("RSA 2048: public key", &KEY, true),
    key("RSA 2048: exponent 65539", &changed(KEY, 269, 3), false),
    key("RSA 2048: modulus of 2047 bits", &changed(KEY, 9, 0x7f), false),
    key("RSA 2048: even modulus", &changed(KEY, 264, 0), false),
    key("RSA 2048: no sequence", &changed(KEY, 0, 0x31), false),
    key("RSA 2048: a modulus of 3072 bits", super::rsa::PKCS1.public_key, false),
];
