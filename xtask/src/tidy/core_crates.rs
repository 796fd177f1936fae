//! What a `[core]` crate must be: no std, no unsafe code, and a reason for each dependency.

use super::finding::{Finding, Reason};
use super::tree::{Member, Tree};

/// The crates that must run inside an HSM's firmware some day.
pub const CORE_CRATES: &[&str] = &[
    "countersign-core",
    "countersign-ports",
    "countersign-protocol",
    "countersign-selftest",
    "countersign-soft",
    "countersign-tlog",
];

const NO_STD: Reason = Reason {
    why: "because a [core] crate must run in an HSM's firmware",
    fix: "open the file with `#![no_std]`",
};

const UNNAMED: Reason = Reason {
    why: "because what a [core] crate depends on ends up in an HSM's firmware",
    fix: "give its reason, its name in backticks, in ARCHITECTURE.md's section on dependencies",
};

/// Finds core crates with std, and dependencies of theirs without a reason.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let reasons = section(&tree.architecture);
    let core = tree.members.iter().filter(|member| CORE_CRATES.contains(&member.name.as_str()));
    core.flat_map(|member| {
        let mut findings = with_std(member, tree);
        findings.extend(unnamed(member, &reasons));
        findings
    })
    .collect()
}

fn with_std(member: &Member, tree: &Tree) -> Vec<Finding> {
    let roots = member.root_files(tree).filter(|source| !source.declares("no_std"));
    roots.map(|source| NO_STD.at(&source.path, 1, "no `#![no_std]`")).collect()
}

fn unnamed(member: &Member, reasons: &str) -> Vec<Finding> {
    let of_others = member.linked().filter(|d| !d.name.starts_with("countersign"));
    let unnamed =
        of_others.filter(|dependency| !reasons.contains(&format!("`{}`", dependency.name)));
    unnamed
        .map(|dependency| {
            let line = member.line_of(&dependency.name);
            let what = format!("{} depends on {} without a reason", member.name, dependency.name);
            UNNAMED.at(&member.manifest_path(), line, what)
        })
        .collect()
}

/// The sections whose heading speaks of dependencies, each up to the next heading of its level.
fn section(architecture: &str) -> String {
    let level = |line: &str| line.chars().take_while(|c| *c == '#').count();
    let mut open = None;
    let mut text = String::new();
    for line in architecture.lines() {
        let depth = level(line);
        if depth > 0 && open.is_none_or(|opened| depth <= opened) {
            open = line.to_lowercase().contains("dependenc").then_some(depth);
        }
        if open.is_some() {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::samples::{files, member};

    fn tree(root: &str, architecture: &str) -> Tree {
        let member =
            member("countersign-core", "appliance/core", &["heapless", "countersign-ports"]);
        let architecture = architecture.to_owned();
        Tree {
            members: vec![member],
            architecture,
            ..files(&[("appliance/core/src/lib.rs", root)])
        }
    }

    const REASONS: &str = "# House\n## Dependencies\n### Core\n- `heapless`: sizes\n## Other\n";

    #[test]
    fn a_core_crate_with_std_is_refused() {
        let findings = check(&tree("#![cfg_attr(not(test), no_std)]\n", REASONS));
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].what, "no `#![no_std]`");
    }

    #[test]
    fn a_dependency_without_a_reason_in_that_section_is_refused() {
        let elsewhere = "## Dependencies\n## Other\n`heapless` is nice\n";
        for architecture in ["", elsewhere] {
            let findings = check(&tree("#![no_std]\n", architecture));
            assert_eq!(findings.len(), 1, "{architecture}");
            assert!(findings[0].what.contains("heapless without a reason"));
        }
    }

    #[test]
    fn no_std_and_reasons_are_enough() {
        assert!(check(&tree("#![no_std]\n", REASONS)).is_empty());
    }
}
