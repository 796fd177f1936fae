//! Orders about devices: from a ticket to the end of their lives.
//!
//! What an officer is shown never has the words of a fingerprint: they come from the signer's device.

use minicbor::{Decode, Encode};

use crate::attestation::{Attestation, Level};
use crate::change::{Cause, Standing};
use crate::fingerprint::Fingerprint;
use crate::limits::{
    CREDENTIAL_ID_BYTES_MAX, DEVICE_HISTORY_MAX, DEVICES_LISTED_MAX, TICKET_BYTES_MAX,
};
use crate::ticket::Assurance;
use crate::{Bounded, Name, Sequence, SlotId};

/// Makes a ticket for a new device of a signer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TicketIssue<'b> {
    /// Whose device it will be.
    #[b(0)]
    pub signer: Name<'b>,
    /// The device's new name.
    #[b(1)]
    pub device: Name<'b>,
    /// What must be known of its model.
    #[n(2)]
    pub assurance: Assurance,
    /// How long the ticket is good, within `limits::TICKET_LIFETIME_MS_MIN..=_MAX`.
    #[n(3)]
    pub lifetime_ms: u64,
}

/// Lets a pending device approve, whose signer has read these words from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DeviceConfirm<'b> {
    /// The device.
    #[b(0)]
    pub name: Name<'b>,
    /// What the signer read.
    #[n(1)]
    pub fingerprint: Fingerprint,
}

/// Says that a signer has no device any more: all of them, and the signer's keys, are revoked and the keys
/// are destroyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DevicesLost<'b> {
    /// Whose devices.
    #[b(0)]
    pub signer: Name<'b>,
}

/// Asks for devices, in the order of their enrolment, `limits::DEVICES_LISTED_MAX` at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DeviceList {
    /// Those after this place; 0: from the first on.
    #[n(0)]
    pub after: SlotId,
}

/// Asks for one device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DeviceShow<'b> {
    /// The device.
    #[b(0)]
    pub name: Name<'b>,
}

/// A ticket is made, its record durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TicketIssued<'b> {
    /// Its record's place in the ledger.
    #[n(0)]
    pub index: u64,
    /// The ticket: a `ticket::Ticket`.
    #[b(1)]
    pub ticket: Bounded<'b, TICKET_BYTES_MAX>,
}

/// Devices, in the order of their enrolment.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Devices<'b> {
    /// The devices.
    #[b(0)]
    pub devices: Sequence<'b, Listed<'b>, 0, DEVICES_LISTED_MAX>,
    /// Whether there are more after the last one.
    #[n(1)]
    pub more: bool,
}

/// One device among others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Listed<'b> {
    /// Its place.
    #[n(0)]
    pub slot: SlotId,
    /// Its name.
    #[b(1)]
    pub name: Name<'b>,
    /// Whose it is.
    #[b(2)]
    pub signer: Name<'b>,
    /// Whether it may approve.
    #[n(3)]
    pub standing: Standing,
    /// What a pending one waits for.
    #[n(4)]
    pub awaits: Option<Awaits>,
}

/// What a pending device waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Awaits {
    /// That another device of the signer vouches for it; then for officers.
    #[n(1)]
    Vouch,
    /// That officers confirm it.
    #[n(2)]
    Confirmation,
}

/// What is known of one device.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct DeviceAnswer<'b> {
    /// As in a list.
    #[b(0)]
    pub listed: Listed<'b>,
    /// Its credential id.
    #[b(1)]
    pub credential: Bounded<'b, CREDENTIAL_ID_BYTES_MAX>,
    /// The algorithm of its key: its COSE number.
    #[n(2)]
    pub algorithm: i32,
    /// Its last signCount.
    #[n(3)]
    pub sign_count: u32,
    /// The BE flag as enrolled.
    #[n(4)]
    pub backup_eligible: bool,
    /// What its attestation was worth.
    #[b(5)]
    pub attestation: Attestation<'b>,
    /// What the metadata call its model, if they have it.
    #[b(6)]
    pub model: Option<Name<'b>>,
    /// How they say it is certified now.
    #[n(7)]
    pub certification: Option<Level>,
    /// What they report against it now, one bit each.
    #[n(8)]
    pub concerns: u8,
    /// What became of it, the last changes, in order.
    #[b(9)]
    pub history: Sequence<'b, Changed, 0, DEVICE_HISTORY_MAX>,
}

/// A change of a device's standing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Changed {
    /// The place of its record in the ledger.
    #[n(0)]
    pub index: u64,
    /// What it was from then on.
    #[n(1)]
    pub standing: Standing,
    /// Why.
    #[n(2)]
    pub cause: Cause,
    /// Since when (milliseconds since 1970, UTC, at least).
    #[n(3)]
    pub utc_lo_ms: u64,
}
