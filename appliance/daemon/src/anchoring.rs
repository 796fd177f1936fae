//! Ownership while the appliance runs: the anchor that it holds, and until when that counts.
//!
//! Guarantees: what was seen of the token counts for two looks, from before it was asked; whoever has not looked for
//! longer makes an anchor of its own first, and then gives nothing away for as long as another could still count on
//! what it saw before. So of two copies one alone gives anything away at any time, as long as their clocks run alike.
//!
//! It does not guarantee that against a copy whose clock stands still while it runs.

use std::sync::{Arc, Mutex};

use countersign_anchor::{AnchorError, AnchorFault, Held, Reach, Reached};
use countersign_core::port::TokenFault;
use countersign_ledger::Ledger;
use countersign_protocol::anchor::Anchor;
use countersign_protocol::limits::{ANCHOR_MS, ANCHOR_RECORDS, COUNT_MS};

use crate::books::lock;
use crate::ground::Ground;
use crate::roots::Roots;
use crate::utc::Utc;

/// Nobody holds it any more, or the work was given up.
const INTERRUPTED: TokenFault = TokenFault { function: "C_FindObjects", code: TokenFault::NO_CODE };

/// What an appliance has when it has taken its token.
pub(crate) struct Taken {
    held: Held,
    lease: Lease,
}

/// The anchor, and how it stands.
pub(crate) struct Anchoring<G: Ground> {
    ground: Arc<G>,
    token: G::Token,
    ledger: Arc<Ledger<G::Storage>>,
    roots: Arc<Roots>,
    utc: Utc,
    /// None once it was left.
    held: Arc<Mutex<Option<Held>>>,
    seen: Mutex<Seen>,
}

/// What the last look has shown.
struct Seen {
    newest: Anchor,
    /// Since when that is the newest.
    since_ms: u64,
    /// Records that the newest anchor is of which was counted.
    counted_size: u64,
    /// Since when.
    counted_ms: u64,
    lease: Lease,
}

/// From when until when something may be given away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lease {
    from_ms: u64,
    until_ms: u64,
}

/// How a lease stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Something may be given away.
    Held,
    /// Not for so long: somebody else might.
    In(u64),
    /// Not before the token was asked.
    Lapsed,
}

impl Lease {
    /// Of a token that was asked from `begun_ms` on, and had answered at `now_ms`; `alone` if nobody else can count on
    /// what was there before.
    const fn new(begun_ms: u64, now_ms: u64, alone: bool, term_ms: u64) -> Self {
        // One more: another machine's milliseconds do not begin with these.
        let other_ms = now_ms.saturating_add(term_ms).saturating_add(1);
        let from_ms = if alone { begun_ms } else { other_ms };
        Self { from_ms, until_ms: begun_ms.saturating_add(term_ms) }
    }

    /// The same, after another look that was begun then.
    fn looked(self, begun_ms: u64, term_ms: u64) -> Self {
        Self { until_ms: self.until_ms.max(begun_ms.saturating_add(term_ms)), ..self }
    }

    const fn standing(&self, now_ms: u64) -> Standing {
        if self.until_ms <= now_ms {
            Standing::Lapsed
        } else if now_ms < self.from_ms {
            Standing::In(self.from_ms - now_ms)
        } else {
            Standing::Held
        }
    }
}

/// How long a look counts.
fn term_ms(ground: &impl Ground) -> u64 {
    ground.look_ms().saturating_mul(2)
}

/// Whether so many records that were not anchored for so long are to be.
const fn is_due(ahead: u64, waited_ms: u64) -> bool {
    ahead >= ANCHOR_RECORDS || ahead > 0 && waited_ms >= ANCHOR_MS
}

/// How far out of reach an anchor is that is only due, after nothing was counted for so long.
const fn reach(uncounted_ms: u64) -> Reach {
    if uncounted_ms >= COUNT_MS { Reach::Counter } else { Reach::Token }
}

impl Taken {
    /// Takes a token with `take`.
    pub(crate) fn by<G: Ground>(
        ground: &G,
        take: impl FnOnce() -> Result<Held, AnchorError>,
    ) -> Result<Self, AnchorError> {
        let begun_ms = ground.now().boot_ms;
        let held = take()?;
        let now_ms = ground.now().boot_ms;
        let lease = Lease::new(begun_ms, now_ms, held.is_alone(), term_ms(ground));
        Ok(Self { held, lease })
    }
}

impl<G: Ground> Anchoring<G> {
    pub(crate) fn new(
        ground: Arc<G>,
        token: G::Token,
        ledger: Arc<Ledger<G::Storage>>,
        roots: Arc<Roots>,
        Taken { held, lease }: Taken,
    ) -> Self {
        let (newest, since_ms) = (held.newest(), ground.now().boot_ms);
        let utc = Utc::since(newest.utc_ms);
        // Whoever takes it counts.
        let (counted_size, counted_ms) = (newest.size, since_ms);
        let seen = Mutex::new(Seen { newest, since_ms, counted_size, counted_ms, lease });
        let held = Arc::new(Mutex::new(Some(held)));
        Self { ground, token, ledger, roots, utc, held, seen }
    }

    /// The newest anchor, as far as it was looked at.
    pub(crate) fn newest(&self) -> Anchor {
        lock(&self.seen).newest
    }

