//! Ownership: the newest anchor is one's own.

use countersign_protocol::Digest;
use countersign_protocol::anchor::Anchor;
use countersign_tlog::{EMPTY_ROOT, Head};

use crate::anchors::{AnchorFault, Anchors, Counted};
use crate::error::AnchorError;
use crate::found::{newest, next};
use crate::version::Version;

/// What there is to anchor: what the ledger has come to, the root of the registry that is made from it, and UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached {
    /// The ledger.
    pub ledger: Head,
    /// The registry's root.
    pub registry: Digest,
    /// UTC is at least this (milliseconds since 1970). Less than is anchored only where officers have given that up.
    pub utc_ms: u64,
}

/// From whom an anchor is out of reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// From whoever has the disk.
    Token,
    /// And from whoever can put back the token, if there is a counter: it counts one up.
    Counter,
}

/// An appliance that owns its token.
#[derive(Debug)]
pub struct Held {
    newest: Anchor,
    /// What was to be made, and may be there or come later.
    pub(crate) tried: Option<Anchor>,
    /// Nobody else counts on what was there before.
    alone: bool,
}

impl Held {
    /// Takes a token that has no anchor, for a ledger without records; the registry's root is that of one that knows nothing, and
    /// nothing is known of UTC.
    ///
    /// # Errors
    /// [`AnchorError::Present`] if it has one; else a fault.
    pub fn found(anchors: &impl Anchors, registry: Digest) -> Result<Self, AnchorError> {
        let ledger = Head { size: 0, root: EMPTY_ROOT };
        let first = Self::first(anchors, Reached { ledger, registry, utc_ms: 0 })?;
        Ok(Self { alone: true, ..first })
    }

    /// Takes a token that has no anchor, for a ledger that has come to this.
    pub(crate) fn first(anchors: &impl Anchors, reached: Reached) -> Result<Self, AnchorError> {
        let Reached { ledger: Head { size, root }, registry, utc_ms } = reached;
        if let Some(present) = newest(anchors)? {
            return Err(AnchorError::Present(present.into()));
        }
        let (nonce, counted) = (anchors.nonce()?, Self::begun(anchors)?);
        let (Version(floor), root) = (Version::FLOOR, Digest(root));
        let (epoch, number) = (1, 0);
        let first = Anchor { epoch, number, nonce, size, root, registry, counted, floor, utc_ms };
        anchors.make(&first)?;
        Ok(Self { newest: first, tried: None, alone: false })
    }

    pub(crate) const fn after(newest: Anchor) -> Self {
        Self { newest, tried: None, alone: false }
    }

    /// Whether nobody else can still count on what was there before it was taken: its last owner had ended in order, and
    /// nobody else took it at the same moment.
    #[must_use]
    pub const fn is_alone(&self) -> bool {
        self.alone
    }

    /// The newest anchor.
    #[must_use]
    pub const fn newest(&self) -> Anchor {
        self.newest
    }

    /// What the newest anchor is of.
    const fn reached(&self) -> Reached {
        let Anchor { size, root: Digest(root), registry, utc_ms, .. } = self.newest;
        Reached { ledger: Head { size, root }, registry, utc_ms }
    }

    /// Looks whether it is still there, and nobody else's is newer.
    ///
    /// # Errors
    /// [`AnchorError::Taken`], [`AnchorError::Forgotten`], [`AnchorError::TooMany`], or a fault, which says nothing.
    pub fn look(&mut self, anchors: &impl Anchors) -> Result<(), AnchorError> {
        let found = newest(anchors)?.ok_or(AnchorError::Forgotten)?;
        if Some(found) == self.tried {
            (self.newest, self.tried) = (found, None);
        }
        match found.cmp(&self.newest) {
            std::cmp::Ordering::Equal => Ok(()),
            std::cmp::Ordering::Greater => Err(AnchorError::Taken(found.into())),
            std::cmp::Ordering::Less => Err(AnchorError::Forgotten),
        }
    }

    /// Makes the anchor of this, and looks. Whoever was overtaken, and asks for less than is anchored, has that anchored again.
    ///
    /// # Errors
    /// As [`Self::look`]; after a fault it may be there or not: the next call goes on with it.
    pub fn move_to(
        &mut self,
        anchors: &impl Anchors,
        reached: Reached,
        reach: Reach,
    ) -> Result<(), AnchorError> {
        self.look(anchors)?;
        let reached = if reached.ledger.size < self.newest.size { self.reached() } else { reached };
        let (Anchor { epoch, counted, .. }, nonce) = (self.newest, anchors.nonce()?);
        match reach {
            Reach::Token => self.make(anchors, epoch, nonce, reached, counted)?,
            Reach::Counter => {
                let counted = self.counting(anchors)?;
                self.make(anchors, epoch, nonce, reached, counted)?;
                self.count(anchors)?;
            }
        }
        self.sweep(anchors).map(drop)
    }

