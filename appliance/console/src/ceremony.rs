//! The command behind which a device and its owner are: JSON in, JSON out, bounded in time and length.
//!
//! Guarantee: it is run as given, without a shell. It is asked for what the options say and nothing else.

use std::io;
use std::process::Stdio;
use std::time::Duration;

use serde::Serialize;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};

/// No answer is longer.
const ANSWER_BYTES_MAX: u64 = 64 * 1024;

/// Runs `command` on these options and gives what it prints, or why there is nothing.
pub(crate) async fn conduct(
    command: &str,
    options: &impl Serialize,
    within: Duration,
) -> Result<Vec<u8>, String> {
    let failed = |why: String| format!("`{command}` {why}");
    let options = serde_json::to_vec(options).map_err(|why| failed(why.to_string()))?;
    let child = start(command)?;
    tokio::time::timeout(within, converse(child, &options))
        .await
        .map_err(|_| failed(format!("gave no answer within {} s", within.as_secs())))?
        .map_err(|why| failed(format!("failed: {why}")))
}

fn start(command: &str) -> Result<Child, String> {
    let mut words = command.split_whitespace();
    let program = words.next().ok_or("the command is empty; name a program")?;
    Command::new(program)
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|why| format!("cannot run {program}: {why}; check the command"))
}

/// Gives it the request, reads what it prints, and waits for its end.
async fn converse(mut child: Child, request: &[u8]) -> io::Result<Vec<u8>> {
    let pipes = child.stdin.take().zip(child.stdout.take());
    let (mut stdin, stdout) = pipes.ok_or_else(|| io::Error::other("no pipe to it"))?;
    let ask = async move {
        // One that ends without reading says by its exit code or answer what that means.
        let _ = stdin.write_all(request).await;
        drop(stdin);
    };
    let hear = async move {
        let mut answer = Vec::new();
        stdout.take(ANSWER_BYTES_MAX).read_to_end(&mut answer).await.map(|_| answer)
    };
    let ((), answer) = tokio::join!(ask, hear);
    let status = child.wait().await?;
    if status.success() { answer } else { Err(io::Error::other(status.to_string())) }
}

/// What tests run in place of a browser.
#[cfg(test)]
pub(crate) mod scripts {
    use std::path::Path;

    /// Runs what is asynchronous.
    pub(crate) fn run<T>(does: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(does)
    }

    /// A command that does what `body` says.
    pub(crate) fn script(folder: &Path, body: &str) -> String {
        let path = folder.join("script.sh");
        std::fs::write(&path, body).unwrap();
        format!("sh {}", path.display())
    }
}

#[cfg(test)]
mod tests {
    use super::scripts::{run, script};
    use super::*;

    fn conducted(command: &str) -> Result<Vec<u8>, String> {
        run(conduct(command, &["asked"], Duration::from_millis(500)))
    }

    #[test]
    fn a_command_is_asked_and_its_answer_read() {
        let folder = tempfile::tempdir().unwrap();
        let command = script(folder.path(), "grep -q '\"asked\"' && echo answered");
        assert_eq!(conducted(&command).unwrap(), b"answered\n");
    }

    #[test]
    fn a_command_that_does_not_answer_is_said_so() {
        let folders = [(); 3].map(|()| tempfile::tempdir().unwrap());
        let [exits, endless, flooding] = &folders;
        let expected = [
            (&*script(exits.path(), "exit 3"), "exit status: 3"),
            (&*script(endless.path(), "sleep 5"), "no answer within"),
            (&*script(flooding.path(), "yes"), "failed: exit status"),
            ("/nowhere/to/be/found", "cannot run"),
            (" ", "empty"),
        ];
        for (command, says) in expected {
            let why = conducted(command).unwrap_err();
            assert!(why.contains(says), "{command}: {why}");
        }
    }
}
