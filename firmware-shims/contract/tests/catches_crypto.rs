//! The contract catches what it is there to catch: engines with one fault each.

use countersign_contract::crypto;
use countersign_ports::Crypto;
use countersign_soft::Soft;
use hex_literal::hex;
use subtle::Choice;

/// The good engine with one answer replaced.
struct Faulty<V, P> {
    verify: V,
    is_point: P,
}

impl<V, P> Crypto for Faulty<V, P>
where
    V: Fn(&[u8; 65], &[u8; 32], &[u8; 64]) -> Choice,
    P: Fn(&[u8; 65]) -> Choice,
{
    fn sha256(&self, parts: &[&[u8]]) -> [u8; 32] {
        Soft.sha256(parts)
    }

    fn verify_p256(&self, key: &[u8; 65], digest: &[u8; 32], signature: &[u8; 64]) -> Choice {
        (self.verify)(key, digest, signature)
    }

    fn is_p256_point(&self, key: &[u8; 65]) -> Choice {
        (self.is_point)(key)
    }
}

fn good_verify(key: &[u8; 65], digest: &[u8; 32], signature: &[u8; 64]) -> Choice {
    Soft.verify_p256(key, digest, signature)
}

fn good_point(key: &[u8; 65]) -> Choice {
    Soft.is_p256_point(key)
}

/// What the contract says of an engine whose verification is `verify`.
fn broken_by(verify: impl Fn(&[u8; 65], &[u8; 32], &[u8; 64]) -> Choice) -> Vec<&'static str> {
    crypto(&Faulty { verify, is_point: good_point })
}

#[test]
fn the_twin_without_a_fault_passes() {
    assert!(broken_by(good_verify).is_empty());
}

#[test]
fn an_engine_that_always_says_yes_is_caught() {
    let broken = broken_by(|_, _, _| Choice::from(1));
    for case in ["r = 0", "s = n", "a signature by another key", "a flipped bit in the key"] {
        assert!(broken.contains(&case), "{case} passed");
    }
}

#[test]
fn an_engine_that_always_says_no_is_caught() {
    let broken = broken_by(|_, _, _| Choice::from(0));
    assert!(broken.contains(&"RFC 6979, sample"));
}

#[test]
fn an_engine_that_lets_r_be_0_is_caught() {
    let lax = |key: &_, digest: &_, signature: &[u8; 64]| {
        let r_is_zero = signature[..32].iter().all(|byte| *byte == 0);
        good_verify(key, digest, signature) | Choice::from(u8::from(r_is_zero))
    };
    assert_eq!(broken_by(lax), ["r = 0", "r = 0 and s = 0"]);
}

#[test]
fn an_engine_that_reduces_s_where_it_should_refuse_is_caught() {
    // The order n of P-256, and 5.
    let n_plus_5 = hex!("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632556");
    let lax = |key: &_, digest: &_, signature: &[u8; 64]| {
        let mut reduced = *signature;
        if signature[32..] == n_plus_5 {
            reduced[32..].fill(0);
            reduced[63] = 5;
        }
        good_verify(key, digest, &reduced)
    };
    assert_eq!(broken_by(lax), ["s + n"]);
}

#[test]
fn an_engine_that_demands_a_low_s_is_caught() {
    let strict = |key: &_, digest: &_, signature: &[u8; 64]| {
        let low = Choice::from(u8::from(signature[32] < 0x7f));
        good_verify(key, digest, signature) & low
    };
    assert!(broken_by(strict).contains(&"high s"));
}

#[test]
fn an_engine_that_ignores_the_prefix_is_caught() {
    let blind = |key: &[u8; 65]| {
        let mut uncompressed = *key;
        uncompressed[0] = 4;
        good_point(&uncompressed)
    };
    let broken = crypto(&Faulty { verify: good_verify, is_point: blind });
    assert!(broken.contains(&"point with the prefix 0x02"));
    assert!(!broken.contains(&"point off the curve"));
}
