//! All tests that cargo finds, shown as they run and counted.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use anyhow::{Context, Result};

use super::Outcome;
use super::heard::Heard;
use crate::programs::Profile;
use crate::{command, embedded_token, programs, python, setup, workspace};

/// Runs `cargo test` over the workspace, with the tokens, the browser, the Python and the published
/// metadata for those that want one.
pub fn run() -> Result<Outcome> {
    setup::ensure(setup::FOR_UNIT_TESTS)?;
    let mut command = workspace::cargo();
    command.args(["test", "--workspace", "--no-fail-fast"]);
    command.env("COUNTERSIGN_TOKEN_MODULE", embedded_token::module()?);
    command.env("COUNTERSIGN_FAULTY_MODULE", programs::module("countersign-faulty-token")?);
    let daemon = programs::build(&["countersignd"], Profile::Dev)?;
    command.env("COUNTERSIGN_DAEMON", daemon.daemon());
    command.envs(setup::browser().map(|program| ("COUNTERSIGN_BROWSER", program)));
    command.env("COUNTERSIGN_PYTHON", python::CLIENTS.interpreter()?);
    command.env("COUNTERSIGN_MDS_PAYLOAD", python::metadata_payload()?);
    command.envs(setup::softhsm_module().map(|module| ("COUNTERSIGN_SOFTHSM_MODULE", module)));
    let mut cargo =
        command.stdout(Stdio::piped()).spawn().with_context(|| command::cannot_start(&command))?;
    let output = cargo.stdout.take().context("cargo's output is not a pipe")?;
    let mut heard = Heard::default();
    for line in BufReader::new(output).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        heard.line(&line);
    }
    Ok(heard.judged(cargo.wait()?.success()))
}
