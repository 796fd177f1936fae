//! The one entry point for people and CI: `cargo xtask demo | page | test | ct | differential | soak | lab |
//! bench | tidy | token`.
//!
//! Guarantees: what a person runs and what CI runs is the same code; a missing tool is installed or
//! named with the command that installs it, before anything needs it.
//!
//! Does not guarantee: anything about the product. It builds, runs and judges it, and no crate
//! depends on it.

#![forbid(unsafe_code)]

mod cache;
mod command;
mod constant_work;
mod demo;
mod differential;
mod embedded_token;
mod load;
mod node;
mod programs;
mod python;
mod setup;
mod simulation;
mod test;
mod tidy;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Countersign's workbench.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Signs a document from nothing: token, appliance, signer, approval, signature, OpenSSL's word
    Demo(demo::Arguments),
    /// Serves a page that enrols a device and approves a document in your browser, until Ctrl-C
    Page(demo::page::Arguments),
    /// Runs every part of the tests, or the one named
    Test(test::Arguments),
    /// Counts and traces what the path to a verdict does, for every reason
    Ct(constant_work::Arguments),
    /// Compares our verdicts on assertions with those of three verifiers that nobody here wrote
    Differential(differential::Arguments),
    /// Kills a loaded daemon again and again, and looks for every signature that was given
    Soak(load::Soak),
    /// Runs what a laboratory runs: every measurement, or the part named
    Lab(load::Lab),
    /// Measures what things cost, as ratios within one run
    Bench(load::Bench),
    /// Checks the rules of the house that no compiler checks
    Tidy(tidy::Arguments),
    /// Builds the embedded token unless it is in the cache, and prints its module's path
    Token,
}

fn main() -> ExitCode {
    match perform(Arguments::parse().task) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(task: Task) -> Result<ExitCode> {
    match task {
        Task::Demo(arguments) => demo::perform(&arguments).map(|()| ExitCode::SUCCESS),
        Task::Page(arguments) => arguments.serve().map(|()| ExitCode::SUCCESS),
        Task::Test(arguments) => test::perform(&arguments),
        Task::Ct(arguments) => arguments.perform().map(|()| ExitCode::SUCCESS),
        Task::Differential(arguments) => arguments.perform().map(|()| ExitCode::SUCCESS),
        Task::Soak(arguments) => arguments.perform().map(|()| ExitCode::SUCCESS),
        Task::Lab(arguments) => arguments.perform().map(|()| ExitCode::SUCCESS),
        Task::Bench(arguments) => arguments.perform().map(|()| ExitCode::SUCCESS),
        Task::Tidy(arguments) => tidy::perform(&arguments),
        Task::Token => {
            println!("{}", embedded_token::module()?.display());
            Ok(ExitCode::SUCCESS)
        }
    }
}
