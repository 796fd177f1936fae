//! `countersign`: the command of officers and front-ends.
//!
//! Guarantees: one request says one thing, to the server with the pinned certificate only; what a
//! command cannot do it says in one line, and its exit code says of which kind (see [`exit::Code`]):
//! 0 done; 1 failed; 2 wrong usage; 3 refused; 4 stale; 5 busy or unavailable; 6 declined; 7 not proved.
//!
//! Does not guarantee: that signatures verify, unless asked to `verify`: `sign` writes down what it was given.

#![forbid(unsafe_code)]

mod algorithm;
mod approval;
mod arguments;
mod base64url;
mod ceremony;
mod der;
mod enrolling;
mod error;
mod evidence;
mod exit;
mod identity;
mod log;
mod officer;
mod outfile;
mod policy;
mod progress;
mod recovery;
mod report;
#[cfg(test)]
mod scribe;
mod session;
mod signing;
mod spki;
mod utc;
mod webauthn;

use std::process::ExitCode;

use clap::Parser as _;

use crate::arguments::{Arguments, Command, DevicesCommand};
use crate::error::ConsoleError;
use crate::report::Report;

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { command, json, server } = Arguments::parse();
    let done = match &command {
        Command::Identity(command) => identity::obey(command),
        Command::Sign(arguments) => signing::sign(&server, arguments).await,
        Command::Verify(arguments) => evidence::verify(arguments),
        Command::Log(command) => log::obey(&server, command).await,
        Command::Fetch(arguments) => signing::fetch(&server, arguments).await,
        Command::Devices(DevicesCommand::Enrol(arguments)) => {
            enrolling::enrol(&server, arguments).await
        }
        Command::Devices(DevicesCommand::Order(order)) => {
            officer::order_devices(&server, order).await
        }
        Command::Recovery(command) => recovery::obey(&server, command).await,
        Command::Policy(command) => policy::obey(command),
        Command::Officer(order) => officer::obey(&server, order).await,
    };
    report::tell(done, json).into()
}
