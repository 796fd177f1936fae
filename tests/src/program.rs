//! `countersignd` itself, as a process.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};

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
        Self::logging(config, command, "info")
    }

    /// The same, with a log of this level.
    pub fn logging(config: &Path, command: &str, level: &str) -> Self {
        let mut process = Command::new("setpriv");
        process.args(["--pdeathsig", "KILL"]).arg(Self::path()).arg(command);
        process.arg("--config").arg(config).env("COUNTERSIGN_LOG", level);
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

    /// Where it serves, as the last of these messages says.
    pub fn address(said: &[serde_json::Value]) -> SocketAddr {
        said.last().unwrap()["address"].as_str().unwrap().parse().unwrap()
    }

    /// Waits for its end: exit code, and its last line.
    pub fn ended(self) -> (Option<i32>, String) {
        let (status, said) = self.told();
        (status.code(), said.lines().last().unwrap_or_default().to_owned())
    }

    /// Waits for its end: how, and what it said from now on.
    pub fn told(mut self) -> (ExitStatus, String) {
        let mut said = String::new();
        self.said.read_to_string(&mut said).unwrap();
        (self.process.wait().unwrap(), said)
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.process.id()
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
