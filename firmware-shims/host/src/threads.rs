//! Two things at the same time, in threads.

use std::panic::resume_unwind;
use std::thread;

use countersign_ports::Beside;

/// A thread for one of them.
#[derive(Clone, Copy, Debug)]
pub struct Threads;

impl Beside for Threads {
    fn both<A: Send, B: Send>(
        &self,
        one: impl FnOnce() -> A + Send,
        other: impl FnOnce() -> B + Send,
    ) -> (A, B) {
        thread::scope(|scope| {
            let one = scope.spawn(one);
            let other = other();
            (one.join().unwrap_or_else(|panic| resume_unwind(panic)), other)
        })
    }
}
