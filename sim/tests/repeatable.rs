//! The same seed twice is the same run, byte for byte: in one process, and in two.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::process::Command;

use countersign_sim::campaign::meta;
use countersign_sim::run::Options;
use countersign_sim::scenario::{Adversary, Layer};

#[test]
fn fifty_seeds_have_one_trace_each() {
    let differing = meta(0..50, Adversary::All, Layer::Core, Options::default()).unwrap();
    assert!(differing.is_empty(), "{differing:?}");
}

#[test]
fn another_process_comes_to_the_same_bytes() {
    let trace = |seed: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_countersign-sim"));
        let output = command.args(["seed", seed, "--trace"]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    for seed in ["3", "27", "41"] {
        let first = trace(seed);
        assert_eq!(first, trace(seed), "seed {seed}");
        assert!(first.lines().count() > 100 && first.contains("every rule held"), "seed {seed}");
    }
    assert_ne!(trace("3"), trace("4"));
}
