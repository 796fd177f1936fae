//! Reading the ledger at a boot: from the newest snapshot on, or from its beginning.
//!
//! Guarantees: a snapshot counts only if the ledger has its very group, whole and signed by the key that the
//! snapshot has; from there on everything is checked, and what is read comes to the same state as if all had been
//! read. A ledger that has less than it had, or something else, is refused.
//!
//! It does not guarantee that what is before the snapshot's group is still as it was: that is what a full read is
//! for ([`Extent::Everything`]); a record that is given again is checked then.

use std::sync::Arc;

use countersign_core::Reason;
use countersign_core::port::Crypto;
use countersign_ledger::{Damage, Replayed, Seen, Stands};
use countersign_ports::{Sealing, Storage};
use countersign_protocol::activation::Activation;
use countersign_protocol::record::{Kind, RefusalContent, SignatureContent};
use countersign_protocol::{TransactionId, canonical};
use countersign_registry::{Registry, RootKey};

use crate::answered::Answered;
use crate::boot::{BootError, Extent};
use crate::snapshot::Snapshot;

/// A ledger that was read, and what it comes to.
pub(crate) struct Read<S, C> {
    pub(crate) replayed: Replayed<S>,
    pub(crate) registry: Registry<C>,
    pub(crate) answered: Answered,
    /// Records that were not read, because a snapshot had what they come to.
    pub(crate) skipped: u64,
}

/// Reads it.
pub(crate) fn read<S: Storage, C: Crypto + Sealing>(
    ledger: S,
    crypto: &Arc<C>,
    keys: &impl countersign_ledger::Keys,
    (found, root): (Option<Snapshot<C>>, &RootKey),
    extent: Extent,
) -> Result<Read<S, C>, BootError> {
    let everything = |ledger| everything(ledger, crypto, keys, root);
    let Some(snapshot) = found else { return everything(ledger) };
    let (known, place) = (snapshot.known, snapshot.mark.place());
    let key = *snapshot.registry.identity().ok_or(BootError::Empty)?.1;
    let whole = |read: &Read<S, C>| {
        // What is damaged says so before it says that something is missing.
        read.replayed.check(&**crypto, &key).and_then(|()| read.replayed.has(known))
    };
    match snapshot.mark.stands(&ledger, &**crypto, &key)? {
        Stands::Beyond(end) => Err(Damage::Older { end, last: place }.into()),
        Stands::Elsewhere => {
            // If it is damaged, or ends before that, this says where.
            whole(&everything(ledger)?)?;
            Err(Damage::Another(place).into())
        }
        Stands::Here => {
            let read = match extent {
                Extent::SinceSnapshot => since(snapshot, ledger, crypto, keys)?,
                Extent::Everything => everything(ledger)?,
            };
            whole(&read)?;
            Ok(read)
        }
    }
}

fn since<S: Storage, C: Crypto + Sealing>(
    snapshot: Snapshot<C>,
    ledger: S,
    crypto: &Arc<C>,
    keys: &impl countersign_ledger::Keys,
) -> Result<Read<S, C>, BootError> {
    let Snapshot { mark, known, mut registry, mut answered } = snapshot;
    let records = mark.size();
    let replayed = countersign_ledger::open_from(mark, ledger, &**crypto, keys, |seen| {
        if seen.index >= known {
            countersign_registry::replay(&mut registry, seen).map_err(|why| why.to_string())?;
        }
        remember(&mut answered, seen)
    })?;
    tracing::info!(records, of = replayed.size(), "the ledger is read from a snapshot on");
    Ok(Read { replayed, registry, answered, skipped: records })
}

fn everything<S: Storage, C: Crypto + Sealing>(
    ledger: S,
    crypto: &Arc<C>,
    keys: &impl countersign_ledger::Keys,
    root: &RootKey,
) -> Result<Read<S, C>, BootError> {
    let mut registry = Registry::new(Arc::clone(crypto), root.clone());
    let mut answered = Answered::default();
    let replayed = countersign_ledger::open(ledger, &**crypto, keys, |seen| {
        countersign_registry::replay(&mut registry, seen).map_err(|why| why.to_string())?;
        remember(&mut answered, seen)
    })?;
    tracing::info!(records = replayed.size(), "the whole ledger is read");
    Ok(Read { replayed, registry, answered, skipped: 0 })
}

fn remember(answered: &mut Answered, seen: &Seen<'_>) -> Result<(), String> {
    let damage = |_| "its content is not canonical".to_owned();
    // Nobody is given again what is about somebody who is erased.
    let Some(content) = seen.content.open() else { return Ok(()) };
    if seen.leaf.kind == Kind::Signature {
        let content: SignatureContent<'_> = canonical::decode(content).map_err(damage)?;
        let activation: Activation<'_> =
            canonical::decode(content.activation.bytes()).map_err(damage)?;
        answered.insert(activation.transaction, activation.front_end, seen.location);
    }
    if seen.leaf.kind == Kind::Refusal {
        let content = canonical::decode(content).map_err(damage)?;
        spent(&content).into_iter().for_each(|id| answered.insert_spent(id));
    }
    Ok(())
}

/// The transaction whose approval was spent for nothing, if a refusal was such a one.
fn spent(refusal: &RefusalContent<'_>) -> Option<TransactionId> {
    let spent = Reason::from_number(refusal.reason).is_some_and(Reason::is_after_reserve);
    refusal.transaction.filter(|_| spent)
}

#[cfg(test)]
mod tests {
    use countersign_protocol::{Digest, Sequence};

    use super::*;

    #[test]
    fn a_refusal_has_spent_an_approval_if_it_came_after_the_reservation() {
        let id = TransactionId([7; 32]);
        let refusal = |reason: Reason| RefusalContent {
            reason: reason.number(),
            channel: Digest([1; 32]),
            front_end: None,
            key: None,
            transaction: Some(id),
            utc_lo_ms: 0,
            utc_hi_ms: 0,
            counts: Sequence::EMPTY,
            device: None,
            ticket: None,
        };
        for reason in Reason::ALL {
            let expected = reason.is_after_reserve().then_some(id);
            assert_eq!(spent(&refusal(*reason)), expected, "{reason:?}");
        }
        assert_eq!(spent(&refusal(Reason::TokenSignatureWrong)), Some(id));
        assert_eq!(spent(&refusal(Reason::UserNotVerified)), None);
    }
}
