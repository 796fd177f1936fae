//! That one crate is linked in one version.
//!
//! Looks at what is linked on the platform at hand, without dev-dependencies.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::{Finding, Reason};
use super::tree::Tree;

/// Crates in two versions, each with the reason why that cannot be helped today.
const TOLERATED: &[(&str, &str)] =
    &[("syn", "runs in the compiler only: minicbor-derive is on 2, serde_derive on 3")];

/// Traits that all cryptography meets in: two generations of them are two houses.
const ONE_GENERATION: &[&str] =
    &["aead", "cipher", "digest", "elliptic-curve", "p256", "sha2", "signature"];

const TWO: Reason = Reason {
    why: "because two versions are two things to review and to patch",
    fix: "align them, or add the crate with its reason to xtask/src/tidy/duplicates.rs",
};

const TWO_GENERATIONS: Reason = Reason {
    why: "because two generations of RustCrypto do not fit together",
    fix: "take a version of its dependent that is of the generation in Cargo.toml",
};

const STALE: Reason = Reason {
    why: "because an exception that is not needed hides the next one",
    fix: "remove its row from xtask/src/tidy/duplicates.rs",
};

/// Finds crates in several versions, and exceptions that are not needed any more.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let tolerated: Vec<_> = TOLERATED.iter().map(|(name, _)| *name).collect();
    check_against(tree, &tolerated)
}

fn check_against(tree: &Tree, tolerated: &[&str]) -> Vec<Finding> {
    let several = several(&tree.linked);
    let refused = several.iter().filter_map(|(name, versions)| {
        let what = format!("{name} in {}", versions.join(" and "));
        refuse(name, tolerated).map(|reason| reason.at("Cargo.lock", 1, what))
    });
    let single = |name: &&&str| !tree.linked.is_empty() && !several.contains_key(**name);
    let stale = tolerated.iter().filter(single).map(|name| {
        STALE.at("xtask/src/tidy/duplicates.rs", 1, format!("{name} is in one version"))
    });
    refused.chain(stale).collect()
}

fn refuse(name: &str, tolerated: &[&str]) -> Option<Reason> {
    if ONE_GENERATION.contains(&name) {
        return Some(TWO_GENERATIONS);
    }
    (!tolerated.contains(&name)).then_some(TWO)
}

fn several(linked: &BTreeSet<(String, String)>) -> BTreeMap<&str, Vec<&str>> {
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, version) in linked {
        versions.entry(name).or_default().push(version);
    }
    versions.retain(|_, versions| versions.len() > 1);
    versions
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(linked: &[(&str, &str)], tolerated: &[&str]) -> Vec<String> {
        let pair = |(name, version): &(&str, &str)| (name.to_string(), version.to_string());
        let tree = Tree { linked: linked.iter().map(pair).collect(), ..Tree::default() };
        check_against(&tree, tolerated).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn two_versions_are_refused_unless_tolerated() {
        let linked = [("hashbrown", "0.14.0"), ("hashbrown", "0.15.0"), ("serde", "1.0.0")];
        assert_eq!(found(&linked, &[]), ["hashbrown in 0.14.0 and 0.15.0"]);
        assert!(found(&linked, &["hashbrown"]).is_empty());
    }

    #[test]
    fn two_generations_of_cryptography_are_not_tolerable() {
        let linked = [("digest", "0.10.7"), ("digest", "0.11.3")];
        assert_eq!(found(&linked, &["digest"]).len(), 1);
    }

    #[test]
    fn an_exception_ends_with_its_reason() {
        assert_eq!(found(&[("serde", "1.0.0")], &["hashbrown"]), ["hashbrown is in one version"]);
    }
}
