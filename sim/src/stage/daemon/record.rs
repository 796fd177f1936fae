//! What a ledger says of refusals, as the appliance's own code reads it: only to tell, never to judge.

use countersign_core::Reason;
use countersign_disk::FaultyDisk;
use countersign_host::Host;
use countersign_protocol::record::{Kind, RefusalContent};
use countersign_protocol::{Digest, TransactionId, canonical};

/// A refusal on record.
pub(super) struct Refused {
    pub(super) reason: Reason,
    pub(super) channel: Digest,
    pub(super) transaction: Option<TransactionId>,
}

/// Every refusal in a ledger, in order, up to whatever is not whole.
pub(super) fn refusals(ledger: Vec<u8>) -> Vec<Refused> {
    let mut refusals = Vec::new();
    // What is damaged is for the model to find.
    let _ = countersign_ledger::open(FaultyDisk::holding(ledger, 0), &Host, |seen| {
        if seen.leaf.kind == Kind::Refusal {
            refusals.extend(refused(seen.content));
        }
        Ok(())
    });
    refusals
}

fn refused(content: &[u8]) -> Option<Refused> {
    let RefusalContent { reason, channel, transaction, .. } = canonical::decode(content).ok()?;
    Some(Refused { reason: Reason::from_number(reason)?, channel, transaction })
}
