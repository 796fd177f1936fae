//! Records of the ledger: every change of what decides, and every decision.
//!
//! Guarantees: the leaf, which is hashed and public, has no personal data and no key material; it
//! commits to the rest with a salt, so that whoever has only leaves learns nothing of it.

use minicbor::{Decode, Encode};

use crate::activation::Version;
use crate::assertion::Assertion;
use crate::limits::{
    ACTIVATION_BYTES_MAX, APPROVERS_MAX, ASSERTIONS_MAX, COSE_KEY_BYTES_MAX, DEVICES_MAX,
    ITEMS_MAX, LEAF_BYTES_MAX, RECORD_BYTES_MAX, REFUSALS_MAX,
};
use crate::policy::Policy;
use crate::reply::Signature;
use crate::{
    Bounded, Digest, FrontEndId, KeyId, PublicKey, Sequence, SignerId, SlotId, TenantId, TicketId,
    TransactionId,
};

/// A record as stored: its leaf, and what the leaf commits to.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Record<'b> {
    /// The hashed, public part: the encoding of a [`Leaf`].
    #[b(0)]
    pub leaf: Bounded<'b, LEAF_BYTES_MAX>,
    /// Under which keys `sealed` is.
    #[b(1)]
    pub seal: Seal<'b>,
    /// The encoding of an [`Opening`] in AES-256-GCM, beside the leaf and whom it is about: nonce (12 bytes),
    /// ciphertext, tag (16); about signers, in two layers, the appliance's own around theirs.
    #[b(2)]
    pub sealed: Bounded<'b, RECORD_BYTES_MAX>,
}

/// Under which keys the sealed part of a record is.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
pub enum Seal<'b> {
    /// The appliance's own: it is about nobody who could ask to be erased.
    #[n(1)]
    Own,
    /// The evidence keys of all these signers together, as the vault knows them, ascending: when one of them is
    /// destroyed, nobody opens it any more.
    #[n(2)]
    Signers(#[b(0)] Sequence<'b, Digest, 1, APPROVERS_MAX>),
}

/// The public part of a record.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Leaf<'b> {
    /// The version of this format.
    #[n(0)]
    pub version: Version,
    /// What kind of record.
    #[n(1)]
    pub kind: Kind,
    /// Whose; absent: the appliance's own.
    #[n(2)]
    pub tenant: Option<TenantId>,
    /// What everybody may read about it; empty for most kinds.
    #[b(3)]
    pub public: Bounded<'b, 1024>,
    /// `SHA-256(tag::COMMITMENT || opening)`.
    #[n(4)]
    pub commitment: Digest,
}

/// What a leaf commits to.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Opening<'b> {
    /// Unguessable without the HSM.
    #[n(0)]
    pub salt: Digest,
    /// The content, by the leaf's kind: `record::*` or `change::*`.
    #[b(1)]
    pub content: Bounded<'b, RECORD_BYTES_MAX>,
}

/// What a record is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Kind {
    /// The appliance started: [`Boot`].
    #[n(1)]
    Boot,
    /// Its identity, profile and origin: `change::Appliance`.
    #[n(2)]
    Appliance,
    /// `change::Tenant`.
    #[n(3)]
    Tenant,
    /// `change::Officer`.
    #[n(4)]
    Officer,
    /// `change::FrontEnd`.
    #[n(5)]
    FrontEnd,
    /// `change::Signer`.
    #[n(6)]
    Signer,
    /// `change::Device`.
    #[n(7)]
    Device,
    /// `change::Key`.
    #[n(8)]
    Key,
    /// `change::Grant`.
    #[n(9)]
    Grant,
    /// A signature was made: [`Signature`](SignatureContent).
    #[n(10)]
    Signature,
    /// A request was refused: [`RefusalContent`].
    #[n(11)]
    Refusal,
    /// Something that must not happen happened: [`AlarmContent`].
    #[n(12)]
    Alarm,
    /// `ticket::Ticket`.
    #[n(13)]
    Ticket,
    /// A device that is new and pending: `enrolment::Enrolment`.
    #[n(14)]
    Enrolment,
    /// `enrolment::Vouch`.
    #[n(15)]
    Vouch,
    /// `enrolment::Confirmation`.
    #[n(16)]
    Confirmation,
    /// `model::Trust`.
    #[n(17)]
    Trust,
    /// `model::Model`.
    #[n(18)]
    Model,
    /// `model::Metadata`.
    #[n(19)]
    Metadata,
    /// A legal hold on a signer's evidence, or its end: `change::Hold`.
    #[n(20)]
    Hold,
    /// A signer is erased: `change::Erasure`.
    #[n(21)]
    Erasure,
    /// The vault's epochs are wrapped for another recovery key: `recovery::Recovery`.
    #[n(22)]
    Recovery,
    /// Many requests of one peer were refused: [`RefusalsContent`].
    #[n(23)]
    Refusals,
    /// The ledger goes on though it is not the one that was anchored: `anchor::Reanchoring`.
    #[n(24)]
    Reanchoring,
    /// No key signs from here on, or keys sign again: `change::Freeze`.
    #[n(25)]
    Freeze,
}

