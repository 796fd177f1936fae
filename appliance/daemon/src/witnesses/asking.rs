//! The asking: after the ledger has grown, all witnesses for the same checkpoint, the newest.
//!
//! Guarantees to a witness: it is asked once for a checkpoint, and less and less often while it does not
//! answer. To the ledger: it is read a little for a proof, and waits for nobody.

use std::sync::Arc;
use std::time::Duration;

use countersign_ledger::Signed;
use countersign_ports::Storage;
use countersign_protocol::checkpoint::CheckpointKey;
use countersign_tlog::witness::AddCheckpoint;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use super::cosigned::Cosigned;
use super::{Witnesses, note};
use crate::appliance::Appliance;
use crate::ground::Ground as _;
use crate::linux::Linux;

/// Between two rounds: how often a witness is asked at most.
const PAUSE: Duration = Duration::from_millis(200);
/// After the first failure; twice that after each further one.
const RETRY: Duration = Duration::from_secs(1);
/// So many times twice.
const DOUBLINGS_MAX: u32 = 6;
/// When nothing is to be done.
const IDLE: Duration = Duration::from_secs(3_600);

/// Why a witness did not cosign.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum NotCosigned {
    /// Nobody answered.
    #[error("it does not answer; check its url and the network")]
    Unreached,
    /// It knows more than there is.
    #[error(
        "it has cosigned {0} records of this ledger, which has {1}: an older copy of the ledger was started"
    )]
    Ahead(u64, u64),
    /// It has seen another log of this name.
    #[error(
        "it says that this ledger contradicts what it has cosigned (status {0}): keep this ledger, and find out why"
    )]
    Contradicted(u16),
    /// It does not want to.
    #[error("it refuses (status {0}); does it know this log's key?")]
    Refused(u16),
    /// What it said does not verify.
    #[error("its cosignature does not verify; check its key")]
    Forged,
    /// The ledger proves nothing.
    #[error("the ledger cannot be read for a proof; check the disk")]
    NoProof,
}

/// What witnesses are asked about.
#[derive(Clone)]
struct Subject {
    newest: Signed,
    own_line: Option<String>,
    /// Both, as they are sent.
    note: Arc<str>,
}

impl Subject {
    async fn new<S: Storage + Send + 'static>(
        appliance: &Appliance<Linux<S>>,
        own: &CheckpointKey,
        newest: Signed,
    ) -> Option<Self> {
        let own_line = appliance.books.own_line(&newest.checkpoint).await;
        let note = note::signed(own, &newest, own_line.as_deref())?.into();
        Some(Self { newest, own_line, note })
    }
}

/// When a witness is asked next.
#[derive(Clone, Copy)]
struct Due {
    at: Instant,
    failures: u32,
}

impl Due {
    fn failed(&mut self) {
        let wait = RETRY * 2u32.pow(self.failures.min(DOUBLINGS_MAX));
        *self = Self { at: Instant::now() + wait, failures: self.failures.saturating_add(1) };
    }
}

/// Asks whenever there is something to ask. Never ends.
pub(super) async fn ask<S: Storage + Send + 'static>(
    appliance: Arc<Appliance<Linux<S>>>,
    witnesses: Arc<Witnesses>,
    own: CheckpointKey,
) {
    let mut due = vec![Due { at: Instant::now(), failures: 0 }; witnesses.peers.len()];
    loop {
        let waiting = match appliance.books.ledger().newest() {
            Some(newest) => round(&appliance, &witnesses, &own, newest, &mut due).await,
            None => None,
        };
        let until = waiting.unwrap_or_else(|| Instant::now() + IDLE);
        tokio::select! {
            () = appliance.books.grown() => {}
            () = sleep_until(until) => {}
        }
        sleep(PAUSE).await;
    }
}

/// Asks those that are due and have not cosigned the newest checkpoint. Gives when the next one is due of
/// those that still have not.
async fn round<S: Storage + Send + 'static>(
    appliance: &Arc<Appliance<Linux<S>>>,
    witnesses: &Arc<Witnesses>,
    own: &CheckpointKey,
    newest: Signed,
    due: &mut [Due],
) -> Option<Instant> {
    let mut asked = JoinSet::new();
    let is_due = |at: &usize| due.get(*at).is_some_and(|due| due.at <= Instant::now());
    let now: Vec<_> = open(witnesses, newest).into_iter().filter(is_due).collect();
    if !now.is_empty() {
        let subject = Subject::new(appliance, own, newest).await?;
        for at in now {
            let (appliance, witnesses) = (Arc::clone(appliance), Arc::clone(witnesses));
            let one = one(appliance, witnesses, *own, subject.clone(), at);
            asked.spawn(async move { (at, one.await) });
        }
    }
    while let Some(answered) = asked.join_next().await {
        let Ok((at, answered)) = answered else { continue };
        let (Some(due), Some(peer)) = (due.get_mut(at), witnesses.peers.get(at)) else { continue };
        match answered {
            Ok(()) => *due = Due { at: Instant::now(), failures: 0 },
            Err(why) => {
                due.failed();
                tracing::warn!(witness = peer.name(), %why, "not cosigned");
            }
        }
    }
    open(witnesses, newest).into_iter().filter_map(|at| due.get(at).map(|due| due.at)).min()
}

