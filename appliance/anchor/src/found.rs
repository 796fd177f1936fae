//! What a token has before anybody owns it, and the state that it allows.

use countersign_protocol::Digest;
use countersign_protocol::anchor::Anchor;
use countersign_protocol::limits::ANCHORS_MAX;
use countersign_tlog::Head;

use crate::anchors::{Anchors, Counted};
use crate::error::AnchorError;
use crate::held::{Held, Reached};
use crate::version::Version;

/// The newest anchor of a token that nobody here owns, and what the counter beside it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    newest: Anchor,
    counted: Counted,
}

/// A ledger that has all that is anchored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Current {
    newest: Anchor,
    head: Head,
}

impl Found {
    /// Looks.
    ///
    /// # Errors
    /// [`AnchorError::Missing`], [`AnchorError::TooMany`], or a fault.
    pub fn look(anchors: &impl Anchors) -> Result<Self, AnchorError> {
        let newest = newest(anchors)?.ok_or(AnchorError::Missing)?;
        Ok(Self { newest, counted: anchors.counted()? })
    }

    /// The root that a registry must have that is made from so many records; none if that is not known.
    #[must_use]
    pub fn registry_of(&self, records: u64) -> Option<Digest> {
        (self.newest.size == records).then_some(self.newest.registry)
    }

    /// Compares with a ledger: where it ends, and its root at any size.
    ///
    /// # Errors
    /// [`AnchorError::OlderProgram`]; [`AnchorError::PutBack`], [`AnchorError::OtherCounter`], [`AnchorError::NoCounter`] of the
    /// token itself; else
    /// [`AnchorError::Older`], [`AnchorError::OtherHistory`], and [`AnchorError::Unreadable`] if there is no such root.
    pub fn covered_by(
        self,
        head: Head,
        root_at: impl FnOnce(u64) -> Option<Digest>,
    ) -> Result<Current, AnchorError> {
        let Self { newest, counted } = self;
        let (floor, version) = (Version(newest.floor), Version::OURS);
        if version < floor {
            return Err(AnchorError::OlderProgram { version, floor });
        }
        next(counted, newest.counted)?;
        let (has, anchored) = (head.size, newest.size);
        if has < anchored {
            return Err(AnchorError::Older { has, anchored });
        }
        let root = root_at(anchored).ok_or(AnchorError::Unreadable { anchored })?;
        if root != newest.root {
            return Err(AnchorError::OtherHistory { anchored });
        }
        Ok(Current { newest, head })
    }
}

impl Current {
    /// UTC was at least this, once (milliseconds since 1970).
    #[must_use]
    pub const fn utc_ms(&self) -> u64 {
        self.newest.utc_ms
    }

    /// Records that the newest anchor is of.
    #[must_use]
    pub const fn anchored(&self) -> u64 {
        self.newest.size
    }

    /// Takes ownership, with the next epoch, for the registry with this root, when UTC is at least this: whoever had it is told so
    /// at the next look. What is anchored of UTC does not go back.
    ///
    /// # Errors
    /// [`AnchorError`]: somebody else was faster, or a fault; nobody knows then whether it was taken.
    pub fn take(
        self,
        anchors: &impl Anchors,
        registry: Digest,
        utc_ms: u64,
    ) -> Result<Held, AnchorError> {
        let Self { newest, head: ledger } = self;
        let (mut held, utc_ms) = (Held::after(newest), newest.utc_ms.max(utc_ms));
        held.begin(anchors, Reached { ledger, registry, utc_ms }, Held::counting)?;
        Ok(held)
    }
}

/// What the counter is to come to next, if it stands where the newest anchor says, or one before that: whoever made that
/// anchor counts after it. None if it begins, or if there is none.
pub(crate) fn next(counted: Counted, anchored: u64) -> Result<Option<u64>, AnchorError> {
    match (counted, anchored) {
        (Counted::Nothing | Counted::Never, 0) => Ok(None),
        (Counted::Nothing, _) => Err(AnchorError::NoCounter { anchored }),
        (Counted::Never, _) => Err(AnchorError::OtherCounter { counted: None, anchored }),
        (Counted::To(counted), _) if counted > anchored => {
            Err(AnchorError::PutBack { counted, anchored })
        }
        (Counted::To(counted), _) if counted.saturating_add(1) < anchored => {
            Err(AnchorError::OtherCounter { counted: Some(counted), anchored })
        }
        (Counted::To(counted), _) => Ok(Some(counted.saturating_add(1))),
    }
}

/// The newest anchor that there is.
pub(crate) fn newest(anchors: &impl Anchors) -> Result<Option<Anchor>, AnchorError> {
    let all = anchors.all()?;
    if all.len() > ANCHORS_MAX {
        return Err(AnchorError::TooMany(all.len()));
    }
    Ok(all.into_iter().max())
}
