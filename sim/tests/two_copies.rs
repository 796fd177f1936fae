//! Whoever starts a copy of an appliance beside it, at the same token, has one appliance: the copy.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use countersign_sim::run::{self, Options, Run};
use countersign_sim::scenario::Scenario;

/// Seeds of each: chance says whom of both somebody gets to.
const SEEDS: u64 = 40;
/// What an owner saw counts for two looks.
const TWO_LOOKS_US: u64 = 2_000_000;

/// A signature; a copy that is started beside the appliance after five seconds; what happens `besides`; and somebody asks
/// when one alone is left.
fn played(seed: u64, besides: &str) -> Run {
    played_in("signers = 2", seed, besides)
}

fn played_in(house: &str, seed: u64, besides: &str) -> Run {
    let text = format!(
        r#"
        seed = {seed}
        house = {{ {house} }}
        events = [
            {{ at = 0, expect = "signed", sign = {{ key = 0 }} }},
            {{ at = 5000, image = "twin" }},
            {besides}
            {{ at = 60000, sign = {{ key = 0 }} }},
        ]"#
    );
    let options = Options { trace: true, ..Options::default() };
    let run = run::run(&Scenario::parse(&text).unwrap(), options).unwrap();
    assert_eq!(run.violations, [], "seed {seed}");
    run
}

/// When this was told first, in microseconds.
fn told_us(run: &Run, what: &str) -> u64 {
    run.trace.iter().find(|line| line.text.contains(what)).map(|line| line.at_us).unwrap()
}

fn tells(run: &Run, what: &str) -> bool {
    run.trace.iter().any(|line| line.text.contains(what))
}

/// What the officer heard to an order.
fn heard<'r>(run: &'r Run, order: &str) -> &'r str {
    let officers = run.trace.iter().filter(|line| line.who == "officer").map(|line| &*line.text);
    officers.skip_while(|text| !text.starts_with(order)).nth(1).unwrap()
}

/// What became of the documents, in order.
fn documents(run: &Run) -> Vec<&str> {
    run.trace.iter().filter_map(|line| line.text.strip_prefix("its document came to: ")).collect()
}

#[test]
fn the_old_one_stops_within_two_looks_and_the_copy_goes_on() {
    for seed in 0..SEEDS {
        let run = played(seed, "");
        let (serves, stops) =
            (told_us(&run, "the copy serves"), told_us(&run, "the old copy stops"));
        assert!(serves < stops && stops - serves <= TWO_LOOKS_US, "seed {seed}: {serves} {stops}");
        assert_eq!(documents(&run), ["signed", "signed"], "seed {seed}");
    }
}

/// Its front-end was given the activation by the old one, and gets to either with the approval.
#[test]
fn a_signature_under_way_comes_from_the_old_one_or_not_at_all() {
    let under_way = "{ at = 4900, sign = { key = 0 } },";
    let came: Vec<_> = (0..SEEDS).map(|seed| played(seed, under_way)).collect();
    let came: Vec<_> = came.iter().map(|run| documents(run)[1]).collect();
    assert!(came.iter().all(|came| ["signed", "stale"].contains(came)), "{came:?}");
    assert!(came.contains(&"signed") && came.contains(&"stale"), "{came:?}");
}

/// Approvals come to either while it is given: the model would tell if one were heeded after it was acknowledged.
#[test]
fn a_revocation_that_is_acknowledged_stands_and_the_old_one_acknowledges_none() {
    let revoked = r#"
        { at = 5100, sign = { key = 0 } }, { at = 5110, sign = { key = 0 } }, { at = 5120, sign = { key = 0 } },
        { at = 5300, order = { revoke = { of = "key", which = 0 } } },"#;
    let mut to_whom = [0, 0];
    for seed in 0..SEEDS {
        let run = played(seed, revoked);
        let lost = heard(&run, "KeyStanding") == "heard: nothing";
        let last = if lost { "signed" } else { "refused" };
        assert_eq!(documents(&run).last(), Some(&last), "seed {seed}");
        to_whom[usize::from(lost)] += 1;
    }
    assert!(to_whom.iter().all(|times| *times > 0), "{to_whom:?}");
}

#[test]
fn the_copys_machine_is_the_one_that_fails_from_then_on_and_starts_again() {
    let run = played_in("signers = 2, tpm = true", 1, r"{ at = 20000, cut = { down-ms = 2000 } },");
    assert!(tells(&run, "the old copy stops") && tells(&run, "the power has failed"));
    assert_eq!((run.boots, documents(&run)), (3, vec!["signed", "signed"]));
}

/// It was copied before the revocation, and the token answers it only after that was anchored.
#[test]
fn a_copy_that_has_less_than_is_anchored_is_given_up_and_the_first_one_goes_on() {
    let overtaken = r#"
        { at = 4999, token = "removed" },
        { at = 8000, mend = "everything" },
        { at = 8100, order = { revoke = { of = "key", which = 0 } } },"#;
    let run = played(1, overtaken);
    assert!(tells(&run, "does not start: the ledger has") && tells(&run, "the copy is given up"));
    assert_eq!((run.boots, documents(&run)), (1, vec!["signed", "refused"]));
}
