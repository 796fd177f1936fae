//! The simulator, as tests and laboratories run it.
//!
//! Guarantees: a campaign that breaks a rule, or in which something never happens that must, is a failure;
//! what failed was shrunk and is a file in `sim/seeds` by then, to be looked at and committed.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::programs::{self, Profile};
use crate::{command, embedded_token, workspace};

/// What a test runs: a minute of everything, and some of hostile people on good machines.
const TEST: [&[&str]; 2] =
    [&["run", "--minutes", "1"], &["run", "--minutes", "0.4", "--adversary", "only"]];

/// What a laboratory runs.
const LABORATORY: [&[&str]; 8] = [
    &["run", "--minutes", "5", "--report", "target/sim-campaign.html"],
    &["run", "--minutes", "5", "--adversary", "only", "--report", "target/sim-adversaries.html"],
    &["run", "--minutes", "1", "--crypto", "host", "--adversary", "only"],
    &["meta", "--seeds", "1000"],
    &["seed", "sim/scenarios/a-day.toml", "--cut-everywhere"],
    &["run", "--minutes", "2", "--layer", "network"],
    &["meta", "--seeds", "50", "--layer", "network"],
    // It waits more than it computes.
    &["run", "--minutes", "2", "--layer", "daemon", "--threads", "6"],
];

/// Runs what belongs to the tests; how many parts of it passed.
pub fn of_a_test() -> Result<u32> {
    all(&TEST, Profile::Dev, &[])
}

/// Runs what a laboratory runs, at last with the program itself, as it ships.
pub fn of_a_laboratory() -> Result<()> {
    let program = programs::build(&["countersignd"], Profile::Release)?;
    let environment = [
        ("COUNTERSIGN_DAEMON", program.daemon().to_owned()),
        ("COUNTERSIGN_TOKEN_MODULE", embedded_token::module()?),
        ("COUNTERSIGN_FAULTY_MODULE", programs::module("countersign-faulty-token")?),
    ];
    all(&LABORATORY, Profile::Sim, &environment).map(drop)
}

fn all(runs: &[&[&str]], profile: Profile, environment: &[(&str, PathBuf)]) -> Result<u32> {
    let programs = programs::build(&["countersign-sim"], profile)?;
    for arguments in runs {
        println!("countersign-sim {}", arguments.join(" "));
        let mut simulator = Command::new(programs.simulator());
        simulator.args(*arguments).envs(environment.iter().cloned());
        command::run(simulator.current_dir(workspace::root()))?;
    }
    Ok(u32::try_from(runs.len()).unwrap_or(u32::MAX))
}
