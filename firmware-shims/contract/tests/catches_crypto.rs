//! The contract catches what it is there to catch: engines with one fault each.

#![allow(clippy::unwrap_used, reason = "what a test did not expect has failed the test")]

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use countersign_contract::crypto;
use countersign_host::Host;
use countersign_ports::{Algorithm, Crypto};
use hex_literal::hex;
use subtle::Choice;

/// What the good engine has answered: every fault is asked the same tens of thousands of questions.
static ANSWERS: LazyLock<Mutex<HashMap<[u8; 32], u8>>> = LazyLock::new(Mutex::default);

/// The good engine's answer.
fn honest(algorithm: Algorithm, key: &[u8], message: &[u8], signature: &[u8]) -> Choice {
    let lengths = [key.len(), message.len()].map(usize::to_be_bytes).concat();
    let question = Host.sha256(&[&[algorithm as u8], &lengths, key, message, signature]);
    let known = ANSWERS.lock().unwrap().get(&question).copied();
    let answer =
        known.unwrap_or_else(|| Host.verify(algorithm, key, message, signature).unwrap_u8());
    ANSWERS.lock().unwrap().insert(question, answer);
    Choice::from(answer)
}

/// The good engine with the answers about one algorithm replaced.
struct Faulty<V, K> {
    algorithm: Algorithm,
    verify: V,
    is_key: K,
}

impl<V, K> Crypto for Faulty<V, K>
where
    V: Fn(&[u8], &[u8], &[u8]) -> Choice,
    K: Fn(&[u8]) -> Choice,
{
    fn sha256(&self, parts: &[&[u8]]) -> [u8; 32] {
        Host.sha256(parts)
    }

    fn sha384(&self, parts: &[&[u8]]) -> [u8; 48] {
        Host.sha384(parts)
    }

    fn has(&self, algorithm: Algorithm) -> bool {
        Host.has(algorithm)
    }

    fn verify(&self, algorithm: Algorithm, key: &[u8], message: &[u8], signature: &[u8]) -> Choice {
        if algorithm == self.algorithm {
            return (self.verify)(key, message, signature);
        }
        honest(algorithm, key, message, signature)
    }

    fn is_public_key(&self, algorithm: Algorithm, key: &[u8]) -> Choice {
        if algorithm == self.algorithm {
            return (self.is_key)(key);
        }
        Host.is_public_key(algorithm, key)
    }
}

/// What the contract says of an engine whose verification of this algorithm is `verify`.
fn broken_by(
    algorithm: Algorithm,
    verify: impl Fn(&[u8], &[u8], &[u8]) -> Choice,
) -> Vec<&'static str> {
    let is_key = |key: &[u8]| Host.is_public_key(algorithm, key);
    crypto(&Faulty { algorithm, verify, is_key })
}

/// The same of one that takes these bytes for public keys.
fn broken_by_key(algorithm: Algorithm, is_key: impl Fn(&[u8]) -> Choice) -> Vec<&'static str> {
    let verify =
        |key: &[u8], message: &[u8], signature: &[u8]| honest(algorithm, key, message, signature);
    crypto(&Faulty { algorithm, verify, is_key })
}

fn choice(yes: bool) -> Choice {
    Choice::from(u8::from(yes))
}

/// A case of each algorithm that an engine which refuses, or accepts, everything answers wrongly.
const TOLD: [(Algorithm, &str, &str); 10] = [
    (Algorithm::EcdsaP256, "RFC 6979, sample", "s = n"),
    (Algorithm::EcdsaP384, "P-384: RFC 6979, sample", "P-384: s = n"),
    (Algorithm::Rsa2048Pkcs1Sha256, "RSA 2048: sample", "RSA 2048: a signature by another key"),
    (Algorithm::Rsa4096Pkcs1Sha256, "RSA 4096: sample", "RSA 4096: a signature by another key"),
    (Algorithm::Rsa3072Pkcs1Sha256, "RSA-PKCS1: sample", "RSA-PKCS1: a signature of PSS"),
    (Algorithm::Rsa3072PssSha256, "RSA-PSS: sample", "RSA-PSS: a salt of 20 bytes"),
    (Algorithm::Ed25519, "Ed25519: RFC 8032, test 3", "Ed25519: s + L"),
    (Algorithm::MlDsa44, "ML-DSA-44: sample", "ML-DSA-44: a signature with a context"),
    (Algorithm::MlDsa65, "ML-DSA-65: sample", "ML-DSA-65: a signature with a context"),
    (Algorithm::MlDsa87, "ML-DSA-87: sample", "ML-DSA-87: a signature with a context"),
];

