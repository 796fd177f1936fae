//! `countersign-page`: the page as a program, until Ctrl-C.

#![forbid(unsafe_code)]

mod arguments;

use std::process::ExitCode;

use clap::Parser as _;
use countersign_page::{Listener, PageError, serve};

use crate::arguments::Arguments;

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("countersign-page: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<(), PageError> {
    let appliance = arguments.appliance()?;
    let listener = Listener::bind(arguments.listen)?;
    let origin = arguments.origin.clone().unwrap_or_else(|| listener.origin());
    println!("{origin}");
    tokio::select! {
        served = serve(listener, &origin, appliance) => match served? {},
        _ = tokio::signal::ctrl_c() => Ok(()),
    }
}
