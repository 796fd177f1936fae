//! What takes long, and is run by people: kills under load (soak), measurements (bench), and all that a
//! laboratory runs (lab).
//!
//! Guarantees: the programs are built as they ship; figures and seeds are printed by the program that
//! made them, and `--json` gives them to other programs.

use std::process::Command;

use anyhow::Result;
use clap::builder::PossibleValuesParser;

use crate::constant_work::{self, Arguments as ConstantWork};
use crate::differential::Arguments as Differential;
use crate::programs::{self, Profile};
use crate::{command, embedded_token, python, setup, simulation};

/// The variables by which tests and measurements find the tokens.
const MODULE: &str = "COUNTERSIGN_TOKEN_MODULE";
const SOFTHSM_MODULE: &str = "COUNTERSIGN_SOFTHSM_MODULE";
/// What runs under load, and what loads it.
const PROGRAMS: [&str; 2] = ["countersignd", "countersign-load"];

/// What `cargo xtask soak` takes.
#[derive(clap::Args)]
pub struct Soak {
    /// The only part to run; all when left out
    #[arg(value_parser = PossibleValuesParser::new(["kill"]))]
    name: Option<String>,
    /// The seed of an earlier run
    #[arg(long)]
    seed: Option<u64>,
    /// How often the daemon is killed
    #[arg(long, default_value_t = 500)]
    kills: u32,
    /// What came of it, as JSON
    #[arg(long)]
    json: bool,
}

/// What `cargo xtask lab` takes.
#[derive(clap::Args)]
pub struct Lab {
    /// The only part to run; all when left out
    #[arg(value_parser = PossibleValuesParser::new(["bench", "ct", "differential", "large", "sim"]))]
    name: Option<String>,
    /// Records of the large ledger
    #[arg(long, default_value_t = 10_000_000)]
    records: u64,
    /// Figures of the large ledger as JSON
    #[arg(long)]
    json: bool,
}

/// What `cargo xtask bench` takes.
#[derive(clap::Args)]
pub struct Bench {
    /// The only part to measure; all when left out
    #[arg(value_parser = PossibleValuesParser::new(["verify", "assertion", "enrolment", "registry", "bulk", "ledger", "order", "c-sign", "core", "daemon", "batch"]))]
    name: Option<String>,
    /// Devices of the large registry
    #[arg(long, default_value_t = 100_000)]
    devices: u32,
    /// Seconds for each figure
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Figures as JSON
    #[arg(long)]
    json: bool,
}

impl Soak {
    /// Kills and compares.
    pub fn perform(&self) -> Result<()> {
        let mut load = load("soak", &[setup::C_COMPILER])?;
        load.args(["--kills", &self.kills.to_string()]);
        load.args(self.seed.map(|seed| format!("--seed={seed}")));
        load.args(self.json.then_some("--json"));
        command::run(&mut load)
    }
}

impl Lab {
    /// Measures everything, and simulates.
    pub fn perform(&self) -> Result<()> {
        let chosen = |part| self.name.as_deref().is_none_or(|name| name == part);
        if chosen("sim") {
            simulation::of_a_laboratory()?;
        }
        if chosen("ct") {
            ConstantWork::default().perform()?;
            constant_work::of_a_laboratory()?;
        }
        if chosen("differential") {
            Differential::LAB.perform()?;
        }
        if chosen("bench") {
            Bench { name: None, devices: 10_000_000, seconds: 5, json: false }.perform()?;
        }
        if chosen("large") {
            let mut load = load("large", &[setup::C_COMPILER])?;
            load.args(["--records", &self.records.to_string()]);
            load.args(self.json.then_some("--json"));
            command::run(&mut load)?;
        }
        Ok(())
    }
}

impl Bench {
    /// Measures.
    pub fn perform(&self) -> Result<()> {
        let mut load = load("bench", &[setup::C_COMPILER, setup::SOFTHSM, setup::PYTHON])?;
        load.envs(setup::softhsm_module().map(|module| (SOFTHSM_MODULE, module)));
        load.args(&self.name).args(["--seconds", &self.seconds.to_string()]);
        load.args(["--devices", &self.devices.to_string()]);
        load.arg("--metadata").arg(python::metadata_payload()?);
        load.args(self.json.then_some("--json"));
        command::run(&mut load)
    }
}

/// The program that loads the appliance, built as it ships.
fn load(what: &str, tools: &[setup::Tool]) -> Result<Command> {
    setup::ensure(tools)?;
    let module = embedded_token::module()?;
    let programs = programs::build(&PROGRAMS, Profile::Release)?;
    let mut command = Command::new(programs.load());
    command.env(MODULE, module).arg(what).arg("--daemon").arg(programs.daemon());
    Ok(command)
}
