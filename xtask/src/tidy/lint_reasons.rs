//! That whoever steps outside a lint says why.

use super::finding::{Finding, Reason};
use super::tokens::{Token, begins_with, group};
use super::tree::{Source, Tree};

const SILENT: Reason = Reason {
    why: "because a reader cannot tell a decision from an accident",
    fix: "add `reason = \"...\"` to it",
};

/// Finds `allow` and `expect` attributes without a reason.
pub fn check(tree: &Tree) -> Vec<Finding> {
    tree.sources.iter().flat_map(check_source).collect()
}

fn check_source(source: &Source) -> Vec<Finding> {
    let starts = (0..source.tokens.len()).filter_map(|index| source.tokens.get(index..));
    let silent = starts.filter_map(attribute).flat_map(silent);
    silent
        .map(|token| {
            SILENT.at(&source.path, token.line, format!("`{}` without a reason", token.text))
        })
        .collect()
}

/// What is inside `#[..]` or `#![..]`, when the row begins with one.
fn attribute(tokens: &[Token]) -> Option<&[Token]> {
    let skip = if begins_with(tokens, &["#", "["]) {
        1
    } else if begins_with(tokens, &["#", "!", "["]) {
        2
    } else {
        return None;
    };
    tokens.get(skip..).map(group)
}

/// The levels without a reason, also those inside a `cfg_attr`.
fn silent(attribute: &[Token]) -> Vec<&Token> {
    let starts = (0..attribute.len()).filter_map(|index| attribute.get(index..));
    let levels = starts
        .filter(|rest| begins_with(rest, &["allow", "("]) || begins_with(rest, &["expect", "("]));
    let silent = levels.filter(|rest| {
        !group(rest.get(1..).unwrap_or_default()).iter().any(|token| token.text == "reason")
    });
    silent.filter_map(|rest| rest.first()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::samples::files;

    fn found(text: &str) -> usize {
        check(&files(&[("a/src/a.rs", text)])).len()
    }

    #[test]
    fn silence_is_refused_wherever_it_stands() {
        assert_eq!(found("#![allow(dead_code)]\n"), 1);
        assert_eq!(found("#[expect(dead_code)]\nfn f() {}\n"), 1);
        assert_eq!(found("#[cfg_attr(test, allow(dead_code))]\nfn f() {}\n"), 1);
        assert_eq!(found("macro_rules! m { () => { #[allow(unused)] fn f() {} } }\n"), 1);
    }

    #[test]
    fn a_reason_is_enough_and_a_function_of_that_name_is_none_of_it() {
        assert_eq!(found("#[allow(dead_code, reason = \"read by C\")]\nfn f() {}\n"), 0);
        assert_eq!(found("fn f() { x.expect(\"a\"); allow(b); }\n"), 0);
    }
}
