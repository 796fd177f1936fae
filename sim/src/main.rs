//! `countersign-sim`: runs campaigns, replays seeds, shrinks failures, and shows what came of them.
//!
//! Exit codes: 0 every rule held; 1 one was broken, or something that must happen never did; 2 wrong
//! usage.

#![forbid(unsafe_code)]

mod arguments;
mod command;

use std::io::ErrorKind;
use std::process::ExitCode;

use clap::Parser as _;

/// A simulated day is half a million small allocations.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match command::perform(arguments::Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        // Whoever read the results has seen enough.
        Err(why) if is_unread(&why) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("countersign-sim: {why:#}");
            ExitCode::from(2)
        }
    }
}

fn is_unread(why: &anyhow::Error) -> bool {
    why.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == ErrorKind::BrokenPipe)
}
