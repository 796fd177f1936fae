//! Whether the path to a verdict is the same work for every reason (docs/constant-time.md).
//!
//! Guarantees: valgrind is there before anything needs it; what is measured is the release profile, which ships.

use std::process::Command;

use anyhow::Result;

use crate::programs::{self, Profile};
use crate::{command, setup};

/// What `cargo xtask ct` takes.
#[derive(clap::Args, Default)]
pub struct Arguments {
    /// Every frame, not only each group
    #[arg(long)]
    all: bool,
    /// All of it as JSON
    #[arg(long)]
    json: bool,
}

impl Arguments {
    /// Counts and traces.
    pub fn perform(&self) -> Result<()> {
        if cfg!(not(all(target_arch = "x86_64", target_os = "linux"))) {
            println!("instructions are counted on x86-64 Linux: not run here");
            return Ok(());
        }
        setup::ensure(&[setup::C_COMPILER, setup::VALGRIND])?;
        let mut program = program()?;
        program.arg("check").args(self.all.then_some("--all"));
        command::run(program.args(self.json.then_some("--json")))
    }
}

/// Takes times: advice, without a verdict.
pub fn of_a_laboratory() -> Result<()> {
    setup::ensure(&[setup::C_COMPILER])?;
    command::run(program()?.arg("time"))
}

fn program() -> Result<Command> {
    let programs = programs::build(&["countersign-ct"], Profile::Release)?;
    Ok(Command::new(programs.constant_work()))
}
