//! The daemon beside the HSM: gives the core its platform on Linux, and the network its endpoint.
//!
//! Guarantees to front-ends: one stream, one frame there, one reply back; what was admitted runs to
//! its end whatever becomes of the stream. To officers: a change is acknowledged when it is durable.
//! To both: who they are is decided by the registry for each request, from the key in their
//! certificate alone.
//!
//! It decides nothing about signatures: that is the core's. [`serve`] is generic over the platform.

#![forbid(unsafe_code)]

mod anchoring;
mod answered;
mod appliance;
mod books;
pub mod boot;
mod certificate;
pub mod check;
pub mod config;
pub mod confinement;
mod contents;
mod cosigner;
mod endpoint;
mod engine;
mod enrolled;
mod enrolment;
mod exchange;
mod floods;
mod footing;
mod given;
mod ground;
mod in_token;
pub mod init;
mod linux;
mod locked;
mod module;
mod nonces;
mod officer;
mod orders;
mod platform;
mod proofs;
mod publication;
mod ran;
mod reader;
mod reading;
mod rebuilding;
mod requests;
mod ring;
mod roots;
mod selftest;
mod service;
mod settings;
mod shares;
mod snapshot;
mod strangers;
mod tray;
mod utc;
pub mod witnesses;
pub mod witnessing;

pub use appliance::Appliance;
pub use books::{Books, ChangeError};
pub use endpoint::{EndpointError, Serving, serve, serve_on};
pub use engine::{Chosen, Engine};
pub use enrolment::Fault as EnrolmentFault;
pub use footing::{Begin, Footing};
pub use given::{Given, Release};
pub use ground::{Ground, Hsm};
pub use in_token::InToken;
pub use linux::Linux;
pub use locked::Locked;
pub use orders::MAY_BE_ELSEWHERE;
pub use platform::Surroundings;
pub use ran::{Ran, RanError};
pub use requests::{Outcome, answer};
pub use ring::{Ring, RingError};
pub use service::Service;
pub use settings::SettingsError;
pub use snapshot::NoSnapshot;
pub use tray::Signatures;
