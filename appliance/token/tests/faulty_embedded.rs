//! What a library that goes wrong comes to, with the embedded token behind it.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what a test did not expect has failed the test"
)]

mod faulty;

use countersign_token_fixture::Make;

/// Whose tokens the faulty module hides.
const MAKE: Make = Make::Embedded;
