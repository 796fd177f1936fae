//! Every test of a token, on SoftHSM2: a token that nobody here wrote.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what a test did not expect has failed the test"
)]

mod every_token;

use countersign_token_fixture::Make;

/// Whose tokens the tests of this program get.
const MAKE: Make = Make::SoftHsm;
/// Whether they have ML-DSA.
const HAS_ML_DSA: bool = false;
