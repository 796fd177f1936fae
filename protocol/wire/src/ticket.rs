//! The ticket: what one new device is registered for, byte for byte.
//!
//! Made by the appliance for an officer, and good for one registration. The challenge of that registration
//! is `SHA-256(tag::ENROLMENT || ticket bytes)` over the bytes as they came, so that a registration is for
//! this tenant, signer and page, and no other.
//!
//! Who holds a ticket can register a device that approves nothing: it is pending until an officer confirms
//! its fingerprint.

use minicbor::{Decode, Encode};

use crate::activation::Version;
use crate::change::Profile;
use crate::limits::TICKET_KEYS_MAX;
use crate::{ApplianceId, Digest, KeyId, Name, Origin, Sequence, SignerId, TenantId, TicketId};

/// Leave to register one device.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Ticket<'b> {
    /// Always version 1: other versions are other types.
    #[n(0)]
    pub version: Version,
    /// The appliance that made it and alone will honour it.
    #[n(1)]
    pub appliance: ApplianceId,
    /// The signer's tenant.
    #[n(2)]
    pub tenant: TenantId,
    /// 32 random bytes of the HSM: the nonce, and the ticket's name.
    #[n(3)]
    pub id: TicketId,
    /// Whose device it will be.
    #[n(4)]
    pub signer: SignerId,
    /// The device's new name.
    #[b(5)]
    pub device: Name<'b>,
    /// The keys that the signer may approve for when it is made, ascending: another set voids it.
    #[b(6)]
    pub keys: Sequence<'b, KeyId, 0, TICKET_KEYS_MAX>,
    /// The rpId that the credential is made for.
    #[b(7)]
    pub rp_id: Origin<'b>,
    /// The appliance's profile, whose floor the device must meet.
    #[n(8)]
    pub profile: Profile,
    /// What must be known of the device's model.
    #[n(9)]
    pub assurance: Assurance,
    /// Good until this time at most (milliseconds since 1970, UTC).
    #[n(10)]
    pub not_after_ms: u64,
}

/// What must be known of a device's model before it is enrolled; each asks for less than the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Assurance {
    /// An attestation that leads to its model's anchors in the metadata, and a certified model without a
    /// bad status. The floor of production.
    #[n(1)]
    Certified,
    /// An attestation that leads to an anchor.
    #[n(2)]
    Attested,
    /// Anything, or no attestation at all: for development and tests.
    #[n(3)]
    Any,
}

/// What an enrolled device approves when a further one of the same signer is to be added.
///
/// Its challenge is `SHA-256(tag::ADDITION || bytes)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Addition {
    /// Always version 1.
    #[n(0)]
    pub version: Version,
    /// The appliance.
    #[n(1)]
    pub appliance: ApplianceId,
    /// The signer's tenant.
    #[n(2)]
    pub tenant: TenantId,
    /// The ticket that the new device was registered with.
    #[n(3)]
    pub ticket: TicketId,
    /// Whose devices they are.
    #[n(4)]
    pub signer: SignerId,
    /// `SHA-256(tag::FINGERPRINT || COSE_Key)` of the new device's key.
    #[n(5)]
    pub key: Digest,
}
