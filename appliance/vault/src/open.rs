//! Making a vault, and opening one: what a power cut left begun is finished or taken back.
//!
//! Guarantees: a vault that opens is of the epoch that the token has a root for, whole, and durable as it is;
//! of two epochs the next one counts if it is whole, and the other one's root is destroyed.

use std::collections::HashMap;

use countersign_ports::{Entropy, Sealing, Storage};

use crate::batch::{Batch, Chain};
use crate::epoch::Epoch;
use crate::scan::{Scanned, Tail, Unfinished, claimed, scan};
use crate::{Part, Place, Platform, RootTask, Roots, Side, Vault, VaultError};

/// The first epoch of a vault.
const FIRST: u64 = 1;

/// What was found, and done, when a vault was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// Bytes that were taken off: the rest of a `create` that never returned.
    pub cut_bytes: u64,
    /// Whether the last `create` was finished: its entries are there, and it may not have returned.
    pub finished: bool,
    /// What became of a `destroy` that was cut short.
    pub rotation: Option<Rotation>,
}

/// What became of a `destroy` that was cut short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// It was finished: its entries are gone.
    Finished,
    /// It was taken back: its entries are there.
    TakenBack,
}

impl<S: Storage, R: Roots, E: Sealing> Vault<S, R, E> {
    /// Makes a vault without entries, where there is none.
    ///
    /// # Errors
    /// [`VaultError::NotNew`] if there is anything on the media or a root in the token, also what an earlier
    /// `init` left that was cut short; else what failed.
    pub fn init(
        mut platform: Platform<S, R, E>,
        entropy: &mut impl Entropy,
    ) -> Result<Self, VaultError> {
        let roots = platform.list()?;
        if !roots.is_empty() || !platform.media.are_empty()? {
            return Err(VaultError::NotNew);
        }
        platform.roots.make(FIRST).map_err(RootTask::Make.failed(FIRST))?;
        let (epoch, none) = (platform.epoch(FIRST)?, std::iter::empty());
        let chain = Chain::default();
        let batch = Batch::compose(&epoch, &platform.engine, entropy, &chain, None, none)?;
        platform.media.write(Side::of(FIRST), &batch)?;
        let (chain, entries) = (batch.after, HashMap::new());
        Ok(Self { platform, epoch, chain, entries, recipient: None, wrapping: None, closed: false })
    }

    /// Opens the vault, checks all of it, and finishes what was begun.
    ///
    /// # Errors
    /// [`VaultError::OlderCopy`] and [`VaultError::Damaged`] for what is not as it was written, and then nothing
    /// is changed; else what failed.
    pub fn open(
        mut platform: Platform<S, R, E>,
        entropy: &mut impl Entropy,
    ) -> Result<(Self, Opened), VaultError> {
        let roots = platform.list()?;
        let (epoch, mut scanned, rotation) = platform.newest(&roots)?;
        let mut opened = Opened { rotation, ..Opened::default() };
        platform.settle(&epoch, &mut scanned, &mut opened, entropy)?;
        for other in roots.into_iter().filter(|number| *number != epoch.number) {
            platform.roots.destroy(other).map_err(RootTask::Destroy.failed(other))?;
        }
        platform.media.clear(Side::of(epoch.number).other())?;
        let Scanned { chain, entries, wrapped, .. } = scanned;
        let recipient = wrapped.map(|wrapped| wrapped.recipient);
        let (wrapping, closed) = (None, false);
        Ok((Self { platform, epoch, chain, entries, recipient, wrapping, closed }, opened))
    }
}

impl<S: Storage, R: Roots, E: Sealing> Platform<S, R, E> {
    fn list(&self) -> Result<Vec<u64>, VaultError> {
        self.roots.epochs().map_err(|fault| VaultError::List { fault })
    }

    /// The newest epoch that is whole.
    fn newest(&self, roots: &[u64]) -> Result<(Epoch, Scanned, Option<Rotation>), VaultError> {
        match roots {
            [] if self.media.are_empty()? => Err(VaultError::NotThere),
            [] => Err(VaultError::NoRoot),
            [only] => self.only(*only).map(|(epoch, scanned)| (epoch, scanned, None)),
            [old, next] if old.checked_add(1) == Some(*next) => self.either(*old, *next),
            _ => Err(VaultError::StrangeRoots { epochs: roots.to_vec() }),
        }
    }

