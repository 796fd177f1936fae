//! Exit codes: what a script learns without reading.

use std::process::ExitCode;

use countersign_client::ClientError;
use countersign_client::log::LogError;
use countersign_protocol::reply::Failure;

use crate::error::ConsoleError;

/// The table, for `--help`.
pub(crate) const TABLE: &str = "\
Exit codes:
  0  done
  1  failed: a file, the connection, the approval, a policy, or a reply that is wrong
  2  wrong usage
  3  refused by the appliance
  4  stale: the transaction or ticket is unknown, expired or spent
  5  the appliance is busy, unavailable, or locked
  6  declined: the appliance told the officer why
  7  not proved: the evidence does not show that the documents were approved, or the log is not what it
     must be, or was";

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Code {
    /// Done.
    Done = 0,
    /// A file, the connection, the approval, or a reply that is wrong.
    Failed = 1,
    /// Wrong usage: clap ends with the same code.
    Usage = 2,
    /// The appliance refuses.
    Refused = 3,
    /// The transaction or ticket is unknown, expired or spent.
    Stale = 4,
    /// The appliance is busy, unavailable, or locked.
    Busy = 5,
    /// The appliance declined an officer's order.
    Declined = 6,
    /// Evidence has a broken link, or the log shrank, forked, or does not prove its checkpoint.
    NotProved = 7,
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> Self {
        Self::from(code as u8)
    }
}

impl From<Failure> for Code {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused => Self::Refused,
            Failure::Stale => Self::Stale,
            Failure::Busy | Failure::Unavailable => Self::Busy,
            // Our own frame was wrong: nothing that a script could do about it.
            Failure::Malformed => Self::Failed,
        }
    }
}

impl From<&ConsoleError> for Code {
    fn from(error: &ConsoleError) -> Self {
        match error {
            ConsoleError::Usage(_) => Self::Usage,
            ConsoleError::Failed(failure)
            | ConsoleError::NotEnrolled { failure, .. }
            | ConsoleError::NotVouched(failure) => (*failure).into(),
            ConsoleError::Expired(_) => Self::Stale,
            ConsoleError::Locked(_)
            | ConsoleError::UnavailableAfterSign(_)
            | ConsoleError::EvidenceIncomplete(_) => Self::Busy,
            ConsoleError::Declined { .. } => Self::Declined,
            ConsoleError::NotProved { .. }
            | ConsoleError::Checkpoint(_)
            | ConsoleError::OtherLog(_)
            | ConsoleError::AfterSigning(_) => Self::NotProved,
            ConsoleError::Log(why) if why.is_evidence() => Self::NotProved,
            ConsoleError::Log(LogError::Failed(failure)) => (*failure).into(),
            ConsoleError::Log(LogError::Client(ClientError::IdentityRefused)) => Self::Refused,
            ConsoleError::Log(LogError::Client(ClientError::NoAnswer)) => Self::Busy,
            ConsoleError::Client(ClientError::IdentityRefused) => Self::Refused,
            ConsoleError::Client(ClientError::NoAnswer) => Self::Busy,
            _ => Self::Failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use countersign_protocol::TransactionId;
    use countersign_tlog::Head;

    use super::*;
    use crate::Report;
    use crate::utc::Utc;

    fn code(error: impl Into<ConsoleError>) -> u8 {
        Code::from(&error.into()) as u8
    }

    #[test]
    fn the_table_is_what_the_codes_are() {
        let declined = ConsoleError::Declined { what: "it".into(), why: "no".into() };
        let transaction = TransactionId([0; 32]);
        let lost = ClientError::OutcomeUnknown { transaction, why: "lost".into() };
        let seen = Head { size: 2, root: [0; 32] };
        let expected = [
            (code(LogError::Shrank { seen, now: 1 }), 7),
            (code(LogError::Forked { seen }), 7),
            (code(LogError::Absent("checkpoint".into())), 7),
            (code(LogError::Failed(Failure::Unavailable)), 5),
            (code(LogError::OutOfLog), 1),
            (code(ConsoleError::Checkpoint("it is not signed".into())), 7),
            (code(ConsoleError::AfterSigning(LogError::Forked { seen })), 7),
            (code(ConsoleError::Unexpected), 1),
            (code(lost), 1),
            (code(Failure::Malformed), 1),
            (code(ConsoleError::usage("wrong")), 2),
            (code(Failure::Refused), 3),
            (code(ClientError::IdentityRefused), 3),
            (code(Failure::Stale), 4),
            (code(ConsoleError::NotEnrolled { failure: Failure::Stale, kept: "a".into() }), 4),
            (code(ConsoleError::Expired(Utc(0))), 4),
            (code(ConsoleError::NotVouched(Failure::Refused)), 3),
            (code(Failure::Busy), 5),
            (code(Failure::Unavailable), 5),
            (code(ConsoleError::UnavailableAfterSign(transaction)), 5),
            (code(ConsoleError::EvidenceIncomplete(transaction)), 5),
            (code(ConsoleError::Locked(Report::new("", ().into()))), 5),
            (code(ClientError::NoAnswer), 5),
            (code(declined), 6),
            (code(ConsoleError::NotProved { link: "key", report: Report::new("", ().into()) }), 7),
        ];
        assert!(expected.iter().all(|(is, should)| is == should), "{expected:?}");
    }

    #[test]
    fn the_help_names_each_code_in_order() {
        let named: Vec<u8> = TABLE
            .lines()
            .skip(1)
            .filter_map(|line| line.trim().split(' ').next().unwrap().parse().ok())
            .collect();
        assert_eq!(named, (Code::Done as u8..=Code::NotProved as u8).collect::<Vec<_>>());
    }
}
