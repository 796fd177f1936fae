//! Opening a vault without its token: by whoever its epoch's key is wrapped for.
//!
//! Guarantees: nothing is written; what opens is whole, as [`crate::Vault::open`] would find it, or the first bad place is
//! named. It does not guarantee that it is the newest: only the token knows which epoch that is, and within an epoch an
//! older copy has fewer entries.

use std::collections::HashMap;

use countersign_ports::{Sealing, Storage};
use countersign_protocol::{ApplianceId, Digest};
use zeroize::Zeroizing;

use crate::batch::{HEAD_BYTES, Placed};
use crate::epoch::Epoch;
use crate::scan::{Claim, Scanned, Tail, claimed, scan};
use crate::{EpochName, Kind, Media, Part, Place, Side, VaultError, Wrapped};

/// Whoever keys of epochs are wrapped for.
pub trait Unwrapping {
    /// What they are known by.
    fn recipient(&self) -> Digest;

    /// The key that was wrapped for this epoch; nothing if this is no such key.
    fn unwrap(&self, epoch: &EpochName, sealed: &[u8]) -> Option<Zeroizing<[u8; 32]>>;
}

/// A vault that was opened without its token, to be read. It has no `Debug`.
pub struct Recovered<S, E> {
    media: Media<S>,
    engine: E,
    epoch: Epoch,
    entries: HashMap<Digest, Placed>,
}

/// Why a vault does not open without its token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecoverError {
    /// There is nothing.
    #[error("there is no vault in these files: give the folder that has vault.even and vault.odd")]
    NotThere,
    /// It is another appliance's.
    #[error("the vault is that of the appliance {found}, and the ledger that of {expected}")]
    OtherAppliance {
        /// Whose it says that it is.
        found: ApplianceId,
        /// Whose it should be.
        expected: ApplianceId,
    },
    /// It is for its token alone.
    #[error(
        "the vault has no copy of its key for recovery: when it was copied, no recovery key was set"
    )]
    NotWrapped,
    /// It is for somebody else.
    #[error(
        "the vault's key is wrapped for the recovery key {found}, and these are shares of {expected}; if \
         nobody knows that key, the vault is damaged"
    )]
    OtherRecipient {
        /// Whom it is for, as it says.
        found: Digest,
        /// Who has come.
        expected: Digest,
    },
    /// It is damaged, or its medium fails.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl<S: Storage, E: Sealing> Recovered<S, E> {
    /// Opens this appliance's vault, and checks all of it.
    ///
    /// # Errors
    /// [`RecoverError`].
    pub fn open(
        media: Media<S>,
        engine: E,
        appliance: ApplianceId,
        unwrapping: &impl Unwrapping,
    ) -> Result<Self, RecoverError> {
        // While something is being destroyed there are two: the next one counts if it is whole.
        let claims = claims(&media)?;
        let mut why = RecoverError::NotThere;
        for (nth, claim) in claims.iter().enumerate() {
            let reading = Reading { media: &media, engine: &engine, appliance };
            match reading.open(claim, unwrapping) {
                Ok((epoch, entries)) => return Ok(Self { media, engine, epoch, entries }),
                Err(failed) if nth == 0 => why = failed,
                Err(_) => {}
            }
        }
        Err(why)
    }

    /// The epoch that it is of.
    #[must_use]
    pub const fn epoch(&self) -> u64 {
        self.epoch.number
    }

    /// The entries that there are, in no order.
    pub fn entries(&self) -> impl Iterator<Item = (Digest, Kind)> {
        self.entries.values().map(|placed| (placed.known.id, placed.known.kind))
    }

    /// The key of an entry.
    ///
    /// # Errors
    /// [`VaultError::Unknown`]; [`VaultError::Damaged`] if it is not as it was written.
    pub fn key(&self, id: &Digest) -> Result<Zeroizing<[u8; 32]>, VaultError> {
        let placed = self.entries.get(id).ok_or(VaultError::Unknown { id: *id })?;
        placed.read(&self.epoch, &self.engine, &self.media)
    }
}

struct Reading<'m, S, E> {
    media: &'m Media<S>,
    engine: &'m E,
    appliance: ApplianceId,
}

