//! Where `unsafe` may be, and that each site of it has its reason.

use super::finding::{Finding, Reason};
use super::tree::{Source, Tree, is_in};

/// The only folders with a machine, a C library or a loader underneath.
const MAY_BE_UNSAFE: &[&str] = &[
    "appliance/token",
    "firmware-shims/bare",
    "firmware-shims/capi",
    "firmware-shims/host",
    "sim/embedded-token",
    "sim/faulty-token",
    // Asks valgrind, and has an allocator.
    "verification/ct",
];

const ELSEWHERE: Reason = Reason {
    why: "because only crates with C or a machine underneath may (xtask/src/tidy/unsafe_code.rs)",
    fix: "write it in safe Rust, or move it behind a safe function of one of those crates",
};

const WITHOUT_REASON: Reason = Reason {
    why: "because a reader must be able to judge each one",
    fix: "say in a comment right above it, `// SAFETY: ...`, why it holds",
};

const NOT_FORBIDDEN: Reason = Reason {
    why: "because a crate that needs no unsafe code must not be able to have any",
    fix: "open the file with `#![forbid(unsafe_code)]`",
};

/// Finds unsafe code in the wrong place or without a reason, and crates that do not forbid it.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings: Vec<_> = tree.sources.iter().flat_map(sites).collect();
    for member in tree.members.iter().filter(|member| !may_be_unsafe(&member.folder)) {
        let open = member.root_files(tree).filter(|root| !root.declares("forbid(unsafe_code)"));
        findings
            .extend(open.map(|root| NOT_FORBIDDEN.at(&root.path, 1, "unsafe code is possible")));
    }
    findings
}

fn may_be_unsafe(path: &str) -> bool {
    MAY_BE_UNSAFE.iter().any(|folder| is_in(path, folder))
}

fn sites(source: &Source) -> Vec<Finding> {
    let lines: Vec<&str> = source.text.lines().collect();
    let sites = source.tokens.iter().filter(|token| token.text == "unsafe");
    let judged = sites.filter_map(|site| {
        if !may_be_unsafe(&source.path) {
            return Some(ELSEWHERE.at(&source.path, site.line, "unsafe code"));
        }
        let reasoned = has_reason(lines.get(..site.line).unwrap_or_default());
        (!reasoned).then(|| WITHOUT_REASON.at(&source.path, site.line, "unsafe without a reason"))
    });
    judged.collect()
}

/// Looks upwards from the last line, to the end of the statement before it, for the reason.
fn has_reason(lines: &[&str]) -> bool {
    let Some((site, above)) = lines.split_last() else { return false };
    let trimmed = above.iter().rev().map(|line| line.trim());
    let own = trimmed.take_while(|line| is_comment(line) || !ends_a_statement(line));
    std::iter::once(*site).chain(own).any(|line| {
        line.split_once("//")
            .is_some_and(|(_, comment)| comment.contains("SAFETY:") || comment.contains("# Safety"))
    })
}

fn is_comment(line: &str) -> bool {
    line.starts_with("//")
}

fn ends_a_statement(line: &str) -> bool {
    line.is_empty() || line.ends_with([';', '{', '}', ','])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::samples::{files, member};

    const REASONED: &str =
        "fn f() {\n    // SAFETY: held.\n    let a =\n        unsafe { g() };\n}\n";
    const BARE: &str = "// SAFETY: of another.\nfn f() {\n    unsafe { g() };\n}\n";

    fn found(path: &str, text: &str) -> Vec<(usize, String)> {
        check(&files(&[(path, text)])).into_iter().map(|f| (f.line, f.what)).collect()
    }

    #[test]
    fn unsafe_in_the_core_is_refused_even_with_a_reason() {
        assert_eq!(found("appliance/core/src/a.rs", REASONED), [(4, "unsafe code".to_owned())]);
    }

    #[test]
    fn unsafe_hidden_in_a_macro_is_seen() {
        let text = "macro_rules! m { () => { unsafe { g() } } }\n";
        assert_eq!(found("appliance/core/src/a.rs", text).len(), 1);
    }

    #[test]
    fn unsafe_in_its_place_needs_its_own_reason() {
        let expected = [(3, "unsafe without a reason".to_owned())];
        assert_eq!(found("appliance/token/src/a.rs", BARE), expected);
        assert!(found("appliance/token/src/a.rs", REASONED).is_empty());
    }

    #[test]
    fn an_attribute_may_stand_between_the_reason_and_the_site() {
        let text = "// SAFETY: one of that name.\n#[unsafe(no_mangle)]\nfn f() {}\n";
        assert!(found("sim/embedded-token/src/lib.rs", text).is_empty());
        for module in ["sim/embedded-token/src/lib.rs", "sim/faulty-token/src/lib.rs"] {
            assert_eq!(found(module, "#[unsafe(no_mangle)]\nfn f() {}").len(), 1);
        }
    }

    #[test]
    fn a_crate_without_unsafe_code_forbids_it() {
        let crates = |root: &str| Tree {
            members: vec![member("countersign-ledger", "appliance/ledger", &[])],
            ..files(&[("appliance/ledger/src/lib.rs", root)])
        };
        assert_eq!(check(&crates("fn f() {}")).len(), 1);
        assert!(check(&crates("#![forbid(unsafe_code)]\nfn f() {}")).is_empty());
    }
}
