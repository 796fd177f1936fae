//! Our verdicts on assertions and registrations beside those of three verifiers that nobody here wrote.
//!
//! Guarantees: what the comparison needs is made before it runs, from exact lists of versions; neither Node.js
//! nor a verifier need be on the machine.

use std::process::Command;

use anyhow::Result;

use crate::node::Node;
use crate::programs::{self, Profile};
use crate::{command, python, setup, workspace};

const PROGRAM: &str = "countersign-differential";

/// What `cargo xtask differential` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// How many assertions; with one registration for two of them
    #[arg(long, default_value_t = 1_000)]
    cases: u64,
    /// The seed that they follow from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// What came of it, as JSON
    #[arg(long)]
    json: bool,
}

impl Arguments {
    /// What a test runs.
    pub const TEST: Self = Self { cases: 1_000, seed: 1, json: false };

    /// What a laboratory runs: a quarter of an hour.
    pub const LAB: Self = Self { cases: 100_000, ..Self::TEST };

    /// Prepares, and compares.
    pub fn perform(&self) -> Result<()> {
        setup::ensure(&[setup::PYTHON])?;
        let python = python::VERIFIERS.interpreter()?;
        let node = Node::of(&python)?;
        let programs = programs::build(&[PROGRAM], Profile::Dev)?;
        let root = workspace::root();
        let mut comparison = Command::new(programs.differential());
        comparison.args(["--cases", &self.cases.to_string(), "--seed", &self.seed.to_string()]);
        comparison.args(self.json.then_some("--json"));
        comparison.arg("--table").arg(root.join("docs/webauthn.md"));
        comparison.arg("--verifiers").arg(root.join("tests/clients/verifiers"));
        comparison.arg("--python").arg(python);
        comparison.arg("--node").arg(node.program).arg("--packages").arg(node.packages);
        command::run(&mut comparison)
    }
}
