//! Why a BLOB is not imported, and why a model is not usable.

use super::Level;
use super::status::Concern;
use crate::chain::ChainFault;

/// Why a BLOB is not imported. Nothing of it is kept then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlobFault {
    /// Past the limit.
    #[error("the BLOB is longer than 16 MiB; import what the metadata service publishes")]
    Long,
    /// Not three parts.
    #[error(
        "the BLOB is no compact JWS: it has not three parts; import the file as it was published"
    )]
    Parts,
    /// A part that is not base64url.
    #[error(
        "the BLOB's {0} is no base64url; import the file as it was published, without line breaks"
    )]
    Encoding(&'static str),
    /// A header that is not JSON as it must be.
    #[error("the BLOB's header cannot be read: {0}")]
    Header(String),
    /// An algorithm that proves nothing, or that is not known.
    #[error("the BLOB is signed with {0:?}; only ES256, RS256 and PS256 are read")]
    Algorithm(String),
    /// Something that a reader must understand to read it.
    #[error(
        "the BLOB's header has critical members, of which none is understood here (RFC 7515, 4.1.11)"
    )]
    Critical,
    /// The certificates are elsewhere.
    #[error(
        "the BLOB's certificates are at an address (x5u); import one that has them in it (x5c)"
    )]
    Elsewhere,
    /// No certificates.
    #[error("the BLOB has no certificate of its signer (x5c); import the file as it was published")]
    Bare,
    /// A certificate in the header that cannot be read, or is too long.
    #[error("certificate {0} of the BLOB's signer is not base64 of 8 KiB at most")]
    Certificate(usize),
    /// The signer's certificate does not lead to a pinned root.
    #[error("the BLOB's signer is not trusted: {0}; check the pinned root, and the clock")]
    Chain(ChainFault),
    /// The root's, but another signer.
    #[error("the BLOB's signer is not {0}, though its root is the pinned one")]
    Signer(String),
    /// The algorithm asks for another key than the signer has.
    #[error("the BLOB's signature is said to be {0}, and its signer's key is of another kind")]
    Key(&'static str),
    /// Not the signer's signature.
    #[error("the BLOB's signature does not verify: it was changed on its way; fetch it again")]
    Signature,
    /// A payload that is not JSON as it must be.
    #[error("the BLOB's content cannot be read: {0}")]
    Payload(String),
    /// No date.
    #[error("the BLOB's nextUpdate is no date (YYYY-MM-DD)")]
    NextUpdate,
    /// One entry is not as it must be.
    #[error("entry {number} of the BLOB {fault}")]
    Entry {
        /// Counted from 1.
        number: usize,
        /// What is wrong with it.
        fault: EntryFault,
    },
    /// Two entries say different things of one model.
    #[error("the BLOB has two entries of {0}; which one holds, nobody can say")]
    Twice(String),
    /// An older one than is known.
    #[error("the BLOB has number {no}, older than the imported {known}; import a newer one")]
    RolledBack {
        /// Its number.
        no: u32,
        /// The imported one's.
        known: u32,
    },
    /// The same number, and another content.
    #[error(
        "the BLOB has number {0} as the imported one, and another content; ask who published it"
    )]
    Forked(u32),
}

/// What is wrong with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryFault {
    /// Not exactly one of the three kinds of names.
    #[error("names not exactly one of an AAGUID, an AAID, or attestation keys")]
    Identity,
    /// No UUID, or that of no model.
    #[error("has an AAGUID that is no UUID, or is all zeros")]
    Aaguid,
    /// No AAID.
    #[error("has an AAID that is not four hexadecimal digits, # and four more")]
    Aaid,
    /// No SHA-1.
    #[error("has an attestation key identifier that is no SHA-1 in hexadecimal, or none at all")]
    KeyIdentifier,
    /// An anchor that is not base64, or too long.
    #[error("has an anchor that is not base64 of 8 KiB at most")]
    Certificate,
}

/// Why devices of a model are not usable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelFault {
    /// Something speaks against all of them.
    #[error("devices of this model are refused: {0}; use another model")]
    Concern(Concern),
    /// The attestation leads through a compromised key, or shows nothing that would tell.
    #[error("the device's attestation key is reported as compromised; use another device")]
    Compromised,
    /// Not certified, or not as highly.
    #[error("the model's certification is {has:?}, and {least:?} is asked for; use another model")]
    NotCertified {
        /// What is asked for.
        least: Level,
        /// What it has.
        has: Option<Level>,
    },
}
