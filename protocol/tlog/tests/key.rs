//! Verifier keys: those that others published, and one mutation of them at a time.

#![allow(clippy::unwrap_used, reason = "these are tests: what they did not expect must stop them")]

use countersign_tlog::TextError;
use countersign_tlog::key::{Key, Kind, NAME_BYTES_MAX};
use hex_literal::hex;
use proptest::prelude::*;

/// Of golang.org/x/mod/sumdb/note.
const ED25519: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
/// Of Sigstore's Rekor.
const ECDSA: &str = "rekor.sigstore.dev+c0d23d6a+AjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNhtmPtrWm3U1eQXBogSMdGvXwBcK5AW5i0hrZLOC96l+smGNM7nwZ4QvFK/4sueRoVj//QP22Ni4Qt9DPfkWLc=";
/// Of a witness.
const COSIGNATURE: &str = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2";
/// Of a log by RFC 6962: a kind that nothing here is for.
const SUNLIGHT: &str = "ct.googleapis.com/logs/us1/argon2024+7deb49d0+BTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABB25bKnLaZTFXOa2pgO70rjcVEMXKJkMBgFQHZ1kwFlGK9zIAx0FtC2oCfeZQe0E++VXuiYE9hFSzhRlOy92K8A=";

#[test]
fn published_keys_are_read_and_written_again() {
    for (text, kind, name, bytes) in [
        (ED25519, Kind::Ed25519, "PeterNeumann", 32),
        (ECDSA, Kind::Ecdsa, "rekor.sigstore.dev", 91),
        (COSIGNATURE, Kind::Ed25519Cosignature, "remora.n621.de", 32),
    ] {
        let key = Key::parse(text).unwrap();
        assert_eq!((key.kind(), key.name(), key.public().len()), (kind, name, bytes));
        assert_eq!(key.to_string(), text);
        assert_eq!(Key::new(name, kind, key.public()), Ok(key));
    }
}

/// `SHA-256("witness.example/w1\n" || 06 || 1312 zeros)`, by coreutils.
#[test]
fn an_ml_dsa_key_has_name_and_kind_in_its_id() {
    let key = Key::new("witness.example/w1", Kind::MlDsa44Cosignature, &[0; 1312]).unwrap();
    assert_eq!(key.id().0, hex!("6496d46c"));
    assert_eq!(Key::parse(&key.to_string()), Ok(key.clone()));
}

#[test]
fn a_key_has_the_length_of_its_kind() {
    for (kind, bytes) in [
        (Kind::Ed25519, 31),
        (Kind::Ed25519, 33),
        (Kind::Ecdsa, 65),
        (Kind::Ecdsa, 0),
        (Kind::Ed25519Cosignature, 1312),
        (Kind::MlDsa44Cosignature, 1311),
        (Kind::MlDsa44Cosignature, 1313),
    ] {
        let refused = Key::new("name", kind, &vec![1; bytes]);
        assert_eq!(refused, Err(TextError::Key), "{kind:?} {bytes}");
    }
    for bytes in [91, 120, 158] {
        assert!(Key::new("name", Kind::Ecdsa, &vec![1; bytes]).is_ok(), "{bytes}");
    }
}

#[test]
fn a_name_is_there_and_in_one_piece() {
    let longest = "n".repeat(NAME_BYTES_MAX);
    assert!(Key::new(&longest, Kind::Ed25519, &[0; 32]).is_ok());
    for name in ["", "a b", "a\u{a0}b", "a\u{2003}b", "a+b", "a\nb", "a\0b", &(longest + "n")] {
        assert_eq!(Key::new(name, Kind::Ed25519, &[0; 32]), Err(TextError::Name), "{name:?}");
    }
}

#[test]
fn a_key_with_one_thing_wrong_says_what() {
    let with = |from: &str, to: &str| ED25519.replacen(from, to, 1);
    for (changed, why) in [
        (with("+c74f20a3", ""), TextError::Shape),
        (with("PeterNeumann", ""), TextError::Name),
        (with("PeterNeumann", "Peter Neumann"), TextError::Name),
        (with("PeterNeumann", "PeterNeuman"), TextError::KeyId),
        (with("c74f20a3", "c74f20a4"), TextError::KeyId),
        (with("c74f20a3", "C74F20A3"), TextError::KeyId),
        (with("c74f20a3", "c74f20a"), TextError::KeyId),
        (with("+ARpc", "+BBpc"), TextError::KeyId),
        (with("+ARpc", "+Axpc"), TextError::Key),
        (with("TW", "T"), TextError::Base64),
        (with("TW", "T="), TextError::Base64),
        (with("/LDE", "_LDE"), TextError::Base64),
        (with("TW", "TW\n"), TextError::Base64),
        (with("TW", "TWA"), TextError::Base64),
        (with("TW", "TWAA=="), TextError::Key),
        (with("TW", "TWAA=A"), TextError::Base64),
        (with("TW", "TWAAAA"), TextError::Key),
        (with("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", ""), TextError::Key),
        (format!("{ED25519}{}", "A".repeat(1712)), TextError::TooLong),
        (SUNLIGHT.to_owned(), TextError::Key),
        // Bits that no byte is made of.
        (ECDSA.replacen("Lc=", "Ld=", 1), TextError::Base64),
    ] {
        assert_eq!(Key::parse(&changed), Err(why), "{changed}");
    }
}

proptest! {
    /// Reading is the inverse of writing, for texts near good ones too.
    #[test]
    fn what_is_read_is_written_again(at in 0_usize..200, to in "[ -~]") {
        for text in [ED25519, ECDSA, COSIGNATURE] {
            let mut changed = text.to_owned();
            let at = at % text.len();
            changed.replace_range(at..=at, &to);
            if let Ok(key) = Key::parse(&changed) {
                prop_assert_eq!(key.to_string(), changed);
            }
        }
    }
}
