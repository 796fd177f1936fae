//! `countersignd` itself, as a process.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};

/// The program, which ends with the test.
pub struct Program {
    process: Child,
    said: BufReader<ChildStderr>,
}

impl Program {
    /// Its file.
    ///
    /// # Panics
    /// Without `cargo xtask test`, which builds it.
    pub fn path() -> std::ffi::OsString {
        std::env::var_os("COUNTERSIGN_DAEMON").expect("run `cargo xtask test`")
    }

    /// Starts it with this configuration.
    pub fn start(config: &Path, command: &str) -> Self {
        let mut process = Command::new("setpriv");
        process.args(["--pdeathsig", "KILL"]).arg(Self::path()).arg(command);
        process.arg("--config").arg(config).env("COUNTERSIGN_LOG", "info");
        let mut process = process.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let said = BufReader::new(process.stderr.take().unwrap());
        Self { process, said }
    }

    /// The messages of its log until it serves, each with its fields.
    pub fn served(&mut self) -> Vec<serde_json::Value> {
        self.until("serving")
    }

    /// The messages of its log until it says this, each with its fields.
    pub fn until(&mut self, message: &str) -> Vec<serde_json::Value> {
        let mut lines: Vec<serde_json::Value> = Vec::new();
        while lines.last().is_none_or(|line| line["message"] != message) {
            let mut line = String::new();
            assert!(self.said.read_line(&mut line).unwrap() > 0, "no {message:?}: {lines:?}");
            let line: serde_json::Value = serde_json::from_str(&line).expect(&line);
            lines.push(line["fields"].clone());
        }
        lines
    }

    /// Waits for its end: exit code, and its last line.
    pub fn ended(mut self) -> (Option<i32>, String) {
        let mut said = String::new();
        self.said.read_to_string(&mut said).unwrap();
        let last = said.lines().last().unwrap_or_default().to_owned();
        (self.process.wait().unwrap().code(), last)
    }
}

impl Program {
    /// Sends it a signal, by its name.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.process.id().to_string()]).status();
        assert!(sent.unwrap().success());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
