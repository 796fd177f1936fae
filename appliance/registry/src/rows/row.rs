//! What a row is: one thing of the registry, as it is written down; and what is counted of it, which moves no root.

use countersign_core::assertion::sign_count::SignCounts;
use countersign_core::lockout::Lockout;
use countersign_protocol::change::{Appliance, Device, FrontEnd, Place, Signer, Standing, Tenant};
use countersign_protocol::limits::{SIGNING_KEY_BYTES_MAX, TICKET_BYTES_MAX};
use countersign_protocol::minicbor::{self, Decode, Encode};
use countersign_protocol::model::{Metadata, Model, Trust};
use countersign_protocol::policy::Policy;
use countersign_protocol::recovery::RecoveryKey;
use countersign_protocol::{
    Bounded, Digest, FrontEndId, KeyId, Name, OfficerId, SignerId, SlotId, Suite, TenantId,
};

use crate::Event;

/// One thing, and all that is known of it.
#[derive(Encode, Decode)]
pub(super) enum Row<'b> {
    #[n(1)]
    Appliance(#[b(0)] Appliance<'b>),
    #[n(2)]
    Tenant(#[b(0)] Tenant<'b>),
    #[n(3)]
    Officer(#[n(0)] Digest, #[n(1)] OfficerId),
    #[n(4)]
    FrontEnd(#[b(0)] FrontEnd<'b>),
    #[n(5)]
    Signer(#[b(0)] Signer<'b>, #[n(1)] bool),
    /// Its bytes: they are evidence of the device that will be registered with it.
    #[n(6)]
    Ticket(#[b(0)] Bounded<'b, TICKET_BYTES_MAX>),
    #[n(7)]
    Device(#[b(0)] Device<'b>, #[n(1)] Life),
    /// The place is nobody's.
    #[n(8)]
    Nobodys(#[n(0)] SlotId),
    #[n(9)]
    Key(#[b(0)] KeyEntry<'b>),
    #[n(10)]
    Grant(#[n(0)] FrontEndId, #[n(1)] KeyId, #[n(2)] bool),
    #[n(11)]
    Trust(#[b(0)] Trust<'b>),
    #[n(12)]
    Model(#[b(0)] Model<'b>),
    #[n(13)]
    Metadata(#[n(0)] Metadata),
    #[n(14)]
    Erased(#[n(0)] SignerId, #[n(1)] Digest),
    #[n(15)]
    Recovery(#[b(0)] RecoveryKey<'b>),
    #[n(16)]
    Alarms,
    /// Whether no key signs, and the record that said so.
    #[n(17)]
    Freeze(#[n(0)] bool, #[n(1)] u64),
}

/// What is counted of a thing.
#[derive(Encode, Decode)]
pub(super) enum Counts {
    #[n(1)]
    None,
    /// When a grant of it was changed last: only for what is under way.
    #[n(2)]
    FrontEnd(#[n(0)] u64),
    /// When the signer signed last.
    #[n(3)]
    Signer(#[n(0)] Option<u64>),
    /// Refused assertions are by UTC.
    #[n(4)]
    Device(#[n(0)] SignCounts, #[n(1)] Lockout),
    #[n(5)]
    Alarms(#[n(0)] u64),
}

/// What became of a device since it was enrolled.
#[derive(Encode, Decode)]
pub(super) struct Life {
    #[n(0)]
    pub(super) generation: u64,
    #[n(1)]
    pub(super) evidence: Digest,
    #[n(2)]
    pub(super) vouched: bool,
    #[n(3)]
    pub(super) confirmed: bool,
    #[n(4)]
    pub(super) history: Vec<Event>,
    /// The place of its enrolment's record.
    #[n(5)]
    pub(super) enrolled: u64,
}

/// A signing key, with its policy.
#[derive(Encode, Decode)]
pub(super) struct KeyEntry<'b> {
    #[n(0)]
    pub(super) id: KeyId,
    #[b(1)]
    pub(super) name: Name<'b>,
    #[n(2)]
    pub(super) tenant: TenantId,
    #[n(3)]
    pub(super) suite: Suite,
    #[n(4)]
    pub(super) place: Place,
    #[b(5)]
    pub(super) public_key: Bounded<'b, SIGNING_KEY_BYTES_MAX>,
    #[n(6)]
    pub(super) approvers: Vec<SignerId>,
    #[n(7)]
    pub(super) threshold: u8,
    #[b(8)]
    pub(super) policy: Policy<'b>,
    #[n(9)]
    pub(super) policy_digest: Digest,
    #[n(10)]
    pub(super) standing: Standing,
    #[n(11)]
    pub(super) generation: u64,
}
