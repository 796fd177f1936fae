//! Who witnesses this appliance's ledger: what they have cosigned of it, and since when.
//!
//! Guarantees: what is kept of a witness verified with its key over a checkpoint that this appliance signed;
//! a record is shown as witnessed only under a checkpoint that covers it. What is kept survives a restart as a
//! note that other tools read (C2SP signed-note).
//!
//! It does not guarantee that a witness is reached, or in time: asking goes on in the background, and nothing
//! waits for it. Whoever is asked is reached over plain HTTP: nothing in it is secret, and an answer that
//! somebody forged does not verify.

mod asking;
mod cosigned;
mod http;
pub(crate) mod note;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countersign_ports::Storage;
use countersign_protocol::checkpoint::CheckpointKey;
use countersign_protocol::limits::WITNESSES_MAX;
use countersign_tlog::key::{Key, Kind};
use countersign_witness::{FileMemory, Memory as _};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

pub(crate) use self::cosigned::{Cosigned, Line};
use self::http::Place;
use crate::appliance::Appliance;
use crate::config::WitnessSection;
use crate::linux::Linux;

/// The newest cosigned checkpoint, in the data folder.
const MEMORY: &str = "cosigned";
/// The log's verifier key there: what witnesses are to be configured with.
const VKEY: &str = "log.vkey";
/// How long a signature waits for witnesses, where its key's policy asks for some.
const WITNESSED_WITHIN: Duration = Duration::from_secs(10);
/// Checkpoints whose cosignatures are kept: the newest, on which witnesses are still at work, and those before.
const KEPT: usize = 8;

/// Why no witness is asked.
#[derive(Debug, thiserror::Error)]
pub enum WitnessesError {
    /// Too many.
    #[error("more than {WITNESSES_MAX} times [[witness]]: evidence has no room for more")]
    TooMany,
    /// A key.
    #[error(
        "[[witness]] key: {0:?} is no key of a witness: give name+id+key of kind 4 (Ed25519) or 6 (ML-DSA-44)"
    )]
    Key(String),
    /// The same again.
    #[error("[[witness]] key: {0:?} is there twice")]
    Twice(String),
    /// A URL.
    #[error("[[witness]] url: {0:?} is none that can be asked: give http://HOST[:PORT][/PREFIX]")]
    Url(String),
    /// The file with the log's key.
    #[error("cannot write {VKEY}: {0}; check the data folder and its owner")]
    Vkey(std::io::Error),
    /// This appliance's own key.
    #[error(
        "[[witness]]: this appliance's checkpoint key is P-256, which witnesses are not asked with: its token made no \
         Ed25519 key at `init`; take out [[witness]]"
    )]
    OwnKey,
}

/// A witness, as configured.
pub(crate) struct Peer {
    key: String,
    place: Place,
}

/// How one witness stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Records that it has cosigned, as far as is known.
    pub(crate) size: Option<u64>,
    /// When it has cosigned them, in seconds since 1970; none if this appliance has not seen it.
    pub(crate) time_s: Option<u64>,
}

#[derive(Default)]
struct State {
    standings: Vec<Standing>,
    /// The newest last.
    cosigned: Vec<Cosigned>,
}

/// All witnesses, and what is known of them.
pub(crate) struct Witnesses {
    peers: Vec<Peer>,
    state: Mutex<State>,
    memory: Mutex<FileMemory>,
    /// Another cosignature has come.
    news: watch::Sender<()>,
}

impl Witnesses {
    fn new(sections: &[WitnessSection], memory: FileMemory) -> Result<Self, WitnessesError> {
        let peers: Vec<_> = sections.iter().map(Peer::new).collect::<Result<_, _>>()?;
        if peers.len() > WITNESSES_MAX {
            return Err(WitnessesError::TooMany);
        }
        for (at, peer) in peers.iter().enumerate() {
            if peers.iter().take(at).any(|other| other.key == peer.key) {
                return Err(WitnessesError::Twice(peer.key.clone()));
            }
        }
        let standings = vec![Standing::default(); peers.len()];
        let state = Mutex::new(State { standings, cosigned: Vec::new() });
        Ok(Self { peers, state, memory: Mutex::new(memory), news: watch::Sender::new(()) })
    }

    /// Each witness's name, and how it stands.
    pub(crate) fn standings(&self) -> Vec<(String, Standing)> {
        let standings = self.state().standings.clone();
        self.peers.iter().map(|peer| peer.name().to_owned()).zip(standings).collect()
    }

    /// The cosigned checkpoint that covers the record at `index`: of those with the most witnesses the newest.
    pub(crate) fn covering(&self, index: u64) -> Option<Cosigned> {
        let state = self.state();
        let covering = state.cosigned.iter().filter(|one| one.signed.checkpoint.size > index);
        covering.max_by_key(|one| one.lines.len()).cloned()
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.peers.len()
    }

