//! That the rules of policies are the same everywhere: each has a name in the table, a file, a row in `docs/policy.md`, and is judged.

use super::finding::{Finding, Reason};
use super::tree::Tree;

/// The table: rows of number, rule, name and reason.
const TABLE: &str = "appliance/core/src/policy/rule.rs";
/// Where each has its file.
const FILES: &str = "appliance/core/src/policy/rules/";
/// Where each is judged.
const JUDGED: &str = "appliance/core/src/policy.rs";
/// Where people read of it.
const PAGE: &str = "docs/policy.md";

const NO_FILE: Reason = Reason {
    why: "because one rule is one file, where it is said what it asks for, and tested at its borders",
    fix: "write the file, with a case on either side of each border",
};
const NOT_JUDGED: Reason = Reason {
    why: "because a rule that is not judged refuses nothing",
    fix: "judge it, or take it out of the table",
};
const NOT_TOLD: Reason = Reason {
    why: "because officers go by docs/policy.md",
    fix: "add its row to the table there: | `name` | what it asks for | ... |",
};
const OF_NOTHING: Reason = Reason {
    why: "because a rule that is not in the table has no name that lasts",
    fix: "add it to the table in appliance/core/src/policy/rule.rs, or delete it",
};

/// Finds rules that are missing somewhere, and files and rows of rules that there are not.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let Some(table) = tree.sources.iter().find(|source| source.path == TABLE) else {
        return Vec::new();
    };
    let rules = rows(&table.text);
    let missing = rules.iter().flat_map(|rule| rule.missing(tree));
    missing.chain(of_nothing(tree, &rules)).collect()
}

/// A row of the table.
struct Row<'t> {
    line: usize,
    rule: &'t str,
    name: &'t str,
}

/// Lines such as `7 Lifetime "lifetime" Reason::LifetimeTooLong`.
fn rows(table: &str) -> Vec<Row<'_>> {
    (1..).zip(table.lines()).filter_map(row).collect()
}

fn row((line, text): (usize, &str)) -> Option<Row<'_>> {
    let mut words = text.split_whitespace();
    words.next()?.parse::<u32>().ok()?;
    let (rule, name) = (words.next()?, words.next()?.strip_prefix('"')?.strip_suffix('"')?);
    Some(Row { line, rule, name })
}

impl Row<'_> {
    fn file(&self) -> String {
        format!("{FILES}{}.rs", self.name.replace('-', "_"))
    }

    fn missing(&self, tree: &Tree) -> Vec<Finding> {
        let at = |reason: Reason, what: &str| {
            reason.at(TABLE, self.line, format!("`{}` {what}", self.name))
        };
        let file = tree.sources.iter().find(|source| source.path == self.file());
        let is_tested = file.is_some_and(|file| file.text.contains("#[cfg(test)]"));
        let judged = tree.sources.iter().find(|source| source.path == JUDGED);
        let word = format!("Rule::{},", self.rule);
        [
            (!is_tested).then(|| at(NO_FILE, "has no file with tests")),
            (!judged.is_some_and(|judged| judged.text.contains(&word)))
                .then(|| at(NOT_JUDGED, "is never judged")),
            told(&tree.policy_page)
                .all(|(_, name)| name != self.name)
                .then(|| at(NOT_TOLD, "is not in docs/policy.md")),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// The rules in the page's table of them.
fn told(page: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = (1..).zip(page.lines()).skip_while(|(_, text)| !text.starts_with("| Rule |"));
    let table = lines.take_while(|(_, text)| text.starts_with('|'));
    table.filter_map(|(line, text)| Some((line, text.strip_prefix("| `")?.split_once("` |")?.0)))
}

/// Files and rows of the page that belong to no rule.
fn of_nothing(tree: &Tree, rules: &[Row<'_>]) -> Vec<Finding> {
    let files = tree.sources.iter().filter(|source| source.path.starts_with(FILES));
    let strange = files.filter(|source| rules.iter().all(|rule| rule.file() != source.path));
    let strange =
        strange.map(|source| OF_NOTHING.at(&source.path, 1, "a file of no rule".to_owned()));
    let strangers =
        told(&tree.policy_page).filter(|(_, name)| rules.iter().all(|rule| rule.name != *name));
    let strangers =
        strangers.map(|(line, name)| OF_NOTHING.at(PAGE, line, format!("`{name}` is no rule")));
    strange.chain(strangers).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::samples::files;

    /// A project with one rule.
    fn found(judged: &str, file: &str, page: &str) -> Vec<String> {
        let table = "rules! {\n    5 FrontEnds \"front-ends\" Reason::FrontEndNotAllowed\n}";
        let mut tree = files(&[
            (TABLE, table),
            (JUDGED, judged),
            ("appliance/core/src/policy/rules/front_ends.rs", file),
        ]);
        tree.policy_page = page.to_owned();
        check(&tree).iter().map(ToString::to_string).collect()
    }

    const JUDGES: &str = "fn f() { judge(Rule::FrontEnds, 1) }";
    const FILE: &str = "fn holds() {}\n#[cfg(test)]\nmod tests {}";
    const TOLD: &str = "| Rule |\n| `front-ends` | it is one of these |\n";

    #[test]
    fn a_rule_that_is_everywhere_is_in_order() {
        assert_eq!(found(JUDGES, FILE, TOLD), [""; 0]);
    }

    #[test]
    fn a_rule_that_is_missing_somewhere_is_found() {
        for (found, what) in [
            (found("fn f() {}", FILE, TOLD), "is never judged"),
            (found(JUDGES, "fn holds() {}", TOLD), "has no file with tests"),
            (found(JUDGES, FILE, "nothing"), "is not in docs/policy.md"),
        ] {
            assert!(found.len() == 1 && found[0].contains(what), "{found:?}");
        }
    }

    #[test]
    fn a_row_and_a_file_of_no_rule_are_found() {
        let page = format!("{TOLD}| `nothing` | at all |\n");
        let told = found(JUDGES, FILE, &page);
        assert!(told.len() == 1 && told[0].contains("`nothing` is no rule"), "{told:?}");
        let mut tree =
            files(&[(TABLE, "rules! {}"), ("appliance/core/src/policy/rules/old.rs", FILE)]);
        tree.policy_page = String::new();
        let found = check(&tree);
        assert!(found.len() == 1 && found[0].to_string().contains("a file of no rule"));
    }
}
