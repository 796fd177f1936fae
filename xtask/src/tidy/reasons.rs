//! That every reason of the core's table is given somewhere, and expected by some test.
//!
//! A reason nobody gives is a check that is missing; a reason no test expects is a check that nobody
//! would miss.

use super::finding::{Finding, Reason};
use super::tree::{Source, Tree};

/// The table.
const TABLE: &str = "appliance/core/src/refusal.rs";
/// Where reasons are given.
const GIVEN_IN: &[&str] = &["appliance/core/src", "appliance/daemon/src"];
/// Where reasons are expected, besides the tests inside the files that give them.
const EXPECTED_IN: &str = "tests/tests";
/// What begins the tests inside a file.
const TESTS: &str = "#[cfg(test)]";

const NOT_GIVEN: Reason = Reason {
    why: "because a reason that nothing gives is a check that is missing",
    fix: "add the check, or take the reason out of the table",
};

const NOT_EXPECTED: Reason = Reason {
    why: "because a check that no test expects can be lost without anybody noticing",
    fix: "add a scenario: the valid case with the one mutation that brings this reason",
};

/// Finds reasons of the table that nothing gives or no test expects.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let Some(table) = tree.sources.iter().find(|source| source.path == TABLE) else {
        return Vec::new();
    };
    let (given, expected) = uses(tree);
    let missing = |(line, name): &(usize, &str)| {
        let word = format!("Reason::{name}");
        let named = |texts: &[&str]| texts.iter().any(|text| has_word(text, &word));
        if !named(&given) {
            return Some(NOT_GIVEN.at(TABLE, *line, format!("`{name}` is never given")));
        }
        let finding = || NOT_EXPECTED.at(TABLE, *line, format!("`{name}` is expected by no test"));
        (!named(&expected)).then(finding)
    };
    rows(&table.text).iter().filter_map(missing).collect()
}

/// The lines of the table that begin with a number, and the names in them.
fn rows(table: &str) -> Vec<(usize, &str)> {
    fn name(row: &str) -> Option<&str> {
        let (number, rest) = row.trim_start().split_once(' ')?;
        number.parse::<u16>().ok()?;
        rest.split(' ').next()
    }
    let lines = (1..).zip(table.lines());
    lines.filter_map(|(line, text)| Some((line, name(text)?))).collect()
}

/// The texts that give reasons, and those that expect them.
fn uses(tree: &Tree) -> (Vec<&str>, Vec<&str>) {
    let mut given = Vec::new();
    let mut expected = Vec::new();
    for source in tree.sources.iter().filter(|source| source.path != TABLE) {
        if source.is_in(EXPECTED_IN) {
            expected.push(source.text.as_str());
        } else if GIVEN_IN.iter().any(|folder| source.is_in(folder)) {
            let (code, tests) = split(source);
            given.push(code);
            expected.push(tests);
        }
    }
    (given, expected)
}

fn split(source: &Source) -> (&str, &str) {
    let start = source.text.find(TESTS).unwrap_or(source.text.len());
    source.text.split_at(start)
}

/// Whether `text` has `word` and not only a longer one that begins like it.
fn has_word(text: &str, word: &str) -> bool {
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    text.match_indices(word).any(|(at, _)| text.get(at + word.len()..).is_some_and(ends))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::samples::files;

    const ROWS: &str = "// 101 KeyGone Refused \"X\" \"why\"\n";

    fn found(code: &str, scenario: &str) -> Vec<String> {
        let table = ROWS.replace("// ", "/*\n").replace("why\"\n", "why\"\n*/\n");
        let tree = files(&[
            (TABLE, &table),
            ("appliance/core/src/stage.rs", code),
            ("tests/tests/scenarios/key.rs", scenario),
        ]);
        check(&tree).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn a_reason_that_is_given_and_expected_is_what_there_must_be() {
        let (code, scenario) = ("fn f() { Reason::KeyGone; }", "fn t() { Reason::KeyGone; }");
        assert!(found(code, scenario).is_empty());
        let inside =
            "fn f() { Reason::KeyGone; }\n#[cfg(test)]\nmod t { fn t() { Reason::KeyGone; } }";
        assert!(found(inside, "").is_empty());
    }

    #[test]
    fn a_reason_that_nothing_gives_is_refused() {
        let only_tests = "#[cfg(test)]\nmod t { fn t() { Reason::KeyGone; } }";
        assert_eq!(found(only_tests, "fn t() { Reason::KeyGone; }"), ["`KeyGone` is never given"]);
    }

    #[test]
    fn a_reason_that_no_test_expects_is_refused() {
        let longer = "fn t() { Reason::KeyGoneLong; }";
        let refused = ["`KeyGone` is expected by no test"];
        assert_eq!(found("fn f() { Reason::KeyGone; }", longer), refused);
    }
}
