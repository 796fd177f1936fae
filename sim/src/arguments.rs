//! What the command takes.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use countersign_sim::machine::{Bug, Chosen};
use countersign_sim::scenario::{Adversary, Layer};

/// Years of bad days in minutes: the appliance, on machines and among people that go wrong.
#[derive(Parser)]
#[command(version)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub task: Task,
    /// Results as JSON.
    #[arg(long, global = true)]
    pub json: bool,
}

/// What to do.
#[derive(Subcommand)]
pub enum Task {
    /// Runs seed after seed on all cores; shrinks what fails, and keeps it as a file
    Run(Campaign),
    /// Replays one seed, or one scenario's file, and tells what happened
    Seed(One),
    /// Makes a failing seed or scenario as small as it can be
    Shrink(Smaller),
    /// Runs each seed twice: the traces must be the same, byte for byte
    Meta(Twice),
    /// Lists what goes wrong here, the rules, and what must happen in a campaign
    List,
    /// Shows one seed or scenario as HTML: who did what, when, and which fault
    Report(Page),
    /// Prints the keys of an appliance's records, for another simulator
    #[command(hide = true)]
    Keys {
        /// The daemon's configuration.
        config: PathBuf,
        /// The token's module, without the one that goes wrong.
        module: PathBuf,
    },
}

/// How it is played.
#[derive(Args, Clone, Copy)]
pub struct How {
    /// Where: in process, behind its endpoint, or as a program
    #[arg(long, value_enum, default_value_t = Layer::Core)]
    pub layer: Layer,
    /// Everything that can go wrong, or hostile people alone
    #[arg(long, value_enum, default_value_t = Adversary::All)]
    pub adversary: Adversary,
    /// Signatures that cost a hash, or real ones
    #[arg(long, value_enum, default_value_t = Chosen::Cheap)]
    pub crypto: Chosen,
    /// A mistake to plant, to see it found
    #[arg(long, value_enum, default_value_t = Bug::None, hide = true)]
    pub bug: Bug,
}

/// `run`.
#[derive(Args)]
pub struct Campaign {
    /// How long, in minutes
    #[arg(long, default_value_t = 1.0)]
    pub minutes: f64,
    /// How many seeds, instead of how long
    #[arg(long)]
    pub seeds: Option<u64>,
    /// The first seed
    #[arg(long, default_value_t = 0)]
    pub from: u64,
    /// On how many threads; all cores when left out
    #[arg(long)]
    pub threads: Option<usize>,
    /// How it is played
    #[command(flatten)]
    pub how: How,
    /// Where scenarios that fail are kept
    #[arg(long, default_value = "sim/seeds")]
    pub keep: PathBuf,
    /// A page about the campaign
    #[arg(long)]
    pub report: Option<PathBuf>,
}

/// `seed`.
#[derive(Args)]
pub struct One {
    /// A seed's number, or a scenario's file
    pub which: String,
    /// How it is played (a file says its layer itself)
    #[command(flatten)]
    pub how: How,
    /// The whole trace
    #[arg(long)]
    pub trace: bool,
    /// The scenario's text, to change it
    #[arg(long)]
    pub print: bool,
    /// Lets the power fail at each effect in turn
    #[arg(long)]
    pub cut_everywhere: bool,
}

/// `shrink`.
#[derive(Args)]
pub struct Smaller {
    /// A seed's number, or a scenario's file
    pub which: String,
    /// How it is played
    #[command(flatten)]
    pub how: How,
    /// Where the smaller scenario goes
    #[arg(long)]
    pub out: Option<PathBuf>,
}

/// `meta`.
#[derive(Args)]
pub struct Twice {
    /// How many seeds
    #[arg(long, default_value_t = 50)]
    pub seeds: u64,
    /// The first one
    #[arg(long, default_value_t = 0)]
    pub from: u64,
    /// How it is played
    #[command(flatten)]
    pub how: How,
}

/// `report`.
#[derive(Args)]
pub struct Page {
    /// A seed's number, or a scenario's file
    pub which: String,
    /// How it is played
    #[command(flatten)]
    pub how: How,
    /// Where the page goes
    #[arg(long, default_value = "report.html")]
    pub out: PathBuf,
}
