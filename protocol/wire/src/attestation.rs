//! What is kept of a device's attestation: which model it is of, and how far that is known.
//!
//! The evidence itself, the attestation object, is in the record of its enrolment.

use minicbor::{Decode, Encode};

use crate::limits::{ATTESTATION_CERTIFICATES_MAX, ATTESTATION_STATEMENTS_MAX};
use crate::ticket::Assurance;
use crate::{Aaguid, Digest, Sequence};

/// The formats of statements that are verified (WebAuthn L3, 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Format {
    /// 8.2, with certificates or self-made.
    #[n(1)]
    Packed,
    /// 8.3.
    #[n(2)]
    Tpm,
    /// 8.4.
    #[n(3)]
    AndroidKey,
    /// 8.8.
    #[n(4)]
    Apple,
    /// 8.6.
    #[n(5)]
    FidoU2f,
    /// 8.7.
    #[n(6)]
    None,
    /// 8.9.
    #[n(7)]
    Compound,
}

/// What stands behind a statement (WebAuthn L3, 6.5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Class {
    /// Nothing.
    #[n(1)]
    None,
    /// The credential's own key.
    #[n(2)]
    SelfMade,
    /// A certificate; whose, only a chain says.
    #[n(3)]
    Certified,
}

/// How a model is certified, the lowest first (FIDO MDS 3.1, 3.1.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Level {
    /// Certified, without a level.
    #[n(1)]
    Certified,
    /// Level 1.
    #[n(2)]
    L1,
    /// Level 1+.
    #[n(3)]
    L1Plus,
    /// Level 2.
    #[n(4)]
    L2,
    /// Level 2+.
    #[n(5)]
    L2Plus,
    /// Level 3.
    #[n(6)]
    L3,
    /// Level 3+.
    #[n(7)]
    L3Plus,
}

/// Keys of the certificates of one attestation: each SHA-256 of a SubjectPublicKeyInfo's content.
pub type ChainKeys<'b> =
    Sequence<'b, Digest, 0, { ATTESTATION_STATEMENTS_MAX * ATTESTATION_CERTIFICATES_MAX }>;

/// What a device's attestation was worth when it was enrolled.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Attestation<'b> {
    /// The model that the device says it is of; all zeros if it says nothing.
    #[n(0)]
    pub aaguid: Aaguid,
    /// The statement's format.
    #[n(1)]
    pub format: Format,
    /// What stands behind it.
    #[n(2)]
    pub class: Class,
    /// What was asked for, and is met: below [`Assurance::Attested`], the model is the device's own claim.
    #[n(3)]
    pub assurance: Assurance,
    /// How its model was certified, if that was asked for.
    #[n(4)]
    pub certification: Option<Level>,
    /// The keys of its certificates: one of them may be reported as compromised later.
    #[b(5)]
    pub chain: ChainKeys<'b>,
}
