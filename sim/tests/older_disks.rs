//! Whoever puts back an older disk gains nothing, unless the token is put back too.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use countersign_sim::run::{self, Options, Run};
use countersign_sim::scenario::Scenario;

/// What happens, after a signature, a copy of everything, and what is `anchored`; then the copy of the disks is put back,
/// with `also`, and somebody asks.
fn played(anchored: &str, also: &str, expect: &str) -> Run {
    played_in("signers = 2", anchored, also, expect)
}

fn played_in(house: &str, anchored: &str, also: &str, expect: &str) -> Run {
    let text = format!(
        r#"
        house = {{ {house} }}
        events = [
            {{ at = 0, expect = "signed", sign = {{ key = 0 }} }},
            {{ at = 5000, image = "kept" }},
            {{ at = 5000, token = "backed-up" }},
            {anchored}
            {{ at = 20000, image = "put-back" }},
            {also}
            {{ at = 60000, expect = "{expect}", sign = {{ key = 0 }} }},
        ]"#
    );
    let options = Options { trace: true, ..Options::default() };
    run::run(&Scenario::parse(&text).unwrap(), options).unwrap()
}

const REVOKED: &str = r#"{ at = 6000, order = { revoke = { of = "key", which = 0 } } },"#;
const RESTORED: &str = r#"{ at = 20001, token = "restored" },"#;

fn tells(run: &Run, what: &str) -> bool {
    run.trace.iter().any(|line| line.text.contains(what))
}

#[test]
fn a_revocation_stands_whatever_disk_is_put_back() {
    let run = played(REVOKED, "", "refused");
    assert_eq!(run.violations, []);
    assert!(tells(&run, "does not start: the ledger has"));
    assert!(tells(&run, "a person puts back today's disk"));
}

#[test]
fn a_disk_that_has_all_that_is_anchored_is_used() {
    let run = played("", "", "signed");
    assert_eq!(run.violations, []);
    assert!(tells(&run, "an older disk is put back") && !tells(&run, "a person puts back"));
}

#[test]
fn a_tpm_tells_whoever_puts_back_the_token_too() {
    let run = played_in("signers = 2, tpm = true", REVOKED, RESTORED, "refused");
    assert_eq!(run.violations, []);
    assert!(tells(&run, "the token was put back to an older state"));
    assert!(tells(&run, "a person puts back the newest token"));
    assert!(tells(&run, "a person puts back today's disk"));
}

/// The limit, where there is no TPM.
#[test]
fn whoever_puts_back_the_token_too_undoes_a_revocation() {
    let run = played(REVOKED, RESTORED, "signed");
    assert_eq!(run.violations, []);
    assert!(!tells(&run, "a person puts back"));
}
