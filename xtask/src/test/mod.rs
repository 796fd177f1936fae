//! Every proof that the project carries, part by part, in one command.
//!
//! Guarantees: all parts run even when one fails; the last line counts what passed and what failed,
//! and the exit code says whether anything did.
//!
//! Does not guarantee: more than the parts check. Each says in its own file what that is.

mod no_std;
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

/// How many tests ended how.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// Those that passed.
    pub passed: u32,
    /// Those that failed.
    pub failed: u32,
}

/// A part: its name, and what it runs.
struct Part {
    name: &'static str,
    run: fn() -> Result<Count>,
}

const PARTS: [Part; 9] = [
    Part { name: "setup", run: set_up },
    Part { name: "tidy", run: tidy },
    Part { name: "clippy", run: clippy },
    Part { name: "unit", run: unit::run },
    Part { name: "differential", run: compare },
    Part { name: "sim", run: simulate },
    Part { name: "ct", run: constant_work },
    Part { name: "no-std", run: no_std::run },
    Part { name: "demo", run: demonstrate },
];

/// A part that is one test, when it ends without an error.
const ONE: Count = Count { passed: 1, failed: 0 };

/// Runs the parts and counts them.
pub fn perform(arguments: &Arguments) -> Result<ExitCode> {
    let chosen = |part: &&Part| arguments.name.as_ref().is_none_or(|name| name == part.name);
    let total = PARTS.iter().filter(chosen).map(perform_part).fold(Count::default(), Count::plus);
    println!("\n{} passed, {} failed", total.passed, total.failed);
    Ok(if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs one part; an error of its own is one failed test.
fn perform_part(part: &Part) -> Count {
    let begun = Instant::now();
    println!("\n== {}", part.name);
    let count = (part.run)().unwrap_or_else(|error| {
        println!("error: {error:#}");
        Count { passed: 0, failed: 1 }
    });
    let seconds = begun.elapsed().as_secs_f32();
    let verdict = if count.failed == 0 { "ok" } else { "FAILED" };
    println!("== {}: {verdict} ({} passed in {seconds:.1} s)", part.name, count.passed);
    // Lines of ours stay before those of the next part's programs, also in a file.
    std::io::stdout().flush().ok();
    count
}

impl Count {
    fn plus(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }
}

fn set_up() -> Result<Count> {
    setup::ensure(setup::FOR_TESTS)?;
    println!("embedded token: {}", embedded_token::module()?.display());
    Ok(ONE)
}

fn tidy() -> Result<Count> {
    let findings = tidy::findings()?;
    tidy::show(&findings);
    ensure!(findings.is_empty(), "tidy has findings: each line above says what to do");
    Ok(ONE)
}

fn clippy() -> Result<Count> {
    let house = ["--workspace", "--all-targets"].as_slice();
    let bare = ["--manifest-path", workspace::BARE, "--bin", "bare", "--target-dir"].as_slice();
    let warnings = ["--", "-D", "warnings"];
    command::run(workspace::cargo().arg("clippy").args(house).args(warnings))?;
    let mut alone = workspace::cargo();
    alone.arg("clippy").args(bare).arg(no_std::target_folder()).args(warnings);
    command::run(&mut alone)?;
    Ok(ONE)
}

fn compare() -> Result<Count> {
    differential::Arguments::TEST.perform()?;
    Ok(ONE)
}

fn simulate() -> Result<Count> {
    simulation::of_a_test().map(|passed| Count { passed, failed: 0 })
}

fn constant_work() -> Result<Count> {
    ConstantWork::default().perform().map(|()| ONE)
}

fn demonstrate() -> Result<Count> {
    Ok(Count { passed: demo::in_folders_of_their_own()?, failed: 0 })
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    #[test]
    fn a_part_that_cannot_run_is_a_failed_test() {
        let broken = Part { name: "broken", run: || bail!("no such thing: make it") };
        assert_eq!(perform_part(&broken), Count { passed: 0, failed: 1 });
    }

    #[test]
    fn counts_add_up() {
        let count = Count { passed: 2, failed: 1 };
        assert_eq!(count.plus(ONE), Count { passed: 3, failed: 1 });
    }
}
