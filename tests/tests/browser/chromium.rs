//! A Chromium of one's own, and its DevTools protocol for one page.
//!
//! Guarantees: no wait is without an end, and one that ends says what was waited for; Chromium ends
//! with the value, and with this process: it reads its commands from a pipe, and the pipe closes.
//!
//! It reaches no network: whatever the page asks for is answered here, with an empty document unless it is of
//! the one origin that a test serves.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::served::Served;

/// Set by `cargo xtask test`: which Chromium.
const PROGRAM: &str = "COUNTERSIGN_BROWSER";
/// For one answer, on a machine that is busy.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);
const END_WITHIN: Duration = Duration::from_secs(5);

/// Its commands come and go as descriptors 3 and 4 (`--remote-debugging-pipe`), which a shell can
/// give it and safe Rust cannot.
const WITH_PIPE: &str = r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >&2"#;
const FLAGS: [&str; 10] = [
    "--headless=new",
    "--remote-debugging-pipe",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--password-store=basic",
];

/// Chromium with one page.
pub struct Chromium {
    process: Child,
    commands: Option<ChildStdin>,
    messages: Receiver<Value>,
    /// The page's, once there is one.
    session: Option<String>,
    /// The one origin that is served.
    served: Option<Served>,
    last: u64,
    profile: TempDir,
}

impl Chromium {
    /// Starts it, with an empty page.
    pub fn start() -> Self {
        let profile = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let mut process = command(&profile).spawn().expect("a shell");
        let commands = process.stdin.take();
        let messages = read(process.stdout.take().unwrap());
        let (session, served) = (None, None);
        let mut chromium = Self { process, commands, messages, session, served, last: 0, profile };
        let page = chromium.call("Target.createTarget", json!({ "url": "about:blank" }));
        let page = json!({ "targetId": page["targetId"], "flatten": true });
        let attached = chromium.call("Target.attachToTarget", page);
        chromium.session = attached["sessionId"].as_str().map(str::to_owned);
        chromium.call("Fetch.enable", json!({}));
        chromium
    }

    /// Answers what is of this origin from its server, from now on.
    pub fn reaches(&mut self, served: Served) {
        self.served = Some(served);
    }

    /// Has the page show what is at this address: an empty document, unless it is served.
    pub fn open(&mut self, address: &str) {
        let opened = self.call("Page.navigate", json!({ "url": address }));
        assert_eq!(opened.get("errorText"), None, "Chromium does not open {address}");
    }

    /// What the page makes of an expression whose value is to come; an exception as its text.
    pub fn evaluate(&mut self, expression: &str) -> Result<Value, String> {
        let wanted = json!({
            "expression": expression,
            "awaitPromise": true,
            "returnByValue": true,
            "userGesture": true,
        });
        let mut done = self.call("Runtime.evaluate", wanted);
        match done["exceptionDetails"]["exception"]["description"].as_str() {
            Some(exception) => Err(exception.to_owned()),
            None => Ok(done["result"]["value"].take()),
        }
    }

    /// Calls a method of the protocol and waits for its result.
    pub fn call(&mut self, method: &str, parameters: Value) -> Value {
        let id = self.send(method, parameters);
        let end = Instant::now() + ANSWER_WITHIN;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let message = self.messages.recv_timeout(left);
            let mut message =
                message.unwrap_or_else(|why| panic!("{method}: {}", self.silent(why)));
            if message["id"] == id {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].take();
            }
            if message["method"] == "Fetch.requestPaused" {
                self.serve(&message["params"]);
            }
        }
    }

    /// Chooses a file in the page's input that this expression gives.
    pub fn choose(&mut self, input: &str, file: &Path) {
        let found = self.call("Runtime.evaluate", json!({ "expression": input }));
        let chosen = json!({ "objectId": found["result"]["objectId"], "files": [file] });
        self.call("DOM.setFileInputFiles", chosen);
    }

    fn send(&mut self, method: &str, parameters: Value) -> u64 {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        let sent = self.commands.as_mut().unwrap().write_all(format!("{message}\0").as_bytes());
        sent.unwrap_or_else(|why| panic!("{method}: {}", self.silent(why)));
        self.last
    }

    /// Answers what the page asks of the network. What Chromium says to that is read over.
    fn serve(&mut self, paused: &Value) {
        let request = &paused["request"];
        let served = self.served.as_ref().and_then(|served| served.answer(request));
        let mut answer = served.unwrap_or_else(|| {
            json!({
                "responseCode": 200,
                "responseHeaders": [{ "name": "content-type", "value": "text/html" }],
                "body": BASE64_STANDARD.encode("<!doctype html>"),
            })
        });
        answer["requestId"] = paused["requestId"].clone();
        self.send("Fetch.fulfillRequest", answer);
    }

    /// Why it says nothing, as far as it has said.
    fn silent(&self, why: impl std::fmt::Display) -> String {
        let said = std::fs::read_to_string(self.profile.path().join("log")).unwrap_or_default();
        format!(
            "Chromium does not answer ({why}): run `cargo xtask test`, which installs it, or set \
             {PROGRAM} to one that starts; it last said:\n{said}"
        )
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // Without its commands it ends.
        self.commands = None;
        let end = Instant::now() + END_WITHIN;
        while matches!(self.process.try_wait(), Ok(None)) && Instant::now() < end {
            thread::sleep(Duration::from_millis(10));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn command(profile: &TempDir) -> Command {
    let program = std::env::var(PROGRAM).unwrap_or_else(|_| "chromium".to_owned());
    let mut command = Command::new("sh");
    command.args(["-c", WITH_PIPE, &program]).args(FLAGS);
    command.arg(format!("--user-data-dir={}", profile.path().display()));
    if rustix::process::geteuid().is_root() {
        // It refuses to work as root with one.
        command.arg("--no-sandbox");
    }
    let log = File::create(profile.path().join("log")).unwrap();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
    command
}

/// Each message ends with a zero byte.
fn read(pipe: ChildStdout) -> Receiver<Value> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for message in BufReader::new(pipe).split(0).map_while(Result::ok) {
            let message = serde_json::from_slice(&message).expect("the protocol is JSON");
            if sender.send(message).is_err() {
                break;
            }
        }
    });
    receiver
}
