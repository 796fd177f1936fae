//! Signed notes: those that others published, claims of every kind, and one mutation at a time.

#![allow(clippy::unwrap_used, reason = "these are tests: what they did not expect must stop them")]

use base64ct::{Base64, Encoding as _};
use countersign_tlog::key::{Key, Kind};
use countersign_tlog::note::{Line, Note, SIGNATURES_MAX};
use countersign_tlog::{Claim, Message, TextError, cosignature};
use ed25519_dalek::{Signature, VerifyingKey};
use hex_literal::hex;
use proptest::prelude::*;

/// Of golang.org/x/mod/sumdb/note.
const NEUMANN: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const NEUMANNS: &str = "If you think cryptography is the answer to your problem,\n\
    then you don't know what your problem is.\n\n\
    — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
/// Of Sigstore's Rekor.
const REKOR: &str = "rekor.sigstore.dev+c0d23d6a+AjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNhtmPtrWm3U1eQXBogSMdGvXwBcK5AW5i0hrZLOC96l+smGNM7nwZ4QvFK/4sueRoVj//QP22Ni4Qt9DPfkWLc=";
const REKORS: &str = "Rekor\n798034\nf+7CoKgXKE/tNys9TTXcr/ad6U/K3xvznmzew9y6SP0=\n\n\
    — rekor.sigstore.dev wNI9ajBEAiARInWIWyCdyG27CO6LPnPekyw20qO0YJfoaPaowGp/XgIgc+qEHS3+GKVClgqq20uDLet7MCoTURUCRdxwWBHHufk=\n";
/// Of signed-note: a text with an empty line in it.
const QUASIMODOS: &str = "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\n\
    ed è subito sera.\n\n\
    — quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";
/// Of tlog-cosignature.
const COSIGNED: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
    — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\
    — witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
const CHECKPOINT: &str =
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

const PUBLISHED: [&str; 4] = [NEUMANNS, REKORS, QUASIMODOS, COSIGNED];

fn witness(kind: Kind) -> Key<'static> {
    let public = vec![7; if kind == Kind::MlDsa44Cosignature { 1312 } else { 32 }];
    Key::new("witness.example/w1", kind, &public).unwrap()
}

/// A note with one signature by a key, at a time.
fn signed(text: &str, key: &Key<'_>, time_s: u64, signature: &[u8]) -> String {
    format!("{text}\n{}", Line::new(key, time_s, signature).unwrap())
}

#[test]
fn published_notes_are_read_and_written_again() {
    for note in PUBLISHED {
        assert_eq!(Note::parse(note).unwrap().to_string(), note);
    }
    let read = Note::parse(QUASIMODOS).unwrap();
    assert!(read.text().ends_with(":\n\ned è subito sera.\n"));
    let names: Vec<_> =
        Note::parse(COSIGNED).unwrap().signatures().iter().map(|s| s.name()).collect();
    assert_eq!(names, ["example.com/behind-the-sofa", "witness.example.com/w1"]);
}

#[test]
fn a_published_signature_is_over_the_claims_message() {
    let key = Key::parse(NEUMANN).unwrap();
    let note = Note::parse(NEUMANNS).unwrap();
    let claim = Claim::of(&key, &note).unwrap().unwrap();
    let verifying = VerifyingKey::from_bytes(key.public().try_into().unwrap()).unwrap();
    let signature = Signature::from_slice(&claim.signature).unwrap();
    verifying.verify_strict(claim.message.as_bytes(), &signature).unwrap();
    assert_eq!((claim.time_s, claim.message), (0, Message::Text(note.text())));
}

#[test]
fn a_published_ecdsa_signature_is_der_over_the_text() {
    let note = Note::parse(REKORS).unwrap();
    let claim = Claim::of(&Key::parse(REKOR).unwrap(), &note).unwrap().unwrap();
    let text = b"Rekor\n798034\nf+7CoKgXKE/tNys9TTXcr/ad6U/K3xvznmzew9y6SP0=\n";
    assert_eq!(claim.message.as_bytes(), text);
    assert_eq!((claim.signature.len(), claim.signature.first()), (70, Some(&0x30)));
}

#[test]
fn a_key_that_has_not_signed_claims_nothing() {
    let note = Note::parse(NEUMANNS).unwrap();
    let neumann = Key::parse(NEUMANN).unwrap();
    let namesake = Key::new(neumann.name(), Kind::Ed25519, &[1; 32]).unwrap();
    let other_name = Key::new("Neumann", Kind::Ed25519, neumann.public()).unwrap();
    for key in [namesake, other_name, Key::parse(REKOR).unwrap()] {
        assert_eq!(Claim::of(&key, &note), Ok(None));
    }
    // An ECDSA key has the same id under every name.
    let rekor = Key::parse(REKOR).unwrap();
    let renamed = Key::new("another", Kind::Ecdsa, rekor.public()).unwrap();
    assert_eq!(renamed.id(), rekor.id());
    assert_eq!(Claim::of(&renamed, &Note::parse(REKORS).unwrap()), Ok(None));
}

