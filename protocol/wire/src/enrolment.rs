//! Records of how a device came to approve: its enrolment, what vouches for it, and its confirmation.
//!
//! Each is evidence: whoever has it can check it again.

use minicbor::{Decode, Encode};

use crate::assertion::Assertion;
use crate::change::Device;
use crate::fingerprint::Fingerprint;
use crate::limits::{
    ADDITION_BYTES_MAX, ATTESTATION_OBJECT_BYTES_MAX, CLIENT_DATA_BYTES_MAX, COSE_KEY_BYTES_MAX,
    TICKET_BYTES_MAX,
};
use crate::{Bounded, FrontEndId, OfficerId, SlotId};

/// A new device, which is pending, and what it was enrolled on.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Enrolment<'b> {
    /// The device, pending.
    #[b(0)]
    pub device: Device<'b>,
    /// Who brought it.
    #[n(1)]
    pub front_end: FrontEndId,
    /// The attestationObject (WebAuthn L3, 6.5.4), as it came.
    #[b(2)]
    pub attestation_object: Bounded<'b, ATTESTATION_OBJECT_BYTES_MAX>,
    /// The clientDataJSON, as it came.
    #[b(3)]
    pub client_data: Bounded<'b, CLIENT_DATA_BYTES_MAX>,
    /// The ticket that is spent, byte for byte: the registration's challenge is the hash of it.
    #[b(4)]
    pub ticket: Bounded<'b, TICKET_BYTES_MAX>,
}

/// An enrolled device of a signer approved that a pending one is the signer's too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Vouch<'b> {
    /// The pending device.
    #[n(0)]
    pub slot: SlotId,
    /// What was approved: the bytes of a `ticket::Addition`.
    #[b(1)]
    pub addition: Bounded<'b, ADDITION_BYTES_MAX>,
    /// The device that approved.
    #[n(2)]
    pub by: SlotId,
    /// Its public key as enrolled: a COSE_Key.
    #[b(3)]
    pub cose_key: Bounded<'b, COSE_KEY_BYTES_MAX>,
    /// The signCount that was accepted.
    #[n(4)]
    pub sign_count: u32,
    /// The assertion's bytes.
    #[b(5)]
    pub assertion: Assertion<'b>,
    /// UTC of the decision, at least (milliseconds since 1970).
    #[n(6)]
    pub utc_lo_ms: u64,
    /// UTC of the decision, at most.
    #[n(7)]
    pub utc_hi_ms: u64,
}

/// An officer has heard the signer read the fingerprint of a pending device: it may approve from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Confirmation {
    /// The pending device.
    #[n(0)]
    pub slot: SlotId,
    /// The fingerprint of its key, as it was heard.
    #[n(1)]
    pub fingerprint: Fingerprint,
    /// Who heard it.
    #[n(2)]
    pub officer: OfficerId,
    /// UTC of the order, at least (milliseconds since 1970).
    #[n(3)]
    pub utc_lo_ms: u64,
    /// UTC of the order, at most.
    #[n(4)]
    pub utc_hi_ms: u64,
}
