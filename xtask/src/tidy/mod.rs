//! The rules of the house that no compiler checks.
//!
//! Guarantees: each rule refuses at least the text in its own negative test; a finding says where,
//! what, why and what to do; any finding fails the run.
//!
//! Does not guarantee: that a rule cannot be tricked on purpose. They guard against drift.

mod core_crates;
mod direction;
mod duplicates;
mod file_names;
mod finding;
mod formatting;
mod lengths;
mod licences;
mod lint_reasons;
mod lint_table;
mod load;
mod one_signature;
mod platform_crates;
mod policy_rules;
mod reasons;
mod tokens;
mod tree;
mod unsafe_code;

use std::process::ExitCode;

use anyhow::Result;

use finding::Finding;
use tree::Tree;

/// What `cargo xtask tidy` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// Writes one JSON object instead of lines
    #[arg(long)]
    json: bool,
}

/// A rule: its name, and the function that finds what it refuses.
type Rule = (&'static str, fn(&Tree) -> Vec<Finding>);

const RULES: &[Rule] = &[
    ("dependency direction", direction::check),
    ("platform crates", platform_crates::check),
    ("core crates", core_crates::check),
    ("unsafe code", unsafe_code::check),
    ("lint table", lint_table::check),
    ("one signature call", one_signature::check),
    ("reasons of refusal", reasons::check),
    ("rules of policies", policy_rules::check),
    ("lengths", lengths::check),
    ("formatting", formatting::check),
    ("file names", file_names::check),
    ("licences", licences::check),
    ("duplicates", duplicates::check),
    ("reasons for lint exceptions", lint_reasons::check),
];

/// Applies all rules and shows what they find.
pub fn perform(arguments: &Arguments) -> Result<ExitCode> {
    let findings = findings()?;
    if arguments.json {
        let report = serde_json::json!({ "rules": names(), "findings": findings });
        println!("{report:#}");
    } else {
        show(&findings);
    }
    Ok(if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What all rules find, in the order of the files.
pub fn findings() -> Result<Vec<Finding>> {
    let (tree, mut findings) = load::load()?;
    findings.extend(RULES.iter().flat_map(|(_, rule)| rule(&tree)));
    findings.sort();
    Ok(findings)
}

/// Writes one line for each finding, and one that counts them.
pub fn show(findings: &[Finding]) {
    for finding in findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => println!("tidy: {} rules, no findings", RULES.len()),
        1 => println!("tidy: {} rules, 1 finding", RULES.len()),
        count => println!("tidy: {} rules, {count} findings", RULES.len()),
    }
}

fn names() -> Vec<&'static str> {
    RULES.iter().map(|(name, _)| *name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_tree_breaks_only_the_rule_that_something_must_sign() {
        let tree = Tree::default();
        let broken: Vec<_> = RULES
            .iter()
            .filter(|(_, rule)| !rule(&tree).is_empty())
            .map(|(name, _)| *name)
            .collect();
        assert_eq!(broken, ["one signature call"]);
    }
}
