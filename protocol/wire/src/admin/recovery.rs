//! Orders and answers about evidence that outlives the HSM.

use minicbor::{Decode, Encode};

use crate::recovery::RecoveryKey;
use crate::{Digest, Name};

/// Has the vault's epochs wrapped for this recovery key from now on, and for no other any more.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct RecoverySet<'b> {
    /// The key.
    #[b(0)]
    pub key: RecoveryKey<'b>,
}

/// How evidence outlives the HSM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RecoveryStatus<'b> {
    /// What officers call the recovery key.
    #[b(0)]
    pub name: Name<'b>,
    /// What it is known by.
    #[n(1)]
    pub fingerprint: Digest,
    /// How many of its shares open the vault.
    #[n(2)]
    pub threshold: u8,
    /// How many there are.
    #[n(3)]
    pub shares: u8,
    /// Whether the vault has a copy of its present key for it.
    #[n(4)]
    pub wrapped: bool,
}
