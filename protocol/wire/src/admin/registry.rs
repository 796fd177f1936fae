//! Orders and answers about the registry as a whole.

use minicbor::{Decode, Encode};

use crate::Digest;

/// Asks how the registry is; or has it made from the ledger again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RegistryQuery {
    /// Whether it is to be made again, unless that is under way already.
    #[n(0)]
    pub rebuild: bool,
}

/// How it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RegistryAnswer<'b> {
    /// The root over everything that decides.
    #[n(0)]
    pub root: Digest,
    /// Records that it is made from.
    #[n(1)]
    pub size: u64,
    /// Where a start may begin; none: there is nothing yet.
    #[n(2)]
    pub file: Option<SlotFile>,
    /// How it was made again last, since the appliance was started.
    #[b(3)]
    pub rebuild: Option<Rebuild<'b>>,
    /// Signers who are erased: a number and the name of a destroyed key are left of each.
    #[n(4)]
    pub erased: u32,
}

/// The file that a start may begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SlotFile {
    /// Records that are in it.
    #[n(0)]
    pub size: u64,
    /// How large it is.
    #[n(1)]
    pub bytes: u64,
    /// How often it was written on since it was begun.
    #[n(2)]
    pub writes: u64,
}

/// How it is made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Rebuild<'b> {
    /// Records that were read so far.
    #[n(0)]
    pub read: u64,
    /// Records that are to be read.
    #[n(1)]
    pub of: u64,
    /// The root that it came to, which is the one that the registry had at that record; none: it is under way, or `why` says
    /// what became of it.
    #[n(2)]
    pub root: Option<Digest>,
    /// One line: why it came to nothing.
    #[b(3)]
    pub why: Option<&'b str>,
}
