//! Names that officers use: unique in their table.

use std::collections::BTreeMap;

use countersign_protocol::{FrontEndId, KeyId, SignerId, SlotId};

/// A table of the registry that people look up by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

/// Which entry a name means.
#[derive(Default)]
pub(crate) struct Names {
    pub(crate) front_ends: BTreeMap<String, FrontEndId>,
    pub(crate) signers: BTreeMap<String, SignerId>,
    pub(crate) devices: BTreeMap<String, SlotId>,
    pub(crate) keys: BTreeMap<String, KeyId>,
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
