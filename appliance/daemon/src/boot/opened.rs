//! What a start has read, before anything is changed.

use std::sync::Arc;

use countersign_anchor::{AnchorError, Anchors, Current, Found};
use countersign_core::Now;
use countersign_core::entry::Key;
use countersign_core::port::Crypto;
use countersign_ledger::Replayed;
use countersign_ports::Storage;
use countersign_protocol::ApplianceId;
use countersign_protocol::change::{Place, Standing};
use countersign_protocol::checkpoint::{CheckpointKey, CosignerKey};
use countersign_registry::Registry;
use countersign_tlog::Head;
use countersign_token::KeyError;

use super::{BootError, Disks, Extent, Past, Ready, Start};
use crate::ground::{Ground, Hsm};
use crate::ran::Ran;
use crate::reading::{self, Read};
use crate::ring::Ring;
use crate::snapshot::Shelf;

/// A ledger that follows from its beginning, with what it stands on.
pub(crate) struct Opened<G: Ground> {
    ground: G,
    pub(crate) crypto: Arc<G::Crypto>,
    token: G::Token,
    ring: Ring<G>,
    read: Read<G::Storage, G::Crypto>,
    checkpoint_key: CheckpointKey,
    shelf: Shelf<G::Storage, G::Crypto>,
    ran: Ran,
}

impl<G: Ground> Opened<G> {
    /// Reads it.
    pub(crate) fn read(start: Start<G>) -> Result<Self, BootError> {
        let Start { ground, crypto, token, disks, extent, ran } = start;
        let (crypto, Disks { ledger, vault, snapshot }) = (crypto.into_engine(), disks);
        let appliance = countersign_ledger::claimed_appliance(&ledger, &*crypto)?;
        let appliance = appliance.ok_or(BootError::Empty)?;
        let (ring, opened) = Ring::open(&crypto, &token, vault, appliance)?;
        tracing::info!(?opened, "the vault is open");
        let key = ring.last_snapshot_key();
        let root = ring.root_key();
        let (shelf, found) =
            Shelf::open(snapshot, &crypto, key, (appliance, &root), &ground.beside());
        let mut read = reading::read(ledger, &crypto, &ring, (found, &root), extent)?;
        if !is_anchored(&mut read, &ground.anchors(&token)) {
            tracing::warn!("the registry is not the one that is anchored: everything is read");
            shelf.clear();
            let ledger = read.replayed.into_storage();
            read = reading::read(ledger, &crypto, &ring, (None, &root), Extent::Everything)?;
        }
        let checkpoint_key = check_keys(&read.registry, &token)?;
        Ok(Self { ground, crypto, token, ring, read, checkpoint_key, shelf, ran })
    }

    /// The ledger has whatever is anchored.
    pub(crate) fn current(&self) -> Result<Current, AnchorError> {
        current(&self.anchors(), &self.read.replayed, &*self.crypto)
    }

    pub(crate) fn anchors(&self) -> G::Anchors {
        self.ground.anchors(&self.token)
    }

    /// The ledger is whole, also where a snapshot spared it.
    pub(crate) fn check_whole(&self) -> Result<(), BootError> {
        let Read { replayed, skipped, .. } = &self.read;
        replayed.check(&*self.crypto, &self.checkpoint_key)?;
        if *skipped > 0 {
            replayed.check_whole(&*self.crypto, &self.ring)?;
        }
        Ok(())
    }

    /// What the ledger has come to.
    pub(crate) fn head(&self) -> Head {
        self.read.replayed.head()
    }

    /// Whose it is.
    pub(crate) fn appliance(&self) -> Result<ApplianceId, BootError> {
        Ok(self.read.registry.identity().ok_or(BootError::Empty)?.0.id)
    }

    pub(crate) const fn registry(&self) -> &Registry<G::Crypto> {
        &self.read.registry
    }

    pub(crate) fn now(&self) -> Now {
        self.ground.now()
    }

