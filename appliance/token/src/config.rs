//! Which token to use, and how.

use std::fmt;
use std::path::PathBuf;

use crate::Pin;

/// Where the token is and how to open it. Decides nothing about keys.
#[derive(Debug)]
pub struct TokenConfig {
    /// The PKCS#11 module: a library of the token's vendor; in /proc/self/fd, the open file itself. (The loader knows
    /// libraries by such a name, too: one module in a process is loaded so.)
    pub module: PathBuf,
    /// Which of the module's tokens.
    pub token: Which,
    /// The user PIN.
    pub pin: Pin,
    /// Sessions, each with a thread of its own. How many are fastest is the vendor's to say.
    pub sessions: usize,
    /// How long a call of the module may take before it counts as hanging: [`CALL_MAX_MS`], unless the
    /// token is known to be slower.
    ///
    /// [`CALL_MAX_MS`]: crate::CALL_MAX_MS
    pub call_max_ms: u64,
}

/// One of a module's tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// The one with this label (CK_TOKEN_INFO, at most 32 bytes).
    Label(String),
    /// The one in this slot (CK_SLOT_ID). Some modules number anew at every start.
    Slot(u64),
}

impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Label(label) => write!(f, "a token labelled {label:?}"),
            Self::Slot(slot) => write!(f, "a token in slot {slot}"),
        }
    }
}
