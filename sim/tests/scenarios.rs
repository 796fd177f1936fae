//! Every scenario in the repository holds: those that once failed, for ever, and those that teach.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "these are tests"
)]

use std::path::{Path, PathBuf};

use countersign_disk::Loss;
use countersign_sim::run::{self, Options};
use countersign_sim::scenario::{Adversary, Layer, Scenario, draw};

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    files
}

#[test]
fn what_failed_once_and_what_is_shown_holds() {
    let all = [files("seeds"), files("scenarios")].concat();
    assert!(all.len() >= 6, "{all:?}");
    for file in all {
        let scenario = Scenario::read(&file).unwrap();
        let violations = run::run(&scenario, Options::default()).unwrap().violations;
        assert_eq!(violations, [], "{}", file.display());
    }
}

#[test]
fn a_scenario_is_its_text() {
    for seed in 0..200 {
        let scenario = draw(seed, Adversary::All, Layer::Network);
        let text = scenario.text();
        assert_eq!(Scenario::parse(&text), Ok(scenario), "seed {seed}");
    }
}

#[test]
fn a_mistake_in_a_scenario_is_told_with_its_line() {
    let wrong = |text: &str, told: &[&str]| {
        let why = Scenario::parse(text).unwrap_err();
        assert!(told.iter().all(|part| why.contains(part)), "{why}");
    };
    wrong("sed = 1", &["line 1", "sed"]);
    wrong("events = [\n  { at = 1, sign = { device = \"tired\" } },\n]", &["line 2", "tired"]);
    wrong("events = [\n  { at = 1, sing = {} },\n]", &["line 2", "sing"]);
    wrong("events = [\n  { at = 1 },\n]", &["line 2", "exactly one of"]);
    wrong("events = [\n  { at = 1, expect = \"Tired\", sign = {} },\n]", &["line 2", "Tired"]);
    wrong("events = [\n  { at = 1, expect = \"signed\", flood = { count = 1 } },\n]", &["line 2"]);
    wrong("events = [\n  { at = 1, sign = {}, mend = \"everything\" },\n]", &["exactly one of"]);
}

#[test]
fn a_scenario_too_large_is_told_at_once() {
    let wrong = |text: &str, told: &str| {
        let why = Scenario::parse(text).unwrap_err();
        assert!(why.contains(told), "{why}");
    };
    wrong("house = { signers = 4000000000 }", "house.signers is 4000000000: at most 1000");
    wrong("house = { portals = 0 }", "at least one");
    wrong("house = { signers = 2, joint = 3 }", "house.joint is 3: at most 2");
    wrong("house = { suites = [\"RS512\"] }", "there is no \"RS512\"; there are ");
    wrong("events = [\n  { at = 1, flood = { count = 99999 } },\n]", "line 2: count is 99999");
    wrong("events = [\n  { at = 99999999999999, sign = {} },\n]", "line 2: at is");
}

/// Numbers that nobody means.
const ODD: [&str; 8] =
    ["0", "1", "1000", "65535", "4294967295", "8796093022208", "-1", "-4294967296"];

#[test]
fn whatever_numbers_a_scenario_has_it_is_refused_or_played_to_its_end() {
    let mut random = fastrand::Rng::with_seed(4);
    let (mut refused, mut played) = (0, 0);
    for seed in 0..400 {
        let mut scenario = draw(seed, Adversary::All, Layer::Core);
        scenario.house.crowd = 0;
        scenario.events.truncate(12);
        let text = odd(&scenario.text(), &mut random);
        match Scenario::parse(&text) {
            Err(_) => refused += 1,
            Ok(scenario) => {
                let run = run::run(&scenario, Options::default()).unwrap();
                assert_eq!(run.violations, [], "{text}");
                played += 1;
            }
        }
    }
    println!("{refused} refused, {played} played");
    assert!(refused > 50 && played > 50, "{refused} refused, {played} played");
}

/// A text with one of its numbers replaced.
fn odd(text: &str, random: &mut fastrand::Rng) -> String {
    let starts = text.match_indices(" = ").map(|(at, _)| at + 3);
    let is_number = |at: &usize| text[*at..].starts_with(|c: char| c.is_ascii_digit());
    let starts: Vec<usize> = starts.filter(is_number).collect();
    let start = *random.choice(&starts).unwrap();
    let end = text[start..].find(|c: char| !c.is_ascii_digit()).unwrap() + start;
    [&text[..start], random.choice(&ODD).unwrap(), &text[end..]].concat()
}

#[test]
fn the_power_fails_at_every_effect_of_a_day() {
    let day = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/a-day.toml");
    let losses = [Loss::Everything, Loss::Nothing, Loss::Torn, Loss::AsSeeded];
    let scenario = Scenario::read(&day).unwrap();
    let (moments, broken) =
        run::cut_everywhere(&scenario, &losses, Options::default(), |_, _| ()).unwrap();
    println!("{moments} cuts");
    assert!(moments > 200, "{moments}");
    let first = broken.first().map(|(cut, violations)| (cut.text(), violations));
    assert_eq!(first, None, "{} of {moments} broke a rule", broken.len());
}

#[test]
fn real_signatures_hold_as_cheap_ones_do() {
    let options = Options { crypto: countersign_sim::machine::Chosen::Host, ..Options::default() };
    for seed in 0..12 {
        let violations =
            run::run(&draw(seed, Adversary::All, Layer::Core), options).unwrap().violations;
        assert_eq!(violations, [], "seed {seed}");
    }
}

#[test]
fn a_hundred_thousand_devices_are_registered_and_a_few_of_them_sign() {
    let text = "house = { signers = 3, crowd = 100000 }\n\
                events = [{ at = 0, expect = \"signed\", sign = { key = 2 } }]";
    let run = run::run(&Scenario::parse(text).unwrap(), Options::default()).unwrap();
    assert_eq!(run.violations, []);
}