/// tlog-cosignature, "Ed25519 signed message": the example.
#[test]
fn an_ed25519_witness_signs_header_time_and_checkpoint() {
    let key = witness(Kind::Ed25519Cosignature);
    let note = signed(CHECKPOINT, &key, 1_679_315_147, &[9; 64]);
    let claim = Claim::of(&key, &Note::parse(&note).unwrap()).unwrap().unwrap();
    let message = format!("cosignature/v1\ntime 1679315147\n{CHECKPOINT}");
    assert_eq!(claim.message.as_bytes(), message.as_bytes());
    assert_eq!((claim.time_s, &claim.signature[..]), (1_679_315_147, &[9; 64][..]));
}

/// tlog-cosignature, "ML-DSA-44 signed message": field by field.
#[test]
fn an_ml_dsa_witness_signs_its_name_the_time_and_the_tree() {
    let key = witness(Kind::MlDsa44Cosignature);
    let note = signed(CHECKPOINT, &key, 1_679_315_147, &[9; 2420]);
    let claim = Claim::of(&key, &Note::parse(&note).unwrap()).unwrap().unwrap();
    let message = [
        &b"subtree/v1\n\0"[..],
        b"\x12witness.example/w1",
        &hex!("00000000641850cb"),
        b"\x1bexample.com/behind-the-sofa",
        &hex!("0000000000000000 00000000013e2dc3"),
        &hex!("0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62"),
    ];
    assert_eq!(claim.message.as_bytes(), message.concat());
    assert_eq!((claim.time_s, claim.signature.len()), (1_679_315_147, 2420));
}

/// The line of the specification's witness, under a key whose id it is not: read by its parts.
#[test]
fn a_line_is_written_as_it_was_published() {
    let note = Note::parse(COSIGNED).unwrap();
    let ids: Vec<_> = note.signatures().iter().map(|line| line.key().to_string()).collect();
    assert_eq!(ids, ["033de0ae", "8d66cf3f"]);
    let neumann = Key::parse(NEUMANN).unwrap();
    let claim = Claim::of(&neumann, &Note::parse(NEUMANNS).unwrap()).unwrap().unwrap();
    let text = format!("{}\n", NEUMANNS.split_once("\n\n").unwrap().0);
    assert_eq!(signed(&text, &neumann, 0, &claim.signature), NEUMANNS);
}

#[test]
fn the_largest_names_fit_what_a_witness_signs() {
    let (origin, name) = ("o".repeat(128), "w".repeat(255));
    let text = format!("{origin}\n{}\n{}=\n", u64::MAX, "/".repeat(42) + "8");
    for (kind, public, signature) in
        [(Kind::Ed25519Cosignature, 32, 64), (Kind::MlDsa44Cosignature, 1312, 2420)]
    {
        let key = Key::new(&name, kind, &vec![1; public]).unwrap();
        let note = signed(&text, &key, u64::MAX >> 1, &vec![2; signature]);
        assert!(Claim::of(&key, &Note::parse(&note).unwrap()).unwrap().is_some(), "{kind:?}");
    }
}

#[test]
fn a_witness_signs_a_checkpoint_in_its_own_name_at_a_time_there_is() {
    let (latest, name) = (cosignature::TIME_S_MAX, "w".repeat(256));
    let ml_dsa_44 = cosignature::ml_dsa_44;
    assert!(ml_dsa_44("w", latest, CHECKPOINT).is_ok() && ml_dsa_44("w", 0, CHECKPOINT).is_ok());
    assert_eq!(ml_dsa_44("w", latest + 1, CHECKPOINT), Err(TextError::Signature));
    assert_eq!(ml_dsa_44("w", 1, COSIGNED), Err(TextError::Checkpoint));
    assert_eq!(ml_dsa_44("", 1, CHECKPOINT), Err(TextError::Name));
    assert_eq!(ml_dsa_44(&name, 1, CHECKPOINT), Err(TextError::Name));
    assert!(cosignature::ed25519(latest, CHECKPOINT).is_ok());
    assert_eq!(cosignature::ed25519(latest + 1, CHECKPOINT), Err(TextError::Signature));
    assert_eq!(cosignature::ed25519(1, COSIGNED), Err(TextError::Checkpoint));
}

