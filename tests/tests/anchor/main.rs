//! Whoever puts back an older disk, or runs a second copy, gains nothing: the anchor is in the token.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "these are tests: what they did not expect must stop them"
)]

mod bounds;
mod copies;
mod counted;
mod reanchored;
mod rollback;