#[test]
fn the_twin_without_a_fault_passes() {
    for algorithm in Algorithm::ALL {
        let good = |key: &[u8], message: &[u8], signature: &[u8]| {
            honest(algorithm, key, message, signature)
        };
        assert_eq!(broken_by(algorithm, good), [] as [&str; 0]);
    }
}

#[test]
fn an_engine_that_always_says_yes_is_caught() {
    for (algorithm, _, bad) in TOLD {
        let broken = broken_by(algorithm, |_, _, _| choice(true));
        for case in [bad, "a flipped bit in the key", "a signature of another length"] {
            assert!(broken.contains(&case), "{case} passed");
        }
    }
}

#[test]
fn an_engine_that_always_says_no_is_caught() {
    for (algorithm, good, _) in TOLD {
        assert!(broken_by(algorithm, |_, _, _| choice(false)).contains(&good), "{good} passed");
    }
}

#[test]
fn an_engine_that_has_something_and_denies_it_is_caught() {
    struct Denying;
    impl Crypto for Denying {
        fn sha256(&self, parts: &[&[u8]]) -> [u8; 32] {
            Host.sha256(parts)
        }
        fn sha384(&self, parts: &[&[u8]]) -> [u8; 48] {
            Host.sha384(parts)
        }
        fn has(&self, algorithm: Algorithm) -> bool {
            algorithm != Algorithm::Rsa3072PssSha256
        }
        fn verify(&self, algorithm: Algorithm, key: &[u8], of: &[u8], signature: &[u8]) -> Choice {
            honest(algorithm, key, of, signature)
        }
        fn is_public_key(&self, algorithm: Algorithm, key: &[u8]) -> Choice {
            Host.is_public_key(algorithm, key)
        }
    }
    let broken = crypto(&Denying);
    assert_eq!(broken[..2], ["RSA-PSS: sample", "RSA-PSS: public key"]);
}

#[test]
fn an_engine_that_takes_one_hash_for_the_other_is_caught() {
    struct Mistaken;
    impl Crypto for Mistaken {
        fn sha256(&self, parts: &[&[u8]]) -> [u8; 32] {
            Host.sha256(parts)
        }
        fn sha384(&self, parts: &[&[u8]]) -> [u8; 48] {
            let mut digest = [0; 48];
            digest[..32].copy_from_slice(&Host.sha256(parts));
            digest
        }
        fn has(&self, algorithm: Algorithm) -> bool {
            Host.has(algorithm)
        }
        fn verify(&self, algorithm: Algorithm, key: &[u8], of: &[u8], signature: &[u8]) -> Choice {
            honest(algorithm, key, of, signature)
        }
        fn is_public_key(&self, algorithm: Algorithm, key: &[u8]) -> Choice {
            Host.is_public_key(algorithm, key)
        }
    }
    let broken = crypto(&Mistaken);
    assert_eq!(broken.len(), 6);
    assert!(broken.contains(&"hash of two long blocks"));
}

#[test]
fn an_engine_that_looks_at_the_first_bytes_only_is_caught() {
    for algorithm in Algorithm::ALL {
        let length = algorithm.signature_bytes();
        let lax = |key: &[u8], message: &[u8], signature: &[u8]| {
            let signature = signature.get(..length).unwrap_or(signature);
            honest(algorithm, key, message, signature)
        };
        assert!(broken_by(algorithm, lax).contains(&"a signature of another length"));
    }
}

#[test]
fn an_engine_that_lets_r_be_0_is_caught() {
    let lax = |key: &[u8], digest: &[u8], signature: &[u8]| {
        let r_is_zero = signature.len() == 64 && signature[..32].iter().all(|byte| *byte == 0);
        honest(Algorithm::EcdsaP256, key, digest, signature) | choice(r_is_zero)
    };
    assert_eq!(broken_by(Algorithm::EcdsaP256, lax), ["r = 0", "r = 0 and s = 0"]);
}

