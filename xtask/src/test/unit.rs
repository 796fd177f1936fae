//! All tests that cargo finds, shown as they run and counted.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use anyhow::{Context, Result};

use super::Count;
use crate::programs::Profile;
use crate::{command, embedded_token, programs, python, setup, workspace};

/// Runs `cargo test` over the workspace, with the tokens, the browser, the Python and the published
/// metadata for those that want one.
pub fn run() -> Result<Count> {
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
    let mut count = Count::default();
    for line in BufReader::new(output).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        count = count.plus(read(&line).unwrap_or_default());
    }
    Ok(judged(count, cargo.wait()?.success()))
}

/// Reads `test result: ok. 5 passed; 1 failed; ...`, which each test program writes last.
fn read(line: &str) -> Option<Count> {
    let counts = line.strip_prefix("test result: ")?.split_once(". ")?.1;
    let mut numbers = counts.split("; ").map(|part| part.split_once(' '));
    let mut next = |label| {
        let (number, word) = numbers.next()??;
        if word == label { number.parse().ok() } else { None }
    };
    Some(Count { passed: next("passed")?, failed: next("failed")? })
}

/// A cargo that failed without a failed test did not build, or lost a test program: one failure.
fn judged(count: Count, ended_well: bool) -> Count {
    if !ended_well && count.failed == 0 {
        return Count { failed: 1, ..count };
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_of_a_test_program_is_counted() {
        let line = "test result: FAILED. 12 passed; 3 failed; 0 ignored; finished in 0.00s";
        assert_eq!(read(line), Some(Count { passed: 12, failed: 3 }));
        assert_eq!(read("test a::b ... ok"), None);
        assert_eq!(read("test result: odd"), None);
    }

    #[test]
    fn a_build_that_failed_is_not_nothing() {
        assert_eq!(judged(Count::default(), false), Count { passed: 0, failed: 1 });
        assert_eq!(judged(Count { passed: 4, failed: 2 }, false), Count { passed: 4, failed: 2 });
        assert_eq!(judged(Count { passed: 4, failed: 0 }, true), Count { passed: 4, failed: 0 });
    }
}