    /// Leaves the token to whoever is next, who need not wait then.
    ///
    /// # Errors
    /// As [`Self::move_to`].
    pub fn end(mut self, anchors: &impl Anchors, reached: Reached) -> Result<(), AnchorError> {
        self.look(anchors)?;
        let (Anchor { epoch, .. }, counted) = (self.newest, self.counting(anchors)?);
        self.make(anchors, epoch, Anchor::NOBODY, reached, counted)?;
        self.count(anchors)?;
        self.sweep(anchors).map(drop)
    }

    /// The first anchor of the next epoch, with what `counts` says that the counter is to come to.
    pub(crate) fn begin<A: Anchors>(
        &mut self,
        anchors: &A,
        reached: Reached,
        counts: impl FnOnce(&Self, &A) -> Result<u64, AnchorError>,
    ) -> Result<(), AnchorError> {
        self.look(anchors)?;
        let (before, counted) = (self.newest, counts(self, anchors)?);
        let epoch = before.epoch.saturating_add(1);
        self.make(anchors, epoch, anchors.nonce()?, reached, counted)?;
        self.count(anchors)?;
        let left = self.sweep(anchors)?;
        self.alone = before.is_free() && left.iter().all(|older| *older <= before);
        Ok(())
    }

    /// What the counter is to come to with the next anchor; one that has not begun begins.
    pub(crate) fn counting(&self, anchors: &impl Anchors) -> Result<u64, AnchorError> {
        next(anchors.counted()?, self.newest.counted)?.map_or_else(|| Self::begun(anchors), Ok)
    }

    /// The same, whatever it was to come to before.
    pub(crate) fn begun(anchors: &impl Anchors) -> Result<u64, AnchorError> {
        match anchors.counted()? {
            Counted::Nothing => Ok(0),
            Counted::Never | Counted::To(_) => Ok(anchors.count()?),
        }
    }

    /// What was tried before is made first, as it was: a call that was given up may still have made it.
    fn make(
        &mut self,
        anchors: &impl Anchors,
        epoch: u64,
        nonce: [u8; 8],
        Reached { ledger: Head { size, root }, registry, utc_ms }: Reached,
        counted: u64,
    ) -> Result<(), AnchorError> {
        if let Some(tried) = self.tried {
            self.once(anchors, tried)?;
        }
        let number = self.newest.number.saturating_add(1);
        let floor = self.newest.floor.max(Version::FLOOR.0);
        let root = Digest(root);
        let next = Anchor { epoch, number, nonce, size, root, registry, counted, floor, utc_ms };
        self.once(anchors, next)
    }

    /// The counter follows the anchor: what was anchored before is out of use when this is done.
    fn count(&self, anchors: &impl Anchors) -> Result<(), AnchorError> {
        let wanted = self.newest.counted;
        let is_next = |counted| counted == Counted::To(wanted.saturating_sub(1));
        let there = match anchors.counted()? {
            Counted::Nothing => wanted == 0,
            counted if is_next(counted) => anchors.count()? == wanted,
            counted => counted == Counted::To(wanted),
        };
        there.then_some(()).ok_or(AnchorFault::Counter.into())
    }

    fn once(&mut self, anchors: &impl Anchors, next: Anchor) -> Result<(), AnchorError> {
        self.tried = Some(next);
        let made = anchors.make(&next);
        self.look(anchors)?;
        if self.newest != next {
            return Err(made
                .err()
                .unwrap_or(AnchorFault::NotAsMade { attribute: "CKA_ID" })
                .into());
        }
        Ok(())
    }

    /// Destroys what is older, as far as the token lets, and gives what that was. What is left is destroyed the next time,
    /// and misleads nobody.
    fn sweep(&self, anchors: &impl Anchors) -> Result<Vec<Anchor>, AnchorError> {
        let mut older = anchors.all()?;
        older.retain(|anchor| *anchor < self.newest);
        for anchor in &older {
            let _ = anchors.destroy(anchor);
        }
        Ok(older)
    }
}
