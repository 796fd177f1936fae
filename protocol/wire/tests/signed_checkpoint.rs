//! Checkpoints as signed notes: both kinds of keys, beside another library's DER and SPKI.

#![allow(clippy::unwrap_used, reason = "these are tests: what they did not expect must stop them")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_protocol::checkpoint::{Checkpoint, CheckpointKey, log_name};
use countersign_protocol::signed_checkpoint::{NoteError, SignedCheckpoint, of_text, verifier_key};
use countersign_protocol::{ApplianceId, Digest};
use countersign_tlog::note::Note;
use countersign_tlog::{Claim, TextError};
use p256::ecdsa::signature::{Signer as _, Verifier as _};
use p256::ecdsa::{DerSignature, Signature, SigningKey, VerifyingKey};

const CHECKPOINT: Checkpoint =
    Checkpoint { appliance: ApplianceId([0x0a; 16]), size: 7, root: Digest([3; 32]) };

fn p256() -> (SigningKey, CheckpointKey) {
    let secret = SigningKey::from_slice(&[7; 32]).unwrap();
    let point = secret.verifying_key().to_sec1_point(false);
    let key = CheckpointKey::Esp256(point.as_bytes().try_into().unwrap());
    (secret, key)
}

fn signed_by(secret: &SigningKey, checkpoint: Checkpoint) -> SignedCheckpoint {
    let signature: Signature = secret.sign(checkpoint.text().as_bytes());
    SignedCheckpoint { checkpoint, signature: signature.to_bytes().into() }
}

#[test]
fn another_library_verifies_the_note_of_an_ecdsa_key() {
    let (secret, key) = p256();
    for size in 0..200 {
        let signed = signed_by(&secret, Checkpoint { size, ..CHECKPOINT });
        let text = signed.note(&key).unwrap();
        let note = Note::parse(&text).unwrap();
        let name = log_name(&CHECKPOINT.appliance);
        let stated = verifier_key(&name, &key).unwrap();
        let theirs = VerifyingKey::from_sec1_bytes(key.bytes()).unwrap();
        let claim = Claim::of(&stated, &note).unwrap().unwrap();
        let signature = DerSignature::try_from(&claim.signature[..]).unwrap();
        theirs.verify(note.text().as_bytes(), &signature).unwrap();
        assert_eq!(SignedCheckpoint::read(&text, &key), Ok(signed));
    }
}

/// `openssl pkey -pubout` of the key with d = 1: the base point (SEC 2, 2.4.2).
#[test]
fn an_ecdsa_key_is_stated_as_openssl_writes_it() {
    let openssl = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt\
                   6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==";
    let openssl = STANDARD.decode(openssl).unwrap();
    let key = CheckpointKey::from_bytes(&openssl[26..]).unwrap();
    let name = log_name(&CHECKPOINT.appliance);
    assert_eq!(verifier_key(&name, &key).unwrap().public(), openssl);
}

#[test]
fn an_ed25519_key_signs_as_it_is() {
    let key = CheckpointKey::Ed25519([9; 32]);
    let signed = SignedCheckpoint { checkpoint: CHECKPOINT, signature: [5; 64] };
    let text = signed.note(&key).unwrap();
    assert!(text.starts_with("countersign/0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a\n7\n"));
    assert_eq!(SignedCheckpoint::read(&text, &key), Ok(signed));
}

#[test]
fn a_note_of_somebody_else_is_not_read() {
    let (secret, key) = p256();
    let text = signed_by(&secret, CHECKPOINT).note(&key).unwrap();
    let read = |text: &str, key| SignedCheckpoint::read(text, key);
    assert_eq!(read(&text, &CheckpointKey::Ed25519([9; 32])), Err(NoteError::Unsigned));
    assert_eq!(read(text.trim_end(), &key), Err(NoteError::Text(TextError::Shape)));
    let other = text.replace("countersign/", "countersigm/");
    assert_eq!(read(&other, &key), Err(NoteError::OtherLog));
    let upper = text.replacen("/0a", "/0A", 1);
    assert_eq!(read(&upper, &key), Err(NoteError::OtherLog));
    assert_eq!(of_text("countersign/+a\n1\n"), Err(NoteError::Text(TextError::Checkpoint)));
}