    /// Records that are out of reach of whoever has the disk, and of whoever puts back the token if there is a counter.
    pub(crate) fn out_of_reach(&self) -> u64 {
        let Seen { newest, counted_size, .. } = *lock(&self.seen);
        if newest.counted == 0 { newest.size } else { counted_size }
    }

    pub(crate) fn standing(&self) -> Standing {
        lock(&self.seen).lease.standing(self.ground.now().boot_ms)
    }

    /// What is durable, with the root of the registry that is made from it, and UTC.
    pub(crate) fn reached(&self) -> Reached {
        let (ledger, utc_ms) = (self.ledger.committed(), self.utc.reached_ms());
        Reached { ledger, registry: self.roots.at(ledger.size), utc_ms }
    }

    /// What UTC has come to, which is anchored too.
    pub(crate) const fn utc(&self) -> &Utc {
        &self.utc
    }

    /// What is to be anchored at the next look, if anything.
    pub(crate) fn due(&self) -> Option<(Reached, Reach)> {
        let (reached, now_ms) = (self.reached(), self.ground.now().boot_ms);
        let Seen { newest, since_ms, counted_ms, .. } = *lock(&self.seen);
        let ahead = reached.ledger.size.saturating_sub(newest.size);
        let reach = reach(now_ms.saturating_sub(counted_ms));
        is_due(ahead, now_ms.saturating_sub(since_ms)).then_some((reached, reach))
    }

    /// Looks at the token, and makes the anchor of this if there is one, or if it has not looked for too long.
    pub(crate) async fn visit(&self, step: Option<(Reached, Reach)>) -> Result<(), AnchorError> {
        let begun_ms = self.ground.now().boot_ms;
        let lapsed = self.standing() == Standing::Lapsed;
        let again = || lapsed.then(|| (self.reached(), Reach::Token));
        let step = step.or_else(again);
        let (held, anchors) = (Arc::clone(&self.held), self.ground.anchors(&self.token));
        let asked = G::apart(move || {
            let mut held = lock(&held);
            let held = held.as_mut().ok_or(AnchorFault::Token(INTERRUPTED))?;
            match step {
                Some((reached, reach)) => held.move_to(&anchors, reached, reach)?,
                None => held.look(&anchors)?,
            }
            Ok::<_, AnchorError>(held.newest())
        });
        let newest = asked.await.ok_or(AnchorFault::Token(INTERRUPTED))??;
        let counted = step.is_some_and(|(_, reach)| reach == Reach::Counter);
        self.saw(newest, begun_ms, lapsed, counted);
        Ok(())
    }

    fn saw(&self, newest: Anchor, begun_ms: u64, lapsed: bool, counted: bool) {
        let (now_ms, term_ms) = (self.ground.now().boot_ms, term_ms(&*self.ground));
        let mut seen = lock(&self.seen);
        if seen.newest < newest {
            self.roots.anchored(newest.size);
            (seen.newest, seen.since_ms) = (newest, begun_ms);
        }
        if counted {
            (seen.counted_size, seen.counted_ms) = (seen.counted_size.max(newest.size), begun_ms);
        }
        seen.lease = if lapsed {
            Lease::new(begun_ms, now_ms, false, term_ms)
        } else {
            seen.lease.looked(begun_ms, term_ms)
        };
    }

    /// Leaves the token to whoever is next, with all that is durable anchored. Waits.
    pub(crate) fn leave(&self) -> Result<(), AnchorError> {
        let Some(held) = lock(&self.held).take() else { return Ok(()) };
        held.end(&self.ground.anchors(&self.token), self.reached())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TERM: u64 = 2_000;

    #[test]
    fn a_look_counts_for_its_term_from_before_the_token_was_asked() {
        let lease = Lease::new(100, 900, true, TERM);
        assert_eq!(lease.standing(900), Standing::Held);
        assert_eq!(lease.standing(2_099), Standing::Held);
        assert_eq!(lease.standing(2_100), Standing::Lapsed);
    }

    #[test]
    fn whoever_may_not_be_alone_waits_until_no_other_can_count_on_an_older_look() {
        // Another one looked at 899 at the latest, and gives something away until 2,899.
        let lease = Lease::new(100, 900, false, TERM).looked(1_900, TERM);
        assert_eq!(lease.standing(900), Standing::In(TERM + 1));
        assert_eq!(lease.standing(2_900), Standing::In(1));
        assert_eq!(lease.standing(2_901), Standing::Held);
        assert_eq!(lease.standing(3_900), Standing::Lapsed);
    }

    #[test]
    fn a_look_that_took_long_takes_nothing_away() {
        let lease = Lease::new(1_000, 1_000, true, TERM);
        assert_eq!(lease.looked(500, TERM), lease);
    }

    #[test]
    fn what_is_only_due_is_counted_once_an_hour() {
        assert_eq!([reach(0), reach(COUNT_MS - 1)], [Reach::Token; 2]);
        assert_eq!(reach(COUNT_MS), Reach::Counter);
    }

    #[test]
    fn what_is_new_is_anchored_after_so_many_records_or_so_long() {
        assert!(!is_due(0, u64::MAX));
        assert!(!is_due(1, ANCHOR_MS - 1) && is_due(1, ANCHOR_MS));
        assert!(!is_due(ANCHOR_RECORDS - 1, 0) && is_due(ANCHOR_RECORDS, 0));
    }
}
