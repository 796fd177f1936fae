//! The books, and who owns them.

use countersign_anchor::{AnchorError, Reach, Reached};
use countersign_core::Now;
use countersign_protocol::admin::Anchored;
use countersign_protocol::anchor::Anchor;
use countersign_protocol::record::Alarm;

use super::{Books, Lost};
use crate::anchoring::Standing;
use crate::ground::Ground;

/// Pauses for which whoever wants something waits until it may be given, each as long as a look at most.
const PAUSES_MAX: usize = 4;

/// Whether something may be given away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    /// It may.
    Now,
    /// It may now, and that took time.
    Later,
    /// Nobody knows whether this is still the only copy.
    NotYet,
}

impl<G: Ground> Books<G> {
    /// Whether this is the only copy that gives anything away. Waits for that, if it is to be known soon.
    pub(crate) async fn holds(&self) -> Holds {
        if self.lost.get().is_some() {
            return Holds::NotYet;
        }
        if self.anchoring.standing() == Standing::Held {
            return Holds::Now;
        }
        for _ in 0..PAUSES_MAX {
            if let Standing::In(ms) = self.anchoring.standing() {
                self.ground.pause(ms.min(self.ground.look_ms())).await;
            }
            if self.look().await.is_err() {
                return Holds::NotYet;
            }
            if self.anchoring.standing() == Standing::Held {
                return Holds::Later;
            }
        }
        Holds::NotYet
    }

    /// Returns when whatever is on record now is anchored, and nobody gives anything away any more who does not know of
    /// it: whoever had the token before this one counts for a while on what was seen then.
    ///
    /// # Errors
    /// [`AnchorError`]: it may be anchored or not.
    pub(crate) async fn anchored(&self) -> Result<(), AnchorError> {
        self.anchor_now().await?;
        if let Standing::In(ms) = self.anchoring.standing() {
            self.ground.pause(ms).await;
        }
        Ok(())
    }

    async fn anchor_now(&self) -> Result<(), AnchorError> {
        let recorded = self.ledger.committed().size;
        let _turn = self.turn.lock().await;
        if recorded <= self.anchoring.out_of_reach() {
            return Ok(());
        }
        self.visit(Some((self.anchoring.reached(), Reach::Counter))).await
    }

    /// Looks at the token again and again, and anchors what is due, until the ledger has failed.
    pub(crate) async fn keep_anchored(&self) {
        while self.ledger.stopped().is_none() {
            self.ground.pause(self.ground.look_ms()).await;
            self.look_once().await;
        }
    }

    /// Looks at the token, and anchors what is due; and at the clock.
    pub(crate) async fn look_once(&self) {
        if self.ledger.stopped().is_some() {
            return;
        }
        if let Err(why) = self.look().await {
            tracing::warn!(%why, "the token was looked at in vain");
        }
        let now = self.now();
        if self.anchoring.utc().went_back(now) {
            // A failed ledger stops the appliance by itself, and the next look waits for no token.
            let _ = self.raise(Alarm::ClockWentBack, now);
        }
    }

    /// What time it is, as far as the clock says, and what is known of UTC.
    pub(crate) fn now(&self) -> Now {
        self.anchoring.utc().told(self.clock())
    }

    /// What the machine's clock says.
    pub(crate) fn clock(&self) -> Now {
        self.ground.now()
    }

    /// The machine's clock is right, as officers say, whatever was known of UTC.
    pub(crate) fn trust_clock(&self, clock: Now) {
        self.anchoring.utc().set(clock);
    }

    /// Leaves the token to whoever is next. Waits.
    pub(crate) fn leave(&self) {
        if let Err(why) = self.anchoring.leave() {
            tracing::warn!(%why, "the token is not left in order: whoever is next waits a little");
        }
    }

    /// The newest anchor, for an answer.
    pub(crate) fn newest_anchor(&self) -> Anchored {
        let Anchor { size, number, epoch, counted, .. } = self.anchoring.newest();
        Anchored { size, number, epoch, counted }
    }

    async fn look(&self) -> Result<(), AnchorError> {
        self.visit(self.anchoring.due()).await
    }

    /// Looks at the token, and anchors this if there is something. What is lost is lost at once.
    async fn visit(&self, step: Option<(Reached, Reach)>) -> Result<(), AnchorError> {
        let visited = self.anchoring.visit(step).await;
        if let Err(why) = visited
            && why.is_final()
        {
            // Before anybody hears of it.
            self.renounce(Lost::Anchor(why));
            self.fail();
        }
        visited
    }
}
