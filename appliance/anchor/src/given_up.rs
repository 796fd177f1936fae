//! What officers give up when they say that a ledger goes on which is not the one that is anchored.

use countersign_protocol::anchor::Anchor;

use crate::anchors::Anchors;
use crate::error::AnchorError;
use crate::found::newest;
use crate::held::{Held, Reached};

/// What a token knows, and nobody goes by any more; none if it knows nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GivenUp(Option<Anchor>);

impl GivenUp {
    /// Looks, for officers to say so of exactly that.
    ///
    /// # Errors
    /// [`AnchorError::TooMany`], or a fault.
    pub fn look(anchors: &impl Anchors) -> Result<Self, AnchorError> {
        newest(anchors).map(Self)
    }

    /// What is given up.
    #[must_use]
    pub const fn anchor(&self) -> Option<Anchor> {
        self.0
    }

    /// Takes ownership for a ledger and a registry that have come to this: with the next epoch, or with the first one where
    /// nothing was known.
    ///
    /// # Errors
    /// [`AnchorError`]: somebody else has made an anchor meanwhile, or a fault; nobody knows then whether it was taken.
    pub fn take(self, anchors: &impl Anchors, reached: Reached) -> Result<Held, AnchorError> {
        let Self(given_up) = self;
        let Some(newest) = given_up else { return Held::first(anchors, reached) };
        let mut held = Held::after(newest);
        held.begin(anchors, reached, |_, anchors| Held::begun(anchors))?;
        Ok(held)
    }
}
