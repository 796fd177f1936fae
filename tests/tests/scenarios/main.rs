//! The scenario table: each row is the valid case with one mutation, on every engine.
//!
//! Every row asserts two things: what the front-end hears (its status alone), and the reason that the
//! ledger keeps.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "these are tests: what they did not expect must stop them"
)]

mod approval;
mod changes;
mod delivery;
mod devices;
mod enrolled;
mod enrolment;
mod models;
mod policy;
mod published;
mod request;
mod suites;
mod table;

use std::sync::OnceLock;

use countersign_tests::engine::{Engine, Kind};
use tokio::runtime::Runtime;

/// One runtime for all tests of this program: the daemon lives in it.
pub fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Runtime::new().expect("a runtime"))
}

/// The appliances that the rows of one table share, one of each engine. Another table has its own:
/// SoftHSM2 opens every key's file to find one.
pub(crate) struct Engines([OnceLock<Engine>; 3]);

impl Engines {
    /// None is started yet.
    pub(crate) const fn new() -> Self {
        Self([const { OnceLock::new() }; 3])
    }

    /// The one of this kind.
    pub(crate) fn of(&self, kind: Kind) -> &Engine {
        let place = match kind {
            Kind::Core => 0,
            Kind::Daemon => 1,
            Kind::DaemonOnSoftHsm => 2,
        };
        self.0[place].get_or_init(|| runtime().block_on(Engine::start(kind)))
    }
}
