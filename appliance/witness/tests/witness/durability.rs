//! What is remembered, and when: before anything is signed, and through a restart.

use std::sync::Mutex;

use countersign_host::Host;
use countersign_tlog::checkpoint;
use countersign_witness::{
    Answer, Cosigner, FileMemory, Logs, Memory as _, OpenError, Witness, begin,
};
use tempfile::TempDir;

use crate::desk::{Desk, Medium, NAME, honest};
use crate::log::{Log, ORIGIN};

#[test]
fn what_is_signed_was_remembered_before() {
    let (mut desk, log) = (Desk::at(&[5]), Log::honest());
    desk.expect_cosigned(&log, 5, 9);
    let held = desk.hand.held.borrow();
    for (held, size) in held.iter().zip([5, 9]) {
        let text = checkpoint::text(ORIGIN, &log.head(size)).unwrap();
        assert!(held.contains(text.as_str()), "signed before it was remembered");
    }
    assert_eq!(held.len(), 2);
}

#[test]
fn when_the_memory_fails_nothing_is_signed_any_more_until_it_is_read_again() {
    let log = Log::honest();
    for was_done in [false, true] {
        let mut desk = Desk::at(&[5]);
        desk.medium.fails.set(Some(was_done));
        for _ in 0..2 {
            assert_eq!(desk.ask(&log.request(5, 9).body()), Answer::Unavailable);
        }
        assert_eq!(desk.ask(&log.request(5, 5).body()), Answer::Unavailable);
        assert_eq!(desk.hand.held.borrow().len(), 1, "one signature, over the first");
        desk.reopen();
        desk.expect_cosigned(&log, if was_done { 9 } else { 5 }, 12);
    }
}

#[test]
fn what_the_token_did_not_sign_holds_all_the_same() {
    let (mut desk, log, fork) = (Desk::at(&[5]), Log::honest(), Log::new(1, 8));
    desk.hand.token.set(|_, _| None);
    assert_eq!(desk.ask(&log.request(5, 9).body()), Answer::Unavailable);
    desk.hand.token.set(honest);
    assert_eq!(desk.ask(&fork.request(5, 9).body()), Answer::Conflict(9));
    assert_eq!(desk.ask(&fork.request(9, 9).body()), Answer::Conflict(9));
    desk.expect_cosigned(&log, 9, 9);
}

#[test]
fn a_token_that_signs_something_else_makes_no_cosignature() {
    let (mut desk, log) = (Desk::at(&[5]), Log::honest());
    desk.hand.token.set(|key, _| honest(key, b"something else"));
    assert_eq!(desk.ask(&log.request(5, 9).body()), Answer::Unavailable);
}

#[test]
fn a_restart_forgets_nothing() {
    let (mut desk, log, fork) = (Desk::at(&[5, 9]), Log::honest(), Log::new(1, 8));
    desk.reopen();
    assert_eq!(desk.ask(&log.request(0, 9).body()), Answer::Conflict(9));
    assert_eq!(desk.ask(&fork.request(9, 12).body()), Answer::BadProof);
    desk.expect_cosigned(&log, 9, 12);
}

#[test]
fn a_witness_with_a_damaged_memory_does_not_begin() {
    let desk = Desk::at(&[5]);
    let text = desk.medium.text();
    desk.medium.put(&text.replacen("\n5\n", "\n4\n", 1));
    let logs = Logs::new(&[Log::honest().vkey()]).unwrap();
    let opened = Witness::open(desk.witness.key().to_owned(), logs, desk.medium.clone());
    assert!(matches!(opened, Err(OpenError::Damaged(_))));
}

#[test]
fn a_witness_without_its_memory_does_not_begin() {
    let desk = Desk::at(&[5]);
    let logs = Logs::new(&[Log::honest().vkey()]).unwrap();
    let opened = Witness::open(desk.witness.key().to_owned(), logs, Medium::default());
    assert!(matches!(opened, Err(OpenError::Missing)));
}

#[test]
fn a_request_that_is_sent_again_costs_one_signature_a_second() {
    let (mut desk, log) = (Desk::at(&[5]), Log::honest());
    let first = desk.hand.time_s.get();
    for (at, signed) in [(first, 1), (first + 1, 2), (first + 1, 2)] {
        desk.hand.time_s.set(at);
        assert_eq!(desk.expect_cosigned(&log, 5, 5), at);
        assert_eq!(desk.hand.held.borrow().len(), signed);
    }
}

#[test]
fn a_file_is_replaced_whole_and_a_half_new_one_is_nothing() {
    let folder = TempDir::new().unwrap();
    let memory = || FileMemory::new(folder.path().to_owned(), "witness");
    assert_eq!(memory().read().unwrap(), None);
    for text in ["one", "another"] {
        memory().keep(text).unwrap();
        assert_eq!(memory().read().unwrap().as_deref(), Some(text));
    }
    std::fs::write(folder.path().join("witness.new"), "hal").unwrap();
    assert_eq!(memory().read().unwrap().as_deref(), Some("another"));
    std::fs::remove_file(folder.path().join("witness")).unwrap();
    std::fs::create_dir(folder.path().join("witness")).unwrap();
    assert!(memory().keep("a third").is_err());
    assert!(memory().read().is_err(), "what is there and cannot be read is not nothing");
}

/// The same on a thread of each.
struct Apart(ed25519_dalek::SigningKey);

impl Cosigner for Apart {
    fn time_s(&self) -> u64 {
        1
    }

    fn sign(&self, time_s: u64, checkpoint: &str) -> Option<[u8; 64]> {
        honest(&self.0, &countersign_tlog::cosignature::ed25519(time_s, checkpoint).unwrap())
    }
}

#[test]
fn of_two_forks_that_ask_at_the_same_time_one_is_cosigned() {
    let folder = TempDir::new().unwrap();
    let key = ed25519_dalek::SigningKey::from_bytes(&[9; 32]);
    let public = key.verifying_key();
    let kind = countersign_tlog::key::Kind::Ed25519Cosignature;
    let name = countersign_tlog::key::Key::new(NAME, kind, public.as_bytes()).unwrap().to_string();
    let logs = Logs::new(&[Log::honest().vkey()]).unwrap();
    let mut memory = FileMemory::new(folder.path().to_owned(), "witness");
    begin(&mut memory).unwrap();
    let (witness, hand) = (Mutex::new(Witness::open(name, logs, memory).unwrap()), Apart(key));
    let forks = [1, 2, 3, 4].map(|forked| Log::new(1, forked));
    let ask =
        |log: &Log| witness.lock().unwrap().add_checkpoint(&Host, &hand, &log.request(0, 9).body());
    let answers: Vec<_> = std::thread::scope(|scope| {
        let asked: Vec<_> = forks.iter().map(|log| scope.spawn(|| ask(log))).collect();
        asked.into_iter().map(|asked| asked.join().unwrap()).collect()
    });
    let cosigned = answers.iter().filter(|answer| matches!(answer, Answer::Cosigned(_))).count();
    let refused = answers.iter().filter(|answer| **answer == Answer::Conflict(9)).count();
    assert_eq!((cosigned, refused), (1, 3));
}
