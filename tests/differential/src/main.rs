//! What the appliance says of assertions and registrations, beside what three verifiers say that nobody here wrote.
//!
//! Guarantees: every disagreement is in the table of docs/webauthn.md, with its reason, or the run fails; so it
//! does when a row of the table never happens, and when we alone accept something.
//!
//! Does not guarantee: that what all of them accept is good. They may be wrong together.

#![forbid(unsafe_code)]

mod case;
mod comparison;
mod foreign;
mod generator;
mod line;
mod mutation;
mod ours;
mod report;
mod table;
mod verdict;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context as _, Result};
use clap::Parser;

use crate::case::Case;
use crate::comparison::Comparison;
use crate::foreign::{Foreign, Places};
use crate::generator::{Counts, Generator};
use crate::report::Report;
use crate::table::Table;
use crate::verdict::Verdict;

/// Cases that are in memory at once.
const BATCH: u64 = 200;

/// Compares verdicts on assertions and registrations; `cargo xtask differential` prepares what it needs and calls it.
#[derive(Parser)]
struct Arguments {
    /// How many assertions; with one registration for two of them
    #[arg(long, default_value_t = 1_000)]
    cases: u64,
    /// The seed that they follow from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// What came of it, as JSON
    #[arg(long)]
    json: bool,
    /// The document with the table of disagreements
    #[arg(long)]
    table: PathBuf,
    /// The folder of the verifiers' programs
    #[arg(long)]
    verifiers: PathBuf,
    /// A Python with their packages
    #[arg(long)]
    python: PathBuf,
    /// Node.js
    #[arg(long)]
    node: PathBuf,
    /// The folder with its packages
    #[arg(long)]
    packages: PathBuf,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether nothing was found that should not be.
fn run(arguments: &Arguments) -> Result<bool> {
    let Arguments { cases, seed, table, python, node, packages, verifiers, .. } = arguments;
    let counts = Counts::of(*cases);
    counts.check()?;
    let table = Table::read(table)?;
    let mut foreign = Places { programs: verifiers, python, node, packages }.start()?;
    let begun = Instant::now();
    let comparison = compared(*seed, counts, &mut foreign)?;
    let report = Report::new(*seed, begun.elapsed(), comparison, &table);
    if arguments.json {
        println!("{:#}", report.json());
    } else {
        print!("{}", report.text());
    }
    Ok(report.faults.is_empty())
}

/// While a batch is judged, the next one is made.
fn compared(seed: u64, counts: Counts, foreign: &mut [Foreign; 3]) -> Result<Comparison> {
    let mut generator = Generator::new(seed, counts);
    let cases = counts.all();
    let mut comparison = Comparison::default();
    let mut batch = made(&mut generator, BATCH.min(cases))?;
    while let Some(first) = batch.first().map(|case| case.id) {
        let left = cases.saturating_sub(first + BATCH);
        let (others, next) = std::thread::scope(|scope| {
            let judging = scope.spawn(|| judged(first, &batch, foreign));
            let next = made(&mut generator, BATCH.min(left));
            (judging.join(), next)
        });
        let [fido2, webauthn, simple] =
            others.ok().context("the thread that waits has ended")??;
        let others = fido2.into_iter().zip(webauthn).zip(simple);
        for (case, ((fido2, webauthn), simple)) in batch.iter().zip(others) {
            comparison.add(case, [ours::judge(case), fido2, webauthn, simple]);
        }
        batch = next?;
    }
    Ok(comparison)
}

fn made(generator: &mut Generator, cases: u64) -> Result<Vec<Case>> {
    (0..cases).map(|_| generator.case()).collect()
}

/// What each of them says of these cases, all three at once.
fn judged(first: u64, batch: &[Case], foreign: &mut [Foreign; 3]) -> Result<[Vec<Verdict>; 3]> {
    let lines: Vec<_> = batch.iter().map(Case::line).collect::<Result<_, _>>()?;
    let lines = lines.as_slice();
    std::thread::scope(|scope| {
        let threads = foreign.each_mut().map(|one| scope.spawn(move || one.judge(first, lines)));
        let [one, two, three] = threads.map(|thread| {
            thread.join().ok().context("a thread that listens to a verifier has ended")?
        });
        Ok([one?, two?, three?])
    })
}
