//! Why a command did not do what it was asked: each in one line, with what to do.

use std::io;
use std::path::{Path, PathBuf};

use countersign_client::ClientError;
use countersign_protocol::TransactionId;
use countersign_protocol::reply::Failure;

/// Why a command was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConsoleError {
    /// The command line does not make sense.
    #[error("{0}; see --help")]
    Usage(String),
    /// No reply.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A file.
    #[error("cannot {action} {}: {why}; check the path and its owner", .path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// Which.
        path: PathBuf,
        /// Why.
        why: io::Error,
    },
    /// What would be overwritten.
    #[error("{} exists and is left as it is; move it away{hint}", .path.display())]
    Exists {
        /// Which.
        path: PathBuf,
        /// What else to do.
        hint: &'static str,
    },
    /// A credential file is something else.
    #[error("{} is no credential: {why}; give the file that the device's enrolment made", .path.display())]
    Credential {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The approving command did not approve.
    #[error("not approved, nothing is signed: {0}")]
    Approval(String),
    /// What the appliance wants approved is not what was asked.
    #[error(
        "nothing was approved: the appliance's activation has another {0} than was asked for; check \
         that this is your appliance, and tell its officers"
    )]
    NotAsked(&'static str),
    /// The appliance gave nothing.
    #[error("{}", explain(*.0))]
    Failed(Failure),
    /// The appliance became unavailable in the middle.
    #[error(
        "the appliance became unavailable while signing; the approval may be spent: \
         `countersign fetch --transaction {0}` tells"
    )]
    UnavailableAfterSign(TransactionId),
    /// The appliance declined an order.
    #[error("declined: {what}: {why}")]
    Declined {
        /// What was ordered.
        what: String,
        /// Why, as the appliance says.
        why: String,
    },
    /// A reply of another kind than was asked for.
    #[error("the reply answers something else; use a client of the appliance's version")]
    Unexpected,
}

impl ConsoleError {
    /// The command line does not make sense.
    pub(crate) fn usage(what: impl Into<String>) -> Self {
        Self::Usage(what.into())
    }

    /// `action` failed on `path`.
    pub(crate) fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |why| Self::File { action, path: path.to_owned(), why }
    }
}

impl From<Failure> for ConsoleError {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

const fn explain(failure: Failure) -> &'static str {
    match failure {
        Failure::Refused => {
            "refused: key, policy or approval do not allow it; the appliance's ledger has the \
             reason: ask an officer"
        }
        Failure::Stale => "stale: the transaction is unknown, expired or spent; sign anew",
        Failure::Malformed => {
            "the appliance did not understand the request; use a client of its version"
        }
        Failure::Busy => "the appliance has too much to do; try again later",
        Failure::Unavailable => "the appliance cannot work now; try again later, or ask an officer",
    }
}
