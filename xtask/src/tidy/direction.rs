//! Who may depend on whom: the one table of it.
//!
//! Dev-dependencies are free, because a test may need what the code must not.

use super::finding::{Finding, Reason};
use super::tree::{Member, Tree, is_in};

const TLOG: &str = "countersign-tlog";
const PROTOCOL: &str = "countersign-protocol";
const PORTS: &str = "countersign-ports";
const CORE: &str = "countersign-core";
const ANCHOR: &str = "countersign-anchor";
const TOKEN: &str = "countersign-token";
const LEDGER: &str = "countersign-ledger";
const PUBLISHER: &str = "countersign-publisher";
const SLOTS: &str = "countersign-slots";
const VAULT: &str = "countersign-vault";
const WITNESS: &str = "countersign-witness";
const ENROLMENT: &str = "countersign-enrolment";
const RECOVERY: &str = "countersign-recovery";
const REGISTRY: &str = "countersign-registry";
const VERIFIER: &str = "countersign-verifier";
const SELFTEST: &str = "countersign-selftest";
const SOFT: &str = "countersign-soft";
const HOST: &str = "countersign-host";
const TPM: &str = "countersign-tpm";
const CLIENT: &str = "countersign-client";
const CAPI: &str = "countersign-capi";
const GATEWAY: &str = "countersign-gateway";
const CONSOLE: &str = "countersign";
const DAEMON: &str = "countersignd";

/// A crate of the house, and the crates of the house that it may depend on.
#[rustfmt::skip]
const MAY_DEPEND_ON: &[(&str, &[&str])] = &[
    (TLOG,     &[]),
    (PROTOCOL, &[TLOG]),
    (PORTS,    &[]),
    (CORE,     &[PROTOCOL, PORTS]),
    (ANCHOR,   &[TLOG, PROTOCOL, CORE]),
    (TOKEN,    &[TLOG, PROTOCOL, PORTS, CORE]),
    (LEDGER,   &[TLOG, PROTOCOL, PORTS, CORE]),
    (PUBLISHER, &[TLOG, PROTOCOL, PORTS, CORE, LEDGER]),
    (SLOTS,    &[PROTOCOL, PORTS]),
    (VAULT,    &[PROTOCOL, PORTS, CORE]),
    (VERIFIER, &[TLOG, PROTOCOL, PORTS, CORE, ENROLMENT]),
    (WITNESS,  &[TLOG, PORTS]),
    (CAPI,     &[PROTOCOL, PORTS, CORE]),
    (ENROLMENT, &[PROTOCOL, PORTS, CORE]),
    (REGISTRY, &[PROTOCOL, PORTS, CORE, LEDGER, ENROLMENT]),
    (RECOVERY, &[PROTOCOL, PORTS, LEDGER, VAULT, VERIFIER]),
    (SELFTEST, &[PORTS]),
    (SOFT,     &[PORTS]),
    (HOST,     &[PORTS]),
    (TPM,      &[]),
    (DAEMON,   &[TLOG, PROTOCOL, PORTS, CORE, ANCHOR, TOKEN, LEDGER, PUBLISHER, SLOTS, VAULT, WITNESS, VERIFIER, ENROLMENT, RECOVERY, REGISTRY, SELFTEST, SOFT, HOST, TPM]),
    (CLIENT,   &[TLOG, PROTOCOL]),
    (GATEWAY,  &[PROTOCOL, CLIENT, VERIFIER]),
    (CONSOLE,  &[TLOG, PROTOCOL, CLIENT, VERIFIER, CORE, ENROLMENT, RECOVERY, HOST]),
];

/// Crates in these folders may depend on anything, and nothing depends on them but tests.
const OUTSIDE: &[&str] = &[
    "firmware-shims/bare",
    "firmware-shims/contract",
    "fuzz",
    "sim",
    "tests",
    "verification",
    "xtask",
];

const DIRECTION: Reason = Reason {
    why: "because dependencies point one way only (the table in xtask/src/tidy/direction.rs)",
    fix: "move the code to where it may be, or pass what is needed as a value",
};

const UNKNOWN: Reason = Reason {
    why: "because every crate of the house has its place in the table of directions",
    fix: "add its row to xtask/src/tidy/direction.rs and to ARCHITECTURE.md",
};

/// Finds dependencies that point the wrong way, and crates that the table does not know.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let inside = tree.members.iter().filter(|member| !is_outside(member));
    inside.flat_map(|member| check_member(member, &tree.members)).collect()
}

fn is_outside(member: &Member) -> bool {
    OUTSIDE.iter().any(|folder| is_in(&member.folder, folder))
}

fn check_member(member: &Member, house: &[Member]) -> Vec<Finding> {
    let path = member.manifest_path();
    let Some((_, allowed)) = MAY_DEPEND_ON.iter().find(|(name, _)| *name == member.name) else {
        return vec![UNKNOWN.at(&path, 1, format!("{} is not in the table", member.name))];
    };
    let of_the_house = |name: &str| house.iter().any(|other| other.name == name);
    let refused = member.linked().map(|dependency| dependency.name.as_str());
    refused
        .filter(|name| of_the_house(name) && !allowed.contains(name))
        .map(|name| {
            let what = format!("{} depends on {name}", member.name);
            DIRECTION.at(&path, member.line_of(name), what)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::samples::member;

    fn found(members: Vec<Member>) -> Vec<String> {
        let tree = Tree { members, ..Tree::default() };
        check(&tree).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn the_core_may_not_see_the_ledger() {
        let core = member(CORE, "appliance/core", &[PROTOCOL, LEDGER, "heapless"]);
        let others = [PROTOCOL, LEDGER].map(|name| member(name, name, &[]));
        let members = [vec![core], others.to_vec()].concat();
        assert_eq!(found(members), ["countersign-core depends on countersign-ledger"]);
    }

    #[test]
    fn nothing_depends_on_the_simulator_but_a_test() {
        let sim = member("countersign-device", "sim/device", &[]);
        let mut client = member(CLIENT, "protocol/client", &["countersign-device"]);
        assert_eq!(found(vec![sim.clone(), client.clone()]).len(), 1);
        client.dependencies.iter_mut().for_each(|dependency| dependency.for_tests = true);
        assert!(found(vec![sim, client]).is_empty());
    }

    #[test]
    fn a_crate_without_a_row_is_refused_unless_it_is_outside() {
        let unknown = "countersign-new";
        assert_eq!(found(vec![member(unknown, "appliance/new", &[])]).len(), 1);
        assert!(found(vec![member(unknown, "sim/new", &[])]).is_empty());
    }

    #[test]
    fn the_straight_way_is_allowed() {
        let members = vec![
            member("countersignd", "appliance/daemon", &[CORE, TOKEN, "tokio"]),
            member(CORE, "appliance/core", &[PROTOCOL, PORTS]),
            member(TOKEN, "appliance/token", &[CORE]),
            member(PROTOCOL, "protocol/wire", &[]),
            member(PORTS, "firmware-shims/ports", &[]),
        ];
        assert!(found(members).is_empty());
    }
}