    /// Of two epochs: the old one's root is there, so the next one was not all that there is yet.
    fn either(
        &self,
        old: u64,
        next: u64,
    ) -> Result<(Epoch, Scanned, Option<Rotation>), VaultError> {
        match self.scan(next) {
            Ok((epoch, scanned)) if scanned.is_whole() => {
                Ok((epoch, scanned, Some(Rotation::Finished)))
            }
            Ok(_) | Err(VaultError::Damaged(_)) => {
                let (epoch, scanned) = self.only(old)?;
                Ok((epoch, scanned, Some(Rotation::TakenBack)))
            }
            Err(failed) => Err(failed),
        }
    }

    /// The epoch of this number, which must be whole.
    fn only(&self, number: u64) -> Result<(Epoch, Scanned), VaultError> {
        let beginning = Place { epoch: number, batch: 0, part: Part::Head, offset: 0 };
        let place = match self.scan(number) {
            Ok((epoch, scanned)) if scanned.is_whole() => return Ok((epoch, scanned)),
            Ok((_, Scanned { tail: Tail::Torn(place), .. })) | Err(VaultError::Damaged(place)) => {
                place
            }
            Ok(_) => beginning,
            Err(failed) => return Err(failed),
        };
        Err(self.why_not(number, place)?)
    }

    fn scan(&self, number: u64) -> Result<(Epoch, Scanned), VaultError> {
        let epoch = self.epoch(number)?;
        let scanned = scan(&epoch, &self.engine, self.media.on(Side::of(number)))?;
        Ok((epoch, scanned))
    }

    /// What to say of an epoch that is not whole: is it another one, or was it this one?
    fn why_not(&self, number: u64, place: Place) -> Result<VaultError, VaultError> {
        let (here, other) = (Side::of(number), Side::of(number).other());
        let claims =
            |side| claimed(self.media.on(side), side).map(|claim| claim.map(|claim| claim.epoch));
        let found = claims(here)?;
        let empty = self.media.on(here).is_empty().map_err(|fault| here.failed(fault))?;
        Ok(if empty || found.is_some_and(|found| found != number) {
            let found = found.map_or_else(|| claims(other), |found| Ok(Some(found)))?;
            VaultError::OlderCopy { root: number, found }
        } else {
            VaultError::Damaged(place)
        })
    }

    /// Takes off or finishes what comes last, and makes everything durable: what was read may be in the
    /// system's memory only.
    fn settle(
        &mut self,
        epoch: &Epoch,
        scanned: &mut Scanned,
        opened: &mut Opened,
        entropy: &mut impl Entropy,
    ) -> Result<(), VaultError> {
        let side = Side::of(epoch.number);
        let failed = |fault| side.failed(fault);
        let tail = std::mem::replace(&mut scanned.tail, Tail::Nothing);
        if let Tail::Footless(batch) = tail {
            self.finish(epoch, scanned, batch, entropy)?;
            opened.finished = true;
            return Ok(());
        }
        let medium = self.media.on_mut(side);
        opened.cut_bytes = medium.len().map_err(failed)?.saturating_sub(scanned.chain.end);
        if opened.cut_bytes > 0 {
            medium.truncate(scanned.chain.end).map_err(failed)?;
        }
        medium.refresh(scanned.last).and_then(|()| medium.sync()).map_err(failed)
    }

    /// Gives a batch its foot.
    fn finish(
        &mut self,
        epoch: &Epoch,
        scanned: &mut Scanned,
        batch: Unfinished,
        entropy: &mut impl Entropy,
    ) -> Result<(), VaultError> {
        let side = Side::of(epoch.number);
        let (foot, tag) = batch.content.foot(epoch, &self.engine, entropy)?;
        let (start, medium) = (scanned.chain.end, self.media.on_mut(side));
        let write = |medium: &mut S| {
            medium.truncate(batch.end)?;
            medium.refresh(start)?;
            medium.sync()?;
            medium.append(&foot)?;
            medium.sync()
        };
        write(medium).map_err(|fault| side.failed(fault))?;
        let after = batch.content.after(tag, batch.end + foot.len() as u64);
        scanned.take(batch, after);
        Ok(())
    }
}
