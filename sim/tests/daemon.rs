//! The layer `daemon`: the program itself, killed, stopped and started again, on a token that hangs; and
//! programs that do what none may, of which the model says so.

#![allow(clippy::unwrap_used, clippy::panic, reason = "these are tests")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use countersign_sim::machine::TokenFault;
use countersign_sim::marks::{Happening, Mark, TokenKind};
use countersign_sim::model::Rule;
use countersign_sim::run::{Options, Run, daemon};
use countersign_sim::scenario::{
    Adversary, Call, Cut, Deed, Errand, Event, House, Layer, Scenario, TokenTrouble, Trick, draw,
};
use countersign_sim::stage::Programs;
use countersign_sim::trace;
use tempfile::TempDir;

/// A seed for which the daemon has two sessions at the token: while one hangs, the other goes on.
const TWO_SESSIONS: u64 = 1;

/// The programs that `cargo xtask test` has built.
fn programs() -> Programs {
    Programs::from_environment().unwrap_or_else(|why| panic!("{why:#}"))
}

/// A document every so many milliseconds, of each signer in turn, and these deeds at these times.
fn scenario(seed: u64, (documents, every_ms): (u64, u64), deeds: &[(u64, Deed)]) -> Scenario {
    let errand = |number: u64| Errand {
        portal: (number % 2) as u32,
        key: (number / 2 % 2) as u32,
        trick: if number.is_multiple_of(5) { Trick::Again } else { Trick::None },
        think_ms: 50,
        ..Errand::default()
    };
    let signs = (0..documents).map(|number| (number * every_ms, Deed::Sign(errand(number))));
    let all = signs.chain(deeds.iter().cloned());
    let event = |(number, (at, deed))| Event { at, number, deed, expect: None };
    let events = (0..).zip(all).map(event).collect();
    let (about, layer, house) = (String::new(), Layer::Daemon, House::default());
    Scenario { about, seed, layer, house, events }
}

fn kill(down_ms: u32) -> Deed {
    Deed::Cut(Cut { after: Some(1), down_ms, ..Cut::default() })
}

fn stop() -> Deed {
    Deed::Cut(Cut { orderly: true, down_ms: 100, ..Cut::default() })
}

fn played(scenario: &Scenario, programs: &Programs) -> Run {
    let options = Options { trace: true, ..Options::default() };
    let run = daemon(scenario, options, programs).unwrap_or_else(|why| panic!("{why:#}"));
    println!("{}", trace::text(&run.trace));
    println!("{} signed, {} starts, {} ms", run.signed, run.boots, run.virtual_us / 1_000);
    run
}

fn holds(scenario: &Scenario) -> Run {
    let run = played(scenario, &programs());
    assert_eq!(run.violations, [], "seed {}; see {:?}", scenario.seed, run.left);
    run
}

fn count(run: &Run, happening: Happening) -> u64 {
    run.marks().count(Mark::Happened(happening))
}

#[test]
fn killed_and_stopped_on_a_token_that_hangs_it_keeps_every_rule_and_signs() {
    let hang = TokenTrouble::At { call: Call::Sign, fault: TokenFault::Hangs, times: 1 };
    let deeds = [(450, kill(100)), (2_200, kill(300)), (3_900, stop()), (5_200, Deed::Token(hang))];
    let run = holds(&scenario(TWO_SESSIONS, (22, 300), &deeds));
    assert_eq!(count(&run, Happening::Killed), 2);
    // And that at the end.
    assert_eq!(count(&run, Happening::StoppedInOrder), 2);
    assert_eq!(run.marks().count(Mark::Token(TokenKind::Hangs)), 1);
    assert!(run.boots >= 4, "{} starts", run.boots);
    // On a machine that has much else to do, fewer.
    assert!(run.signed > 4, "{} of 23 signed", run.signed);
}

#[test]
fn what_seeds_draw_holds() {
    for seed in [3, 4] {
        holds(&draw(seed, Adversary::All, Layer::Daemon));
    }
}

/// Programs of which the daemon is this script, which goes on as the real one: `$home` is its folder,
/// and its second start is `$again`.
fn instead(folder: &TempDir, script: &str) -> Programs {
    let programs = programs();
    let path = folder.path().join("countersignd");
    let daemon = programs.daemon.display();
    let text = format!(
        "#!/bin/sh\n\
         for word; do [ \"$last\" = --config ] && home=$(dirname \"$word\"); last=$word; done\n\
         if [ \"$1\" = run ]; then echo >>\"$home/starts\"; fi\n\
         [ \"$(wc -l <\"$home/starts\")\" = 2 ] && again=yes\n\
         {script}\n\
         exec '{daemon}' \"$@\"\n"
    );
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    Programs { daemon: path, ..programs }
}

/// The rules that a script breaks in a day with a kill in it.
fn broken(script: &str) -> Vec<Rule> {
    let folder = TempDir::new().unwrap();
    let day = scenario(
        TWO_SESSIONS,
        (8, 100),
        &[(500, Deed::Cut(Cut { down_ms: 50, ..Cut::default() }))],
    );
    let run = played(&day, &instead(&folder, script));
    // Nobody wants to look into it.
    if let Some(left) = run.left {
        fs::remove_dir_all(left).unwrap();
    }
    run.violations.iter().map(|violation| violation.rule).collect()
}

#[test]
fn a_program_as_it_is_breaks_no_rule() {
    assert_eq!(broken(""), []);
}

#[test]
fn a_program_that_forgets_what_it_has_released_is_found_out() {
    let forgets = "[ \"$again\" ] && truncate --size=-3000 \"$home/data/ledger\"";
    assert!(broken(forgets).contains(&Rule::OnRecord));
}

#[test]
fn a_program_that_tells_its_pin_is_found_out() {
    assert_eq!(broken("cat \"$home/pin\""), [Rule::Secret]);
}

#[test]
fn a_program_that_dies_is_found_out() {
    assert_eq!(broken("[ \"$again\" ] && kill -SEGV $$"), [Rule::Progress]);
}

#[test]
fn what_is_missing_is_said_in_one_line() {
    let nowhere = Programs { faulty_module: "nowhere.so".into(), ..programs() };
    let day = scenario(TWO_SESSIONS, (1, 100), &[]);
    let why = daemon(&day, Options::default(), &nowhere).err().unwrap().to_string();
    assert!(why.contains("nowhere.so") && why.lines().count() == 1, "{why}");
}
