//! Why a command did not do what it was asked: each in one line, with what to do.

use std::io;
use std::path::{Path, PathBuf};

use countersign_client::ClientError;
use countersign_client::log::LogError;
use countersign_protocol::TransactionId;
use countersign_protocol::reply::Failure;
use countersign_recovery::{CreateError, OpenError, QuorumError};

use crate::Report;
use crate::policy::Fault;
use crate::utc::Utc;

/// Why a command was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConsoleError {
    /// The command line does not make sense.
    #[error("{0}; see --help")]
    Usage(String),
    /// No reply.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// A checkpoint that is not believed.
    #[error("the log's checkpoint is not believed: {0}")]
    Checkpoint(String),
    /// The log is not what it was, and signatures were made.
    #[error("the signatures and their evidence are written, but: {0}")]
    AfterSigning(LogError),
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
    /// A policy's source.
    #[error("the policy {}: {why}", .path.display())]
    Policy {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        why: Box<Fault>,
    },
    /// What would be overwritten.
    #[error("{} exists and is left as it is; move it away{hint}", .path.display())]
    Exists {
        /// Which.
        path: PathBuf,
        /// What else to do.
        hint: &'static str,
    },
    /// The identity cannot sign evidence.
    #[error(
        "the identity's key cannot sign evidence; use one of P-256 or Ed25519, as `identity new` makes"
    )]
    Exporter,
    /// Evidence has a broken link: which, and all that was found.
    #[error("not proved: the link `{link}` is broken")]
    NotProved {
        /// Which.
        link: &'static str,
        /// All links that were looked at.
        report: Report,
    },
    /// A file is no certificate.
    #[error("{} is no certificate that can be trusted: {why}; give one in PEM or DER", .path.display())]
    Certificate {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A ticket's file is something else.
    #[error("{} is no ticket: {why}; ask an officer for another one", .path.display())]
    Ticket {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A ticket has outlived its time.
    #[error("the ticket was good until {0}; ask an officer for another one")]
    Expired(Utc),
    /// The registering command did not register.
    #[error("not registered, the ticket is still good: {0}")]
    Registration(String),
    /// The registration is not enrolled.
    #[error(
        "{}; what the device answered is kept in {}: the same command brings it again, and without that \
         file it has a device register anew",
        explain_enrolment(*.failure), .kept.display()
    )]
    NotEnrolled {
        /// Why.
        failure: Failure,
        /// Where the registration is.
        kept: PathBuf,
    },
    /// What the appliance wants vouched for is not what was registered.
    #[error(
        "nobody vouched: the appliance's invitation has another {0} than what was registered; check that \
         this is your appliance, and tell its officers"
    )]
    NotInvited(&'static str),
    /// The approving command did not vouch.
    #[error("the new device waits for another device of its signer, which did not vouch: {0}")]
    Vouching(String),
    /// The appliance does not take that a device vouched.
    #[error("{}", explain_vouch(*.0))]
    NotVouched(Failure),
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
    /// No recovery key is made.
    #[error(transparent)]
    NotCreated(#[from] CreateError),
    /// Shares make no key.
    #[error(transparent)]
    Quorum(#[from] QuorumError),
    /// A ledger or its vault is not opened.
    #[error(transparent)]
    NotRecovered(#[from] OpenError),
    /// A ledger that is not the one that is trusted.
    #[error("the ledger is not one that is trusted: {0}")]
    OtherLog(String),
    /// The appliance became unavailable in the middle.
    #[error(
        "the appliance became unavailable while signing; the approval may be spent: \
         `countersign fetch --transaction {0}` tells"
    )]
    UnavailableAfterSign(TransactionId),
    /// The signatures came, and the rest of their evidence did not.
    #[error(
        "it is signed, but the appliance did not say how the devices were enrolled, and nothing is written: \
         `countersign fetch --transaction {0}` gets signatures and evidence"
    )]
    EvidenceIncomplete(TransactionId),
    /// The appliance is locked; what it says of itself.
    #[error("the appliance is locked: its ledger is not the one that its token knows")]
    Locked(Report),
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

const fn explain_enrolment(failure: Failure) -> &'static str {
    match failure {
        Failure::Refused => {
            "refused: the device or its model is not what the ticket asks for, its name is taken, or \
             the signer's keys are others by now; the appliance's ledger has the reason: ask an officer"
        }
        Failure::Stale => {
            "stale: the ticket is unknown, expired or used; ask an officer for another one"
        }
        other => explain(other),
    }
}

const fn explain_vouch(failure: Failure) -> &'static str {
    match failure {
        Failure::Refused => {
            "refused, the new device is still pending: the approval is none of an active device of \
             its signer; try again, or ask an officer"
        }
        Failure::Stale => {
            "stale: the new device no longer waits for one that vouches; ask an officer what it waits \
             for"
        }
        other => explain(other),
    }
}
