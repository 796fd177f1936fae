//! Orders about what is published of models.

use minicbor::{Decode, Encode};

use crate::Bounded;
use crate::limits::MDS_BLOB_BYTES_MAX;

/// Takes a BLOB of the FIDO Metadata Service, under a root that is trusted for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct MetadataImport<'b> {
    /// The file as it is published.
    #[b(0)]
    pub blob: Bounded<'b, MDS_BLOB_BYTES_MAX>,
}

/// The metadata are taken, and all records of it durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Imported {
    /// What is known now.
    #[n(0)]
    pub metadata: MetadataStatus,
    /// Models that are new, or not as they were.
    #[n(1)]
    pub changed: u32,
    /// Devices that it has stopped: active ones are suspended, and pending ones revoked.
    #[n(2)]
    pub stopped: u32,
}

/// What is known of models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct MetadataStatus {
    /// The number of the last BLOB.
    #[n(0)]
    pub no: u32,
    /// Models that are known by an AAGUID.
    #[n(1)]
    pub models: u32,
    /// Days since the next one was announced; 0: it is fresh.
    #[n(2)]
    pub stale_days: u32,
}
