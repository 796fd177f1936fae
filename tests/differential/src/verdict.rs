//! What a verifier says of a case.

use serde::{Deserialize, Serialize};

/// A verdict and the words that came with it.
#[derive(Clone, Debug, Deserialize)]
pub struct Verdict {
    /// Yes, no, or that it does not know the algorithm or the format.
    #[serde(rename = "verdict")]
    pub said: Said,
    /// Why, in the verifier's words.
    pub why: String,
}

/// Yes, no, or that it does not know the algorithm or the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Said {
    /// The assertion or registration is good.
    Accept,
    /// It is not.
    Refuse,
    /// The algorithm or the format is not known: whatever else is wrong does not count.
    Unsupported,
}

impl Said {
    /// The word in tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Refuse => "refuse",
            Self::Unsupported => "-",
        }
    }

    /// The verdict of this word; no word is "unsupported", for a table says what verifiers say.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Accept, Self::Refuse].into_iter().find(|said| said.word() == word)
    }
}
