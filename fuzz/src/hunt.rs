//! The loop: mutant after mutant into a harness, until one is caught or all have come through.
//!
//! Guarantees: a panic and memory past the bound are caught alike, and told with the mutant that
//! repeats them; for memory, with the last of the [`BATCH`] among which that one is. What the harness
//! says of each is counted.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::Mutator;
use crate::memory::Memory;

/// How often memory is looked at, in mutants: a peak stays a peak.
pub const BATCH: u32 = 500;

/// What caught a mutant, or what a mutant was caught for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caught {
    /// Which mutant, from 0.
    pub number: u32,
    /// What was wrong.
    pub why: Why,
    /// The mutant.
    pub frame: Vec<u8>,
}

/// What was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The harness panicked: a property that does not hold is a panic too.
    Panic,
    /// The process grew by so many bytes, more than its bound.
    Memory(u64),
}

impl fmt::Display for Caught {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, why, frame } = self;
        write!(f, "{why:?}, mutant {number}: ")?;
        frame.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// How many mutants came to what.
pub type Tally<F> = BTreeMap<F, u32>;

/// Gives `count` mutants to `harness`, while the process grows by `bound` bytes at most.
///
/// # Errors
/// The first mutant that is caught.
pub fn hunt<F: Ord>(
    mutator: &mut Mutator,
    count: u32,
    bound: u64,
    mut harness: impl FnMut(&[u8]) -> F,
) -> Result<Tally<F>, Caught> {
    let memory = Memory::now();
    let mut tally = Tally::new();
    for number in 0..count {
        let frame = mutator.mutant();
        let Ok(fate) = catch_unwind(AssertUnwindSafe(|| harness(&frame))) else {
            return Err(Caught { number, why: Why::Panic, frame });
        };
        *tally.entry(fate).or_insert(0) += 1;
        let grown = if number % BATCH == BATCH - 1 { memory.grown_bytes() } else { 0 };
        if grown > bound {
            return Err(Caught { number, why: Why::Memory(grown), frame });
        }
    }
    Ok(tally)
}
