//! What can be wrong with a log: each in one line, with what to do.

use std::path::PathBuf;

use countersign_protocol::reply::Failure;
use countersign_tlog::{Head, ProofError};

use crate::ClientError;

/// Why a log cannot be read, or is not to be believed.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// On the way to the appliance.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The appliance gives nothing.
    #[error("{}", match .0 {
        Failure::Unavailable => "the appliance publishes no log (`publish` in its configuration), or cannot read it",
        Failure::Busy => "the appliance has too much to do; try again later",
        _ => "the appliance did not understand the request; use a client of its version",
    })]
    Failed(Failure),
    /// A file.
    #[error("cannot read {}: {why}; check the path and its owner", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        why: std::io::Error,
    },
    /// A file that the checkpoint says is there.
    #[error(
        "the log has no {0}, which its checkpoint asks for; it may be incomplete, or have lost records"
    )]
    Absent(String),
    /// A file that is none.
    #[error("the log's {0} is not what C2SP tlog-tiles says it must be")]
    Shape(String),
    /// A proof cannot be made of its files.
    #[error("what is asked for is not in the log")]
    OutOfLog,
    /// A proof made of its files does not hold.
    #[error("the log's files do not prove its checkpoint: {0}")]
    Proof(#[from] ProofError),
    /// It has fewer records than it had.
    #[error(
        "the log had {} records once and shows {now} now: records are missing; keep what you have, and tell \
         its officers and auditors", .seen.size
    )]
    Shrank {
        /// What was seen.
        seen: Head,
        /// Its size now.
        now: u64,
    },
    /// It is not what was seen with more at its end.
    #[error(
        "the log is not the one that was seen with {} records: its history was changed; keep what you have, \
         and tell its officers and auditors", .seen.size
    )]
    Forked {
        /// What was seen.
        seen: Head,
    },
    /// What was seen is not remembered.
    #[error("cannot remember what was seen of the log, in {}: {why}", .path.display())]
    Memory {
        /// Where.
        path: PathBuf,
        /// Why.
        why: String,
    },
}

impl LogError {
    /// It shows that the log is not as it should be, and not merely that it cannot be read.
    #[must_use]
    pub const fn is_evidence(&self) -> bool {
        matches!(
            self,
            Self::Absent(_)
                | Self::Shape(_)
                | Self::Proof(_)
                | Self::Shrank { .. }
                | Self::Forked { .. }
        )
    }
}
