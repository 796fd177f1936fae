//! Evidence: one file with all that somebody needs, years later and without the appliance, to see that a
//! signature's owner approved these documents. docs/evidence.md says how it is checked.
//!
//! The file is a COSE_Sign1 (RFC 9052, 4.2) over an [`Evidence`], signed by whoever exports it: the front-end,
//! which alone can say how a DTBS/R came from a document.

use minicbor::{Decode, Encode};

use crate::activation::Version;
use crate::limits::{
    ASSERTIONS_MAX, CERTIFICATE_BYTES_MAX, CERTIFICATES_MAX, COSIGNATURE_BYTES_MAX,
    COSIGNATURES_MAX, DTBSR_BYTES_MAX, EXPORTER_KEY_BYTES_MAX, ITEMS_MAX, RECEIPT_BYTES_MAX,
    RECORD_BYTES_MAX,
};
use crate::receipt::Enrolled;
use crate::{Bounded, Sequence};

/// The media type of the payload (COSE header 3).
pub const CONTENT_TYPE: &str = "application/vnd.countersign.evidence+cbor";

/// What is signed by whoever exports it.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Evidence<'b> {
    /// The version of this format.
    #[n(0)]
    pub version: Version,
    /// The exporter's public key: its SubjectPublicKeyInfo in DER. Its SHA-256 is the front-end's channel.
    #[b(1)]
    pub exporter: Bounded<'b, EXPORTER_KEY_BYTES_MAX>,
    /// The record of the signature, and that the ledger holds it: the encoding of a `receipt::Receipt`.
    #[b(2)]
    pub receipt: Bounded<'b, { RECORD_BYTES_MAX + RECEIPT_BYTES_MAX }>,
    /// For each item the bytes that its DTBS/R is made of where they are not the content itself: a CMS
    /// `SignedAttributes`, an XML `SignedInfo`. Empty for the form `raw`.
    #[b(3)]
    pub derivations: Sequence<'b, Bounded<'b, DTBSR_BYTES_MAX>, 1, ITEMS_MAX>,
    /// What witnesses have said of the receipt's checkpoint: signature lines of C2SP's signed-note.
    #[b(4)]
    pub cosignatures: Sequence<'b, Bounded<'b, COSIGNATURE_BYTES_MAX>, 0, COSIGNATURES_MAX>,
    /// How the device of each approval was enrolled, in the approvals' order, under the receipt's checkpoint.
    #[b(5)]
    pub enrolments: Sequence<'b, Enrolled<'b>, 1, ASSERTIONS_MAX>,
    /// The certificate of the key (RFC 5280), and those that lead from it to a root: the exporter's to add. Empty:
    /// there is none.
    #[b(6)]
    pub certificates: Sequence<'b, Bounded<'b, CERTIFICATE_BYTES_MAX>, 0, CERTIFICATES_MAX>,
}
