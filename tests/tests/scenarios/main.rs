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
mod request;
mod table;

use std::sync::OnceLock;

use countersign_tests::engine::{Engine, Kind};
use tokio::runtime::Runtime;

/// One runtime for all tests of this program: the daemon lives in it.
pub fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Runtime::new().expect("a runtime"))
}

/// The appliance that all rows of one engine share.
pub fn shared(kind: Kind) -> &'static Engine {
    static CORE: OnceLock<Engine> = OnceLock::new();
    static DAEMON: OnceLock<Engine> = OnceLock::new();
    static DAEMON_ON_SOFTHSM: OnceLock<Engine> = OnceLock::new();
    let place = match kind {
        Kind::Core => &CORE,
        Kind::Daemon => &DAEMON,
        Kind::DaemonOnSoftHsm => &DAEMON_ON_SOFTHSM,
    };
    place.get_or_init(|| runtime().block_on(Engine::start(kind)))
}
