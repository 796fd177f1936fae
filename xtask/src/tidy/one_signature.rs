//! That the token's keys are used at exactly one place in the whole tree.
//!
//! `C_Sign` is reached through cryptoki's `Session::sign`, which only countersign-token can name.
//! The rule counts its calls there, in whatever form, also inside macros and tests: a method call
//! `.sign(..)` with three arguments, or the path `Session::sign`.

use super::finding::{Finding, Reason};
use super::tokens::{Token, arguments, begins_with, group};
use super::tree::{Source, Tree};

/// The crate with the call.
const TOKEN: &str = "appliance/token/src";

/// The other doors of the interface to the same keys.
const OTHER_DOORS: &[&str] = &[
    "sign_init",
    "sign_update",
    "sign_final",
    "sign_multi",
    "sign_recover",
    "message_sign",
    "C_Sign",
];

const NONE: Reason = Reason {
    why: "because the house signs at one place that can be pointed at",
    fix: "call `Session::sign` there, once",
};

const SECOND: Reason = Reason {
    why: "because one call is what makes `no key is used without an order` checkable",
    fix: "go through the one private function that calls it",
};

const OTHER: Reason = Reason {
    why: "because it is another way to use a key than the one call of `Session::sign`",
    fix: "remove it, or sign through the one call",
};

/// Finds every call but one, and every other way to sign.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let sources: Vec<_> = tree.sources.iter().filter(|source| source.is_in(TOKEN)).collect();
    let mut findings: Vec<_> = sources.iter().flat_map(|source| other_doors(source)).collect();
    let mut calls = sources.iter().flat_map(|source| calls(source));
    if calls.next().is_none() {
        findings.push(NONE.at("appliance/token/src/lib.rs", 1, "no call of `Session::sign`"));
    }
    let second =
        calls.map(|(path, line)| SECOND.at(path, line, "a second call of `Session::sign`"));
    findings.extend(second);
    findings
}

fn calls(source: &Source) -> Vec<(&str, usize)> {
    let starts = (0..source.tokens.len()).filter_map(|index| source.tokens.get(index..));
    let calls = starts.filter(|tokens| is_method_call(tokens) || is_path(tokens));
    calls.filter_map(|tokens| Some((source.path.as_str(), tokens.first()?.line))).collect()
}

fn is_method_call(tokens: &[Token]) -> bool {
    begins_with(tokens, &[".", "sign", "("])
        && arguments(group(tokens.get(2..).unwrap_or_default())).len() == 3
}

fn is_path(tokens: &[Token]) -> bool {
    begins_with(tokens, &["Session", ":", ":", "sign"])
        || begins_with(tokens, &["Session", ">", ":", ":", "sign"])
}

fn other_doors(source: &Source) -> Vec<Finding> {
    let is_door = |token: &&Token| OTHER_DOORS.iter().any(|door| token.text.starts_with(door));
    let doors = source.tokens.iter().filter(is_door);
    doors.map(|token| OTHER.at(&source.path, token.line, format!("`{}`", token.text))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::samples::files;

    const ONE: &str = "fn c_sign() { session.sign(&Mechanism::Ecdsa, key, digest) }\n";

    fn found(text: &str) -> Vec<String> {
        let path = "appliance/token/src/session.rs";
        check(&files(&[(path, text)])).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn one_call_is_what_there_must_be() {
        assert!(found(ONE).is_empty());
        assert_eq!(found("fn f() {}"), ["no call of `Session::sign`"]);
    }

    #[test]
    fn doors_of_our_own_with_other_arguments_do_not_count() {
        assert!(found(&format!("{ONE}fn g() {{ token.sign(order); sign(a, b, c) }}")).is_empty());
    }

    #[test]
    fn a_second_call_is_refused_in_every_form() {
        let forms = [
            "fn g() { s.sign(m, k,\n d) }",
            "fn g() { Session::sign(&s, m, k, d) }",
            "fn g() { let f = <Session>::sign; }",
            "fn g() { try_it!(s.sign(&m(1, 2), k, &[1, 2],)) }",
        ];
        for form in forms {
            assert_eq!(
                found(&format!("{ONE}{form}")),
                ["a second call of `Session::sign`"],
                "{form}"
            );
        }
    }

    #[test]
    fn signing_in_pieces_is_refused() {
        assert_eq!(found(&format!("{ONE}fn g() {{ s.sign_init(m, k) }}")), ["`sign_init`"]);
        assert_eq!(found(&format!("{ONE}fn g() {{ (f.C_SignFinal)(h) }}")), ["`C_SignFinal`"]);
    }

    #[test]
    fn calls_elsewhere_are_of_something_else() {
        let tree = files(&[("appliance/token/src/a.rs", ONE), ("sim/device/src/a.rs", ONE)]);
        assert!(check(&tree).is_empty());
    }
}
