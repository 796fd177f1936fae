//! What a front-end is given as proof: a receipt, and what witnesses and the appliance's own cosigner have said of its
//! checkpoint.
//!
//! Guarantee: the cosignatures are over the receipt's own checkpoint. Where witnesses have cosigned a later one,
//! the receipt is made anew under that one: it is of the same record, and as good.

use countersign_protocol::activation::Activation;
use countersign_protocol::checkpoint::Checkpoint;
use countersign_protocol::limits::COSIGNATURE_BYTES_MAX;
use countersign_protocol::policy::WitnessCount;
use countersign_protocol::receipt::Receipt;
use countersign_protocol::record::{Opening, SignatureContent};
use countersign_protocol::{Bounded, Digest, Sequence, TransactionId, canonical};
use countersign_tlog::Path;

use crate::contents::encode;
use crate::witnesses::Cosigned;

/// A digest as CBOR.
const DIGEST_ENCODED_BYTES: usize = 34;

/// Whether a receipt may be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Release {
    /// It may.
    Now(Given),
    /// It may now, but time has passed: what it stands on is to be looked at again, by a `Fetch` of this.
    Later(TransactionId),
    /// Fewer witnesses have cosigned than the policy asks for, or nobody knows whether this is the only copy.
    NotYet,
}

/// A receipt with its witnesses and the appliance's own cosignature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The encoding of a `receipt::Receipt`.
    pub receipt: Vec<u8>,
    /// The appliance's own line over its checkpoint, as evidence has it: it counts for no policy.
    pub own_line: Option<String>,
    /// The witnesses' lines over it.
    pub cosignatures: Vec<String>,
}

impl Given {
    /// A receipt that no witness has seen.
    #[must_use]
    pub const fn alone(receipt: Vec<u8>) -> Self {
        Self { receipt, own_line: None, cosignatures: Vec::new() }
    }

    /// The same record under a checkpoint that witnesses have cosigned, by this way to its root.
    pub(crate) fn under(receipt: &Receipt<'_>, cosigned: &Cosigned, path: &Path) -> Option<Self> {
        let path: Vec<_> = path.iter().map(|hash| Digest(*hash)).collect();
        let mut room = vec![0; path.len() * DIGEST_ENCODED_BYTES];
        let receipt = Receipt {
            path: Sequence::from_values(&path, &mut room).ok()?,
            checkpoint: cosigned.signed.checkpoint,
            signature: cosigned.signed.signature,
            ..*receipt
        };
        let cosignatures = cosigned.lines.iter().map(|line| line.text.clone()).collect();
        let own_line = cosigned.own_line.clone();
        Some(Self { receipt: encode(&receipt), own_line, cosignatures })
    }

    /// The checkpoint that the receipt is under.
    pub(crate) fn checkpoint(&self) -> Option<Checkpoint> {
        read(&self.receipt).map(|receipt| receipt.checkpoint)
    }

    /// All lines, the appliance's own first.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &String> {
        self.own_line.iter().chain(&self.cosignatures)
    }

    /// The end of a `Signed` reply.
    pub(crate) fn tail(&self) -> Vec<u8> {
        let lines = self.lines().filter_map(|line| Bounded::new(line.as_bytes()));
        let lines: Vec<Bounded<'_, COSIGNATURE_BYTES_MAX>> = lines.collect();
        let mut room = vec![0; lines.iter().map(|line| line.bytes().len() + 8).sum()];
        // As many as there are witnesses at most and one, or none.
        let lines = Sequence::from_values(&lines, &mut room).ok();
        let mut tail = Vec::with_capacity(self.receipt.len() + 16);
        // Writing into a `Vec` cannot fail.
        let _ = countersign_protocol::reply::tail(&mut tail, &self.receipt, lines);
        tail
    }
}

/// Of the signature that a receipt is of: its transaction, and how many witnesses its policy asks for.
pub(crate) fn asked(receipt: &Receipt<'_>) -> Option<(TransactionId, usize)> {
    let opening: Opening<'_> = canonical::decode(receipt.opening.bytes()).ok()?;
    let content: SignatureContent<'_> = canonical::decode(opening.content.bytes()).ok()?;
    let activation: Activation<'_> = canonical::decode(content.activation.bytes()).ok()?;
    let witnesses = content.policy.witnesses.map_or(0, WitnessCount::get);
    Some((activation.transaction, witnesses.into()))
}

/// What a receipt says.
pub(crate) fn read(receipt: &[u8]) -> Option<Receipt<'_>> {
    canonical::decode(receipt).ok()
}
