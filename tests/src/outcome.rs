//! What came back, as a test looks at it.

use countersign_protocol::canonical;
use countersign_protocol::reply::{Enrolled, Enrolments, Failure, Invitation, Reply, Signed};

/// A reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An activation and its devices.
    Prepared(Prepared),
    /// Signatures and receipt.
    Signed {
        /// The signatures.
        signatures: Vec<Vec<u8>>,
        /// The receipt.
        receipt: Vec<u8>,
        /// How many witnesses have cosigned its checkpoint.
        cosigned: usize,
        /// Whether the appliance itself has, with a key of its own.
        own_line: bool,
    },
    /// A new device is pending; perhaps another one has to vouch for it.
    Enrolled(Option<Invited>),
    /// The records by which devices were enrolled: their places.
    Enrolments(Vec<u64>),
    /// Nothing.
    Failed(Failure),
}

/// What an enrolled device is asked to approve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// The addition.
    pub addition: Vec<u8>,
    /// The credentials that may approve.
    pub credentials: Vec<Vec<u8>>,
}

impl From<Invitation<'_>> for Invited {
    fn from(invitation: Invitation<'_>) -> Self {
        Self {
            addition: invitation.addition.bytes().to_vec(),
            credentials: invitation.credentials.iter().map(|id| id.bytes().to_vec()).collect(),
        }
    }
}

/// The reply to a `Prepare`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// The activation's bytes.
    pub activation: Vec<u8>,
    /// The challenge.
    pub challenge: [u8; 32],
    /// The credential ids.
    pub credentials: Vec<Vec<u8>>,
}

impl Outcome {
    /// Reads a reply; a failure must say its status and nothing else.
    pub fn read(bytes: &[u8]) -> Self {
        match canonical::decode::<Reply<'_>>(bytes).expect("a canonical reply") {
            Reply::Prepared(prepared) => Self::Prepared(Prepared {
                activation: prepared.activation.bytes().to_vec(),
                challenge: prepared.challenge.0,
                credentials: prepared.credentials.iter().map(|c| c.bytes().to_vec()).collect(),
            }),
            Reply::Signed(signed) => Self::Signed {
                signatures: signed.signatures.iter().map(|s| s.bytes().to_vec()).collect(),
                receipt: signed.receipt.bytes().to_vec(),
                cosigned: lines(&signed).filter(|line| !is_own(line)).count(),
                own_line: lines(&signed).any(is_own),
            },
            Reply::Enrolled(Enrolled { invitation }) => {
                Self::Enrolled(invitation.map(Invited::from))
            }
            Reply::Enrolments(Enrolments { enrolments }) => {
                Self::Enrolments(enrolments.iter().map(|enrolled| enrolled.index).collect())
            }
            Reply::Failed(failure) => {
                assert_eq!(bytes.len(), 2, "a failure tells its status alone");
                Self::Failed(failure)
            }
        }
    }
}

/// The cosignatures of a reply.
pub fn lines<'b>(signed: &Signed<'b>) -> impl Iterator<Item = &'b [u8]> {
    signed
        .cosignatures
        .into_iter()
        .flat_map(|lines| lines.iter().map(|line| line.bytes()).collect::<Vec<_>>())
}

/// Whether a cosignature has an appliance's own name: that of its ledger.
pub fn is_own(line: impl AsRef<[u8]>) -> bool {
    line.as_ref().starts_with("\u{2014} countersign/".as_bytes())
}
