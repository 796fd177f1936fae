//! Taking what the ledger has, record by record, at boot.
//!
//! Guarantee: what decides is what it was when the last record was written: changes, signCounts, lock-outs, and when
//! a signer signed last.

use countersign_core::Reason;
use countersign_core::port::{Crypto, Registry as _};
use countersign_ledger::{Content, Seen};
use countersign_protocol::limits::LOCKOUT_REFUSED;
use countersign_protocol::record::{
    Approval, Kind, RefusalContent, RefusalsContent, Refused, SignatureContent,
};
use countersign_protocol::{FrontEndId, SlotId, canonical};

use crate::names::Table;
use crate::{Change, Conflict, Registry};

/// Takes a record as the ledger shows it at boot.
///
/// # Errors
/// [`Conflict`]: the ledger does not tell a possible story.
pub fn replay<C: Crypto>(registry: &mut Registry<C>, seen: &Seen<'_>) -> Result<(), Conflict> {
    let content = match seen.content {
        Content::Open(content) => content,
        Content::Gone(key) => {
            registry.replay_gone(seen.leaf.kind, key);
            return Ok(());
        }
    };
    match seen.leaf.kind {
        Kind::Signature => registry.replay_signature(content),
        Kind::Refusal => registry.replay_refusal(content),
        Kind::Refusals => registry.replay_refusals(content),
        Kind::Alarm => {
            registry.count_alarm();
            Ok(())
        }
        kind => match Change::decode(kind, content)? {
            Some(change) => registry.apply(seen.index, &change),
            None => Ok(()),
        },
    }
}

impl<C: Crypto> Registry<C> {
    /// signCounts are functions of the ledger's records: those that signatures show...
    fn replay_signature(&mut self, content: &[u8]) -> Result<(), Conflict> {
        let signature: SignatureContent<'_> = canonical::decode(content)?;
        let signers = signature.approvals.iter().map(|approval| approval.signer);
        self.note_signature(signers, signature.utc_hi_ms);
        let count = |approval: Approval<'_>| (approval.slot, approval.sign_count);
        self.raise_counts(signature.approvals.iter().map(count))
    }

    /// ...and those that were spent without one. So are lock-outs.
    fn replay_refusal(&mut self, content: &[u8]) -> Result<(), Conflict> {
        let refusal: RefusalContent<'_> = canonical::decode(content)?;
        let RefusalContent { front_end, device, reason, utc_lo_ms, .. } = refusal;
        self.replay_refused((front_end, device), reason, 1, utc_lo_ms);
        self.raise_counts(refusal.counts.iter().map(|count| (count.slot, count.sign_count)))
    }

    /// Those that share a record count when the last of them came: a lock-out is not shorter for it.
    fn replay_refusals(&mut self, content: &[u8]) -> Result<(), Conflict> {
        let RefusalsContent { front_end, refused, utc_hi_ms, .. } = canonical::decode(content)?;
        refused.iter().for_each(|Refused { reason, device, count }| {
            self.replay_refused((front_end, device), reason, count, utc_hi_ms);
        });
        Ok(())
    }

    fn replay_refused(
        &mut self,
        (front_end, device): (Option<FrontEndId>, Option<SlotId>),
        reason: u16,
        count: u32,
        utc_ms: u64,
    ) {
        let of_assertion = Reason::from_number(reason).is_some_and(Reason::is_of_assertion);
        if let (Some(front_end), Some(slot), true) = (front_end, device, of_assertion) {
            // More than lock it out change nothing.
            (0..count.min(LOCKOUT_REFUSED.into()))
                .for_each(|_| self.count_refused(slot, front_end, utc_ms));
        }
    }

    fn raise_counts(
        &mut self,
        counts: impl Iterator<Item = (SlotId, u32)>,
    ) -> Result<(), Conflict> {
        for (slot, count) in counts {
            self.row(slot).ok_or(Conflict::Unknown(Table::Devices))?;
            self.accept_sign_count(slot, count);
        }
        Ok(())
    }
}
