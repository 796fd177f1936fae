//! The plan: which function goes wrong, how, and how often.
//!
//! Guarantees: read again at each call; counted from anew when it has changed; a plan that is none is an
//! error, and not an empty plan.

use std::num::ParseIntError;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use cryptoki_sys::CK_RV;

/// The path of the plan; without one, or without a file there, nothing goes wrong.
const VARIABLE: &str = "COUNTERSIGN_FAULTY_PLAN";

/// How a function goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The code, and nothing is done.
    Fails(CK_RV),
    /// The code, though it was done.
    FailsAfterDoing(CK_RV),
    /// Success, and nothing is done.
    Claims,
    /// Done, and a bit of what comes out is flipped.
    Flips,
    /// Done after this time.
    Slow(Duration),
    /// Done at once, returns after this time.
    Hangs(Duration),
}

/// A plan, and what is left of it.
struct Plan {
    text: String,
    lines: Result<Vec<Line>, String>,
}

/// One line.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    function: String,
    wrong: Wrong,
    /// Calls that go well before it.
    after: u32,
    left: u32,
}

static PLAN: Mutex<Plan> = Mutex::new(Plan { text: String::new(), lines: Ok(Vec::new()) });

/// What is planned for this call of the function.
///
/// # Errors
/// Why the plan is none.
pub fn next(function: &str) -> Result<Option<Wrong>, String> {
    let read = std::env::var_os(VARIABLE).and_then(|path| std::fs::read_to_string(path).ok());
    let mut plan = PLAN.lock().unwrap_or_else(PoisonError::into_inner);
    plan.read_again(read.unwrap_or_default());
    plan.next(function)
}

impl Plan {
    /// Begins anew when the text is another one.
    fn read_again(&mut self, text: String) {
        if text != self.text {
            self.lines = parse(&text);
            self.text = text;
        }
    }

    fn next(&mut self, function: &str) -> Result<Option<Wrong>, String> {
        let lines = self.lines.as_mut().map_err(|why| why.clone())?;
        let line = lines.iter_mut().find(|line| line.function == function && line.left > 0);
        Ok(line.and_then(Line::called))
    }
}

impl Line {
    /// What this call of its function is to meet.
    fn called(&mut self) -> Option<Wrong> {
        if self.after > 0 {
            self.after -= 1;
            return None;
        }
        self.left -= 1;
        Some(self.wrong)
    }
}

fn parse(text: &str) -> Result<Vec<Line>, String> {
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    lines.filter(|line| !line.is_empty()).map(parse_line).collect()
}

fn parse_line(line: &str) -> Result<Line, String> {
    let not_one = || format!("{line:?} is no line of a plan: see the README of this module");
    let words: Vec<&str> = line.split_whitespace().collect();
    let (words, left) = match words.as_slice() {
        [words @ .., "times", times] => (words, times.parse().map_err(|_| not_one())?),
        words => (words, u32::MAX),
    };
    let (words, after) = match words {
        [words @ .., "after", calls] => (words, calls.parse().map_err(|_| not_one())?),
        words => (words, 0),
    };
    let (function, wrong) = match *words {
        [function, "fails", code] => (function, number(code).map(Wrong::Fails)),
        [function, "fails-after-doing", code] => {
            (function, number(code).map(Wrong::FailsAfterDoing))
        }
        [function, "claims"] => (function, Ok(Wrong::Claims)),
        ["C_Sign", "flips"] => ("C_Sign", Ok(Wrong::Flips)),
        [function, "slow", ms] => (function, duration(ms).map(Wrong::Slow)),
        [function, "hangs", ms] => (function, duration(ms).map(Wrong::Hangs)),
        _ => return Err(not_one()),
    };
    let (function, wrong) = (function.to_owned(), wrong.map_err(|_| not_one())?);
    Ok(Line { function, wrong, after, left })
}

/// As PKCS#11's header writes codes, or in decimal.
fn number(text: &str) -> Result<u64, ParseIntError> {
    text.strip_prefix("0x").map_or_else(|| text.parse(), |hex| u64::from_str_radix(hex, 16))
}

fn duration(ms: &str) -> Result<Duration, ParseIntError> {
    ms.parse().map(Duration::from_millis)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "what a test did not expect has failed the test")]
mod tests {
    use super::*;

    fn planned(text: &str) -> Plan {
        Plan { text: text.to_owned(), lines: parse(text) }
    }

    #[test]
    fn so_many_calls_go_well_before_it() {
        let mut plan = planned("C_Sign fails 0x30 after 2 times 1");
        let met = [1, 2, 3, 4].map(|_| plan.next("C_Sign").unwrap());
        assert_eq!(met, [None, None, Some(Wrong::Fails(0x30)), None]);
    }

    #[test]
    fn a_plan_goes_line_by_line_and_each_as_often_as_it_says() {
        let text = "C_Sign fails 0x30 times 1 # first\n\nC_Sign hangs 20 times 1\nC_Login claims\n";
        let mut plan = planned(text);
        let mut next = |function| plan.next(function).unwrap();
        assert_eq!(next("C_Sign"), Some(Wrong::Fails(0x30)));
        assert_eq!(next("C_Sign"), Some(Wrong::Hangs(Duration::from_millis(20))));
        assert_eq!(next("C_Sign"), None);
        assert_eq!((next("C_Login"), next("C_Login")), (Some(Wrong::Claims), Some(Wrong::Claims)));
        assert_eq!(next("C_SignInit"), None);
    }

    #[test]
    fn a_plan_that_has_changed_is_counted_from_anew() {
        let mut plan = planned("C_Sign flips times 1");
        assert_eq!(plan.next("C_Sign"), Ok(Some(Wrong::Flips)));
        plan.read_again("C_Sign flips times 1".to_owned());
        assert_eq!(plan.next("C_Sign"), Ok(None));
        plan.read_again("C_Sign flips times 1 # again".to_owned());
        assert_eq!(plan.next("C_Sign"), Ok(Some(Wrong::Flips)));
    }

    #[test]
    fn what_is_no_plan_is_said_and_not_passed_over() {
        for line in
            ["C_Sign", "C_Sign fails", "C_Sign fails 3x0", "C_Login flips", "C_Sign hangs 1 times"]
        {
            let why = planned(line).next("C_Login").unwrap_err();
            assert!(why.contains(line) && why.contains("no line of a plan"), "{why}");
        }
    }
}
