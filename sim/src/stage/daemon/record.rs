//! What a ledger says of refusals, as the appliance's own code reads it: only to tell, never to judge.

use countersign_core::Reason;
use countersign_disk::FaultyDisk;
use countersign_host::Host;
use countersign_ledger::NoKey;
use countersign_protocol::record::{Kind, RefusalContent};
use countersign_protocol::{Digest, TransactionId, canonical};
use zeroize::Zeroizing;

use crate::model::Keys;

/// A refusal on record.
pub(super) struct Refused {
    pub(super) reason: Reason,
    pub(super) channel: Digest,
    pub(super) transaction: Option<TransactionId>,
}

/// Every refusal in a ledger, in order, up to whatever is not whole.
pub(super) fn refusals(ledger: Vec<u8>, keys: &Keys) -> Vec<Refused> {
    let mut refusals = Vec::new();
    // What is damaged is for the model to find.
    let _ = countersign_ledger::open(FaultyDisk::holding(ledger, 0), &Host, &Own(keys), |seen| {
        if seen.leaf.kind == Kind::Refusal {
            refusals.extend(seen.content.open().and_then(refused));
        }
        Ok(())
    });
    refusals
}

/// Refusals are about no signer.
struct Own<'k>(&'k Keys);

impl countersign_ledger::Keys for Own<'_> {
    fn own(&self) -> &[u8; 32] {
        self.0.own()
    }

    fn of_signer(&self, _: &Digest) -> Result<Zeroizing<[u8; 32]>, NoKey> {
        Err(NoKey::Gone)
    }
}

fn refused(content: &[u8]) -> Option<Refused> {
    let RefusalContent { reason, channel, transaction, .. } = canonical::decode(content).ok()?;
    Some(Refused { reason: Reason::from_number(reason)?, channel, transaction })
}
