//! Proofs and requests to witnesses: the specifications' examples, a whole proof checked offline, and one
//! mutation at a time.

#![allow(clippy::unwrap_used, reason = "these are tests: what they did not expect must stop them")]

use countersign_tlog::key::{Key, Kind};
use countersign_tlog::note::{Line, Note};
use countersign_tlog::proof::{Extra, Proof};
use countersign_tlog::witness::AddCheckpoint;
use countersign_tlog::{
    Claim, Frontier, Path, ProofError, TextError, checkpoint, inclusion, leaf_hash,
};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use proptest::prelude::*;

/// tlog-proof, with the checkpoint of tlog-checkpoint: its own has its signatures cut short.
const PROOF: &str = "c2sp.org/tlog-proof@v1\n\
    extra b3BhcXVl\n\
    index 73894\n\
    gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\n\
    B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=\n\
    EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=\n\
    RoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=\n\
    AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=\n\n\
    example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
    — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";
/// tlog-witness, "add-checkpoint".
const REQUEST: &str = "old 20852014\n\
    PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n\
    jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n\
    5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n\
    /6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n\n\
    example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
    — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\
    — example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=\n";
const HASH_LINE: &str = "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\n";

#[test]
fn the_example_of_a_proof_is_read_and_written_again() {
    let proof = Proof::parse(PROOF).unwrap();
    assert_eq!((proof.index, proof.path.len()), (73_894, 5));
    assert_eq!(proof.extra.unwrap().bytes(&mut [0; 6]), Some(&b"opaque"[..]));
    let note = Note::parse(proof.checkpoint).unwrap();
    assert_eq!(checkpoint::parse(note.text()).unwrap().head.size, 20_852_163);
    assert_eq!(proof.to_string(), PROOF);
}

#[test]
fn a_proof_may_have_no_extra_data_and_no_hashes() {
    let text = "c2sp.org/tlog-proof@v1\nindex 0\n\ncheckpoint\n";
    let proof = Proof { extra: None, index: 0, path: Path::new(), checkpoint: "checkpoint\n" };
    assert_eq!(Proof::parse(text), Ok(proof.clone()));
    assert_eq!(proof.to_string(), text);
}

#[test]
fn extra_data_needs_room_both_ways() {
    let mut room = [0; 8];
    assert_eq!(Extra::new(b"seven b", &mut room), None);
    let extra = Extra::new(b"six by", &mut room).unwrap();
    assert_eq!(extra.bytes(&mut [0; 5]), None);
    assert_eq!(extra.bytes(&mut [0; 6]), Some(&b"six by"[..]));
}

#[test]
fn the_example_of_a_request_is_read_and_written_again() {
    let request = AddCheckpoint::parse(REQUEST).unwrap();
    assert_eq!((request.old_size, request.path.len()), (20_852_014, 4));
    assert_eq!(Note::parse(request.checkpoint).unwrap().signatures().len(), 2);
    assert_eq!(request.to_string(), REQUEST);
}

#[test]
fn a_proof_with_one_thing_wrong_says_what() {
    let with = |from: &str, to: &str| PROOF.replacen(from, to, 1);
    for (changed, why) in [
        (with("@v1", "@v2"), TextError::Shape),
        (with("@v1\n", "@v1\n\n"), TextError::Shape),
        (with("extra ", "extra"), TextError::Shape),
        (with("extra b3BhcXVl\n", "extra b3BhcXVl\nextra b3BhcXVl\n"), TextError::Shape),
        (with("b3BhcXVl", "b3BhcXV"), TextError::Base64),
        (with("b3BhcXVl", "b3BhcXV!"), TextError::Base64),
        (with("b3BhcXVl", "b3BhcXVlYR=="), TextError::Base64),
        (with("b3BhcXVl", &"A".repeat(128 * 1024 + 4)), TextError::TooLong),
        (with("index 73894\n", ""), TextError::Shape),
        (with("index ", "index"), TextError::Shape),
        (with("73894", "073894"), TextError::Number),
        (with("73894", "-5"), TextError::Number),
        (with("73894", "18446744073709551616"), TextError::Number),
        (with(HASH_LINE, "gSKy\n"), TextError::Base64),
        (with(HASH_LINE, &HASH_LINE.replace('=', "=\r")), TextError::Base64),
        (with("PlQ=", "PlR="), TextError::Base64),
        (with("\n\nexample", "\nexample"), TextError::Base64),
        (with(HASH_LINE, &HASH_LINE.repeat(61)), TextError::TooLong),
        (format!("{PROOF}{}", "a".repeat(300 * 1024)), TextError::TooLong),
        ("c2sp.org/tlog-proof@v1\nindex 0\n".to_owned(), TextError::Shape),
        (String::new(), TextError::Shape),
    ] {
        assert_eq!(Proof::parse(&changed).map(|_| ()), Err(why), "{:.300}", changed);
    }
    let longest = with(HASH_LINE, &HASH_LINE.repeat(60));
    assert_eq!(Proof::parse(&longest).unwrap().path.len(), 64);
}

