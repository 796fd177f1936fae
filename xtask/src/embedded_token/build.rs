//! One build of the embedded token, with a line every few seconds while it runs.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use super::source;
use crate::cache::Place;
use crate::{command, setup, workspace};

const LINE_EVERY: Duration = Duration::from_secs(5);

/// What a compiled crate looks like in cargo's messages.
const COMPILED: &str = r#""reason":"compiler-artifact""#;

/// Builds the package in `folder`, moves the module to its place and drops the rest.
pub fn build(folder: &Path, place: &Place) -> Result<()> {
    let workings = source::workings(place);
    fs::create_dir_all(&workings)?;
    let log = workings.join("log");
    let mut command = cargo(folder, &workings);
    command.stdout(Stdio::piped()).stderr(File::create(&log)?);
    let mut cargo = command.spawn().with_context(|| command::cannot_start(&command))?;
    show_progress(&crates(&mut cargo)?);
    if !cargo.wait()?.success() {
        let words = fs::read_to_string(&log).unwrap_or_default();
        bail!("`{}` failed:\n{}", command::shown(&command), last_lines(&words, 40));
    }
    let built = workings.join("release/libcountersign_embedded_token.so");
    ensure!(built.exists(), "cargo made no {}; this is a mistake in xtask", built.display());
    fs::rename(&built, source::module(place))?;
    fs::remove_dir_all(&workings)?;
    Ok(())
}

fn cargo(folder: &Path, workings: &Path) -> Command {
    let mut command = workspace::cargo();
    command.args(["build", "--release", "--locked", "--message-format=json-render-diagnostics"]);
    command.arg("--manifest-path").arg(folder.join("Cargo.toml"));
    command.arg("--target-dir").arg(workings);
    if let Some(arguments) = setup::bindgen_arguments() {
        command.env("BINDGEN_EXTRA_CLANG_ARGS", arguments);
    }
    command
}

/// One message for each crate that cargo has compiled; the channel closes when cargo ends.
fn crates(cargo: &mut Child) -> Result<Receiver<()>> {
    let output = cargo.stdout.take().context("cargo's output is not a pipe")?;
    let (compiled, seen) = mpsc::channel();
    std::thread::spawn(move || {
        for _ in BufReader::new(output).lines().map_while(Result::ok).filter(|m| is_compiled(m)) {
            // Nobody listens any more: the caller is on its way out.
            if compiled.send(()).is_err() {
                break;
            }
        }
    });
    Ok(seen)
}

fn is_compiled(message: &str) -> bool {
    message.contains(COMPILED)
}

fn show_progress(crates: &Receiver<()>) {
    let begun = Instant::now();
    let (mut count, mut next) = (0_u32, LINE_EVERY);
    loop {
        match crates.recv_timeout(next.saturating_sub(begun.elapsed())) {
            Ok(()) => count += 1,
            Err(RecvTimeoutError::Timeout) => {
                let seconds = begun.elapsed().as_secs();
                eprintln!("embedded token: {seconds} s, {count} crates compiled");
                next += LINE_EVERY;
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<_> = text.lines().collect();
    let tail = lines.get(lines.len().saturating_sub(count)..).unwrap_or_default();
    tail.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compiled_crate_is_told_from_a_build_scripts_run() {
        assert!(is_compiled(r#"{"reason":"compiler-artifact","package_id":"x"}"#));
        assert!(!is_compiled(r#"{"reason":"build-script-executed"}"#));
    }

    #[test]
    fn a_failure_shows_the_end_of_the_log() {
        assert_eq!(last_lines("a\nb\nc", 2), "b\nc");
        assert_eq!(last_lines("a", 2), "a");
    }
}
