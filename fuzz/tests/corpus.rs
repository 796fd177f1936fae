//! Every harness over the committed corpus, and over mutants of it.
//!
//! `COUNTERSIGN_FUZZ_WRITE=1` writes the seeds anew, for a change of the wire format that is meant.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what a test cannot read has failed the test"
)]

use std::fs;
use std::path::{Path, PathBuf};

use countersign_fuzz::{HARNESSES, Mutator, hunt, seeds};

const SEED: u64 = 3;
/// Of each harness.
const MUTANTS: u32 = 100_000;
const BOUND: u64 = 256 << 20;

fn folder(harness: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(harness)
}

/// The corpus of a harness, in the order of its names.
fn corpus(harness: &str) -> Vec<Vec<u8>> {
    let files = fs::read_dir(folder(harness)).unwrap();
    let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

#[test]
fn the_corpus_has_every_seed() {
    let write = std::env::var_os("COUNTERSIGN_FUZZ_WRITE").is_some();
    for (harness, _) in HARNESSES {
        for (name, bytes) in seeds(harness) {
            let path = folder(harness).join(name);
            if write {
                fs::create_dir_all(folder(harness)).unwrap();
                fs::write(&path, &bytes).unwrap();
            }
            let found = fs::read(&path).unwrap_or_default();
            assert!(found == bytes, "{} is another seed: see this file's head", path.display());
        }
    }
}

#[test]
fn every_harness_takes_every_file() {
    let files: Vec<_> = HARNESSES.iter().flat_map(|(name, _)| corpus(name)).collect();
    assert!(files.len() > 50, "the corpus is not there");
    for (_, harness) in HARNESSES {
        files.iter().for_each(|file| harness(file));
    }
}

#[test]
fn every_harness_takes_mutants_of_its_corpus() {
    for (name, harness) in HARNESSES {
        let mut mutator = Mutator::new(SEED, corpus(name));
        if let Err(caught) = hunt(&mut mutator, MUTANTS, BOUND, harness) {
            panic!("{name}: {caught}");
        }
    }
}
