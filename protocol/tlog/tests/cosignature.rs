//! Keys and cosignatures as C2SP writes them.

#![allow(clippy::unwrap_used, reason = "these are tests: what they did not expect must stop them")]

use countersign_tlog::cosignature::{Cosignature, line, message};
use countersign_tlog::key::{KeyType, VerifierKey};

/// A witness's key, its id worked out by hand (SHA-256 of name, line feed, type and key).
const KEY: &str = "witness.example/w+26e44a48+BAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH";

fn key() -> VerifierKey<'static> {
    VerifierKey { name: "witness.example/w", of: KeyType::Cosignature, key: [7; 32] }
}

#[test]
fn a_key_is_read_if_its_id_is_its_own() {
    assert_eq!(VerifierKey::parse(KEY), Some(key()));
    let with = |from: &str, to: &str| KEY.replacen(from, to, 1);
    for changed in [
        with("26e44a48", "26e44a49"),
        with("26e44a48", "26E44A48"),
        with("26e44a48", "6e44a48"),
        with("witness.example/w", "witness.example/v"),
        with("witness.example/w", "witness example"),
        with("BAcH", "BQcH"),
        with("BwcH", "Bwc"),
        with("+BAc", "BAc"),
    ] {
        assert_eq!(VerifierKey::parse(&changed), None, "{changed}");
    }
}

#[test]
fn a_line_is_written_and_read_back() {
    let written = line(&key(), 1_679_315_147, &[9; 64]).unwrap();
    let read = Cosignature::parse(&written).unwrap();
    assert!(read.is_by(&key()));
    assert_eq!((read.name, read.time_s), ("witness.example/w", 1_679_315_147));
    assert_eq!(read.signature, [9; 64]);
    assert!(!read.is_by(&VerifierKey { of: KeyType::Ed25519, ..key() }));
    assert!(!read.is_by(&VerifierKey { key: [8; 32], ..key() }));
}

#[test]
fn what_is_not_exactly_a_line_is_not_read() {
    let good = line(&key(), 1, &[9; 64]).unwrap();
    for changed in [
        good.trim_start_matches('\u{2014}').to_owned(),
        good.replacen('\u{2014}', "-", 1),
        format!("{good}\n"),
        format!("{good}="),
        good.replacen("witness.example/w ", "", 1),
        good.get(..good.len() - 4).unwrap().to_owned(),
    ] {
        assert_eq!(Cosignature::parse(&changed), None, "{changed}");
    }
}

#[test]
fn a_witness_signs_the_time_and_the_checkpoint() {
    let signed = message(1_679_315_147, "example.com/log\n1\nroot\n").unwrap();
    assert_eq!(signed.as_str(), "cosignature/v1\ntime 1679315147\nexample.com/log\n1\nroot\n");
}
