//! Every rule is broken by a planted mistake, and found: a checker that cannot fail proves nothing.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "these are tests")]

use countersign_sim::campaign::shrink;
use countersign_sim::machine::Bug;
use countersign_sim::model::Rule;
use countersign_sim::report;
use countersign_sim::run::{self, Options};
use countersign_sim::scenario::{Adversary, Layer, Scenario, draw};

/// Seeds in which a mistake must be found.
const SEEDS: u64 = 400;

/// The first seed that breaks this rule with this mistake.
fn found(bug: Bug, rule: Rule) -> Option<Scenario> {
    let breaks = |scenario: &Scenario| {
        let run = run::run(scenario, Options { bug, ..Options::default() }).unwrap();
        run.violations.iter().any(|violation| violation.rule == rule)
    };
    let drawn = |seed| draw(seed, Adversary::All, Layer::Core);
    (0..SEEDS).map(drawn).find(breaks)
}

#[test]
fn every_planted_mistake_is_found_by_its_rule() {
    for (bug, rule) in Bug::ALL {
        let seed =
            found(*bug, *rule).unwrap_or_else(|| panic!("{bug:?} never broke {rule:?}")).seed;
        println!("{bug:?} breaks {rule:?} in seed {seed}");
    }
}

#[test]
fn every_rule_has_a_mistake_that_breaks_it() {
    for rule in Rule::ALL.into_iter().filter(|rule| *rule != Rule::Expected) {
        assert!(Bug::ALL.iter().any(|(_, broken)| *broken == rule), "{rule:?}");
    }
}

#[test]
fn what_a_scenario_expects_is_compared_with_what_it_comes_to() {
    let comes_to = |device: &str, expect: &str| {
        let text = format!(
            "events = [{{ at = 0, expect = \"{expect}\", sign = {{ device = \"{device}\" }} }}]"
        );
        run::run(&Scenario::parse(&text).unwrap(), Options::default()).unwrap().violations
    };
    assert_eq!(comes_to("no-uv", "UserNotVerified"), []);
    assert_eq!(comes_to("no-uv", "refused"), []);
    assert_eq!(comes_to("honest", "signed"), []);
    let broken = comes_to("no-uv", "signed");
    assert_eq!(broken[0].rule, Rule::Expected);
    assert!(broken[0].how.contains("UserNotVerified"), "{broken:?}");
}

#[test]
fn a_reply_before_the_sync_is_found_shrunk_and_its_report_shows_the_cause() {
    let options = Options { bug: Bug::ReplyBeforeSync, ..Options::default() };
    let scenario = found(Bug::ReplyBeforeSync, Rule::OnRecord).unwrap();
    let small = shrink(&scenario, Rule::OnRecord, options).unwrap();
    assert!(small.events.len() < 30, "{}", small.text());
    // As text and back, it fails as before; without the mistake it does not.
    let small = Scenario::parse(&small.text()).unwrap();
    let run = run::run(&small, Options { trace: true, ..options }).unwrap();
    assert!(run.violations.iter().any(|v| v.rule == Rule::OnRecord));
    assert_eq!(run::run(&small, Options::default()).unwrap().violations, []);
    let page = report::timeline("planted", &small, &run.trace, &run.violations);
    let (verdict, _) = page.split_once("<h2>Timeline").unwrap();
    // A reply had left; then the power failed; then its record was not there.
    let order = ["OnRecord", "signatures (", "the power has failed", "serves"];
    // Each after the one before: there may have been another start earlier.
    let after = |rest: &'_ str, part: &str| rest.find(part).map(|at| at + part.len());
    let found = order.iter().try_fold(0, |from, part| Some(from + after(&verdict[from..], part)?));
    assert!(found.is_some(), "{verdict}");
}
