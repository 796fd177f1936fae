//! What is known of models of devices, and on whose word.

use minicbor::{Decode, Encode};

use crate::attestation::Level;
use crate::limits::{MDS_ANCHORS_MAX, MDS_CERTIFICATE_BYTES_MAX, MDS_REPORTS_MAX};
use crate::{Aaguid, Bounded, Digest, Name, Origin, Sequence};

/// A certificate in DER (RFC 5280, 4.1).
pub type Certificate<'b> = Bounded<'b, MDS_CERTIFICATE_BYTES_MAX>;

/// Whether a certificate is trusted, and what for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Trust<'b> {
    /// What for.
    #[b(0)]
    pub purpose: Purpose<'b>,
    /// The certificate.
    #[b(1)]
    pub certificate: Certificate<'b>,
    /// Whether it is, from now on.
    #[n(2)]
    pub trusted: bool,
}

/// What a certificate is trusted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Purpose<'b> {
    /// Attestations of models that are in no metadata may lead to it. It certifies nothing.
    #[n(1)]
    Attestation,
    /// BLOBs of the FIDO Metadata Service may be signed under it, by the signer with this host name.
    #[n(2)]
    Metadata(#[b(0)] Origin<'b>),
}

/// A model of devices, as the metadata last said.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Model<'b> {
    /// Its name in attestations.
    #[n(0)]
    pub aaguid: Aaguid,
    /// What people call it.
    #[b(1)]
    pub description: Name<'b>,
    /// What its devices' attestations lead to.
    #[b(2)]
    pub anchors: Sequence<'b, Certificate<'b>, 0, MDS_ANCHORS_MAX>,
    /// The highest certification that is in force.
    #[n(3)]
    pub certification: Option<Level>,
    /// What is reported against it, one bit each: revoked is the lowest; the CDDL has the others.
    #[n(4)]
    pub concerns: u8,
    /// Certificates whose keys are reported as compromised.
    #[b(5)]
    pub compromised: Sequence<'b, Certificate<'b>, 0, { 2 * MDS_REPORTS_MAX }>,
    /// Whether its keys stay in hardware.
    #[n(6)]
    pub hardware: bool,
    /// Whether the last BLOB has it.
    #[n(7)]
    pub listed: bool,
}

/// A BLOB was imported: all its changes are on record before this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Metadata {
    /// Its number, which never goes down.
    #[n(0)]
    pub no: u32,
    /// SHA-256 of its payload.
    #[n(1)]
    pub digest: Digest,
    /// The day on which the next one was announced, in days since 1970-01-01.
    #[n(2)]
    pub next_update_day: u32,
}
