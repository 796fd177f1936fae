//! The books, when nothing more may be decided.

use countersign_anchor::AnchorError;
use countersign_ledger::Stopped;

use super::Books;
use crate::ground::Ground;

/// Why the books are nobody's any more.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Lost {
    /// The token is somebody else's.
    #[error(transparent)]
    Anchor(#[from] AnchorError),
    /// What decides is not what is on record.
    #[error("the registry that decides is not what the ledger says")]
    Registry,
}

impl<G: Ground> Books<G> {
    /// They are nobody's any more, at once: nothing is recorded, and nothing given. Whoever calls this has them fail.
    pub(crate) fn renounce(&self, why: Lost) {
        let _ = self.lost.set(why);
        self.ledger.disown();
    }

    /// Resolves when the ledger has failed.
    pub(crate) async fn failed(&self) {
        // The sender lives as long as `self`.
        let _ = self.failed.subscribe().wait_for(|failed| *failed).await;
    }

    /// Nothing more may be decided: nobody knows what is on a medium or in the token.
    pub(crate) fn fail(&self) {
        if !self.failed.send_replace(true) {
            tracing::error!(why = %self.why_failed(), "the ledger has failed: nothing is signed any more");
            self.moved.notify_one();
        }
    }

    /// Why the ledger has failed, for people.
    pub(crate) fn why_failed(&self) -> String {
        if let Some(why) = self.lost.get() {
            return why.to_string();
        }
        why_stopped(self.ledger.stopped())
    }
}

/// Why a ledger took no record, for people.
pub(crate) fn why_stopped(why: Option<Stopped>) -> String {
    let code = match why {
        Some(Stopped::Storage(fault)) if fault.code != 0 => Some(fault.code),
        _ => None,
    };
    let said = code.map(|code| format!(": {}", std::io::Error::from_raw_os_error(code)));
    let why = why.map_or_else(|| "a record was not accepted".to_owned(), |why| why.to_string());
    why + &said.unwrap_or_default()
}
