//! Names that officers use: unique in their table.

use countersign_protocol::{FrontEndId, KeyId, SignerId};

use crate::index::Index;

/// A table of the registry that people look up by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Table {
    /// Front-ends.
    FrontEnds,
    /// Signers.
    Signers,
    /// Devices.
    Devices,
    /// Keys.
    Keys,
}

/// Which entry a name means. (A device's is with what else it is found by.)
#[derive(Default)]
pub(crate) struct Names {
    pub(crate) front_ends: Index<FrontEndId>,
    pub(crate) signers: Index<SignerId>,
    pub(crate) keys: Index<KeyId>,
}

impl core::fmt::Display for Table {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::FrontEnds => "front-end",
            Self::Signers => "signer",
            Self::Devices => "device",
            Self::Keys => "key",
        })
    }
}
