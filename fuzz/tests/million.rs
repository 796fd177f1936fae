//! A million mutated frames through the core: no panic, no order that nobody approved, bounded memory.
//!
//! All on real engines: most on the host's, which is the faster one, the rest on the portable one. Of the
//! host's, answers are remembered: most mutants leave the assertion alone, and what was verified once
//! need not be again. This crate and those under test are optimised in tests (the root's Cargo.toml),
//! with overflow checks and debug assertions on.
//!
//! The process's address space may grow by [`BOUND`] meanwhile. One test in this program, and so no
//! other thread whose memory would count.
//!
//! `COUNTERSIGN_FUZZ_SEED=n` repeats a run or begins another; `COUNTERSIGN_FUZZ_MUTANTS=n` makes it
//! longer. Both are printed: `cargo test -p countersign-fuzz --test million -- --nocapture`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what a test did not expect has failed it")]

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Instant;

use countersign_core::Reason;
use countersign_fuzz::{Fate, Mutator, Session, Tally, hunt, memory};
use countersign_host::Host;
use countersign_ports::{Algorithm, Crypto};
use countersign_soft::Soft;
use subtle::Choice;

const SEED: u64 = 1;
const MUTANTS: u32 = 1_000_000;
/// Of so many mutants, one goes to the portable engine.
const SOFT_ONE_IN: u32 = 100;
/// A frame, its reply and every copy on the way are below 1 MB; the rest is what the allocator keeps.
const BOUND: u64 = 16 << 20;

#[test]
fn a_million_mutated_frames() {
    let seed = number("COUNTERSIGN_FUZZ_SEED").unwrap_or(SEED);
    let mutants = number("COUNTERSIGN_FUZZ_MUTANTS").map_or(MUTANTS, |n| n.try_into().unwrap());
    println!("COUNTERSIGN_FUZZ_SEED={seed} COUNTERSIGN_FUZZ_MUTANTS={mutants}");
    let soft = mutants / SOFT_ONE_IN;
    let host = run(Session::new(Remembering::default()), seed, mutants - soft);
    let soft = run(Session::new(Soft), seed.wrapping_add(1), soft);
    println!("resident at most: {} kB", memory::resident_peak_bytes() / 1024);
    // Fewer mutants than there should be may miss what is rare.
    if mutants >= MUTANTS {
        expect_depth(&host);
        assert!(soft.contains_key(&Fate::Refused(Reason::SignatureInvalid)));
    }
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

fn run<C: Crypto + Send + Sync>(session: Session<C>, seed: u64, mutants: u32) -> Tally<Fate> {
    let mut mutator = Mutator::new(seed, session.seeds());
    let (begun, grown) = (Instant::now(), memory::Memory::now());
    let tally = hunt(&mut mutator, mutants, BOUND, |frame| session.fate(frame));
    let tally = tally.unwrap_or_else(|caught| panic!("seed {seed}: {caught}"));
    let seconds = begun.elapsed().as_secs_f64();
    println!("{mutants} mutants in {seconds:.1} s, {:.0}/s", f64::from(mutants) / seconds);
    println!("address space grew by {} kB", grown.grown_bytes() / 1024);
    for (fate, count) in &tally {
        println!("{:7.3} % {fate:?}", f64::from(*count) * 100.0 / f64::from(mutants));
    }
    // After all that the good frames still do what they did.
    assert!(session.approved().iter().all(|frame| session.fate(frame) == Fate::Ordered));
    assert!(session.again().iter().all(|frame| session.fate(frame) == Fate::Again));
    tally
}

/// The mutants came as far as they were meant to: else nothing was tried. Whatever a mutant of these
/// frames can come to is here; a reason that only an earlier one can hide is not.
fn expect_depth(tally: &Tally<Fate>) {
    let reasons = [
        Reason::TransactionUnknown,
        Reason::TransactionForeign,
        Reason::TransactionExpired,
        Reason::TransactionSpent,
        Reason::ActivationDiffers,
        Reason::KeyUnknown,
        Reason::KeyNotGranted,
        Reason::SuiteNotAllowed,
        Reason::TooManyItems,
        Reason::DtbsrLength,
        Reason::InitiatorUnknown,
        Reason::LifetimeOutOfRange,
        Reason::DeviceNotListed,
        Reason::ApproverTwice,
        Reason::ThresholdNotMet,
        Reason::ClientDataMalformed,
        Reason::TypeNotGet,
        Reason::ChallengeDiffers,
        Reason::OriginDiffers,
        Reason::AuthenticatorDataMalformed,
        Reason::RpIdHashDiffers,
        Reason::SignatureEncoding,
        Reason::SignatureInvalid,
    ];
    let given = [Fate::Malformed, Fate::Prepared, Fate::UnderWay, Fate::Ordered, Fate::Again];
    for fate in given.into_iter().chain(reasons.map(Fate::Refused)) {
        assert!(tally.contains_key(&fate), "no mutant came to {fate:?}");
    }
    let decoded = tally.iter().filter(|(fate, _)| **fate != Fate::Malformed).map(|(_, n)| n);
    let (decoded, all) = (decoded.sum::<u32>(), tally.values().sum::<u32>());
    assert!(decoded > all / 4, "too few mutants decode");
}

/// The host's engine, whose answers are kept: to verify is a function of its arguments.
#[derive(Default)]
struct Remembering(Mutex<HashMap<Vec<u8>, u8>>);

/// How many answers are kept before all are forgotten.
const ANSWERS_MAX: usize = 4_096;

impl Crypto for Remembering {
    fn sha256(&self, parts: &[&[u8]]) -> [u8; 32] {
        Host.sha256(parts)
    }
    fn sha384(&self, parts: &[&[u8]]) -> [u8; 48] {
        Host.sha384(parts)
    }
    fn has(&self, algorithm: Algorithm) -> bool {
        Host.has(algorithm)
    }
    fn verify(&self, algorithm: Algorithm, key: &[u8], message: &[u8], by: &[u8]) -> Choice {
        let lengths = [key.len(), message.len()].map(|length| length.to_be_bytes()).concat();
        let question = [&[algorithm as u8], &lengths[..], key, message, by].concat();
        let mut answers = self.0.lock().unwrap();
        if answers.len() >= ANSWERS_MAX {
            answers.clear();
        }
        let ask = || Host.verify(algorithm, key, message, by).unwrap_u8();
        Choice::from(*answers.entry(question).or_insert_with(ask))
    }
    fn is_public_key(&self, algorithm: Algorithm, key: &[u8]) -> Choice {
        Host.is_public_key(algorithm, key)
    }
}
