//! What test programs say as they run: how many tests passed, and of each that failed why.
//!
//! Guarantees: as many failures as the programs' last lines say, whatever else they write.
//!
//! Does not guarantee: all that a test wrote before it failed. That is where it was written, above.

use super::Outcome;

/// Lines that are kept of what a test that failed has written: the first.
const WHY_LINES: usize = 12;

/// What was heard until now.
#[derive(Default)]
pub struct Heard {
    outcome: Outcome,
    /// How many had failed when the program before ended.
    before: usize,
    /// Lines that the last failure may have yet.
    room: usize,
}

impl Heard {
    /// Takes one line.
    pub fn line(&mut self, line: &str) {
        let name = line.strip_prefix("---- ").and_then(|rest| rest.strip_suffix(" stdout ----"));
        if let Some((passed, failed)) = last_line(line) {
            self.end(passed, failed);
        } else if let Some(name) = name {
            self.outcome.failed.push(name.to_owned());
            self.room = WHY_LINES;
        } else if line == "failures:" {
            self.room = 0;
        } else if self.room > 0 && !line.is_empty() {
            self.room -= 1;
            let why = self.outcome.failed.last_mut();
            why.into_iter().for_each(|why| why.extend(["\n  ", line]));
        }
    }

    /// A program's end: those that failed without a word are failures, too.
    fn end(&mut self, passed: u32, failed: usize) {
        self.outcome.passed += passed;
        self.before += failed;
        let silent = || "a test that wrote nothing; its name is above".to_owned();
        self.outcome.failed.resize_with(self.before, silent);
        self.room = 0;
    }

    /// All of it. A cargo that failed without a failed test did not build, or lost a test program: one
    /// failure.
    pub fn judged(mut self, ended_well: bool) -> Outcome {
        if !ended_well && self.outcome.failed.is_empty() {
            let lost =
                "cargo test: it did not build, or a test program died; what it said is above";
            self.outcome.failed.push(lost.to_owned());
        }
        self.outcome
    }
}

/// Reads `test result: ok. 5 passed; 1 failed; ...`, which each test program writes last.
fn last_line(line: &str) -> Option<(u32, usize)> {
    let counts = line.strip_prefix("test result: ")?.split_once(". ")?.1;
    let (passed, rest) = counts.split_once(" passed; ")?;
    let (failed, _) = rest.split_once(" failed; ")?;
    passed.parse().ok().zip(failed.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(text: &str, ended_well: bool) -> Outcome {
        let mut heard = Heard::default();
        text.lines().for_each(|line| heard.line(line));
        heard.judged(ended_well)
    }

    fn outcome(passed: u32, failed: &[&str]) -> Outcome {
        Outcome { passed, failed: failed.iter().map(|&failed| failed.to_owned()).collect() }
    }

    const LAST: &str = "test result: FAILED. 12 passed; 2 failed; 0 ignored; finished in 0.00s";

    #[test]
    fn programs_are_counted_by_their_last_lines() {
        let ok = "test a::b ... ok\ntest result: ok. 3 passed; 0 failed; 0 ignored";
        assert_eq!(heard(&format!("{ok}\ntest result: odd\n{ok}"), true), outcome(6, &[]));
    }

    #[test]
    fn a_failure_says_why() {
        let said = "failures:\n\n---- a::b stdout ----\n\nthread panicked\n  left: 1\n\n---- c stdout ----\nError: no\n\n\
                    failures:\n    a::b\n    c\n";
        let failed = ["a::b\n  thread panicked\n    left: 1", "c\n  Error: no"];
        assert_eq!(heard(&format!("{said}\n{LAST}"), false), outcome(12, &failed));
    }

    #[test]
    fn a_failure_that_says_much_is_cut() {
        let long = "line\n".repeat(WHY_LINES + 5);
        let Outcome { failed, .. } = heard(&format!("---- a stdout ----\n{long}"), false);
        assert_eq!(failed, [format!("a{}", "\n  line".repeat(WHY_LINES))]);
    }

    #[test]
    fn a_failure_without_a_word_is_one() {
        let Outcome { passed, failed } = heard(&format!("{LAST}\n{LAST}"), false);
        assert_eq!((passed, failed.len()), (24, 4));
    }

    #[test]
    fn a_build_that_failed_is_not_nothing() {
        let Outcome { passed, failed } = heard("", false);
        assert_eq!((passed, failed.len()), (0, 1));
    }
}
