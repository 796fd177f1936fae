//! What a row is known by.

use countersign_protocol::minicbor::{self, Encode};
use countersign_protocol::{
    Aaguid, Digest, FrontEndId, KeyId, SignerId, SlotId, TenantId, TicketId,
};

/// What a row is known by: its table, and what no other row of the table has. In their order no row is before one that it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode)]
pub enum Name {
    /// The appliance itself.
    #[n(1)]
    Appliance,
    /// A tenant.
    #[n(2)]
    Tenant(#[n(0)] TenantId),
    /// An officer, by the key in the certificate.
    #[n(3)]
    Officer(#[n(0)] Digest),
    /// A front-end.
    #[n(4)]
    FrontEnd(#[n(0)] FrontEndId),
    /// A signer.
    #[n(5)]
    Signer(#[n(0)] SignerId),
    /// A ticket.
    #[n(6)]
    Ticket(#[n(0)] TicketId),
    /// A device's place.
    #[n(7)]
    Device(#[n(0)] SlotId),
    /// A signing key.
    #[n(8)]
    Key(#[n(0)] KeyId),
    /// A front-end's leave to ask for a key.
    #[n(9)]
    Grant(#[n(0)] FrontEndId, #[n(1)] KeyId),
    /// A certificate that is trusted.
    #[n(10)]
    Trust(#[n(0)] Digest),
    /// What is published of a model.
    #[n(11)]
    Model(#[n(0)] Aaguid),
    /// Which BLOB that was.
    #[n(12)]
    Metadata,
    /// A signer who is erased.
    #[n(13)]
    Erased(#[n(0)] SignerId),
    /// The key that evidence is recovered with.
    #[n(14)]
    Recovery,
    /// How many alarms there were.
    #[n(15)]
    Alarms,
    /// Whether no key signs.
    #[n(16)]
    Freeze,
}

impl Name {
    /// The number of its table.
    #[must_use]
    pub const fn table(&self) -> u8 {
        match self {
            Self::Appliance => 1,
            Self::Tenant(_) => 2,
            Self::Officer(_) => 3,
            Self::FrontEnd(_) => 4,
            Self::Signer(_) => 5,
            Self::Ticket(_) => 6,
            Self::Device(_) => 7,
            Self::Key(_) => 8,
            Self::Grant(..) => 9,
            Self::Trust(_) => 10,
            Self::Model(_) => 11,
            Self::Metadata => 12,
            Self::Erased(_) => 13,
            Self::Recovery => 14,
            Self::Alarms => 15,
            Self::Freeze => 16,
        }
    }

    /// Its bytes: no other row has them.
    #[must_use]
    pub fn key(&self) -> Vec<u8> {
        // Into memory that grows: only an encoder of our own could fail, and none of them does.
        minicbor::to_vec(self).unwrap_or_default()
    }
}
