//! The command that has a device approve: bytes in, bytes out, bounded in time and length.
//!
//! Guarantee: it is run as given, without a shell. It is asked for the challenge and nothing else.

use std::io;
use std::process::Stdio;
use std::time::Duration;

use countersign_protocol::Bounded;
use countersign_protocol::assertion::Assertion;
use countersign_protocol::reply::Prepared;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};

use crate::ConsoleError;
use crate::webauthn::{RequestOptions, Response};

/// No answer is longer.
const ANSWER_BYTES_MAX: u64 = 64 * 1024;

/// Runs `command` on what was prepared and reads its answer.
pub(super) async fn approve(
    command: &str,
    rp_id: &str,
    prepared: &Prepared<'_>,
    within: Duration,
) -> Result<Response, ConsoleError> {
    let credentials: Vec<&[u8]> = prepared.credentials.iter().map(|id| id.bytes()).collect();
    let options = RequestOptions::new(rp_id, prepared.challenge.as_ref(), &credentials);
    let failed = |why: String| ConsoleError::Approval(format!("`{command}` {why}"));
    let request = serde_json::to_vec(&options).map_err(|why| failed(why.to_string()))?;
    let child = start(command)?;
    let answer = tokio::time::timeout(within, converse(child, &request))
        .await
        .map_err(|_| failed(format!("gave no approval within {} s", within.as_secs())))?
        .map_err(|why| failed(format!("failed: {why}")))?;
    Response::parse(&answer)
        .map_err(|why| failed(format!("printed no AuthenticationResponseJSON: {why}")))
}

fn start(command: &str) -> Result<Child, ConsoleError> {
    let mut words = command.split_whitespace();
    let program = words.next().ok_or_else(|| ConsoleError::usage("--approve-with is empty"))?;
    Command::new(program)
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|why| {
            ConsoleError::Approval(format!("cannot run {program}: {why}; check --approve-with"))
        })
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

/// The response as the appliance wants it: with the index of the device that gave it.
pub(super) fn assertion<'a>(
    response: &'a Response,
    prepared: &Prepared<'_>,
) -> Result<Assertion<'a>, ConsoleError> {
    let device = prepared.credentials.iter().position(|id| id.bytes() == response.id);
    let device = device.and_then(|index| u8::try_from(index).ok()).ok_or_else(|| {
        let why = "the device that answered is none of those that may approve; use another";
        ConsoleError::Approval(why.to_owned())
    })?;
    let fitted = || {
        Some(Assertion {
            device,
            authenticator_data: Bounded::new(&response.authenticator_data)?,
            client_data: Bounded::new(&response.client_data)?,
            signature: Bounded::new(&response.signature)?,
        })
    };
    let too_long = || ConsoleError::Approval("the device's answer is too long".to_owned());
    fitted().ok_or_else(too_long)
}

#[cfg(test)]
mod tests {
    use countersign_protocol::{Digest, Sequence};

    use super::*;

    fn with_prepared<T>(does: impl FnOnce(&Prepared<'_>) -> T) -> T {
        let ids: [Bounded<'_, 1023>; 2] =
            [Bounded::new(&[1]).unwrap(), Bounded::new(&[2]).unwrap()];
        let mut room = [0; 16];
        does(&Prepared {
            activation: Bounded::EMPTY,
            challenge: Digest([7; 32]),
            credentials: Sequence::from_values(&ids, &mut room).unwrap(),
        })
    }

    fn run(command: &str) -> Result<Response, ConsoleError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let within = Duration::from_millis(500);
        with_prepared(|prepared| runtime.block_on(approve(command, "a.example", prepared, within)))
    }

    fn script(body: &str) -> (tempfile::TempDir, String) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("approve.sh");
        std::fs::write(&path, body).unwrap();
        let command = format!("sh {}", path.display());
        (folder, command)
    }

    #[test]
    fn a_command_is_asked_and_its_answer_read() {
        let answer = r#"{"id":"Ag","response":{"clientDataJSON":"e30","authenticatorData":"Ag","signature":"Aw"}}"#;
        let challenge = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";
        let (_folder, command) =
            script(&format!("grep -q '\"challenge\":\"{challenge}\"' && echo '{answer}'"));
        let response = run(&command).unwrap();
        let device = with_prepared(|prepared| assertion(&response, prepared).unwrap().device);
        assert_eq!(device, 1);
    }

    #[test]
    fn a_command_that_does_not_approve_is_said_so() {
        let (_folder, exits) = script("exit 3");
        let (_folder2, endless) = script("sleep 5");
        let (_folder3, flooding) = script("yes");
        let expected = [
            (&*exits, "exit status: 3"),
            (&*endless, "no approval within"),
            (&*flooding, "failed: exit status"),
            ("true", "no AuthenticationResponseJSON"),
            ("/nowhere/to/be/found", "cannot run"),
            (" ", "empty"),
        ];
        for (command, says) in expected {
            let why = run(command).unwrap_err().to_string();
            assert!(why.contains(says), "{command}: {why}");
        }
    }

    #[test]
    fn a_device_that_may_not_approve_and_an_answer_that_is_too_long_are_refused() {
        let good = Response {
            id: vec![1],
            authenticator_data: vec![],
            client_data: vec![],
            signature: vec![],
        };
        with_prepared(|prepared| {
            assert_eq!(assertion(&good, prepared).unwrap().device, 0);
            let stranger = Response { id: vec![3], ..good };
            assert!(assertion(&stranger, prepared).is_err());
            let long = Response { id: vec![1], client_data: vec![0; 2049], ..stranger };
            assert!(assertion(&long, prepared).is_err());
        });
    }
}
