//! Every scenario in the repository holds: those that once failed, for ever, and those that teach.

#![allow(clippy::unwrap_used, clippy::panic, reason = "these are tests")]

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
    wrong("events = [\n  { at = 1, sign = {}, mend = \"everything\" },\n]", &["exactly one of"]);
}

#[test]
fn the_power_fails_at_every_effect_of_a_day() {
    let day = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/a-day.toml");
    let losses = [Loss::Everything, Loss::Nothing, Loss::Torn, Loss::AsSeeded];
    let scenario = Scenario::read(&day).unwrap();
    let (moments, broken) = run::cut_everywhere(&scenario, &losses, Options::default()).unwrap();
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