impl<S: Storage, E: Sealing> Reading<'_, S, E> {
    /// The epoch that a medium claims to be of, with its entries.
    fn open(
        &self,
        claim: &Claim,
        unwrapping: &impl Unwrapping,
    ) -> Result<(Epoch, HashMap<Digest, Placed>), RecoverError> {
        let (number, expected) = (claim.epoch, self.appliance);
        if claim.appliance != expected {
            return Err(RecoverError::OtherAppliance { found: claim.appliance, expected });
        }
        let name = EpochName { appliance: expected, epoch: number };
        let key = self.unwrapped(claim, &name, unwrapping)?;
        let epoch = Epoch { appliance: expected, number, key };
        let mut scanned = scan(&epoch, self.engine, self.media.on(Side::of(number)))?;
        let bad = match std::mem::replace(&mut scanned.tail, Tail::Nothing) {
            Tail::Footless(batch) => {
                let after = batch.content.after([0; 16], batch.end);
                scanned.take(batch, after);
                None
            }
            Tail::Torn(place) => Some(place),
            Tail::Nothing => None,
        };
        match (scanned, bad) {
            // What a power cut left of a last batch is no damage, if there was one before it.
            (Scanned { chain, entries, .. }, _) if chain.batches > 0 => Ok((epoch, entries)),
            (_, bad) => Err(damaged(number, bad)),
        }
    }

    /// The key, if it was wrapped for whoever has come.
    fn unwrapped(
        &self,
        claim: &Claim,
        name: &EpochName,
        unwrapping: &impl Unwrapping,
    ) -> Result<Zeroizing<[u8; 32]>, RecoverError> {
        let wrapped = wrapped(self.media, claim)?.ok_or(RecoverError::NotWrapped)?;
        let expected = unwrapping.recipient();
        if wrapped.recipient != expected {
            return Err(RecoverError::OtherRecipient { found: wrapped.recipient, expected });
        }
        let damaged = VaultError::Damaged(place_of_wrapped(name.epoch));
        Ok(unwrapping.unwrap(name, &wrapped.sealed).ok_or(damaged)?)
    }
}

const fn place_of_wrapped(epoch: u64) -> Place {
    Place { epoch, batch: 0, part: Part::Wrapped, offset: HEAD_BYTES as u64 }
}

/// The wrapped key that an epoch begins with, if it has one.
fn wrapped<S: Storage>(media: &Media<S>, claim: &Claim) -> Result<Option<Wrapped>, VaultError> {
    if claim.wrapped_bytes == 0 {
        return Ok(None);
    }
    let (here, side) = (place_of_wrapped(claim.epoch), Side::of(claim.epoch));
    let medium = media.on(side);
    let length = medium.len().map_err(|fault| side.failed(fault))?;
    let whole = Wrapped::length(claim.wrapped_bytes)
        .filter(|bytes| (HEAD_BYTES + *bytes) as u64 <= length)
        .ok_or(VaultError::Damaged(here))?;
    let mut bytes = vec![0; whole - 28];
    medium.read_at(here.offset, &mut bytes).map_err(|fault| side.failed(fault))?;
    Wrapped::read(&bytes).map(Some).ok_or(VaultError::Damaged(here))
}

/// What a vault says of itself, whether or not it is true: for whoever copies its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// Epochs that there are on the media, the newest first. While it changes its epoch there are two.
    pub epochs: Vec<u64>,
    /// Whom the newest one's key is wrapped for.
    pub recipient: Option<Digest>,
}

impl Claimed {
    /// Reads it; nothing if there is no vault.
    ///
    /// # Errors
    /// [`VaultError`]: a medium fails, or is damaged there.
    pub fn by<S: Storage>(media: &Media<S>) -> Result<Option<Self>, VaultError> {
        let claims = claims(media)?;
        let Some(newest) = claims.first() else { return Ok(None) };
        let recipient = wrapped(media, newest)?.map(|wrapped| wrapped.recipient);
        Ok(Some(Self { epochs: claims.iter().map(|claim| claim.epoch).collect(), recipient }))
    }
}

/// Epochs that media claim to be of, the newest first.
fn claims<S: Storage>(media: &Media<S>) -> Result<Vec<Claim>, VaultError> {
    let mut claims = Vec::new();
    for side in [Side::Even, Side::Odd] {
        claims.extend(claimed(media.on(side), side)?.filter(|claim| Side::of(claim.epoch) == side));
    }
    claims.sort_unstable_by_key(|claim| std::cmp::Reverse(claim.epoch));
    Ok(claims)
}

fn damaged(epoch: u64, bad: Option<Place>) -> RecoverError {
    let beginning = Place { epoch, batch: 0, part: Part::Head, offset: 0 };
    VaultError::Damaged(bad.unwrap_or(beginning)).into()
}
