//! That every reason of the numbered tables is given somewhere, and expected by some test.
//!
//! A reason nobody gives is a check that is missing; a reason no test expects is a check that nobody
//! would miss.

use super::finding::{Finding, Reason};
use super::tree::{Source, Tree};

/// A table, and where its rows are used.
struct Table {
    path: &'static str,
    /// What a row is called by, before its name.
    word: &'static str,
    given_in: &'static [&'static str],
    /// Besides the tests inside the files that give them.
    expected_in: &'static str,
}

/// Every table.
const TABLES: [Table; 4] = [
    Table {
        path: "appliance/core/src/refusal.rs",
        word: "Reason::",
        given_in: &["appliance/core/src", "appliance/daemon/src"],
        expected_in: "tests/tests",
    },
    Table {
        path: "appliance/core/src/assertion/registration.rs",
        word: "Fault::",
        given_in: &["appliance/core/src/assertion/registration.rs"],
        expected_in: "appliance/core/src/assertion/registration",
    },
    Table {
        path: "appliance/enrolment/src/fault.rs",
        word: "Fault::",
        given_in: &["appliance/enrolment/src"],
        expected_in: "appliance/enrolment/tests",
    },
    Table {
        path: "appliance/daemon/src/enrolment/fault.rs",
        word: "Fault::",
        given_in: &["appliance/daemon/src/enrolment"],
        expected_in: "tests/tests",
    },
];

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

/// Finds reasons of the tables that nothing gives or no test expects.
pub fn check(tree: &Tree) -> Vec<Finding> {
    TABLES.iter().flat_map(|table| table.check(tree)).collect()
}

impl Table {
    fn check(&self, tree: &Tree) -> Vec<Finding> {
        let Some(table) = tree.sources.iter().find(|source| source.path == self.path) else {
            return Vec::new();
        };
        let (given, expected) = self.uses(tree);
        let missing = |(line, name): &(usize, &str)| {
            let word = format!("{}{name}", self.word);
            let named = |texts: &[&str]| texts.iter().any(|text| has_word(text, &word));
            let at =
                |finding: &Reason, what| finding.at(self.path, *line, format!("`{name}` {what}"));
            if !named(&given) {
                return Some(at(&NOT_GIVEN, "is never given"));
            }
            (!named(&expected)).then(|| at(&NOT_EXPECTED, "is expected by no test"))
        };
        rows(&table.text).iter().filter_map(missing).collect()
    }

    /// The texts that give reasons, and those that expect them.
    fn uses<'t>(&self, tree: &'t Tree) -> (Vec<&'t str>, Vec<&'t str>) {
        let (mut given, mut expected) = (Vec::new(), Vec::new());
        for source in &tree.sources {
            if self.given_in.iter().any(|place| source.is_in(place)) {
                let (code, tests) = split(source);
                given.push(code);
                expected.push(tests);
            } else if source.is_in(self.expected_in) {
                expected.push(source.text.as_str());
            }
        }
        (given, expected)
    }
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

/// What of a file is no test, and what is: all of one that is called so.
fn split(source: &Source) -> (&str, &str) {
    if source.path.ends_with("/tests.rs") {
        return ("", &source.text);
    }
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

    const TABLE: &str = "appliance/core/src/refusal.rs";
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

    #[test]
    fn faults_of_a_registration_are_a_table_too() {
        let tree = files(&[
            ("appliance/enrolment/src/fault.rs", "/*\n1902 ModelBarred \"X\" \"why\"\n*/\n"),
            ("appliance/enrolment/src/assurance.rs", "fn f() { Fault::ModelBarred; }"),
        ]);
        let found: Vec<_> = check(&tree).into_iter().map(|finding| finding.what).collect();
        assert_eq!(found, ["`ModelBarred` is expected by no test"]);
    }
}
