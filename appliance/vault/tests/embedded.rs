//! The vault under roots in a real token: the embedded one.

#![allow(clippy::unwrap_used, reason = "what a test did not expect has failed the test")]

mod on_token;

use countersign_token_fixture::Make;

/// Whose token the tests of this program get.
const MAKE: Make = Make::Embedded;
