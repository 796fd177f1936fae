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
    clippy::indexing_slicing,
    reason = "this crate is tests: what it did not expect must stop it"
)]

mod frame;
mod house;
mod hunt;
pub mod memory;
mod mutator;
mod session;

pub use frame::{Fate, frame};
pub use hunt::{Caught, Tally, Why, hunt};
pub use mutator::Mutator;
pub use session::Session;
