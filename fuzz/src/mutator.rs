//! Mutants of good frames: mostly CBOR that is wrong in one thing, some of it wrong as bytes.
//!
//! Guarantees: the same seed over the same frames gives the same mutants, on every machine; each starts
//! from one of the frames, so that many decode and go deep. It does not guarantee that a mutant differs
//! from its frame: a change may change nothing, or change back.

mod bytes;
mod items;
mod tree;

use fastrand::Rng;
use tree::Node;

/// Gives mutants of its frames, one after the other.
pub struct Mutator {
    random: Rng,
    frames: Vec<Frame>,
}

struct Frame {
    bytes: Vec<u8>,
    tree: Option<Node>,
}

impl Frame {
    fn new(bytes: Vec<u8>) -> Self {
        Self { tree: Node::read(&bytes), bytes }
    }
}

impl Mutator {
    /// For these frames; with none of them, it starts from nothing.
    #[must_use]
    pub fn new(seed: u64, frames: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let mut frames: Vec<_> = frames.into_iter().map(Frame::new).collect();
        if frames.is_empty() {
            frames.push(Frame::new(Vec::new()));
        }
        Self { random: Rng::with_seed(seed), frames }
    }

    /// The next mutant.
    pub fn mutant(&mut self) -> Vec<u8> {
        let from = self.random.usize(..self.frames.len());
        let Frame { bytes, tree } = &self.frames[from];
        let (bytes, tree) = (bytes.clone(), tree.clone());
        self.mutated(bytes, tree)
    }

    fn mutated(&mut self, mut bytes: Vec<u8>, tree: Option<Node>) -> Vec<u8> {
        // One change is what most checks must see; a few at once reach what no one change does.
        let changes = if self.random.u8(..4) == 0 { self.random.u8(2..5) } else { 1 };
        let other = self.random.usize(..self.frames.len());
        match tree.filter(|_| self.random.u8(..5) > 0) {
            Some(mut tree) => {
                let mut donor = self.frames[other].tree.clone().unwrap_or(Node::number(0));
                (0..changes).for_each(|_| items::change(&mut self.random, &mut tree, &mut donor));
                tree.write()
            }
            None => {
                let donor = &self.frames[other].bytes;
                (0..changes).for_each(|_| bytes::change(&mut self.random, &mut bytes, donor));
                bytes
            }
        }
    }
}

/// A mutant of the first `size` bytes of `data` in their place, of `max_size` bytes at most, for a
/// fuzzer with a mutator of its own. Gives the mutant's size.
pub fn mutate_in_place(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let room = max_size.min(data.len());
    let mutant = Mutator::new(u64::from(seed), [data[..size.min(room)].to_vec()]).mutant();
    let fits = mutant.len().min(room);
    data[..fits].copy_from_slice(&mutant[..fits]);
    fits
}

#[cfg(test)]
mod tests {
    use super::Mutator;

    #[test]
    fn a_seed_gives_the_same_mutants_again() {
        let mutants = |seed| {
            let mut mutator = Mutator::new(seed, [vec![0x82, 1, 0xa1, 0, 0x41, 7]]);
            (0..100).map(|_| mutator.mutant()).collect::<Vec<_>>()
        };
        assert_eq!(mutants(1), mutants(1));
        assert_ne!(mutants(1), mutants(2));
    }

    #[test]
    fn no_frames_and_no_bytes_are_mutated_too() {
        let mut mutator = Mutator::new(1, []);
        assert!((0..100).any(|_| !mutator.mutant().is_empty()));
    }
}
