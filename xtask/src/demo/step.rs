//! One step of the story: what happens, and how long it took.

use std::time::Instant;

use anyhow::{Context, Result};

/// Does one step and shows it with its time; an error says in which step it was.
pub fn step<T>(what: &str, does: impl FnOnce() -> Result<T>) -> Result<T> {
    let begun = Instant::now();
    let done = does().with_context(|| format!("failed where {what}"))?;
    println!("{:>7} ms  {what}", begun.elapsed().as_millis());
    Ok(done)
}
