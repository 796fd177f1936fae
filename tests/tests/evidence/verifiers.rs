//! The two verifiers: ours, and the one in Python that was written from docs/evidence.md.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use countersign_host::Host;
use countersign_verifier::{Choice, Document, Trust, verify};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::story::Files;

/// Set by `cargo xtask test`: a Python that has what the programs import.
const PYTHON: &str = "COUNTERSIGN_PYTHON";

/// The link that is broken, if one is.
pub fn first(files: &Files) -> Option<String> {
    first_says(files).map(|(link, _)| link)
}

/// The link that is broken, and why.
pub fn first_says(files: &Files) -> Option<(String, String)> {
    let trust = Trust::parse(&files.trust).unwrap();
    let documents: Vec<_> = files.documents.iter().map(|content| Document(content)).collect();
    let choice = files.item.map_or(Choice::All, Choice::One);
    let findings = verify(&Host, &trust, &documents, choice, &files.evidence);
    findings.broken().map(|(link, why)| (link.name().to_owned(), why.to_owned()))
}

/// The second verifier, which stays to be asked again.
pub struct Second {
    program: Child,
    asks: ChildStdin,
    answers: BufReader<ChildStdout>,
    folder: TempDir,
}

impl Second {
    pub fn start() -> Self {
        let python = std::env::var_os(PYTHON).expect("cargo xtask test sets it");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/evidence/verify.py");
        let mut program = Command::new(python)
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let asks = program.stdin.take().unwrap();
        let answers = BufReader::new(program.stdout.take().unwrap());
        Self { program, asks, answers, folder: TempDir::new().unwrap() }
    }

    /// The link that is broken, if one is.
    pub fn verify(&mut self, files: &Files) -> Option<String> {
        self.says(files).map(|(link, _)| link)
    }

    /// The link that is broken, and why.
    pub fn says(&mut self, files: &Files) -> Option<(String, String)> {
        let documents: Vec<_> = (0..).zip(&files.documents).map(|(n, d)| self.put(n, d)).collect();
        let case = json!({
            "trust": self.put("trust", files.trust.as_bytes()),
            "evidence": self.put("evidence", &files.evidence),
            "documents": documents,
            "item": files.item,
        });
        writeln!(self.asks, "{case}").unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        let answer: Value = serde_json::from_str(&line).expect("the second verifier has failed");
        let said = |name| answer[name].as_str().map(str::to_owned);
        said("broken").zip(said("why"))
    }

    fn put(&self, name: impl ToString, content: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name.to_string());
        std::fs::write(&path, content).unwrap();
        path
    }
}

impl Drop for Second {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}
