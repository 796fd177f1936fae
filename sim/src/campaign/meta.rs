//! The simulator's own test: the same seed twice is the same run, byte for byte.

use anyhow::Result;

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
///
/// # Errors
/// Where nothing is repeatable.
pub fn meta(
    seeds: impl Iterator<Item = u64>,
    adversary: Adversary,
    layer: Layer,
    options: Options,
) -> Result<Vec<Differs>> {
    run::repeatable(layer)?;
    let options = Options { trace: true, ..options };
    let once = |seed| -> Result<String> {
        Ok(trace::text(&run::run(&draw(seed, adversary, layer), options)?.trace))
    };
    let mut differing = Vec::new();
    for seed in seeds {
        let traces = [once(seed)?, once(seed)?];
        differing.extend(difference(&traces).map(|lines| Differs { seed, lines }));
    }
    Ok(differing)
}

/// The first lines that are not the same.
fn difference([first, second]: &[String; 2]) -> Option<[String; 2]> {
    let mut lines = first.lines().zip(second.lines());
    let differing = lines.find(|(one, other)| one != other);
    let length = || (first.len() != second.len()).then_some(("one is longer", ""));
    let (one, other) = differing.or_else(length)?;
    Some([one.to_owned(), other.to_owned()])
}
