//! Orders and answers about what is anchored.

use minicbor::{Decode, Encode};

use crate::anchor::Anchor;
use crate::{ApplianceId, Digest};

/// The newest anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Anchored {
    /// Records that it is of.
    #[n(0)]
    pub size: u64,
    /// Anchors before it: each is two writes in the token.
    #[n(1)]
    pub number: u64,
    /// How often somebody took ownership of the appliance.
    #[n(2)]
    pub epoch: u64,
    /// What the counter outside of the token has come to: each is a write in a TPM. 0 where there is none.
    #[n(3)]
    pub counted: u64,
}

/// The appliance's ledger is not the one that is anchored: it does nothing before officers say that it shall go on with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Locked<'b> {
    /// Its id.
    #[n(0)]
    pub appliance: ApplianceId,
    /// Records in the ledger that it has.
    #[n(1)]
    pub ledger_size: u64,
    /// The root of the tree over them.
    #[n(2)]
    pub ledger_root: Digest,
    /// What the token knows; none if it knows nothing.
    #[n(3)]
    pub anchor: Option<Anchor>,
    /// One line: what is wrong, and what to do.
    #[b(4)]
    pub why: &'b str,
}

/// Has a locked appliance go on with the ledger that it has. Whatever else was on record is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Reanchor {
    /// Records in the ledger, as [`Locked`] has them.
    #[n(0)]
    pub ledger_size: u64,
    /// The root of the tree over them, likewise.
    #[n(1)]
    pub ledger_root: Digest,
    /// What the token knows, likewise.
    #[n(2)]
    pub anchor: Option<Anchor>,
}
