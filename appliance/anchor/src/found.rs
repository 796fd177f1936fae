//! What a token has before anybody owns it, and the state that it allows.

use countersign_protocol::Digest;
use countersign_protocol::anchor::Anchor;
use countersign_protocol::limits::ANCHORS_MAX;
use countersign_tlog::Head;

use crate::anchors::Anchors;
use crate::error::AnchorError;
use crate::held::Held;

/// The newest anchor of a token that nobody here owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found(Anchor);

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
        newest(anchors)?.map(Self).ok_or(AnchorError::Missing)
    }

    /// Compares with a ledger: where it ends, and its root at any size.
    ///
    /// # Errors
    /// [`AnchorError::Older`], [`AnchorError::OtherHistory`], and [`AnchorError::Unreadable`] if there is no such root.
    pub fn covered_by(
        self,
        head: Head,
        root_at: impl FnOnce(u64) -> Option<Digest>,
    ) -> Result<Current, AnchorError> {
        let Self(newest) = self;
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
    /// Records that the newest anchor is of.
    #[must_use]
    pub const fn anchored(&self) -> u64 {
        self.newest.size
    }

    /// Takes ownership, with the next epoch: whoever had it is told so at the next look.
    ///
    /// # Errors
    /// [`AnchorError`]: somebody else was faster, or a fault; nobody knows then whether it was taken.
    pub fn take(self, anchors: &impl Anchors) -> Result<Held, AnchorError> {
        let Self { newest, head } = self;
        let mut held = Held::after(newest);
        held.begin(anchors, head)?;
        Ok(held)
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
