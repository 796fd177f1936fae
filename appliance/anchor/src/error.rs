//! Why state is not used, or not any more.

use countersign_protocol::anchor::{ANCHOR_NONCE_BYTES, Anchor};
use countersign_protocol::limits::ANCHORS_MAX;

use crate::{AnchorFault, Version};

/// Somebody else's anchor, as far as one says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theirs {
    epoch: u64,
    number: u64,
    nonce: [u8; ANCHOR_NONCE_BYTES],
    records: u64,
}

impl From<Anchor> for Theirs {
    fn from(Anchor { epoch, number, nonce, size, .. }: Anchor) -> Self {
        Self { epoch, number, nonce, records: size }
    }
}

/// Why state is not used, or not any more: what is wrong, and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnchorError {
    /// Nothing in the token says what the ledger came to.
    #[error(
        "the token has no anchor: it is not the one that this ledger was written with, or it was put back to before \
         that; use the right token"
    )]
    Missing,
    /// The ledger is older than what is anchored.
    #[error(
        "the ledger has {has} records and the token knows of {anchored}: it is an older copy. Put back the newest one; \
         nothing is signed with this one"
    )]
    Older {
        /// Records that the ledger has.
        has: u64,
        /// Records that the newest anchor is of.
        anchored: u64,
    },
    /// The ledger has other records.
    #[error(
        "the first {anchored} records of the ledger are not those that the token knows of: it is another history. Put \
         back the ledger that belongs to this token; nothing is signed with this one"
    )]
    OtherHistory {
        /// Records that the newest anchor is of.
        anchored: u64,
    },
    /// The ledger cannot be compared.
    #[error(
        "the first {anchored} records of the ledger, which the token knows of, cannot be read again: the ledger is damaged, \
         and `countersignd check` says where; put back the newest copy"
    )]
    Unreadable {
        /// Records that the newest anchor is of.
        anchored: u64,
    },
    /// The token is older than the counter outside of it.
    #[error(
        "the counter outside of the token has come to {counted}, and the token knows of {anchored}: the token was put back to \
         an older state. Use the newest one; nothing is signed with this one"
    )]
    PutBack {
        /// What the counter has come to.
        counted: u64,
        /// What it had come to, as the newest anchor says; 0 if it says nothing of it.
        anchored: u64,
    },
    /// The counter has come to less than it had.
    #[error(
        "the token knows that the counter outside of it had come to {anchored}, and it has come to {}: it is another \
         one; use the right TPM", .counted.map_or_else(|| "nothing".to_owned(), |counted| counted.to_string())
    )]
    OtherCounter {
        /// What the counter has come to, if anything.
        counted: Option<u64>,
        /// What it had come to.
        anchored: u64,
    },
    /// Nobody says where the counter is.
    #[error(
        "the token knows that a counter outside of it had come to {anchored}, and none is configured: put `[tpm]` back into \
         the configuration"
    )]
    NoCounter {
        /// What it had come to.
        anchored: u64,
    },
    /// The program is older than what is anchored lets go on.
    #[error(
        "this program is version {version}, and none older than {floor} goes on with what it finds: somebody put an older \
         program back; use the newest one"
    )]
    OlderProgram {
        /// The program's.
        version: Version,
        /// What is anchored.
        floor: Version,
    },
    /// Nobody has anything yet to make an appliance of.
    #[error("the token has an anchor of {} records already; make an appliance on a new token", .0.records)]
    Present(Theirs),
    /// Somebody else goes on.
    #[error(
        "another copy of this appliance has taken the token (epoch {}, {} records): this one has stopped for good. See \
         that one alone runs",
        .0.epoch, .0.records
    )]
    Taken(Theirs),
    /// Its own anchor is gone.
    #[error(
        "the token has forgotten what was anchored: somebody put it back to before that, or destroyed it; use the right \
         token"
    )]
    Forgotten,
    /// More than are ever left.
    #[error(
        "the token has {0} anchors, and never leaves more than {ANCHORS_MAX} here; look who else uses it"
    )]
    TooMany(usize),
    /// The token, or what is in it.
    #[error("the anchor in the token: {0}")]
    Fault(#[from] AnchorFault),
}

impl AnchorError {
    /// Whether trying again cannot mend it.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        !matches!(self, Self::Fault(_))
    }
}
