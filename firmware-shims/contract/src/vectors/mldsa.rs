//! ML-DSA with an empty context (FIPS 204, algorithm 3).
//!
//! Guarantees to the contract: each case differs from an honest one in one thing. Keys and signatures are
//! too long to stand here: one engine's library makes them from a seed, once a process. A test compares
//! their digests with those of a program that shares no code with an engine.

use std::sync::LazyLock;

use countersign_ports::Algorithm;
use ml_dsa::{ExpandedSigningKey, MlDsa44, MlDsa65, MlDsa87, MlDsaParams, Seed};

use super::{Case, Key};

/// Each byte of the seed of the key, and of somebody else's.
const SEED: u8 = 7;
const OTHER_SEED: u8 = 8;
/// What is signed.
const MESSAGE: &[u8] = b"Countersign";
/// `AlgorithmIdentifier` in an SPKI, up to its last byte: the parameter set (RFC 9881, 2).
const IDENTIFIER: [u8; 12] =
    [0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03];

/// What engines are asked about one parameter set.
pub(crate) struct Set {
    pub(crate) sample: Case,
    pub(crate) signatures: Vec<Case>,
    pub(crate) keys: Vec<Key>,
}

/// Every parameter set.
pub(crate) static SETS: LazyLock<[Set; 3]> = LazyLock::new(|| {
    [
        set::<MlDsa44>("ML-DSA-44", Algorithm::MlDsa44, 17),
        set::<MlDsa65>("ML-DSA-65", Algorithm::MlDsa65, 18),
        set::<MlDsa87>("ML-DSA-87", Algorithm::MlDsa87, 19),
    ]
});

fn set<P: MlDsaParams>(name: &str, algorithm: Algorithm, identifier: u8) -> Set {
    let named = |what: &str| -> &'static str { format!("{name}: {what}").leak() };
    let sample = Case {
        name: named("sample"),
        algorithm,
        public_key: public_key::<P>(SEED),
        message: MESSAGE,
        signature: signature::<P>(&[]),
        good: true,
    };
    let refused = |what, case| Case { name: named(what), good: false, ..case };
    let signed = |signature| Case { signature, ..sample };
    let filled = |byte| vec![byte; sample.signature.len()].leak();
    let signatures = vec![
        sample,
        refused("another key", Case { public_key: public_key::<P>(OTHER_SEED), ..sample }),
        refused("another message", Case { message: b"countersign", ..sample }),
        refused("a signature with a context", signed(signature::<P>(b"context"))),
        refused("a signature of the internal function", signed(internal::<P>())),
        refused("all zeros", signed(filled(0))),
        refused("all ones", signed(filled(0xff))),
    ];
    Set { keys: keys(sample, named, identifier), signatures, sample }
}

/// Every string of the right length is a key, and nothing else.
fn keys(sample: Case, named: impl Fn(&str) -> &'static str, identifier: u8) -> Vec<Key> {
    let Case { algorithm, public_key, .. } = sample;
    let key = |what, bytes, good| Key { name: named(what), algorithm, bytes, good };
    let filled = |byte| vec![byte; public_key.len()].leak();
    vec![
        key("public key", public_key, true),
        key("public key of zeros", filled(0), true),
        key("public key of ones", filled(0xff), true),
        key("public key in an SPKI", spki(public_key, identifier), false),
    ]
}

fn private_key<P: MlDsaParams>(seed: u8) -> ExpandedSigningKey<P> {
    ExpandedSigningKey::from_seed(&Seed::from([seed; 32]))
}

fn public_key<P: MlDsaParams>(seed: u8) -> &'static [u8] {
    private_key::<P>(seed).verifying_key().encode().to_vec().leak()
}

/// The signature; an empty one, which no case expects, if the context were too long.
fn signature<P: MlDsaParams>(context: &[u8]) -> &'static [u8] {
    let signature = private_key::<P>(SEED).sign_deterministic(MESSAGE, context);
    signature.map(|signature| signature.encode().to_vec()).unwrap_or_default().leak()
}

/// A signature over the message alone, as it was before contexts (FIPS 204, algorithm 7).
fn internal<P: MlDsaParams>() -> &'static [u8] {
    private_key::<P>(SEED).sign_internal(&[MESSAGE], &Default::default()).encode().to_vec().leak()
}

/// The key as in a certificate (RFC 5280, 4.1).
fn spki(key: &[u8], identifier: u8) -> &'static [u8] {
    let sized = |tag: u8, content: &[u8]| {
        let [.., high, low] = content.len().to_be_bytes();
        [&[tag, 0x82, high, low], content].concat()
    };
    let bits = sized(0x03, &[&[0], key].concat());
    sized(0x30, &[&IDENTIFIER[..], &[identifier], &bits].concat()).leak()
}

#[cfg(test)]
mod tests {
    use countersign_host::Host;
    use countersign_ports::Crypto as _;
    use hex_literal::hex;

    use super::*;

    /// SHA-256 of each sample's key and signature, from another program.
    const DIGESTS: [[u8; 32]; 3] = [
        hex!("3c09bcfac43769393ef9f60b3d35050aedcb4b08ff2fc73923c7f598cddc1bfc"),
        hex!("c4170aee5337df566e0a57311023d998b738f56203c4b713af961f41e37b8d07"),
        hex!("9837be820b75635a58c9ecad4a056b84ec65ef3bdd43c77cad4f1467f3f38011"),
    ];

    #[test]
    fn keys_and_signatures_are_those_of_a_program_that_shares_no_code_with_an_engine() {
        for (set, digest) in SETS.iter().zip(DIGESTS) {
            let Case { name, public_key, signature, .. } = set.sample;
            assert_eq!(Host.sha256(&[public_key, signature]), digest, "{name}");
        }
    }
}
