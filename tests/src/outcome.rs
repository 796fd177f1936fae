//! What came back, as a test looks at it.

use countersign_protocol::canonical;
use countersign_protocol::reply::{Failure, Reply};

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
    },
    /// Nothing.
    Failed(Failure),
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
            },
            Reply::Failed(failure) => {
                assert_eq!(bytes.len(), 2, "a failure tells its status alone");
                Self::Failed(failure)
            }
        }
    }
}
