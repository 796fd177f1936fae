//! The Python programs under `tests/clients/python`, and who approves for them.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use countersign_device::{Authenticator, RequestOptions, Response};
use countersign_host::Host;
use countersign_ports::Crypto;
use countersign_tests::case::Case;
use countersign_tests::house::{Holder, RP_ID};
use tempfile::TempDir;

/// Set by `cargo xtask test`: a Python that has what the programs import.
const PYTHON: &str = "COUNTERSIGN_PYTHON";
/// What is signed.
const DOCUMENTS: [(&str, &[u8]); 2] = [("letter.txt", b"Dear E."), ("findings.txt", b"None.")];

/// The programs, with the arguments that all of them take.
pub struct Python {
    folder: TempDir,
    arguments: Vec<OsString>,
}

/// How the front-end ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Ended {
    /// With these signatures.
    Signed(Vec<Vec<u8>>),
    /// With this exit code, and these last words.
    Failed(i32, String),
}

impl Python {
    /// For the daemon and the key of this case, as nobody.
    pub async fn of(case: &Case<'_>) -> Self {
        let folder = TempDir::new().unwrap();
        for (name, content) in DOCUMENTS {
            std::fs::write(folder.path().join(name), content).unwrap();
        }
        let key: String = case.people.key.id.0.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut python = Self { folder, arguments: Vec::new() };
        python.add("--address", case.engine.address().await.to_string());
        python.add("--server", case.engine.house.server_certificate());
        python.add("--rp-id", RP_ID);
        python.add("--key", key);
        python
    }

    /// As this front-end.
    pub fn by(mut self, who: &Holder) -> Self {
        let identity = self.folder.path().join("portal");
        std::fs::write(identity.with_extension("pem"), &who.certificate).unwrap();
        std::fs::write(identity.with_extension("key.pem"), &who.key).unwrap();
        self.add("--identity", identity);
        self
    }

    /// Over this protocol.
    pub fn speaking(mut self, alpn: &str) -> Self {
        self.add("--alpn", alpn);
        self
    }

    /// SHA-256 of each document.
    pub fn digests(&self) -> [[u8; 32]; 2] {
        DOCUMENTS.map(|(_, content)| Host.sha256(&[content]))
    }

    /// Has both documents signed, if this device may approve.
    pub fn signs(&self, device: &mut Authenticator) -> Ended {
        let mut program = self.start("front_end.py");
        let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
        if let Some(options) = lines.next() {
            let options = RequestOptions::parse(options.unwrap().as_bytes()).unwrap();
            let challenge = options.challenge_for(device).unwrap();
            let approval = device.honest();
            let response = Response::from(&device.approve(&challenge, &approval));
            let answer = serde_json::to_string(&response).unwrap();
            writeln!(program.stdin.take().unwrap(), "{answer}").unwrap();
        }
        let signed = lines.next().map(|line| signatures(&line.unwrap()));
        let output = program.wait_with_output().unwrap();
        let words = String::from_utf8(output.stderr).unwrap();
        match signed.filter(|_| output.status.success()) {
            Some(signatures) => Ended::Signed(signatures),
            None => Ended::Failed(output.status.code().unwrap(), words.trim().to_owned()),
        }
    }

    /// What another program of the folder says, which must end well.
    pub fn runs(&self, program: &str) -> String {
        let output = self.start(program).wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn start(&self, program: &str) -> Child {
        let python = std::env::var_os(PYTHON).map(PathBuf::from).unwrap_or_else(|| {
            panic!(
                "{PYTHON} is not set: run `cargo xtask test`, which makes the Python environment"
            )
        });
        let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/python");
        let mut command = Command::new(python);
        // It leaves nothing in the source tree.
        command.arg("-B").arg(programs.join(program)).args(&self.arguments);
        command.args(DOCUMENTS.map(|(name, _)| self.folder.path().join(name)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    fn add(&mut self, name: &str, value: impl Into<OsString>) {
        self.arguments.extend([name.into(), value.into()]);
    }
}

/// The signatures in the program's last line.
fn signatures(line: &str) -> Vec<Vec<u8>> {
    let signed: serde_json::Value = serde_json::from_str(line).unwrap();
    let hex = |text: &serde_json::Value| hex::decode(text.as_str().unwrap()).unwrap();
    signed["signatures"].as_array().unwrap().iter().map(hex).collect()
}