    /// Waits until so many witnesses have cosigned a checkpoint over the record at `index`, and says whether they have.
    pub(crate) async fn wait(&self, index: u64, needed: usize) -> bool {
        let mut news = self.news.subscribe();
        let enough = || self.covering(index).is_some_and(|one| one.lines.len() >= needed);
        let wait = news.wait_for(|()| enough());
        timeout(WITNESSED_WITHIN, wait).await.is_ok_and(|waited| waited.is_ok())
    }

    /// Puts down what a witness has cosigned, and keeps the newest.
    fn take(&self, peer: usize, cosigned: Cosigned) {
        let mut state = self.state();
        let size = cosigned.signed.checkpoint.size;
        if let (Some(standing), Some(line)) =
            (state.standings.get_mut(peer), cosigned.lines.first())
        {
            *standing = Standing { size: Some(size), time_s: Some(line.time_s) };
        }
        cosigned::merge(&mut state.cosigned, cosigned);
        if state.cosigned.len() > KEPT {
            state.cosigned.remove(0);
        }
        drop(state);
        self.news.send_replace(());
    }

    /// Puts down what a witness says that it has cosigned.
    fn told(&self, peer: usize, size: u64) {
        if let Some(standing) = self.state().standings.get_mut(peer) {
            *standing = Standing { size: Some(size), time_s: standing.time_s };
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Writes the newest cosigned checkpoint down. One that cannot be written is asked for again after a restart.
    fn keep(&self, own: &CheckpointKey) {
        let newest = self.state().cosigned.last().cloned();
        let note = newest.and_then(|newest| note::write(own, &newest));
        let kept = note.map_or(Ok(()), |note| lock(&self.memory).keep(&note));
        if let Err(why) = kept {
            tracing::warn!(%why, "the newest cosigned checkpoint cannot be written");
        }
    }
}

impl Peer {
    fn new(section: &WitnessSection) -> Result<Self, WitnessesError> {
        let bad = || WitnessesError::Key(section.key.clone());
        let key = Key::parse(&section.key).map_err(|_| bad())?;
        if !matches!(key.kind(), Kind::Ed25519Cosignature | Kind::MlDsa44Cosignature) {
            return Err(bad());
        }
        let url = || WitnessesError::Url(section.url.clone());
        let place = Place::parse(&section.url).ok_or_else(url)?;
        Ok(Self { key: section.key.clone(), place })
    }

    fn name(&self) -> &str {
        self.key.split('+').next().unwrap_or_default()
    }

    /// What the witness says in a note over a checkpoint, if it says it and it verifies.
    fn line(&self, crypto: &impl countersign_ports::Crypto, note: &str) -> Option<Line> {
        Line::of(crypto, &self.key, note)
    }
}

/// Asking, until this is dropped.
pub struct Asking(Option<JoinHandle<()>>);

impl Drop for Asking {
    fn drop(&mut self) {
        if let Some(task) = &self.0 {
            task.abort();
        }
    }
}

/// Begins to ask witnesses, if some are configured.
///
/// # Errors
/// [`WitnessesError`]: none is asked.
pub fn begin<S: Storage + Send + 'static>(
    appliance: &Arc<Appliance<Linux<S>>>,
    data: &Path,
    sections: &[WitnessSection],
) -> Result<Asking, WitnessesError> {
    let own = appliance.checkpoint_key().ok_or(WitnessesError::OwnKey)?;
    if let Some(key) = appliance.log_key() {
        std::fs::write(data.join(VKEY), format!("{key}\n")).map_err(WitnessesError::Vkey)?;
    }
    if sections.is_empty() {
        return Ok(Asking(None));
    }
    if !matches!(own, CheckpointKey::Ed25519(_)) {
        return Err(WitnessesError::OwnKey);
    }
    let memory = FileMemory::new(data.to_owned(), MEMORY);
    let witnesses = Arc::new(Witnesses::new(sections, memory)?);
    witnesses.recall(appliance, &own);
    appliance.books.set_witnesses(Arc::clone(&witnesses));
    let asking = asking::ask(Arc::clone(appliance), witnesses, own);
    Ok(Asking(Some(tokio::spawn(asking))))
}

/// A panic aborts the process: what a poisoned lock holds is not looked at again.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Witnesses {
    /// What was written before a restart, as far as it verifies.
    fn recall<S: Storage + Send + 'static>(
        &self,
        appliance: &Appliance<Linux<S>>,
        own: &CheckpointKey,
    ) {
        let Ok(Some(text)) = lock(&self.memory).read() else { return };
        let crypto = &*appliance.crypto;
        let newest = appliance.books.ledger().newest();
        let Some(signed) = note::read(crypto, own, &text).filter(|signed| {
            newest.is_some_and(|newest| newest.checkpoint.appliance == signed.checkpoint.appliance)
        }) else {
            return;
        };
        for (at, peer) in self.peers.iter().enumerate() {
            if let Some(line) = peer.line(crypto, &text) {
                self.take(at, Cosigned { signed, own_line: None, lines: vec![line] });
            }
        }
    }
}
