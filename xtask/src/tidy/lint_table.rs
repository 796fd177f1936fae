//! That every crate is under the workspace's table of lints.

use super::finding::{Finding, Reason};
use super::tree::{Member, Tree};

const OUTSIDE: Reason = Reason {
    why: "because one table of lints holds for the whole house",
    fix: "add `[lints]` with `workspace = true`",
};

/// Finds members whose manifest does not take the workspace's lints.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let outside = tree.members.iter().filter(|member| !takes_the_table(&member.manifest));
    outside.map(finding).collect()
}

fn finding(member: &Member) -> Finding {
    OUTSIDE.at(&member.manifest_path(), 1, format!("{} has lints of its own", member.name))
}

fn takes_the_table(manifest: &str) -> bool {
    let table: Option<toml::Table> = manifest.parse().ok();
    let lints = table.as_ref().and_then(|table| table.get("lints"));
    lints.and_then(|lints| lints.get("workspace")).and_then(toml::Value::as_bool) == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(manifest: &str) -> usize {
        let member = Member { manifest: manifest.to_owned(), ..Member::default() };
        check(&Tree { members: vec![member], ..Tree::default() }).len()
    }

    #[test]
    fn a_manifest_without_the_table_is_refused() {
        assert_eq!(found("[package]\nname = \"a\"\n"), 1);
        assert_eq!(found("[lints]\nworkspace = false\n"), 1);
        assert_eq!(found("[lints.rust]\nmissing_docs = \"allow\"\n"), 1);
    }

    #[test]
    fn both_ways_to_write_it_are_fine() {
        assert_eq!(found("[lints]\nworkspace = true\n"), 0);
        assert_eq!(found("lints.workspace = true\n"), 0);
    }
}