    /// Cuts what was never acknowledged, and finishes what a power cut interrupted.
    pub(crate) fn settle(self) -> Result<Ready<G>, BootError> {
        let Self { ground, crypto, token, ring, read, checkpoint_key, shelf, ran } = self;
        let Read { replayed, registry, answered, skipped } = read;
        let settled = replayed.settle(&*crypto, &checkpoint_key)?;
        wrap(&registry, &ring)?;
        if finish_erasures(&registry, &ring)? {
            shelf.forget();
        }
        let cut_bytes = settled.cut_bytes();
        let past = Past { registry, answered, shelf, cut_bytes, skipped };
        Ok(Ready { ground, crypto, token, ring, settled, ran, past })
    }
}

/// Whether a registry that a snapshot was the beginning of is the one that is anchored, as far as that is known. (One that is made
/// from the whole ledger is what the ledger says.)
fn is_anchored<S: Storage, C: Crypto>(read: &mut Read<S, C>, anchors: &impl Anchors) -> bool {
    let Ok(found) = Found::look(anchors) else { return true };
    let anchored = found.registry_of(read.replayed.size());
    read.skipped == 0 || anchored.is_none_or(|anchored| anchored == read.registry.root())
}

/// The ledger has whatever is anchored.
pub(crate) fn current<S: Storage>(
    anchors: &impl Anchors,
    replayed: &Replayed<S>,
    crypto: &impl Crypto,
) -> Result<Current, AnchorError> {
    let root_at = |size| replayed.root_at(crypto, size);
    Found::look(anchors)?.covered_by(replayed.head(), root_at)
}

/// The vault is wrapped for the recovery key that is on record: it is now, if the power failed before. One that is wrapped
/// though the ledger knows of no recovery key has another ledger.
fn wrap<G: Ground>(registry: &Registry<G::Crypto>, ring: &Ring<G>) -> Result<(), BootError> {
    let found = ring.wrapped_for();
    let Some(recovery) = registry.recovery() else {
        return found.map_or(Ok(()), |key| Err(BootError::RecoveryUnknown(key)));
    };
    if ring.wrap_for(recovery)? {
        let found = found.map_or_else(|| "none".to_owned(), |key| key.to_string());
        tracing::warn!(%found, recorded = %recovery.fingerprint, "the vault's copy for recovery is made anew");
    }
    Ok(())
}

/// A signer is erased when the record says so: the key goes now, if the power failed before it did. A key
/// without record is one that came too early to be anybody's.
///
/// Says whether anything was destroyed. Everybody else's key must be there: of what a snapshot has, nobody has
/// tried to open the records.
fn finish_erasures<G: Ground>(
    registry: &Registry<G::Crypto>,
    ring: &Ring<G>,
) -> Result<bool, BootError> {
    let missing = || registry.live_evidence_keys().find(|key| !ring.has(key));
    if let Some(lost) = registry.lost_key().or_else(missing) {
        return Err(BootError::KeyLost(lost));
    }
    let left: Vec<_> = registry.erased_keys().filter(|key| ring.has(key)).collect();
    ring.destroy(&left)?;
    Ok(!left.is_empty())
}

/// The keys in the token are as they were made; gives the one that checkpoints verify with.
pub(crate) fn check_keys<C: Crypto>(
    registry: &Registry<C>,
    token: &impl Hsm,
) -> Result<CheckpointKey, BootError> {
    let (_, checkpoint_key) = registry.identity().ok_or(BootError::Empty)?;
    token.check_appliance_keys(checkpoint_key)?;
    if token.cosigner_key()?.as_deref().map(CosignerKey) != registry.cosigner_key() {
        return Err(BootError::Cosigner);
    }
    let used = registry.keys().filter(|key| key.standing != Standing::Revoked);
    { used }.try_for_each(|key| {
        let Key { place: Place::Resident(id), suite, public_key, .. } = key;
        let why = |why: KeyError| BootError::Key { key: key.id.to_string(), why: why.to_string() };
        token.check_signer_key(*id, *suite, public_key).map_err(why)
    })?;
    Ok(*checkpoint_key)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "what a test did not expect has failed the test")]
mod tests;
