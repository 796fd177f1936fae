//! That every file is as rustfmt writes it, which also bounds its width.

use anyhow::{Context, Result};

use super::finding::{Finding, Reason};
use super::tree::Tree;
use crate::{command, workspace};

const FORMAT: Reason = Reason {
    why: "because one format, 100 columns wide, ends all talk about it",
    fix: "run `cargo fmt --all`",
};

/// What `cargo fmt --check` writes for all workspaces.
pub fn ask_rustfmt() -> Result<String> {
    let root = workspace::root();
    let mut said = String::new();
    let alone = [workspace::EMBEDDED_TOKEN, workspace::BARE, workspace::FUZZ_TARGETS];
    for manifest in std::iter::once(workspace::ROOT).chain(alone) {
        let mut command = workspace::cargo();
        command.args(["fmt", "--all", "--check", "--manifest-path"]).arg(root.join(manifest));
        let done = command.output().with_context(|| command::cannot_start(&command))?;
        said.push_str(&String::from_utf8_lossy(&done.stdout));
        if !done.status.success() && done.stdout.is_empty() {
            let complaint = String::from_utf8_lossy(&done.stderr);
            anyhow::bail!("`{}` failed: {}", command::shown(&command), complaint.trim());
        }
    }
    Ok(said.replace(&format!("{}/", root.display()), ""))
}

/// Finds the first difference of each file that rustfmt would write otherwise.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for (path, line) in tree.formatting.lines().filter_map(difference) {
        if findings.iter().all(|finding| finding.path != path) {
            findings.push(FORMAT.at(path, line, "not as rustfmt writes it"));
        }
    }
    findings
}

/// Reads `Diff in path:line:`.
fn difference(said: &str) -> Option<(&str, usize)> {
    let place = said.strip_prefix("Diff in ")?.trim_end_matches(':');
    let (path, line) = place.rsplit_once(':')?;
    Some((path, line.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    fn found(formatting: &str) -> Vec<Finding> {
        check(&Tree { formatting: formatting.to_owned(), ..Tree::default() })
    }

    #[test]
    fn what_rustfmt_really_says_of_a_bad_file_is_a_finding() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bad.rs");
        std::fs::write(&path, "fn good() {}\n\nfn   bad( ) {}\nfn   worse( ) {}\n").unwrap();
        let output = Command::new("rustfmt").arg("--check").arg(&path).output().unwrap();
        let findings = found(&String::from_utf8(output.stdout).unwrap());
        assert_eq!(findings.len(), 1);
        assert!(findings[0].path.ends_with("bad.rs"));
    }

    #[test]
    fn silence_is_no_finding() {
        assert!(found("").is_empty());
    }
}
