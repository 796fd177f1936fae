//! The books' refusals: each on record before anybody hears of it, by itself, or past a rate with others of its peer.

use countersign_core::port::{Guarded as _, LedgerFailed, Registry as _};
use countersign_core::refusal::About;
use countersign_core::{Now, Reason, Refusal};
use countersign_ledger::Ticket;
use countersign_protocol::change::{Cause, Standing};
use countersign_protocol::record::{Alarm, Count, Kind};

use super::{Books, own};
use crate::contents;
use crate::floods::{self, GATHER_MS, Turn};
use crate::ground::Ground;

impl<G: Ground> Books<G> {
    /// Returns when a refusal is on record, by itself or with others of its peer.
    pub(super) async fn record_refusal(&self, refusal: &Refusal) -> Result<(), LedgerFailed> {
        let content = contents::refusal(refusal, &self.spent_counts(refusal));
        let content = content.ok_or(LedgerFailed)?;
        let Some((index, ticket)) = self.submit_refusal(refusal, content)? else {
            let Refusal { reason, about, now } = refusal;
            return self.gathered(reason.number(), about, *now).await;
        };
        self.durable(ticket).await?;
        if let Some(id) = refusal.about.transaction.filter(|_| refusal.reason.is_after_reserve()) {
            self.answered.lock().insert_spent(id);
        }
        self.answered(index);
        if refusal.reason == Reason::TokenSignatureWrong {
            self.alarm(Alarm::TokenSignatureWrong, refusal.now).await?;
        }
        Ok(())
    }

    /// Submits a refusal's record, and that of the suspension which it leads to; none if it leads to nothing, and
    /// its peer has had many.
    fn submit_refusal(
        &self,
        refusal: &Refusal,
        content: Vec<u8>,
    ) -> Result<Option<(u64, Ticket)>, LedgerFailed> {
        self.with(|state| {
            let cloned = state.note(refusal);
            let leads_somewhere = cloned.is_some() || refusal.reason.is_after_reserve();
            if !leads_somewhere && !self.floods.admits(&refusal.about, refusal.now) {
                return Ok(None);
            }
            let (index, ticket) = self.submit_answer(own(Kind::Refusal, content))?;
            let Some(slot) = cloned else { return Ok(Some((index, ticket))) };
            tracing::warn!(slot = slot.0, "a second device has this one's key: suspended");
            let (standing, at) = (Standing::Suspended, refusal.now.utc_lo_ms);
            let content = state.registry.with_standing(slot, standing, Cause::Cloned, at);
            // Durable after the refusal, for it was submitted after it.
            let content = content.map_err(|_| LedgerFailed)?;
            let taken = self.take(&mut state.registry, Kind::Device, content);
            taken.map(|(_, ticket)| Some((index, ticket))).map_err(|_| LedgerFailed)
        })
    }

    /// Records that a new device was turned away.
    pub(crate) async fn turn_away(
        &self,
        number: u16,
        about: &About,
        now: Now,
        content: Vec<u8>,
    ) -> Result<(), LedgerFailed> {
        if self.floods.admits(about, now) {
            self.record_own(Kind::Refusal, content).await
        } else {
            self.gathered(number, about, now).await
        }
    }

    /// Returns when a refusal is on record with others of its peer.
    async fn gathered(&self, number: u16, about: &About, now: Now) -> Result<(), LedgerFailed> {
        let gathering = match self.floods.gather(number, about, now) {
            Turn::Follows(told) => return floods::heard(told).await,
            Turn::Alone(gathering) => gathering,
            Turn::Leads => {
                self.ground.pause(GATHER_MS).await;
                self.floods.close(about.front_end).ok_or(LedgerFailed)?
            }
        };
        let content = contents::refusals(&gathering).ok_or(LedgerFailed)?;
        let told = self.record_own(Kind::Refusals, content).await;
        gathering.tell(told);
        told
    }

    /// The signCounts that a spent approval has moved, if it came to no signature.
    fn spent_counts(&self, refusal: &Refusal) -> Vec<Count> {
        let id = refusal.about.transaction.filter(|_| refusal.reason.is_after_reserve());
        self.with(|state| {
            let transaction = id.and_then(|id| state.transactions.find(&id));
            let listed = transaction.iter().flat_map(|t| t.listed());
            let device = listed.filter_map(|listed| state.registry.device(listed.slot));
            device.map(|d| Count { slot: d.slot, sign_count: d.counts.last() }).collect()
        })
    }
}
