//! The simulator's own test: the same seed twice is the same run, byte for byte.

use crate::run::{self, Options};
use crate::scenario::{Adversary, Layer, draw};
use crate::trace;

/// A seed whose two runs were not the same: the first line that differs.
#[derive(Clone, Debug)]
pub struct Differs {
    /// Which seed.
    pub seed: u64,
    /// The line of the first run and of the second.
    pub lines: [String; 2],
}

/// Runs each seed twice and compares the traces.
#[must_use]
pub fn meta(
    seeds: impl Iterator<Item = u64>,
    adversary: Adversary,
    layer: Layer,
    options: Options,
) -> Vec<Differs> {
    let options = Options { trace: true, ..options };
    let once = |seed| trace::text(&run::run(&draw(seed, adversary, layer), options).trace);
    let differs = |seed| {
        let (first, second) = (once(seed), once(seed));
        let mut lines = first.lines().zip(second.lines());
        let differing = lines.find(|(one, other)| one != other);
        let length = || (first.len() != second.len()).then_some(("one is longer", ""));
        let (one, other) = differing.or_else(length)?;
        Some(Differs { seed, lines: [one.to_owned(), other.to_owned()] })
    };
    seeds.filter_map(differs).collect()
}
