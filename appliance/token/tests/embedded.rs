//! Every test of a token, on the embedded one, and those that need a slot before it has a token's name.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what a test did not expect has failed the test"
)]

mod every_token;

use countersign_token::OpenError;
use countersign_token_fixture::Make;
use every_token::house::config;
use every_token::opening::refusal;

/// Whose tokens the tests of this program get.
const MAKE: Make = Make::Embedded;
/// Whether they have ML-DSA.
const HAS_ML_DSA: bool = true;

#[test]
fn a_token_without_pins_is_not_opened() {
    let fixture = countersign_token_fixture::embedded();
    let error = refusal(config(&fixture));
    assert!(matches!(error, OpenError::Uninitialised { .. }), "{error:?}");
    assert!(error.to_string().contains("countersignd init"));
}
