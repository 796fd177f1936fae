//! Doing two things at the same time.

/// Whoever can.
pub trait Beside {
    /// Does both, and is back when both are done. Neither waits for the other.
    fn both<A: Send, B: Send>(
        &self,
        one: impl FnOnce() -> A + Send,
        other: impl FnOnce() -> B + Send,
    ) -> (A, B);
}

/// One after the other, where there is one processor or no threads.
#[derive(Clone, Copy, Debug)]
pub struct InTurn;

impl Beside for InTurn {
    fn both<A: Send, B: Send>(
        &self,
        one: impl FnOnce() -> A + Send,
        other: impl FnOnce() -> B + Send,
    ) -> (A, B) {
        (one(), other())
    }
}
