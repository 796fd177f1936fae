//! What goes wrong with a vault: what failed, where, what to do.

use countersign_ports::{NoEntropy, NotSealed, StorageFault};
use countersign_protocol::Digest;
use countersign_protocol::limits::VAULT_ENTRIES_MAX;

use crate::{NotWrapped, RootFault, Side};

/// Why the vault did not do it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// There is no vault yet.
    #[error("there is no vault: no root in the token and nothing on the disk; make it with `init`")]
    NotThere,
    /// There is something where a new vault should be.
    #[error(
        "a vault cannot be made here: the disk or the token has one, or what an `init` left that was cut short"
    )]
    NotNew,
    /// The token has lost the roots, or is another one.
    #[error("the disk holds a vault, and the token no root of it: is this the right token?")]
    NoRoot,
    /// The token has roots that no vault of one appliance leaves behind.
    #[error("the token has roots of epochs {epochs:?}: two appliances on one token?")]
    StrangeRoots {
        /// The epochs.
        epochs: Vec<u64>,
    },
    /// The disk is not of the token's epoch.
    #[error("the token's root is of epoch {root}, and the disk holds {}: an older copy, or another's; put back the newest", epoch_of(found.as_ref()))]
    OlderCopy {
        /// The epoch that the token has a root for.
        root: u64,
        /// The epoch that the disk claims to be of.
        found: Option<u64>,
    },
    /// Something is not as it was written.
    #[error("the vault is damaged: {0}; put back the newest copy")]
    Damaged(Place),
    /// The medium failed.
    #[error("the vault's {side} medium: {fault}")]
    Storage {
        /// Which.
        side: Side,
        /// What it said.
        fault: StorageFault,
    },
    /// The token does not say which roots there are.
    #[error("cannot list the roots of the vault: {fault}")]
    List {
        /// What it said.
        fault: RootFault,
    },
    /// The token failed.
    #[error("cannot {task} the root of the vault's epoch {epoch}: {fault}")]
    Root {
        /// What it was told to do.
        task: RootTask,
        /// With which root.
        epoch: u64,
        /// What it said.
        fault: RootFault,
    },
    /// There are no random bytes.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    /// The engine failed.
    #[error(transparent)]
    NotSealed(#[from] NotSealed),
    /// The epoch's key cannot be wrapped.
    #[error(transparent)]
    NotWrapped(#[from] NotWrapped),
    /// The next epoch would have no wrapped copy.
    #[error("the vault is wrapped for somebody, and nobody has said for whom its next epoch is")]
    NoWrapping,
    /// There is such an entry.
    #[error("the vault has an entry {id} already")]
    Exists {
        /// Its id.
        id: Digest,
    },
    /// There is no such entry.
    #[error("the vault has no entry {id}")]
    Unknown {
        /// The id.
        id: Digest,
    },
    /// There is no room.
    #[error("the vault has room for {VAULT_ENTRIES_MAX} entries, and no more")]
    Full,
    /// Something failed before, and nobody knows what is on the disk.
    #[error("the vault failed before: open it again")]
    Closed,
}

fn epoch_of(found: Option<&u64>) -> String {
    found.map_or_else(|| "none".to_owned(), |epoch| format!("epoch {epoch}"))
}

/// What the token was told to do with a root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RootTask {
    /// Make one.
    Make,
    /// Make an epoch's key from one.
    Use,
    /// Destroy one.
    Destroy,
}

impl RootTask {
    /// What a fault at it means to whoever called.
    pub(crate) fn failed(self, epoch: u64) -> impl Fn(RootFault) -> VaultError {
        move |fault| VaultError::Root { task: self, epoch, fault }
    }
}

impl core::fmt::Display for RootTask {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Make => "make",
            Self::Use => "use",
            Self::Destroy => "destroy",
        })
    }
}

/// A place in an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The epoch.
    pub epoch: u64,
    /// Which of its batches.
    pub batch: u32,
    /// Which part of that.
    pub part: Part,
    /// Where that begins on its medium, in bytes.
    pub offset: u64,
}

impl core::fmt::Display for Place {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { epoch, batch, part, offset } = self;
        let side = Side::of(*epoch);
        write!(f, "{part} of batch {batch} in epoch {epoch}, at byte {offset} of the {side} medium")
    }
}

/// A part of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Its beginning.
    Head,
    /// The epoch's key, wrapped for whoever has no token.
    Wrapped,
    /// An entry, by its number in the epoch.
    Entry(u32),
    /// Its end, which also speaks for the batch as a whole.
    Foot,
}

impl core::fmt::Display for Part {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Head => f.write_str("the head"),
            Self::Wrapped => f.write_str("the wrapped copy of the key"),
            Self::Entry(index) => write!(f, "entry {index}"),
            Self::Foot => f.write_str("the foot"),
        }
    }
}