#[test]
fn a_request_with_one_thing_wrong_says_what() {
    let with = |from: &str, to: &str| REQUEST.replacen(from, to, 1);
    for (changed, why) in [
        (with("old ", "new "), TextError::Shape),
        (with("old 2", "old 02"), TextError::Number),
        (with("kaw=", "kax="), TextError::Base64),
        (with("\n\nexample", "\nexample"), TextError::Base64),
        (with("\nPlRN", &format!("\n{}PlRN", HASH_LINE.repeat(60))), TextError::TooLong),
        (with("\nPlRN", &format!("\n{}PlRN", HASH_LINE.repeat(61))), TextError::TooLong),
        (format!("{REQUEST}{}", "a".repeat(140 * 1024)), TextError::TooLong),
        ("old 5".to_owned(), TextError::Shape),
        ("old 5\n".to_owned(), TextError::Shape),
    ] {
        assert_eq!(AddCheckpoint::parse(&changed).map(|_| ()), Err(why), "{:.300}", changed);
    }
    let longest = with("\nPlRN", &format!("\n{}PlRN", HASH_LINE.repeat(59)));
    assert_eq!(AddCheckpoint::parse(&longest).unwrap().path.len(), 63);
}

fn verified(key: &Key<'_>, note: &Note<'_>) -> bool {
    let claim = Claim::of(key, note).unwrap().unwrap();
    let verifying = VerifyingKey::from_bytes(key.public().try_into().unwrap()).unwrap();
    let signature = Signature::from_slice(&claim.signature).unwrap();
    verifying.verify_strict(claim.message.as_bytes(), &signature).is_ok()
}

/// A log of two entries and a witness, and someone who has nothing but the proof and the two keys.
#[test]
fn a_proof_is_checked_offline() {
    let (log, witness) = (SigningKey::from_bytes(&[1; 32]), SigningKey::from_bytes(&[2; 32]));
    let log_key = Key::new("log.example", Kind::Ed25519, log.verifying_key().as_bytes()).unwrap();
    let public = witness.verifying_key();
    let witness_key =
        Key::new("witness.example", Kind::Ed25519Cosignature, public.as_bytes()).unwrap();

    let (mut tree, first, second) = (Frontier::new(), leaf_hash(b"first"), leaf_hash(b"second"));
    tree.append(first, |_, _, _| ());
    tree.append(second, |_, _, _| ());
    let text = checkpoint::text("log.example", &tree.head()).unwrap();
    let signature = log.sign(text.as_bytes()).to_bytes();
    let time_s = 1_700_000_000;
    let cosigned = countersign_tlog::Message::of(&witness_key, time_s, &text).unwrap();
    let cosignature = witness.sign(cosigned.as_bytes()).to_bytes();
    let lines = [
        Line::new(&log_key, 0, &signature).unwrap(),
        Line::new(&witness_key, time_s, &cosignature).unwrap(),
    ];
    let checkpoint = format!("{text}\n{}{}", lines[0], lines[1]);
    let path = Path::from_slice(&[first]).unwrap();
    let sent = Proof { extra: None, index: 1, path, checkpoint: &checkpoint }.to_string();

    let proof = Proof::parse(&sent).unwrap();
    let note = Note::parse(proof.checkpoint).unwrap();
    assert!(verified(&log_key, &note) && verified(&witness_key, &note));
    let head = checkpoint::parse(note.text()).unwrap().head;
    assert_eq!(inclusion::verify(&second, proof.index, &proof.path, &head), Ok(()));
    let other = inclusion::verify(&first, proof.index, &proof.path, &head);
    assert_eq!(other, Err(ProofError::Root));

    // Another time is another message.
    let later = sent.replace(
        &lines[1].to_string(),
        &Line::new(&witness_key, time_s + 1, &cosignature).unwrap().to_string(),
    );
    let proof = Proof::parse(&later).unwrap();
    assert!(!verified(&witness_key, &Note::parse(proof.checkpoint).unwrap()));
}

proptest! {
    /// Reading is the inverse of writing, for texts near good ones too.
    #[test]
    fn what_is_read_is_written_again(at in 0_usize..700, to in "[\n -~]{0,2}") {
        let mut changed: Vec<char> = PROOF.chars().collect();
        let at = at % changed.len();
        changed.splice(at..=at, to.chars());
        let changed: String = changed.into_iter().collect();
        let written = Proof::parse(&changed).map(|proof| proof.to_string());
        prop_assert!(written.is_err() || written == Ok(changed));
    }
}
