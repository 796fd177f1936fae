//! The order that says with whose shares evidence is recovered where there is no HSM any more.

use countersign_core::Now;
use countersign_core::port::Guarded as _;
use countersign_protocol::admin::RecoverySet;
use countersign_protocol::recovery::Recovery;
use countersign_protocol::{Digest, OfficerId};
use countersign_recovery::Recipient;
use countersign_registry::{Change, RecoveryRow};

use super::{INTERRUPTED, OrderError, Proposed, anchored_first, done, proposed};
use crate::appliance::Appliance;
use crate::ground::Ground;
use crate::platform::Surroundings as _;

/// The record first, then the vault: a boot finishes what was cut short in between.
pub(super) async fn set<G: Ground>(
    appliance: &Appliance<G>,
    officer: OfficerId,
    order: &RecoverySet<'_>,
) -> Result<Vec<u8>, OrderError> {
    let (books, now) = (&appliance.books, appliance.now());
    // Nothing is recorded that nobody could be wrapped for.
    Recipient::of(Digest([0; 32]), &order.key).ok_or(OrderError::RecoveryKey)?;
    let index = books.change(|_| chosen(officer, order, now)).await?;
    anchored_first(appliance).await?;
    let row = || books.with(|state| state.registry.recovery().cloned());
    // Of two orders at once, the vault follows the one that is on record last.
    let mut wrapped: Option<RecoveryRow> = None;
    while let Some(wanted) = row().filter(|row| wrapped.as_ref() != Some(row)) {
        let (ring, recovery) = (books.ring().clone(), wanted.clone());
        let done = G::apart(move || ring.wrap_for(&recovery)).await;
        if let Err(why) = done.unwrap_or(Err(INTERRUPTED)) {
            books.fail();
            return Err(OrderError::NotWrappedYet(why));
        }
        wrapped = Some(wanted);
    }
    done(Ok(index))
}

fn chosen(officer: OfficerId, order: &RecoverySet<'_>, now: Now) -> Proposed {
    let RecoverySet { key } = *order;
    proposed(&Change::Recovery(Recovery { key, officer, utc_lo_ms: now.utc_lo_ms }))
}
