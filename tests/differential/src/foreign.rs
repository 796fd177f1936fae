//! The verifiers of others: a process each, that reads cases and writes verdicts, a line for a line.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use crate::verdict::Verdict;

/// The verifiers, in the order of the table's columns.
pub const NAMES: [&str; 3] = ["fido2", "py_webauthn", "SimpleWebAuthn"];

/// A verifier that runs.
pub struct Foreign {
    name: &'static str,
    process: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

#[derive(Deserialize)]
struct Answer {
    id: u64,
    #[serde(flatten)]
    verdict: Verdict,
}

/// Where the verifiers' programs and what they run on are.
pub struct Places<'p> {
    /// Their folder.
    pub programs: &'p Path,
    /// A Python with their packages.
    pub python: &'p Path,
    /// Node.js.
    pub node: &'p Path,
    /// The folder with its packages.
    pub packages: &'p Path,
}

impl Places<'_> {
    /// Starts all of them.
    pub fn start(&self) -> Result<[Foreign; 3]> {
        // Without -B Python would write what it compiles into the source tree; and it warns of certificates that
        // are wrong here on purpose.
        let python = |program| {
            let mut command = Command::new(self.python);
            command.args(["-B", "-W", "ignore::UserWarning"]).arg(self.programs.join(program));
            command
        };
        let mut node = Command::new(self.node);
        // ML-DSA is new in Node, and says so each time.
        node.arg("--disable-warning=ExperimentalWarning");
        node.arg(self.programs.join("with_simplewebauthn.mjs")).current_dir(self.packages);
        let [fido2, webauthn, simple] = NAMES;
        Ok([
            Foreign::start(fido2, python("with_fido2.py"))?,
            Foreign::start(webauthn, python("with_webauthn.py"))?,
            Foreign::start(simple, node)?,
        ])
    }
}

impl Foreign {
    fn start(name: &'static str, mut command: Command) -> Result<Self> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().with_context(|| format!("{name} cannot be started"))?;
        let questions = process.stdin.take().context("no pipe to it")?;
        let answers = BufReader::new(process.stdout.take().context("no pipe from it")?);
        Ok(Self { name, process, questions, answers })
    }

    /// Its verdicts on these cases, of which the first has this number.
    pub fn judge(&mut self, first: u64, lines: &[String]) -> Result<Vec<Verdict>> {
        let Self { name, questions, answers, .. } = self;
        // One thread asks and one listens: a pipe holds less than all questions.
        std::thread::scope(|scope| {
            let asked = scope.spawn(move || ask(questions, lines));
            let verdicts: Result<Vec<_>> =
                (first..).take(lines.len()).map(|id| next(answers, id)).collect();
            let verdicts = verdicts.with_context(|| format!("{name} gave no verdict"))?;
            asked.join().ok().context("the thread that asks has ended")??;
            Ok(verdicts)
        })
    }
}

fn ask(questions: &mut ChildStdin, lines: &[String]) -> Result<()> {
    for line in lines {
        questions.write_all(line.as_bytes())?;
        questions.write_all(b"\n")?;
    }
    questions.flush().context("it does not read any more")
}

fn next(answers: &mut BufReader<ChildStdout>, id: u64) -> Result<Verdict> {
    let mut line = String::new();
    answers.read_line(&mut line)?;
    let answer: Answer = serde_json::from_str(&line).with_context(|| format!("read {line:?}"))?;
    ensure!(answer.id == id, "it answered {} when it was asked {id}", answer.id);
    Ok(answer.verdict)
}

impl Drop for Foreign {
    fn drop(&mut self) {
        // It may have ended already, and there is nobody to tell.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
