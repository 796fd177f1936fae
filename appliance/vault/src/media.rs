//! The two media: each epoch has one of them, and the next epoch the other.

use countersign_ports::{Storage, StorageFault};

use crate::VaultError;
use crate::batch::Batch;

/// The media that epochs take turns on.
pub struct Media<S> {
    /// That of even epochs.
    pub even: S,
    /// That of odd epochs; the first one is.
    pub odd: S,
}

/// One of the two media.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// That of even epochs.
    Even,
    /// That of odd epochs.
    Odd,
}

impl Side {
    /// Where an epoch is.
    #[must_use]
    pub const fn of(epoch: u64) -> Self {
        if epoch.is_multiple_of(2) { Self::Even } else { Self::Odd }
    }

    /// The other one.
    pub(crate) const fn other(self) -> Self {
        match self {
            Self::Even => Self::Odd,
            Self::Odd => Self::Even,
        }
    }

    /// What a fault means to whoever called.
    pub(crate) const fn failed(self, fault: StorageFault) -> VaultError {
        VaultError::Storage { side: self, fault }
    }
}

impl core::fmt::Display for Side {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Even => "even",
            Self::Odd => "odd",
        })
    }
}

impl<S: Storage> Media<S> {
    /// The medium of this side.
    pub(crate) const fn on(&self, side: Side) -> &S {
        match side {
            Side::Even => &self.even,
            Side::Odd => &self.odd,
        }
    }

    /// The same, to change it.
    pub(crate) const fn on_mut(&mut self, side: Side) -> &mut S {
        match side {
            Side::Even => &mut self.even,
            Side::Odd => &mut self.odd,
        }
    }

    /// Whether nothing is on either.
    pub(crate) fn are_empty(&self) -> Result<bool, VaultError> {
        let empty = |side: Side| self.on(side).is_empty().map_err(|fault| side.failed(fault));
        Ok(empty(Side::Even)? && empty(Side::Odd)?)
    }

    /// Writes a batch at the end of a medium: its foot only when the rest is durable.
    pub(crate) fn write(&mut self, side: Side, batch: &Batch) -> Result<(), VaultError> {
        let write = |medium: &mut S| {
            medium.append(&batch.body)?;
            medium.sync()?;
            medium.append(&batch.foot)?;
            medium.sync()
        };
        write(self.on_mut(side)).map_err(|fault| side.failed(fault))
    }

    /// Takes off what is on a medium, durably, after it was written over. (Its bytes may stay on the disk all the same: what
    /// makes them worthless to everybody but a quorum that an epoch was wrapped for is that their root is gone.)
    pub(crate) fn clear(&mut self, side: Side) -> Result<(), VaultError> {
        let medium = self.on_mut(side);
        let clear = |medium: &mut S| match medium.is_empty()? {
            true => Ok(()),
            false => {
                medium.blank()?;
                medium.sync()?;
                medium.truncate(0)?;
                medium.sync()
            }
        };
        clear(medium).map_err(|fault| side.failed(fault))
    }
}
