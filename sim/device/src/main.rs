//! The virtual device as a command.

#![forbid(unsafe_code)]

mod arguments;

use std::io::{self, Read as _, Write as _};
use std::process::ExitCode;

use clap::Parser as _;
use countersign_device::{
    Authenticator, CreationOptions, DeviceError, RegistrationResponse, RequestOptions, Response,
    SignatureForm, StateFile,
};

use crate::arguments::{ApproveArguments, Arguments, Command, RegisterArguments};

/// No request is longer.
const REQUEST_LIMIT_BYTES: u64 = 65_536;

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Register(arguments) => register(&arguments),
        Command::Approve(arguments) => approve(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("countersign-device: {error}");
            ExitCode::FAILURE
        }
    }
}

fn register(arguments: &RegisterArguments) -> Result<(), DeviceError> {
    let RegisterArguments { state, origin, algorithm } = arguments;
    let options = CreationOptions::parse(&standard_input()?)?;
    let challenge = options.challenge_for(*algorithm)?;
    let device = Authenticator::new_of(*algorithm, &options.rp.id, origin)?;
    // Kept before the answer is out: nobody enrols a device that is gone.
    StateFile::at(state).create(&device)?;
    print(&RegistrationResponse::of(&device, &device.register(&challenge)))
}

fn approve(arguments: &ApproveArguments) -> Result<(), DeviceError> {
    let state = StateFile::at(&arguments.state);
    let mut device = state.load()?;
    if !SignatureForm::of(device.algorithm()).contains(&arguments.signature) {
        return Err(DeviceError::NoSuchForm(device.algorithm().name()));
    }
    let challenge = RequestOptions::parse(&standard_input()?)?.challenge_for(&device)?;
    let approval = arguments.applied_to(device.honest());
    let assertion = device.approve(&challenge, &approval);
    // The counter moves before the answer is out: no count is ever used twice.
    state.save(&device)?;
    print(&Response::from(&assertion))
}

fn standard_input() -> Result<Vec<u8>, DeviceError> {
    let mut request = Vec::new();
    let read = io::stdin().take(REQUEST_LIMIT_BYTES).read_to_end(&mut request);
    read.map_err(|error| DeviceError::Request(error.to_string()))?;
    Ok(request)
}

fn print(answer: &impl serde::Serialize) -> Result<(), DeviceError> {
    let json = serde_json::to_string_pretty(answer);
    let json = json.map_err(|error| DeviceError::Output(error.into()))?;
    writeln!(io::stdout(), "{json}").map_err(DeviceError::Output)
}
