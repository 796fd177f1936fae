//! What the vault keeps, and how an entry is written.
//!
//! An entry is `kind (1) | id (32) | nonce (12) | sealed bytes | tag (16)`; how many bytes are sealed follows
//! from the kind. Id, kind, appliance, epoch, the version of this form and the entry's number are its
//! associated data: an entry opens in its own place only.

use countersign_protocol::Digest;
use zeroize::Zeroizing;

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A signer's evidence key: what the sealed parts of the signer's records are sealed under.
    Evidence,
    /// The key of the appliance's own records, which the token makes: kept here only for whoever has no token.
    OwnRecords,
    /// The key of snapshots of the registry, until the next erasure.
    Snapshot,
}

/// The version of an entry's form.
pub(crate) const VERSION: u32 = 1;
/// Bytes before what is sealed: kind, id and nonce.
pub(crate) const BEFORE_BYTES: usize = 1 + 32 + 12;

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Evidence, Self::Snapshot, Self::OwnRecords];

    /// Its number on the disk.
    pub(crate) const fn byte(self) -> u8 {
        match self {
            Self::Evidence => 1,
            Self::Snapshot => 2,
            Self::OwnRecords => 3,
        }
    }

    /// The kind of this number.
    pub(crate) fn read(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.byte() == byte)
    }

    /// Bytes of a key of this kind.
    pub(crate) const fn key_bytes(self) -> usize {
        match self {
            Self::Evidence | Self::Snapshot | Self::OwnRecords => 32,
        }
    }
}

/// An entry to be. It has no `Debug`: its key is nobody's to see.
pub struct Entry {
    /// Whose it is, as the ledger knows it.
    pub id: Digest,
    /// What it is for.
    pub kind: Kind,
    /// The key.
    pub key: Zeroizing<[u8; 32]>,
}

/// What is known of an entry without opening it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    pub id: Digest,
    pub kind: Kind,
    /// Which of its epoch's entries it is.
    pub index: u32,
}
