//! That a file's name says what is in it.

use super::finding::{Finding, Reason};
use super::tree::Tree;

/// Names under which anything could be.
const SAYS_NOTHING: &[&str] =
    &["common", "helper", "helpers", "manager", "misc", "util", "utilities", "utils"];

const NAME: Reason = Reason {
    why: "because under that name anything could be",
    fix: "name the file for the one idea in it, or move its parts to where they are used",
};

/// Finds files and folders with such a name.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let paths = tree.sources.iter().map(|source| source.path.as_str());
    paths
        .filter(|path| says_nothing(path))
        .map(|path| NAME.at(path, 1, "a name that says nothing"))
        .collect()
}

fn says_nothing(path: &str) -> bool {
    path.trim_end_matches(".rs").split('/').any(|part| SAYS_NOTHING.contains(&part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::samples::files;

    #[test]
    fn files_and_folders_that_say_nothing_are_refused() {
        for path in ["a/src/utils.rs", "a/src/helpers.rs", "a/src/manager.rs", "a/utils/mod.rs"] {
            assert_eq!(check(&files(&[(path, "")])).len(), 1, "{path}");
        }
    }

    #[test]
    fn a_name_that_only_ends_so_is_fine() {
        assert!(check(&files(&[("a/src/key_manager_of_luna.rs", "")])).is_empty());
    }
}
