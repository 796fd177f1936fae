//! Orders about signers: added with a key for what is recorded about them, kept, and erased with it.

use countersign_core::Now;
use countersign_core::port::{Crypto, Guarded};
use countersign_protocol::admin::{SignerAdd, SignerErase, SignerHold};
use countersign_protocol::change::{Erasure, Hold, Signer};
use countersign_protocol::{Digest, OfficerId};
use countersign_registry::{Change, Conflict, Keeping, Registry, Table};

use super::{
    DEFAULT_TENANT, INTERRUPTED, OrderError, Proposed, anchored_first, dated, done, proposed,
    signer,
};
use crate::appliance::Appliance;
use crate::ground::Ground;
use crate::platform::Surroundings;

/// The key first, then the record that is sealed under it: a key without record is nobody's.
pub(super) async fn add<G: Ground>(
    appliance: &Appliance<G>,
    order: &SignerAdd<'_>,
) -> Result<Vec<u8>, OrderError> {
    let books = &appliance.books;
    // Before the vault makes what nobody would use.
    if books.with(|state| state.registry.signer_named(order.name.as_str())).is_some() {
        return Err(Conflict::NameTaken(Table::Signers).into());
    }
    let ring = books.ring().clone();
    let evidence_key = G::apart(move || ring.add()).await.ok_or(INTERRUPTED)??;
    done(books.change(|registry| added(registry, order, evidence_key)).await)
}

const DAY_MS: u64 = 24 * 3_600_000;

fn added<C: Crypto>(
    registry: &Registry<C>,
    order: &SignerAdd<'_>,
    evidence_key: Digest,
) -> Proposed {
    let (id, tenant) = (registry.next_signer(), DEFAULT_TENANT);
    let SignerAdd { name, retention } = *order;
    proposed(&Change::Signer(Signer { id, tenant, name, evidence_key, retention }))
}

pub(super) fn hold<C: Crypto>(
    registry: &Registry<C>,
    officer: OfficerId,
    order: &SignerHold<'_>,
    now: Now,
) -> Proposed {
    let (signer, held) = (signer(registry, order.name)?, order.held);
    if registry.keeping(signer).is_some_and(|keeping| keeping.held == held) {
        return Err(OrderError::Already(Table::Signers));
    }
    proposed(&Change::Hold(Hold { signer, held, officer, utc_lo_ms: now.utc_lo_ms }))
}

/// The record first, then the key: what is on record is finished at the next boot, if it must be.
pub(super) async fn erase<G: Ground>(
    appliance: &Appliance<G>,
    officer: OfficerId,
    order: &SignerErase<'_>,
) -> Result<Vec<u8>, OrderError> {
    let (books, now) = (&appliance.books, appliance.now());
    let mut key = Digest([0; 32]);
    let recorded = books.change(|registry| {
        let erasure = erased(registry, officer, order, now)?;
        key = erasure.evidence_key;
        proposed(&Change::Erasure(erasure))
    });
    let index = recorded.await?;
    anchored_first(appliance).await?;
    let ring = books.ring().clone();
    let destroyed = G::apart(move || ring.destroy(&[key])).await;
    if let Err(why) = destroyed.unwrap_or(Err(INTERRUPTED)) {
        books.fail();
        return Err(OrderError::NotDestroyedYet(why));
    }
    books.forget_snapshots();
    done(Ok(index))
}

fn erased<C: Crypto>(
    registry: &Registry<C>,
    officer: OfficerId,
    order: &SignerErase<'_>,
    now: Now,
) -> Result<Erasure, OrderError> {
    let signer = signer(registry, order.name)?;
    let keeping = registry.keeping(signer).ok_or(Conflict::Unknown(Table::Signers))?;
    let Keeping { evidence_key, until_ms, .. } = keeping;
    let now = dated(now)?;
    // As long as it may be too soon, it is.
    match until_ms.filter(|until| now.utc_lo_ms < *until) {
        Some(until) => Err(OrderError::Retained((until - now.utc_lo_ms).div_ceil(DAY_MS))),
        None => Ok(Erasure { signer, evidence_key, officer, utc_lo_ms: now.utc_lo_ms }),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use countersign_protocol::change::{Retention, Tenant};
    use countersign_protocol::{Name, SignerId};
    use countersign_registry::RootKey;
    use countersign_soft::Soft;

    use super::*;

    const KEPT_MS: u64 = Retention::FiveYears.ms();

    /// What comes of erasing a signer of whom this was signed at this time, at this time.
    fn erased_at(signed_ms: Option<u64>, utc_lo_ms: u64) -> Result<Erasure, OrderError> {
        let mut registry = Registry::new(Arc::new(Soft), RootKey::nobodys());
        let name = Name::new("alice").unwrap();
        let (id, tenant) = (SignerId(1), DEFAULT_TENANT);
        let (evidence_key, retention) = (Digest([7; 32]), Retention::FiveYears);
        registry.apply(0, &Change::Tenant(Tenant { id: tenant, name })).unwrap();
        let signer = Signer { id, tenant, name, evidence_key, retention };
        registry.apply(1, &Change::Signer(signer)).unwrap();
        signed_ms.into_iter().for_each(|ms| registry.note_signature([id].into_iter(), ms));
        let now = Now { boot_ms: 0, utc_lo_ms, utc_hi_ms: u64::MAX };
        erased(&registry, OfficerId(1), &SignerErase { name }, now)
    }

    #[test]
    fn evidence_is_kept_until_it_is_certainly_old_enough() {
        assert!(erased_at(Some(1_000), 1_000 + KEPT_MS).is_ok());
        let days = |signed, now| match erased_at(signed, now) {
            Err(OrderError::Retained(days)) => days,
            other => panic!("{other:?}"),
        };
        assert_eq!(days(Some(1_000), 999 + KEPT_MS), 1);
        assert_eq!(days(Some(1_000), 1_000), KEPT_MS / DAY_MS);
    }

    #[test]
    fn who_signed_nothing_may_be_erased_at_once() {
        assert!(erased_at(None, 0).is_ok());
    }
}
