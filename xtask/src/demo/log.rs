//! The demo's log: every command as a person would type it, and what it wrote.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command;

/// A file that only grows.
pub struct Log {
    path: PathBuf,
}

impl Log {
    /// The log at this path; its file comes with the first command.
    pub fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Runs a program to its end and returns its standard output; all that it wrote goes into the
    /// log, and an error has the last line of it.
    pub fn output(&self, command: &mut Command) -> Result<String> {
        let done = command.output().with_context(|| command::cannot_start(command))?;
        let shown = command::shown(command);
        self.append(&[format!("$ {shown}\n").as_bytes(), &done.stdout, &done.stderr])?;
        if done.status.success() {
            return Ok(String::from_utf8_lossy(&done.stdout).into_owned());
        }
        let (status, said) = (done.status, String::from_utf8_lossy(&done.stderr));
        let why = said.trim_end().lines().last().unwrap_or("it does not say why").to_owned();
        bail!("`{shown}` failed ({status}): {why}; read {}", self.path.display())
    }

    /// The same, where the output says nothing more.
    pub fn run(&self, command: &mut Command) -> Result<()> {
        self.output(command).map(drop)
    }

    /// The log, open for a program that goes on writing to it.
    pub fn file(&self) -> Result<File> {
        let opened = File::options().create(true).append(true).open(&self.path);
        opened.with_context(|| format!("cannot write {}", self.path.display()))
    }

    fn append(&self, parts: &[&[u8]]) -> Result<()> {
        let mut file = self.file()?;
        parts.iter().try_for_each(|part| Ok(file.write_all(part)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn all_that_ran_is_in_the_log_and_a_failure_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let log = Log::at(folder.path().join("log"));
        log.run(&mut shell("echo one")).unwrap();
        let error = log.run(&mut shell("echo much >&2; echo no key >&2; exit 3")).unwrap_err();
        let error = error.to_string();
        assert!(error.contains("(exit status: 3): no key; read"), "{error}");
        let text = std::fs::read_to_string(log.path()).unwrap();
        assert!(text.starts_with("$ sh -c 'echo one'\none\n"), "{text}");
        assert!(text.ends_with("much\nno key\n"), "{text}");
    }
}
