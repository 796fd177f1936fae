//! The registry, made from the ledger again while the appliance works.
//!
//! Guarantees: what comes of it has the root that the registry had at the same record, or the appliance stops, and its next
//! start reads everything; what decides meanwhile is the registry that there was. After it the slot file is begun anew.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use countersign_core::port::Guarded as _;
use countersign_ledger::Damage;
use countersign_protocol::Digest;
use countersign_registry::Registry;

use crate::appliance::Appliance;
use crate::books::{Books, Lost, lock};
use crate::ground::Ground;

/// How long officers can still be told that it came to something else.
const LAST_WORD_MS: u64 = 3_000;

/// How a rebuild stands.
#[derive(Default)]
pub(crate) struct Rebuilding {
    state: Mutex<State>,
    read: Arc<AtomicU64>,
}

/// How far it is.
#[derive(Clone, Default)]
enum State {
    /// Nobody has asked for one.
    #[default]
    Never,
    /// It is to begin.
    Asked,
    /// So many records are read.
    Reading(u64),
    /// It came to the same, from so many records.
    Same(u64, Digest),
    /// It came to nothing.
    Failed(u64, String),
}

/// How far it is, for an answer.
pub(crate) struct Progress {
    pub(crate) read: u64,
    pub(crate) of: u64,
    pub(crate) outcome: Option<Result<Digest, String>>,
}

/// Why a rebuild came to nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotRebuilt {
    #[error("the ledger does not read as it was written: {0}")]
    Damage(#[from] Damage),
    #[error("a signer was erased meanwhile; order it again")]
    Erased,
    #[error(
        "the registry that decides is not what the ledger says: do not rely on what was signed since the start; the appliance \
         stops, and its next start reads everything"
    )]
    Differs,
    #[error("it was given up")]
    GivenUp,
}

impl Rebuilding {
    /// It is asked for; nothing more if one is under way.
    pub(crate) fn ask(&self) {
        let mut state = lock(&self.state);
        if !matches!(*state, State::Asked | State::Reading(_)) {
            *state = State::Asked;
        }
    }

    /// How the last one is, if there was one.
    pub(crate) fn progress(&self) -> Option<Progress> {
        let done = |of, outcome| Some(Progress { read: of, of, outcome: Some(outcome) });
        match lock(&self.state).clone() {
            State::Never => None,
            State::Asked => Some(Progress { read: 0, of: 0, outcome: None }),
            State::Reading(of) => {
                let read = self.read.load(Ordering::Relaxed);
                Some(Progress { read, of, outcome: None })
            }
            State::Same(of, root) => done(of, Ok(root)),
            State::Failed(of, why) => done(of, Err(why)),
        }
    }

    fn is_asked(&self) -> bool {
        matches!(*lock(&self.state), State::Asked)
    }
}

impl<G: Ground> Appliance<G> {
    /// Makes the registry again, if somebody has asked for it.
    pub(crate) async fn rebuild_if_asked(&self) {
        let books = &self.books;
        if !books.rebuilding().is_asked() {
            return;
        }
        let rebuilt = books.rebuild().await;
        let differs = matches!(rebuilt, Err((_, NotRebuilt::Differs)));
        if differs {
            books.renounce(Lost::Registry);
            books.shelf().clear();
        }
        let state = match rebuilt {
            Ok((of, root)) => {
                tracing::info!(of, %root, "the registry is made from the ledger again, and is the same");
                books.shelf().renew();
                self.snapshot_now().await;
                State::Same(of, root)
            }
            Err((of, why)) => {
                tracing::error!(of, %why, "the registry is not made again");
                State::Failed(of, why.to_string())
            }
        };
        *lock(&books.rebuilding().state) = state;
        if differs {
            // Whoever asked for it hears it, before nobody is answered any more.
            self.pause(LAST_WORD_MS).await;
            books.fail();
        }
    }
}

impl<G: Ground> Books<G> {
    /// What the first records come to, which is what the registry was at that moment; and how many these are.
    async fn rebuild(&self) -> Result<(u64, Digest), (u64, NotRebuilt)> {
        let (root, of) = self.with(|state| (state.registry.root(), self.ledger().next()));
        let rebuilding = self.rebuilding();
        rebuilding.read.store(0, Ordering::Relaxed);
        *lock(&rebuilding.state) = State::Reading(of);
        let again = self.made_again(of).await;
        let same =
            again.and_then(|again| (again == root).then_some(root).ok_or(NotRebuilt::Differs));
        same.map(|root| (of, root)).map_err(|why| (of, why))
    }

    /// The root that the first records come to.
    async fn made_again(&self, of: u64) -> Result<Digest, NotRebuilt> {
        let durable = self.until(|books| books.ledger().committed().size >= of).await;
        durable.map_err(|_| NotRebuilt::GivenUp)?;
        let view = self.ledger().view().ok_or(NotRebuilt::GivenUp)?;
        let read = Arc::clone(&self.rebuilding().read);
        let (crypto, ring) = (Arc::clone(self.crypto()), Arc::clone(self.ring()));
        let work = move || {
            let mut registry = Registry::new(Arc::clone(&crypto), ring.root_key());
            let replayed = countersign_ledger::open(view, &*crypto, &*ring, |seen| {
                read.fetch_add(1, Ordering::Relaxed);
                if seen.index >= of {
                    return Ok(());
                }
                countersign_registry::replay(&mut registry, seen).map_err(|why| why.to_string())
            })?;
            // What is damaged at its end is as good as not there.
            replayed.has(of)?;
            if registry.lost_key().is_some() {
                return Err(NotRebuilt::Erased);
            }
            Ok(registry.root())
        };
        G::apart(work).await.unwrap_or(Err(NotRebuilt::GivenUp))
    }
}
