//! Chance.

use core::fmt;

/// Random bytes.
pub trait Entropy {
    /// Fills `bytes` with random ones.
    ///
    /// # Errors
    /// [`NoEntropy`] if there are none.
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), NoEntropy>;
}

/// There are no random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoEntropy;

impl fmt::Display for NoEntropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there are no random bytes")
    }
}

impl core::error::Error for NoEntropy {}
