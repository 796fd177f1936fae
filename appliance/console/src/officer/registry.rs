//! `registry`: what decides, as a whole.

use std::time::Duration;

use countersign_protocol::Digest;
use countersign_protocol::admin::{
    Answer, Order, Rebuild, RegistryAnswer, RegistryQuery, SlotFile,
};
use serde_json::{Value, json};

use super::desk::{Desk, printable};
use super::reanchor;
use crate::arguments::RegistryCommand;
use crate::{ConsoleError, Report};

/// How often it is asked how far a rebuild is.
const AGAIN: Duration = Duration::from_millis(500);
/// After so many answers people are told how far it is, and after so many more again: two seconds, and ten.
const PATIENCE: u32 = 4;
const TOLD_EVERY: u32 = 20;

pub(super) async fn order(desk: &Desk, command: &RegistryCommand) -> Result<Report, ConsoleError> {
    match command {
        RegistryCommand::Show => {
            let state = ask(desk, false).await?;
            Ok(Report::new(state.text(), state.json()))
        }
        RegistryCommand::Rebuild => rebuild(desk).await,
    }
}

/// An answer, without what it borrows.
struct State {
    root: Digest,
    size: u64,
    file: Option<SlotFile>,
    erased: u32,
    progress: Option<Progress>,
}

struct Progress {
    read: u64,
    of: u64,
    outcome: Option<Result<Digest, String>>,
}

async fn ask(desk: &Desk, rebuild: bool) -> Result<State, ConsoleError> {
    let order = Order::Registry(RegistryQuery { rebuild });
    match desk.ask("registry", &order).await?.answer()? {
        Answer::Registry(RegistryAnswer { root, size, file, rebuild, erased }) => {
            Ok(State { root, size, file, erased, progress: rebuild.map(progress) })
        }
        Answer::Locked(locked) => Err(ConsoleError::Locked(reanchor::report(&locked))),
        _ => Err(ConsoleError::Unexpected),
    }
}

fn progress(Rebuild { read, of, root, why }: Rebuild<'_>) -> Progress {
    let failed = why.map(|why| Err(printable(why)));
    Progress { read, of, outcome: failed.or_else(|| root.map(Ok)) }
}

/// Has it made again, and waits.
async fn rebuild(desk: &Desk) -> Result<Report, ConsoleError> {
    let mut state = ask(desk, true).await?;
    let mut asked = 0;
    loop {
        let Progress { read, of, outcome } = state.progress.ok_or(ConsoleError::Unexpected)?;
        match outcome {
            Some(Ok(root)) => return Ok(rebuilt(root, of, state.erased)),
            Some(Err(why)) => {
                return Err(ConsoleError::Declined {
                    what: "rebuild the registry".to_owned(),
                    why,
                });
            }
            None if asked % TOLD_EVERY == PATIENCE => {
                eprintln!("... {read} of {of} records are read")
            }
            None => {}
        }
        asked += 1;
        tokio::time::sleep(AGAIN).await;
        state = ask(desk, false).await?;
    }
}

fn rebuilt(root: Digest, of: u64, erased: u32) -> Report {
    let text = format!(
        "done: the registry is made from all {of} records again, and is the same: root {root}\n\
         Of {erased} erased signers it has a number and the name of a destroyed key. Its file is begun anew."
    );
    let json = json!({ "root": root.to_string(), "size": of, "same": true, "erased": erased });
    Report::new(text, json)
}

impl State {
    fn text(&self) -> String {
        let file = self.file.map_or_else(
            || "none yet: a start reads everything".to_owned(),
            |SlotFile { size, bytes, writes }| {
                format!(
                    "{size} records, {bytes} bytes, written on {writes} times since it was begun"
                )
            },
        );
        let Self { root, size, erased, .. } = self;
        format!(
            "registry      root {root}, of {size} records\nerased        {erased} signers\nfile          {file}"
        )
    }

    fn json(&self) -> Value {
        let file = self.file.map(|SlotFile { size, bytes, writes }| {
            json!({ "size": size, "bytes": bytes, "writes": writes })
        });
        let Self { root, size, erased, .. } = self;
        json!({ "root": root.to_string(), "size": size, "erased": erased, "file": file })
    }
}