#[test]
fn an_engine_that_reduces_s_where_it_should_refuse_is_caught() {
    // The order n of P-256, and 5.
    let n_plus_5 = hex!("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632556");
    let lax = |key: &[u8], digest: &[u8], signature: &[u8]| {
        let mut reduced = signature.to_vec();
        if signature.len() == 64 && signature[32..] == n_plus_5 {
            reduced[32..].fill(0);
            reduced[63] = 5;
        }
        honest(Algorithm::EcdsaP256, key, digest, &reduced)
    };
    assert_eq!(broken_by(Algorithm::EcdsaP256, lax), ["s + n"]);
}

#[test]
fn an_engine_that_demands_a_low_s_is_caught() {
    let strict = |key: &[u8], digest: &[u8], signature: &[u8]| {
        let low = signature.get(32).is_some_and(|first| *first < 0x7f);
        honest(Algorithm::EcdsaP256, key, digest, signature) & choice(low)
    };
    assert!(broken_by(Algorithm::EcdsaP256, strict).contains(&"high s"));
}

#[test]
fn an_engine_that_ignores_the_prefix_is_caught() {
    let blind = |key: &[u8]| {
        let mut uncompressed = key.to_vec();
        if let Some(prefix) = uncompressed.first_mut() {
            *prefix = 4;
        }
        Host.is_public_key(Algorithm::EcdsaP256, &uncompressed)
    };
    let broken = broken_by_key(Algorithm::EcdsaP256, blind);
    assert!(broken.contains(&"point with the prefix 0x02"));
    assert!(!broken.contains(&"point off the curve"));
}

#[test]
fn an_engine_that_takes_keys_of_small_order_is_caught() {
    let lax = |key: &[u8]| {
        let neutral = key.first() == Some(&1) && key[1..].iter().all(|byte| *byte == 0);
        Host.is_public_key(Algorithm::Ed25519, key) | choice(neutral)
    };
    assert_eq!(broken_by_key(Algorithm::Ed25519, lax), ["Ed25519: point of small order 0"]);
}

#[test]
fn an_engine_that_verifies_with_the_cofactor_is_caught() {
    // The s of a signature whose R has a part of order 8.
    let torsion = hex!("f263604514309f10f7eee98a510ac2dd3f06a725d2daed946e2e08b653097109");
    let lax = |key: &[u8], message: &[u8], signature: &[u8]| {
        let known = signature.len() == 64 && signature[32..] == torsion;
        honest(Algorithm::Ed25519, key, message, signature) | choice(known)
    };
    assert_eq!(broken_by(Algorithm::Ed25519, lax), ["Ed25519: R with a part of order 8"]);
}

#[test]
fn an_engine_that_takes_any_exponent_is_caught() {
    let lax = |key: &[u8]| {
        let mut fixed = key.to_vec();
        if let Some(last) = fixed.get_mut(397) {
            *last = 1;
        }
        Host.is_public_key(Algorithm::Rsa3072PssSha256, &fixed)
    };
    assert_eq!(broken_by_key(Algorithm::Rsa3072PssSha256, lax), ["RSA: exponent 65539"]);
}

#[test]
fn an_engine_that_takes_the_library_s_other_form_of_a_key_is_caught() {
    let lax = |key: &[u8]| {
        let within = key.len().checked_sub(1312).and_then(|head| key.get(head..));
        Host.is_public_key(Algorithm::MlDsa44, within.unwrap_or(key)) & choice(key.len() != 1313)
    };
    assert!(broken_by_key(Algorithm::MlDsa44, lax).contains(&"ML-DSA-44: public key in an SPKI"));
}

#[test]
fn an_engine_that_demands_something_of_the_integers_in_a_key_is_caught() {
    let strict = |key: &[u8]| {
        let zero = key.iter().all(|byte| *byte == 0);
        Host.is_public_key(Algorithm::MlDsa65, key) & choice(!zero)
    };
    assert_eq!(broken_by_key(Algorithm::MlDsa65, strict), ["ML-DSA-65: public key of zeros"]);
}
