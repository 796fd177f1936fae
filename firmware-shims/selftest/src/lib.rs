//! An engine's self-test: known answers that it must give before anything is decided with it. `[core]`
//!
//! Guarantees to a boot: who holds a [`Tested`] has an engine that, on this machine and in this process, has given
//! the published answer for each thing of the ports that it says it has, and has refused the same with one bit flipped.
//! What an engine says it has not is told ([`Passed::lacking`]), never passed over in silence.
//!
//! It does not guarantee that an engine is right (the ports' contracts and Wycheproof's cases are for that, when it is
//! built), nor that it stays right. It is there for what happens after the build: a processor without what was compiled
//! for, a bad memory, another library beneath. It lives beside the ports and knows nothing else, so that a firmware
//! runs the same one: no std, no allocator, some five kilobytes of stack.

#![no_std]
#![forbid(unsafe_code)]

mod digests;
mod known_answers;
mod sealing;
mod signatures;

use core::fmt;
use core::ops::Deref;

pub use known_answers::{Passed, known_answers};

/// What can be asked for its known answers.
pub trait SelfTest {
    /// Asks all that stands behind it.
    ///
    /// # Errors
    /// [`Failure`]: the first wrong answer.
    fn self_test(&self) -> Result<Passed, Failure>;
}

/// An engine (or what leads to one) that has given its known answers.
#[derive(Clone, Debug)]
pub struct Tested<E>(E);

impl<E: Deref<Target: SelfTest>> Tested<E> {
    /// Tests it; there is no other way to one.
    ///
    /// # Errors
    /// [`Failure`]: the first wrong answer.
    pub fn new(engine: E) -> Result<Self, Failure> {
        engine.self_test().map(|Passed { .. }| Self(engine))
    }

    /// The engine.
    pub fn engine(&self) -> &E::Target {
        &self.0
    }
}

impl<E> Tested<E> {
    /// What leads to the engine.
    pub fn into_engine(self) -> E {
        self.0
    }
}

/// A wrong answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Whose.
    pub engine: &'static str,
    /// About what.
    pub algorithm: &'static str,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { engine, algorithm } = self;
        write!(
            f,
            "self-test: {algorithm} of the engine `{engine}` gives another answer than the published one; do not use \
             this build on this machine"
        )
    }
}

impl core::error::Error for Failure {}
