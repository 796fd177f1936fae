//! The trace of a run: who did what, when. The same seed gives the same bytes.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::rc::Rc;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// Somebody did something.
    Deed,
    /// Something went wrong.
    Fault,
    /// The appliance answered.
    Reply,
    /// The appliance started or stopped.
    Life,
    /// A datagram was sent.
    Datagram,
    /// A rule was broken.
    Violation,
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// When, in microseconds since the world began.
    pub at_us: u64,
    /// Who.
    pub who: String,
    /// What it is about.
    pub what: What,
    /// What.
    pub text: String,
}

/// The trace. Clones are the same one; one that is not kept costs nothing.
#[derive(Clone, Default)]
pub struct Trace(Option<Rc<RefCell<Vec<Line>>>>);

impl Trace {
    /// One that is kept, or one that is not.
    #[must_use]
    pub fn new(kept: bool) -> Self {
        Self(kept.then(Rc::default))
    }

    /// Adds a line; `line` says who and what, if anybody keeps it.
    pub fn add(&self, at_us: u64, what: What, line: impl FnOnce() -> (String, String)) {
        if let Some(lines) = &self.0 {
            let (who, text) = line();
            lines.borrow_mut().push(Line { at_us, who, what, text });
        }
    }

    /// Its lines.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        self.0.as_ref().map(|lines| lines.borrow().clone()).unwrap_or_default()
    }
}

/// The lines as text.
#[must_use]
pub fn text(lines: &[Line]) -> String {
    let mut text = String::new();
    for Line { at_us, who, what, text: words } in lines {
        let _ = writeln!(text, "{:>14.3} ms  {who:<14} {what:?}: {words}", *at_us as f64 / 1_000.0);
    }
    text
}

/// What tells two traces apart.
#[must_use]
pub fn digest(lines: &[Line]) -> String {
    hex::encode(Sha256::digest(text(lines)))
}
