//! Every proof that the project carries, part by part, in one command.
//!
//! Guarantees: all parts run even when one fails; at the end stands again what failed, and why, and the
//! last line counts what passed and what failed; the exit code says whether anything did.
//!
//! Does not guarantee: more than the parts check. Each says in its own file what that is.

mod heard;
mod no_std;
mod service;
mod unit;

use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, ensure};

use crate::constant_work::Arguments as ConstantWork;
use crate::{command, demo, differential, embedded_token, setup, simulation, tidy, workspace};

/// What `cargo xtask test` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// The only part to run; all when left out
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(PARTS.map(|part| part.name)))]
    name: Option<String>,
}

/// How tests ended.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// How many passed.
    pub passed: u32,
    /// Each that failed, and why.
    pub failed: Vec<String>,
}

/// A part: its name, and what it runs.
struct Part {
    name: &'static str,
    run: fn() -> Result<Outcome>,
}

const PARTS: [Part; 10] = [
    Part { name: "setup", run: set_up },
    Part { name: "tidy", run: tidy },
    Part { name: "clippy", run: clippy },
    Part { name: "demo", run: demonstrate },
    Part { name: "unit", run: unit::run },
    Part { name: "differential", run: compare },
    Part { name: "sim", run: simulate },
    Part { name: "ct", run: constant_work },
    Part { name: "no-std", run: no_std::run },
    Part { name: "service", run: service::run },
];

/// Runs the parts, counts them, and shows at the end what failed: a log's end may be all that is kept of it.
pub fn perform(arguments: &Arguments) -> Result<ExitCode> {
    let chosen = |part: &&Part| arguments.name.as_ref().is_none_or(|name| name == part.name);
    let outcomes = PARTS.iter().filter(chosen).map(perform_part);
    let total = outcomes.fold(Outcome::default(), Outcome::plus);
    total.failed.iter().for_each(|failed| println!("\nfailed: {failed}"));
    println!("\n{} passed, {} failed", total.passed, total.failed.len());
    Ok(if total.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs one part; an error of its own is one failed test.
fn perform_part(part: &Part) -> Outcome {
    let begun = Instant::now();
    println!("\n== {}", part.name);
    let outcome = (part.run)().unwrap_or_else(|error| {
        println!("error: {error:#}");
        Outcome { passed: 0, failed: vec![format!("{}: {error:#}", part.name)] }
    });
    let seconds = begun.elapsed().as_secs_f32();
    let verdict = if outcome.failed.is_empty() { "ok" } else { "FAILED" };
    println!("== {}: {verdict} ({} passed in {seconds:.1} s)", part.name, outcome.passed);
    // Lines of ours stay before those of the next part's programs, also in a file.
    std::io::stdout().flush().ok();
    outcome
}

impl Outcome {
    /// Of a part that is so many tests, when it ends without an error.
    const fn all(passed: u32) -> Self {
        Self { passed, failed: Vec::new() }
    }

    fn plus(self, other: Self) -> Self {
        let failed = [self.failed, other.failed].concat();
        Self { passed: self.passed + other.passed, failed }
    }
}

fn set_up() -> Result<Outcome> {
    setup::ensure(setup::FOR_TESTS)?;
    println!("embedded token: {}", embedded_token::module()?.display());
    Ok(Outcome::all(1))
}

fn tidy() -> Result<Outcome> {
    let findings = tidy::findings()?;
    tidy::show(&findings);
    ensure!(findings.is_empty(), "tidy has findings: each line above says what to do");
    Ok(Outcome::all(1))
}

fn clippy() -> Result<Outcome> {
    let house = ["--workspace", "--all-targets"].as_slice();
    let bare = ["--manifest-path", workspace::BARE, "--bin", "bare", "--target-dir"].as_slice();
    let warnings = ["--", "-D", "warnings"];
    command::run(workspace::cargo().arg("clippy").args(house).args(warnings))?;
    let mut alone = workspace::cargo();
    alone.arg("clippy").args(bare).arg(no_std::target_folder()).args(warnings);
    command::run(&mut alone)?;
    Ok(Outcome::all(1))
}

fn compare() -> Result<Outcome> {
    differential::Arguments::TEST.perform()?;
    Ok(Outcome::all(1))
}

fn simulate() -> Result<Outcome> {
    simulation::of_a_test().map(Outcome::all)
}

fn constant_work() -> Result<Outcome> {
    ConstantWork::default().perform().map(|()| Outcome::all(1))
}

fn demonstrate() -> Result<Outcome> {
    demo::in_folders_of_their_own().map(Outcome::all)
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    #[test]
    fn a_part_that_cannot_run_is_a_failed_test() {
        let broken = Part { name: "broken", run: || bail!("no such thing: make it") };
        let failed = vec!["broken: no such thing: make it".to_owned()];
        assert_eq!(perform_part(&broken), Outcome { passed: 0, failed });
    }

    #[test]
    fn outcomes_add_up() {
        let (one, other) = (vec!["one".to_owned()], vec!["other".to_owned()]);
        let first = Outcome { passed: 2, failed: one };
        let both = first.plus(Outcome { passed: 1, failed: other }).plus(Outcome::all(1));
        assert_eq!(both, Outcome { passed: 4, failed: vec!["one".to_owned(), "other".to_owned()] });
    }
}
