//! Which crates of others belong to one place only: the token's library, and the network.
//!
//! Dev-dependencies count too: a test that needs a network is a test of `tests/`.

use super::finding::{Finding, Reason};
use super::tree::{Member, Tree};

const NETWORKED: &[&str] = &[
    "countersignd",
    "countersign-client",
    "countersign",
    "countersign-gateway",
    "countersign-tests",
    // It serves a browser on loopback.
    "countersign-page",
    "countersign-load",
    // Its network is in memory, and its runtime its own; the daemon's endpoint stands on both.
    "countersign-sim",
];

/// HPKE is in rustls, too; no network comes with it.
const WITH_HPKE: &[&str] = &["countersign-recovery"];

/// A crate of others, and the crates of the house that may name it.
const BELONGS_TO: &[(&str, &[&[&str]])] = &[
    // The load measures the bare token, with nothing of the house around it.
    ("cryptoki", &[&["countersign-token", "countersign-load"]]),
    // The faulty module stands before another one: it is PKCS#11 itself, not a caller of it.
    ("cryptoki-sys", &[&["countersign-token", "countersign-faulty-token"]]),
    ("tpm2-protocol", &[&["countersign-tpm"]]),
    ("quinn", &[NETWORKED]),
    ("rustls", &[NETWORKED, WITH_HPKE]),
    ("tokio", &[NETWORKED]),
];

const PLACE: Reason = Reason {
    why: "because that crate has its places (the table in xtask/src/tidy/platform_crates.rs)",
    fix: "go through the crate of the house that wraps it",
};

/// Finds dependencies on a crate outside its places.
pub fn check(tree: &Tree) -> Vec<Finding> {
    tree.members.iter().flat_map(check_member).collect()
}

fn check_member(member: &Member) -> Vec<Finding> {
    let mut findings = Vec::new();
    for dependency in &member.dependencies {
        let row = BELONGS_TO.iter().find(|(name, _)| *name == dependency.name);
        let is_there = |places: &&[&str]| places.contains(&member.name.as_str());
        if row.is_some_and(|(_, places)| !places.iter().any(is_there)) {
            let what = format!("{} names {}", member.name, dependency.name);
            let line = member.line_of(&dependency.name);
            findings.push(PLACE.at(&member.manifest_path(), line, what));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::samples::member;

    #[test]
    fn the_daemon_may_not_call_the_token_library_nor_the_core_the_network() {
        let daemon = member("countersignd", "appliance/daemon", &["tokio", "cryptoki"]);
        let core = member("countersign-core", "appliance/core", &["tokio"]);
        let tree = Tree { members: vec![daemon, core], ..Tree::default() };
        let found: Vec<_> = check(&tree).into_iter().map(|finding| finding.to_string()).collect();
        assert_eq!(found.len(), 2);
        assert!(found[0].starts_with("appliance/daemon/Cargo.toml:2: countersignd names cryptoki"));
        assert!(found[1].starts_with("appliance/core/Cargo.toml:1: countersign-core names tokio"));
    }

    #[test]
    fn each_in_its_place_is_allowed() {
        let token = member("countersign-token", "appliance/token", &["cryptoki"]);
        let client = member("countersign-client", "protocol/client", &["quinn", "rustls", "tokio"]);
        let recovery = member("countersign-recovery", "appliance/recovery", &["rustls"]);
        let members = vec![token, client, recovery];
        assert!(check(&Tree { members, ..Tree::default() }).is_empty());
    }

    #[test]
    fn hpke_brings_no_network() {
        let recovery = member("countersign-recovery", "appliance/recovery", &["quinn"]);
        assert_eq!(check(&Tree { members: vec![recovery], ..Tree::default() }).len(), 1);
    }
}
