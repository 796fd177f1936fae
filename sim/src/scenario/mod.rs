//! The scenario language: who does what when, and what goes wrong. One text for every layer.
//!
//! Guarantee: a scenario says everything that happens but what chance decides, and its seed says that.

mod deed;
mod draw;
mod errand;
mod file;
mod limits;
mod line;
mod small;

use serde::{Deserialize, Serialize};

pub use deed::{
    Call, Cut, Deed, Event, Expect, Flood, Hoard, Image, NetworkFault, Newcomer, Of, Order,
    TokenTrouble,
};
pub use draw::{Adversary, draw};
pub use errand::{DeviceMode, Errand, Trick};
pub use file::ScenarioError;

/// Something that happens to an appliance, from its first day on.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// What it is about, in words.
    pub about: String,
    /// What chance decides follows from this.
    pub seed: u64,
    /// Where it is played.
    pub layer: Layer,
    /// Who is registered first.
    pub house: House,
    /// What happens.
    pub events: Vec<Event>,
}

/// Where a scenario is played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// The appliance in process: core, registry, ledger and daemon over simulated ports.
    #[default]
    Core,
    /// The same behind its QUIC endpoint, over a network in memory that loses and delays.
    Network,
    /// The program itself on loopback, which is killed.
    Daemon,
}

/// Who is registered before the first event. Signer `n` has the device and the key `n`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct House {
    /// Signers, each with a device and a key.
    pub signers: u32,
    /// Front-ends, each with leave for every key.
    pub portals: u32,
    /// How many of all signers one more key, the last, needs; 0: there is none.
    pub joint: u8,
    /// The suites of the keys, in turn.
    pub suites: Vec<String>,
    /// Further people with a device, who have no key.
    pub crowd: u32,
    /// Whether a TPM counts beside the token.
    pub tpm: bool,
}

impl Default for House {
    fn default() -> Self {
        let suites = vec!["ESP256".into()];
        Self { signers: 2, portals: 2, joint: 0, suites, crowd: 0, tpm: false }
    }
}

impl House {
    /// How many keys there are.
    #[must_use]
    pub const fn keys(&self) -> u32 {
        self.signers.saturating_add(if self.joint > 0 { 1 } else { 0 })
    }
}
