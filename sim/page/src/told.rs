//! What the page hears: the appliance's reply, or why there is none.
//!
//! Neither the words of a fingerprint nor a challenge are in it: the page works them out itself.

use countersign_client::Answered;
use countersign_protocol::reply::{Failure, Reply};
use serde::Serialize;

use crate::PageError;
use crate::json::Bytes;

/// An answer to the page.
#[derive(Serialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub(crate) enum Told {
    /// What shall be approved, and the credentials that may.
    Prepared { activation: Bytes, credentials: Vec<Bytes> },
    /// The signatures and their evidence.
    Signed { signatures: Vec<Bytes>, receipt: Bytes },
    /// The new device is pending, perhaps until another one vouches for it.
    Enrolled {
        #[serde(skip_serializing_if = "Option::is_none")]
        invitation: Option<Invitation>,
    },
    /// The appliance gives nothing, in the protocol's statuses.
    Refused,
    /// See [`Failure`].
    Stale,
    /// See [`Failure`].
    Malformed,
    /// See [`Failure`].
    Busy,
    /// See [`Failure`].
    Unavailable,
    /// The appliance did not reply.
    NoReply { why: String },
    /// The page asked for something that cannot be asked.
    Misunderstood { why: String },
}

/// What an enrolled device has to approve.
#[derive(Serialize)]
pub(crate) struct Invitation {
    addition: Bytes,
    credentials: Vec<Bytes>,
}

impl Told {
    /// As it came, or why it did not.
    pub(crate) fn of(answered: Result<Answered, PageError>) -> Self {
        let read = |answered: Answered| Ok(Self::reply(answered.reply()?));
        answered.and_then(read).unwrap_or_else(|why| match why {
            PageError::Misunderstood(_) => Self::Misunderstood { why: why.to_string() },
            _ => Self::NoReply { why: why.to_string() },
        })
    }

    fn reply(reply: Reply<'_>) -> Self {
        match reply {
            Reply::Prepared(prepared) => Self::Prepared {
                activation: Bytes::of(prepared.activation.bytes()),
                credentials: prepared.credentials.iter().map(|id| Bytes::of(id.bytes())).collect(),
            },
            Reply::Signed(signed) => Self::Signed {
                signatures: signed.signatures.iter().map(|one| Bytes::of(one.bytes())).collect(),
                receipt: Bytes::of(signed.receipt.bytes()),
            },
            Reply::Enrolled(enrolled) => {
                let invitation = enrolled.invitation.map(|invitation| Invitation {
                    addition: Bytes::of(invitation.addition.bytes()),
                    credentials: invitation
                        .credentials
                        .iter()
                        .map(|id| Bytes::of(id.bytes()))
                        .collect(),
                });
                Self::Enrolled { invitation }
            }
            Reply::Enrolments(_) => {
                Self::Misunderstood { why: "nobody here asks how devices were enrolled".into() }
            }
            Reply::Failed(failure) => Self::failed(failure),
        }
    }

    const fn failed(failure: Failure) -> Self {
        match failure {
            Failure::Refused => Self::Refused,
            Failure::Stale => Self::Stale,
            Failure::Malformed => Self::Malformed,
            Failure::Busy => Self::Busy,
            Failure::Unavailable => Self::Unavailable,
        }
    }
}

#[cfg(test)]
mod tests {
    use countersign_protocol::reply::Enrolled;

    use super::*;

    fn told(reply: Reply<'_>) -> String {
        serde_json::to_string(&Told::reply(reply)).unwrap()
    }

    #[test]
    fn a_failure_is_its_status_alone() {
        for failure in [
            Failure::Refused,
            Failure::Stale,
            Failure::Malformed,
            Failure::Busy,
            Failure::Unavailable,
        ] {
            let expected = format!(r#"{{"status":"{failure}"}}"#);
            assert_eq!(told(Reply::Failed(failure)), expected);
        }
    }

    #[test]
    fn nobody_is_invited_where_nobody_was() {
        let enrolled = told(Reply::Enrolled(Enrolled { invitation: None }));
        assert_eq!(enrolled, r#"{"status":"enrolled"}"#);
    }

    #[test]
    fn what_the_page_cannot_ask_is_told_apart_from_silence() {
        let told = Told::of(Err(PageError::Misunderstood("why".to_owned())));
        assert!(matches!(told, Told::Misunderstood { why } if why.contains("why")));
        let told = Told::of(Err(countersign_client::ClientError::NoAnswer.into()));
        assert!(matches!(told, Told::NoReply { .. }));
    }
}
