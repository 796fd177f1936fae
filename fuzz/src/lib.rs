//! One harness for each boundary, over plain bytes.
//!
//! Guarantees: a harness is a function of its bytes alone and panics when its property, which its doc
//! states, does not hold. The same functions run as normal tests (`fuzz/tests`) and under cargo-fuzz
//! (`fuzz/targets`).
//!
//! It does not guarantee that what was not tried holds too: a fuzzer samples.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "this crate is tests: what it did not expect must stop it"
)]

mod attestation;
mod believing;
mod cose_oracle;
mod device;
mod disk;
mod evidence;
mod frame;
mod house;
mod hunt;
mod log_texts;
pub mod memory;
mod messages;
mod mutator;
mod registration;
mod seeds;
mod session;
mod share;
mod slot_file;

pub use attestation::attestation;
pub use believing::Believing;
pub use device::{authenticator_data, client_data, cose_key, signature};
pub use disk::{group, ledger, record};
pub use evidence::evidence;
pub use frame::{Fate, frame};
pub use hunt::{Caught, Tally, Why, hunt};
pub use log_texts::log_text;
pub use messages::{order, reply};
pub use mutator::{Mutator, mutate_in_place};
pub use registration::registration;

pub use seeds::{Seed, seeds};
pub use session::Session;
pub use share::share;
pub use slot_file::{row, slots};

/// A harness, and its name: that of its target, and of its corpus in `fuzz/corpus`.
pub type Harness = (&'static str, fn(&[u8]));

/// Every harness.
pub const HARNESSES: [Harness; 17] = [
    ("attestation", attestation),
    ("authenticator_data", authenticator_data),
    ("client_data", client_data),
    ("cose_key", cose_key),
    ("evidence", evidence),
    ("frame", frame),
    ("group", group),
    ("ledger", ledger),
    ("log_text", log_text),
    ("order", order),
    ("record", record),
    ("registration", registration),
    ("reply", reply),
    ("row", row),
    ("share", share),
    ("signature", signature),
    ("slots", slots),
];