/// Content of [`Kind::Boot`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Boot {
    /// 32 random bytes of the HSM: this boot.
    #[n(0)]
    pub boot: Digest,
    /// Bytes of one incomplete group that were cut from the ledger's tail.
    #[n(1)]
    pub cut_bytes: u64,
    /// UTC at boot, at least (milliseconds since 1970).
    #[n(2)]
    pub utc_lo_ms: u64,
    /// UTC at boot, at most.
    #[n(3)]
    pub utc_hi_ms: u64,
    /// SHA-256 of the program that started; none where the platform has no files.
    #[n(4)]
    pub program: Option<Digest>,
    /// SHA-256 of its configuration's file.
    #[n(5)]
    pub configuration: Option<Digest>,
    /// SHA-256 of the file of the token's module, before it was loaded.
    #[n(6)]
    pub module: Option<Digest>,
}

/// Content of [`Kind::Signature`]: all that a court needs to follow the decision.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct SignatureContent<'b> {
    /// What was approved: the bytes of the activation.
    #[b(0)]
    pub activation: Bounded<'b, ACTIVATION_BYTES_MAX>,
    /// Who approved, and how.
    #[b(1)]
    pub approvals: Sequence<'b, Approval<'b>, 1, ASSERTIONS_MAX>,
    /// One signature per item.
    #[b(2)]
    pub signatures: Sequence<'b, Signature<'b>, 1, ITEMS_MAX>,
    /// The public key that they verify with.
    #[b(3)]
    pub public_key: PublicKey<'b>,
    /// UTC of the decision, at least (milliseconds since 1970).
    #[n(4)]
    pub utc_lo_ms: u64,
    /// UTC of the decision, at most.
    #[n(5)]
    pub utc_hi_ms: u64,
    /// The key's policy, which permitted it: the activation has its digest.
    #[b(6)]
    pub policy: Policy<'b>,
}

/// One device's approval, as it was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Approval<'b> {
    /// The device's place in the registry.
    #[n(0)]
    pub slot: SlotId,
    /// The device's public key as enrolled: a COSE_Key.
    #[b(1)]
    pub cose_key: Bounded<'b, COSE_KEY_BYTES_MAX>,
    /// The signCount that was accepted.
    #[n(2)]
    pub sign_count: u32,
    /// The assertion's bytes.
    #[b(3)]
    pub assertion: Assertion<'b>,
    /// Whose device it is.
    #[n(4)]
    pub signer: SignerId,
}

/// Content of [`Kind::Refusal`].
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct RefusalContent<'b> {
    /// The number of the reason, in the table of signing's or of enrolment's.
    #[n(0)]
    pub reason: u16,
    /// SHA-256 of the public key in the client's certificate.
    #[n(1)]
    pub channel: Digest,
    /// The front-end, if the registry knows it.
    #[n(2)]
    pub front_end: Option<FrontEndId>,
    /// The key that was asked for or that the transaction is about.
    #[n(3)]
    pub key: Option<KeyId>,
    /// The transaction that was named.
    #[n(4)]
    pub transaction: Option<TransactionId>,
    /// UTC of the decision, at least (milliseconds since 1970).
    #[n(5)]
    pub utc_lo_ms: u64,
    /// UTC of the decision, at most.
    #[n(6)]
    pub utc_hi_ms: u64,
    /// The signCounts of the transaction's devices where the approval was spent all the same: they
    /// must not be accepted again after a restart.
    #[b(7)]
    pub counts: Sequence<'b, Count, 0, DEVICES_MAX>,
    /// The device whose assertion was refused, if that is why.
    #[n(8)]
    pub device: Option<SlotId>,
    /// The ticket that was named.
    #[n(9)]
    pub ticket: Option<TicketId>,
}

/// Content of [`Kind::Refusals`]: refusals of one peer, past what are recorded one by one.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct RefusalsContent<'b> {
    /// The front-end; absent: clients that the registry does not know, together.
    #[n(0)]
    pub front_end: Option<FrontEndId>,
    /// What was refused, and how often, by reason and device.
    #[b(1)]
    pub refused: Sequence<'b, Refused, 1, REFUSALS_MAX>,
    /// UTC of the first decision, at least (milliseconds since 1970).
    #[n(2)]
    pub utc_lo_ms: u64,
    /// UTC of the last decision, at most.
    #[n(3)]
    pub utc_hi_ms: u64,
}

/// Refusals that are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Refused {
    /// The number of the reason, in the table of signing's or of enrolment's.
    #[n(0)]
    pub reason: u16,
    /// The device whose assertions were refused, if that is why.
    #[n(1)]
    pub device: Option<SlotId>,
    /// How many.
    #[n(2)]
    pub count: u32,
}

/// A device's last signCount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Count {
    /// The device's place in the registry.
    #[n(0)]
    pub slot: SlotId,
    /// The count.
    #[n(1)]
    pub sign_count: u32,
}

/// Content of [`Kind::Alarm`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AlarmContent {
    /// What happened.
    #[n(0)]
    pub alarm: Alarm,
    /// UTC, at least (milliseconds since 1970).
    #[n(1)]
    pub utc_lo_ms: u64,
    /// UTC, at most.
    #[n(2)]
    pub utc_hi_ms: u64,
}

/// Things that must not happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Alarm {
    /// The two crypto engines disagreed.
    #[n(1)]
    EnginesDisagree,
    /// The token gave a signature that its own public key does not verify.
    #[n(2)]
    TokenSignatureWrong,
    /// The machine's clock says a time that had passed already: no dated rule is satisfied meanwhile.
    #[n(3)]
    ClockWentBack,
}
