//! Changes of what decides: the content of the registry's records.
//!
//! Each says the whole new value of one thing. The registry is nothing but these, replayed.

use minicbor::{Decode, Encode};

use crate::approvers::Approvers;
use crate::attestation::Attestation;
use crate::checkpoint::{CheckpointKey, CosignerKey};
use crate::limits::{COSE_KEY_BYTES_MAX, CREDENTIAL_ID_BYTES_MAX};
use crate::policy::Policy;
use crate::{
    ApplianceId, Bounded, Digest, FrontEndId, KeyId, Name, OfficerId, Origin, PublicKey, SignerId,
    SlotId, Suite, TenantId, TicketId,
};

/// The appliance: made once, at `init`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Appliance<'b> {
    /// Its id.
    #[n(0)]
    pub id: ApplianceId,
    /// Which floor holds here, for ever.
    #[n(1)]
    pub profile: Profile,
    /// The rpId of signers' devices (WebAuthn L3, 5.1.2): exactly the approval page's host.
    #[b(2)]
    pub rp_id: Origin<'b>,
    /// The approval page's origin.
    #[b(3)]
    pub origin: Origin<'b>,
    /// The public key that checkpoints verify with.
    #[n(4)]
    pub checkpoint_key: CheckpointKey,
    /// The public key that the appliance cosigns its own checkpoints with; none where its token has no ML-DSA.
    #[b(5)]
    pub cosigner_key: Option<CosignerKey<'b>>,
}

/// Which compiled-in floor holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Profile {
    /// Refuses software tokens, software officers and software devices.
    #[n(1)]
    Production,
    /// For development, tests and demonstrations only.
    #[n(2)]
    Development,
}

/// Whether something may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Standing {
    /// It may.
    #[n(1)]
    Active,
    /// Not for now.
    #[n(2)]
    Suspended,
    /// Never again.
    #[n(3)]
    Revoked,
    /// Not yet: a device that is enrolled and not confirmed.
    #[n(4)]
    Pending,
}

/// A tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Tenant<'b> {
    /// Its id.
    #[n(0)]
    pub id: TenantId,
    /// Its name.
    #[b(1)]
    pub name: Name<'b>,
}

/// An officer, known by the key of a certificate (pre-quorum).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Officer<'b> {
    /// The officer's id.
    #[n(0)]
    pub id: OfficerId,
    /// The officer's name.
    #[b(1)]
    pub name: Name<'b>,
    /// SHA-256 of the certificate's SubjectPublicKeyInfo.
    #[n(2)]
    pub channel: Digest,
}

/// A front-end service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct FrontEnd<'b> {
    /// Its id.
    #[n(0)]
    pub id: FrontEndId,
    /// Its tenant.
    #[n(1)]
    pub tenant: TenantId,
    /// Its name.
    #[b(2)]
    pub name: Name<'b>,
    /// SHA-256 of the certificate's SubjectPublicKeyInfo.
    #[n(3)]
    pub channel: Digest,
    /// Whether it may ask.
    #[n(4)]
    pub standing: Standing,
}

/// A signer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Signer<'b> {
    /// The signer's id.
    #[n(0)]
    pub id: SignerId,
    /// The signer's tenant.
    #[n(1)]
    pub tenant: TenantId,
    /// The signer's name.
    #[b(2)]
    pub name: Name<'b>,
    /// The key that all records about the signer are sealed under, as the vault knows it:
    /// `SHA-256(tag::EVIDENCE_KEY || key)`.
    #[n(3)]
    pub evidence_key: Digest,
    /// How long the evidence must be kept.
    #[n(4)]
    pub retention: Retention,
}

/// How long a signer's evidence is kept at least, from the signer's last signature on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Retention {
    /// As long as somebody wants it.
    #[n(1)]
    None,
    /// Five years.
    #[n(2)]
    FiveYears,
    /// Ten years.
    #[n(3)]
    TenYears,
    /// Thirty years.
    #[n(4)]
    ThirtyYears,
}

impl Retention {
    /// In milliseconds: years of 366 days.
    #[must_use]
    pub const fn ms(self) -> u64 {
        const YEAR_MS: u64 = 366 * 24 * 3_600_000;
        match self {
            Self::None => 0,
            Self::FiveYears => 5 * YEAR_MS,
            Self::TenYears => 10 * YEAR_MS,
            Self::ThirtyYears => 30 * YEAR_MS,
        }
    }
}

