//! A test authority: a root, an intermediate, and registrations of new devices in the shape of each format
//! of WebAuthn Level 3, 8; right, or wrong in one thing.
//!
//! Guarantees to tests: a [`Draft`] that is not changed gives a valid registration; a change to it breaks
//! that one thing, and what is signed is signed after the change. It shares no code with the verifier.

#![forbid(unsafe_code)]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "an authority that fails is a test that fails"
)]

mod cbor;
mod certificates;
mod description;
mod draft;
pub mod publisher;
mod registration;
mod tpm;

pub use cbor::{Members, bytes, int, map, text};
pub use certificates::{Authority, NOW_MS, aaguid_extension};
pub use countersign_device::Algorithm;
pub use description::Description;
pub use draft::{Draft, Edit, Format};
pub use rcgen;
pub use registration::Registration;
pub use tpm::alt_name;
