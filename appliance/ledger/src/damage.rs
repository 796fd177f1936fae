//! Why a ledger does not open, and where it is damaged first.
//!
//! Guarantee: the place is the first one that is not as it was written, as far as the last checkpoint
//! that is signed reaches. Which of a group's records was altered cannot be told where the tree alone shows it:
//! then it is the group's first.

use core::fmt;

use countersign_ports::StorageFault;

/// A place in a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Where the group begins, in bytes.
    pub offset: u64,
    /// The index of the record, or of the group's first one.
    pub record: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}, record {}", self.offset, self.record)
    }
}

/// Why a ledger does not open.
#[derive(Debug, thiserror::Error)]
pub enum Damage {
    /// The medium itself.
    #[error("the ledger cannot be read: {0}; check the disk and its permissions")]
    Storage(#[from] StorageFault),
    /// A group in the middle.
    #[error(
        "the ledger is damaged at {0}: a broken group with whole groups after it; \
         restore the file from a copy, nothing was changed"
    )]
    Middle(Place),
    /// A whole group that does not follow from the one before.
    #[error(
        "the ledger is damaged at {0}: the group does not follow from what is before it; \
         restore the file from a copy, nothing was changed"
    )]
    Chain(Place),
    /// A record that is not what its leaf says: this very one.
    #[error(
        "the ledger is damaged at {0}: the record does not open to what its leaf says; \
         restore the file from a copy, nothing was changed"
    )]
    Opening(Place),
    /// A record whose keys are there, and the vault does not give them.
    #[error("the vault does not give the keys of the ledger's record at {0}; see the log")]
    Keys(Place),
    /// A checkpoint: what its group adds is not what this appliance signed.
    #[error(
        "the ledger is damaged at {0}: the group's checkpoint is not signed by this appliance's key; \
         restore the file from a copy, nothing was changed"
    )]
    Checkpoint(Place),
    /// The ledger has fewer records than there were.
    #[error(
        "the ledger ends at byte {end}, and this appliance had made records durable up to {last}: the file is an older \
         copy, or was cut; put back the newest one, nothing was changed (if there is none, records are lost: tell \
         auditors, and move the snapshot's files away)"
    )]
    Older {
        /// Bytes of it that are whole groups, as far as it was read.
        end: u64,
        /// What there was.
        last: Place,
    },
    /// The ledger is whole, and another one than there was.
    #[error(
        "the ledger is whole, but its group at {0} is not the one that this appliance had made durable there: its \
         history was changed; put back the right file, nothing was changed (tell auditors, and keep both and the \
         snapshot's files)"
    )]
    Another(Place),
    /// A record that the view did not take.
    #[error("the ledger's record at {place} does not follow from the ones before it: {why}")]
    Record {
        /// Which.
        place: Place,
        /// Why.
        why: String,
    },
}

impl Damage {
    /// Where; none for the medium itself.
    #[must_use]
    pub const fn place(&self) -> Option<Place> {
        match self {
            Self::Storage(_) => None,
            Self::Middle(place)
            | Self::Chain(place)
            | Self::Opening(place)
            | Self::Keys(place)
            | Self::Checkpoint(place)
            | Self::Older { last: place, .. }
            | Self::Another(place)
            | Self::Record { place, .. } => Some(*place),
        }
    }
}