/// The witnesses that have not cosigned this checkpoint.
fn open(witnesses: &Witnesses, newest: Signed) -> Vec<usize> {
    let state = witnesses.state();
    let seen = |s: &super::Standing| s.time_s.is_some() && s.size == Some(newest.checkpoint.size);
    state.standings.iter().enumerate().filter(|(_, s)| !seen(s)).map(|(at, _)| at).collect()
}

/// Asks one witness: again at once if it says from where on it needs a proof.
async fn one<S: Storage + Send + 'static>(
    appliance: Arc<Appliance<Linux<S>>>,
    witnesses: Arc<Witnesses>,
    own: CheckpointKey,
    subject: Subject,
    at: usize,
) -> Result<(), NotCosigned> {
    let size = subject.newest.checkpoint.size;
    let known = witnesses.state().standings.get(at).and_then(|standing| standing.size);
    let told = match once(&appliance, &witnesses, &own, &subject, at, known.unwrap_or(0)).await? {
        None => return Ok(()),
        Some(told) => told,
    };
    witnesses.told(at, told);
    if told > size {
        return Err(NotCosigned::Ahead(told, size));
    }
    if Some(told) == known {
        return Err(NotCosigned::Contradicted(409));
    }
    let again = once(&appliance, &witnesses, &own, &subject, at, told).await?;
    again.map_or(Ok(()), |_| Err(NotCosigned::Contradicted(409)))
}

/// One request. Gives the size that the witness has cosigned, where it has another one than `old_size`.
async fn once<S: Storage + Send + 'static>(
    appliance: &Arc<Appliance<Linux<S>>>,
    witnesses: &Arc<Witnesses>,
    own: &CheckpointKey,
    subject: &Subject,
    at: usize,
    old_size: u64,
) -> Result<Option<u64>, NotCosigned> {
    let Subject { newest, own_line, note } = subject;
    let size = newest.checkpoint.size;
    if old_size > size {
        return Err(NotCosigned::Ahead(old_size, size));
    }
    let peer = witnesses.peers.get(at).ok_or(NotCosigned::Unreached)?;
    let body = request(appliance, newest, old_size, note).await?;
    let answered = peer.place.ask(body).await.ok_or(NotCosigned::Unreached)?;
    match (answered.status, answered.size) {
        (200, _) => {
            let note = format!("{note}{}", answered.body);
            let line = peer.line(&*appliance.crypto, &note).ok_or(NotCosigned::Forged)?;
            tracing::debug!(witness = peer.name(), size, "cosigned");
            let (signed, own_line) = (*newest, own_line.clone());
            witnesses.take(at, Cosigned { signed, own_line, lines: vec![line] });
            let (witnesses, own) = (Arc::clone(witnesses), *own);
            let _ = Linux::<S>::apart(move || witnesses.keep(&own)).await;
            Ok(None)
        }
        (409, Some(told)) if told != old_size => Ok(Some(told)),
        (status @ (409 | 422), _) => Err(NotCosigned::Contradicted(status)),
        (status, _) => Err(NotCosigned::Refused(status)),
    }
}

/// A request's body, with the proof from the size that the witness has cosigned.
async fn request<S: Storage + Send + 'static>(
    appliance: &Arc<Appliance<Linux<S>>>,
    newest: &Signed,
    old_size: u64,
    checkpoint: &str,
) -> Result<String, NotCosigned> {
    let (appliance, newest) = (Arc::clone(appliance), newest.checkpoint);
    let ledger =
        move || appliance.books.ledger().consistency(&*appliance.crypto, old_size, &newest);
    let path = Linux::<S>::apart(ledger).await.flatten().ok_or(NotCosigned::NoProof)?;
    Ok(AddCheckpoint { old_size, path, checkpoint }.to_string())
}