#[test]
fn a_claim_that_is_none_of_its_kind_refuses_the_note() {
    let (ed25519, plain) = (witness(Kind::Ed25519Cosignature), witness(Kind::Ed25519));
    let claim = |note: &str, key| Claim::of(key, &Note::parse(note).unwrap()).unwrap_err();
    let no_checkpoint = signed("text\n", &ed25519, 1, &[9; 64]);
    assert_eq!(claim(&no_checkpoint, &ed25519), TextError::Checkpoint);
    let extended = signed(&format!("{CHECKPOINT}more\n"), &ed25519, 1, &[9; 64]);
    assert_eq!(claim(&extended, &ed25519), TextError::Checkpoint);
    let late = signed(CHECKPOINT, &ed25519, 1 << 63, &[9; 64]);
    assert_eq!(claim(&late, &ed25519), TextError::Signature);
    // Whatever follows the id of another kind's line: too short, too long, and longer than any.
    let (ml_dsa, stamped) = (witness(Kind::MlDsa44Cosignature), 8 + 2420);
    for (key, bytes) in [
        (&plain, 63),
        (&plain, 65),
        (&plain, 5000),
        (&ed25519, 7),
        (&ed25519, 64),
        (&ml_dsa, stamped - 1),
        (&ml_dsa, stamped + 1),
        // A piece of base64 more, which must not be left out.
        (&ml_dsa, stamped + 48),
    ] {
        let (mut room, id) = (vec![0; 8192], key.id().0);
        let base64 = Base64::encode(&[&id[..], &vec![9; bytes]].concat(), &mut room).unwrap();
        let note = format!("{CHECKPOINT}\n— {} {base64}\n", key.name());
        assert_eq!(claim(&note, key), TextError::Signature, "{bytes}");
    }
    assert!(Line::new(&plain, 0, &[9; 63]).is_none());
    assert!(Line::new(&ed25519, 0, &[9; 72]).is_none());
}

#[test]
fn a_note_with_one_thing_wrong_says_what() {
    let with = |from: &str, to: &str| NEUMANNS.replacen(from, to, 1);
    let line = NEUMANNS.split_once("\n\n").unwrap().1;
    for (changed, why) in [
        (NEUMANNS.trim_end().to_owned(), TextError::Shape),
        (with("\n\n", "\n"), TextError::Shape),
        (NEUMANNS.replace(line, ""), TextError::Shape),
        (NEUMANNS.to_owned() + "\n", TextError::Shape),
        (NEUMANNS.to_owned() + "a line\n", TextError::Shape),
        (with("— ", "- "), TextError::Shape),
        (with("— ", "—"), TextError::Shape),
        (with("— PeterNeumann ", "— "), TextError::Shape),
        (with("— PeterNeumann", "— "), TextError::Name),
        (with("— Peter", "— Peter+"), TextError::Name),
        (with("— Peter", "— Peter\u{2003}"), TextError::Name),
        (with("— Peter", "— Peter "), TextError::Base64),
        (with("x08go", "x08g o"), TextError::Base64),
        (with("nAM=", "nAN="), TextError::Base64),
        (with("nAM=", "nAM"), TextError::Base64),
        (with("x08go/ZJkuBS", "x08go_ZJkuBS"), TextError::Base64),
        (with("x08go/", "=08go/"), TextError::Base64),
        (with("If", "\tIf"), TextError::Control),
        (with("problem,\n", "problem,\r\n"), TextError::Control),
        (with("If", "\0"), TextError::Control),
        (with("If", &"a".repeat(128 * 1024)), TextError::TooLong),
        (NEUMANNS.to_owned() + &line.repeat(SIGNATURES_MAX), TextError::TooLong),
        // Padding where a piece of base64 ends, and more after it.
        (format!("text\n\n— name {}=AAAA\n", "A".repeat(63)), TextError::Base64),
        // An id alone is no signature.
        ("text\n\n— name x08goA==\n".to_owned(), TextError::Base64),
        ("text\n\n— name AAA=\n".to_owned(), TextError::Base64),
        ("text\n\n— name \n".to_owned(), TextError::Base64),
        (String::new(), TextError::Shape),
    ] {
        let shown: String = changed.chars().take(300).collect();
        assert_eq!(Note::parse(&changed), Err(why), "{shown:?}");
    }
    let most = NEUMANNS.to_owned() + &line.repeat(SIGNATURES_MAX - 1);
    assert_eq!(Note::parse(&most).unwrap().signatures().len(), SIGNATURES_MAX);
}

proptest! {
    /// Reading is the inverse of writing, for texts near good ones too.
    #[test]
    fn what_is_read_is_written_again(at in 0_usize..400, to in "[\n -~\u{2014}]{0,2}") {
        for text in PUBLISHED {
            let mut changed: Vec<char> = text.chars().collect();
            let at = at % changed.len();
            changed.splice(at..=at, to.chars());
            let changed: String = changed.into_iter().collect();
            let written = Note::parse(&changed).map(|note| note.to_string());
            prop_assert!(written.is_err() || written == Ok(changed));
        }
    }
}
