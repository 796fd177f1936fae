//! The virtual device as a command.

#![forbid(unsafe_code)]

mod arguments;

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::process::ExitCode;

use clap::Parser as _;
use countersign_device::{
    Authenticator, CredentialFile, DeviceError, RequestOptions, Response, SignatureForm, StateFile,
};

use crate::arguments::{ApproveArguments, Arguments, Command, CreateArguments};

/// No request is longer.
const REQUEST_LIMIT_BYTES: u64 = 65_536;

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Create(arguments) => create(&arguments),
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

fn create(arguments: &CreateArguments) -> Result<(), DeviceError> {
    let CreateArguments { algorithm, rp_id, origin, .. } = arguments;
    let device = Authenticator::new_of(*algorithm, rp_id, origin)?;
    StateFile::at(&arguments.state).create(&device)?;
    let path = arguments.out.clone();
    let credential = pretty(&CredentialFile::from(&device))?;
    fs::write(&path, credential).map_err(|source| {
        let action = "write";
        DeviceError::File { action, path, source }
    })
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
    let response = pretty(&Response::from(&assertion))?;
    io::stdout().write_all(response.as_bytes()).map_err(DeviceError::Output)
}

fn standard_input() -> Result<Vec<u8>, DeviceError> {
    let mut request = Vec::new();
    let read = io::stdin().take(REQUEST_LIMIT_BYTES).read_to_end(&mut request);
    read.map_err(|error| DeviceError::Request(error.to_string()))?;
    Ok(request)
}

fn pretty(value: &impl serde::Serialize) -> Result<String, DeviceError> {
    let json = serde_json::to_string_pretty(value);
    json.map(|json| json + "\n").map_err(|error| DeviceError::Output(error.into()))
}