/// Whether a signer's evidence must be kept whatever its age, because somebody may need it in court.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Hold {
    /// The signer.
    #[n(0)]
    pub signer: SignerId,
    /// Whether it must.
    #[n(1)]
    pub held: bool,
    /// Who said so.
    #[n(2)]
    pub officer: OfficerId,
    /// Since when (milliseconds since 1970, UTC, at least).
    #[n(3)]
    pub utc_lo_ms: u64,
}

/// No key signs, whatever else is on record, or what is said of each key holds again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Freeze {
    /// Whether none does.
    #[n(0)]
    pub frozen: bool,
    /// Who said so.
    #[n(1)]
    pub officer: OfficerId,
    /// Since when (milliseconds since 1970, UTC, at least).
    #[n(2)]
    pub utc_lo_ms: u64,
}

/// A signer is erased: the evidence key is destroyed, and with it all that is recorded about the signer. What
/// stays is this, which has nothing about the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Erasure {
    /// The signer that was: the number is not given again.
    #[n(0)]
    pub signer: SignerId,
    /// The key that is destroyed, as the vault knew it.
    #[n(1)]
    pub evidence_key: Digest,
    /// Who said so.
    #[n(2)]
    pub officer: OfficerId,
    /// Since when (milliseconds since 1970, UTC, at least).
    #[n(3)]
    pub utc_lo_ms: u64,
}

/// A registered FIDO2 device. It comes with an `enrolment::Enrolment`; by itself, this is a change of one.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Device<'b> {
    /// Its permanent place.
    #[n(0)]
    pub slot: SlotId,
    /// Whose it is.
    #[n(1)]
    pub signer: SignerId,
    /// Its name.
    #[b(2)]
    pub name: Name<'b>,
    /// Its credential id.
    #[b(3)]
    pub credential: Bounded<'b, CREDENTIAL_ID_BYTES_MAX>,
    /// Its public key as enrolled: a COSE_Key (RFC 9052, 7).
    #[b(4)]
    pub cose_key: Bounded<'b, COSE_KEY_BYTES_MAX>,
    /// The BE flag as enrolled (WebAuthn L3, 6.1.3).
    #[n(5)]
    pub backup_eligible: bool,
    /// signCount when this record was made.
    #[n(6)]
    pub sign_count: u32,
    /// Whether it may approve.
    #[n(7)]
    pub standing: Standing,
    /// The ticket that it was registered with.
    #[n(8)]
    pub ticket: TicketId,
    /// What is known of its model.
    #[b(9)]
    pub attestation: Attestation<'b>,
    /// Why its standing is this one.
    #[n(10)]
    pub cause: Cause,
    /// Since when (milliseconds since 1970, UTC, at least).
    #[n(11)]
    pub utc_lo_ms: u64,
}

/// Why a device's standing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Cause {
    /// It is new.
    #[n(1)]
    Enrolled,
    /// An officer ordered it.
    #[n(2)]
    Ordered(#[n(0)] OfficerId),
    /// An officer said that all devices of its owner are lost.
    #[n(3)]
    Lost(#[n(0)] OfficerId),
    /// Another device has its key: it showed a signCount that no honest device shows.
    #[n(4)]
    Cloned,
    /// The metadata speak against its model since the BLOB with this number.
    #[n(5)]
    Metadata(#[n(0)] u32),
}

/// A signing key.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Key<'b> {
    /// Its id.
    #[n(0)]
    pub id: KeyId,
    /// Its tenant.
    #[n(1)]
    pub tenant: TenantId,
    /// Its name.
    #[b(2)]
    pub name: Name<'b>,
    /// What kind of key: the suite that it was made for.
    #[n(3)]
    pub suite: Suite,
    /// Where its private part is.
    #[n(4)]
    pub place: Place,
    /// Its public part.
    #[b(5)]
    pub public_key: PublicKey<'b>,
    /// Who must approve.
    #[b(6)]
    pub approvers: Approvers<'b>,
    /// What it may do.
    #[b(7)]
    pub policy: Policy<'b>,
    /// Whether it may sign.
    #[n(8)]
    pub standing: Standing,
}

/// Where a private key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Place {
    /// In the token, non-extractable, under this CKA_ID.
    #[n(1)]
    Resident(#[n(0)] KeyId),
}

/// Whether a front-end may ask for a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Grant {
    /// The front-end.
    #[n(0)]
    pub front_end: FrontEndId,
    /// The key.
    #[n(1)]
    pub key: KeyId,
    /// Whether it may.
    #[n(2)]
    pub granted: bool,
}
