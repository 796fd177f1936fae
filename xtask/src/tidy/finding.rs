//! One thing that a rule refuses, as it is shown: `path:line: what, why, what to do`.

use std::fmt;

use serde::Serialize;

/// What a rule found, where, and the two things a reader asks next.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// Relative to the root, with `/`.
    pub path: String,
    /// From 1; 1 too when it is about a whole file.
    pub line: usize,
    /// What was found.
    pub what: String,
    /// Why it is refused.
    pub why: &'static str,
    /// What to do.
    pub fix: &'static str,
}

/// Why a rule refuses and what to do about it: the half of a finding that is always the same.
#[derive(Clone, Copy)]
pub struct Reason {
    /// Why it is refused.
    pub why: &'static str,
    /// What to do.
    pub fix: &'static str,
}

impl Reason {
    /// The finding of `what` at a place, for this reason.
    pub fn at(self, path: &str, line: usize, what: impl Into<String>) -> Finding {
        let Self { why, fix } = self;
        Finding { path: path.to_owned(), line, what: what.into(), why, fix }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, what, why, fix } = self;
        write!(f, "{path}:{line}: {what}, {why}, {fix}")
    }
}
