//! Whether the path from a frame to its verdict is the same work for every reason: counted and traced under
//! valgrind.
//!
//! Guarantees to whoever runs it: `count` and `trace` fail unless all frames of a group are the same work to the
//! instruction, and unless no branch and no address depends on what is secret; and they fail when a twin that is
//! wrong is not found out. docs/constant-time.md says what that means and what it does not.
//!
//! Does not guarantee: that instructions take the same time, on this processor or another one.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "this crate is tests: what it did not expect must stop it"
)]

mod cases;
mod draft;
mod group;
mod house;
mod inside;
mod outside;
mod pages;
mod path;
mod ready;
mod secret;
mod stub;
mod timing;
mod twin;
mod valgrind;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Constant work, measured
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Counts instructions, and traces secrets
    Check(outside::Check),
    /// Takes times on the host's engine: advice, no verdict
    Time(timing::Time),
    /// The part that callgrind runs
    #[command(hide = true)]
    CountInside,
    /// The part that memcheck runs
    #[command(hide = true)]
    TraceInside,
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
        Task::Check(check) => check.perform(),
        Task::Time(time) => time.perform().map(|()| ExitCode::SUCCESS),
        Task::CountInside => inside::count().map(|()| ExitCode::SUCCESS),
        Task::TraceInside => inside::trace().map(|()| ExitCode::SUCCESS),
    }
}
