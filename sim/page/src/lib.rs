//! A page for development and tests: in a browser, it enrols a device with a ticket and approves a document.
//!
//! Guarantees: it listens on loopback alone, and passes on what the page of its own origin asks, and nobody
//! else; every request has a bound in size and time. What the device is asked to approve is worked out by the
//! page from the bytes of ticket, addition and activation; nothing here decides anything about them: JSON
//! becomes a request, and a reply JSON.
//!
//! Does not guarantee: any protection of the signer. Page and front-end are one program on one machine, which
//! can show anything. The real approval page is on an origin of its own.

#![forbid(unsafe_code)]

mod appliance;
mod door;
mod enrolling;
mod error;
mod files;
mod json;
mod listener;
mod serving;
mod signing;
mod told;

pub use appliance::Appliance;
pub use error::PageError;
pub use listener::Listener;
pub use serving::serve;
