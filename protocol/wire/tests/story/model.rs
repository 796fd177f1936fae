//! What the appliance knows of models, and what the officer orders about it.
//!
//! The certificates and the BLOB only stand for some: the wire does not look into them.

use countersign_protocol::admin::{Answer, Imported, MetadataImport, MetadataStatus, Order};
use countersign_protocol::attestation::Level;
use countersign_protocol::model::{Certificate, Metadata, Model, Purpose, Trust};

use super::registry::AAGUID;
use super::{bounded, list, name, origin, sha256};

/// The number of the last BLOB.
pub const BLOB_NO: u32 = 243;

fn certificate(text: &'static str) -> Certificate<'static> {
    bounded(text)
}

/// The maker's root, for devices that are in no metadata.
pub fn trust() -> Trust<'static> {
    Trust {
        purpose: Purpose::Attestation,
        certificate: certificate("the maker's root, in DER"),
        trusted: true,
    }
}

/// The root of BLOBs, no longer trusted.
pub fn trust_metadata() -> Trust<'static> {
    Trust {
        purpose: Purpose::Metadata(origin("mds.example")),
        certificate: certificate("the BLOB's root, in DER"),
        trusted: false,
    }
}

pub fn order_trust() -> Order<'static> {
    Order::Trust(trust())
}

pub fn order_trust_metadata() -> Order<'static> {
    Order::Trust(Trust { trusted: true, ..trust_metadata() })
}

/// A certified model that has nothing against it.
pub fn model() -> Model<'static> {
    Model {
        aaguid: AAGUID,
        description: name("A phone"),
        anchors: list(&[certificate("the maker's root, in DER")]),
        certification: Some(Level::L1),
        concerns: 0,
        compromised: list::<Certificate<'_>, _, 0, 512>(&[]),
        hardware: true,
        listed: true,
    }
}

/// The same without a certification, revoked and with a compromised key, and in no BLOB any more.
pub fn model_revoked() -> Model<'static> {
    Model {
        certification: None,
        concerns: 0b101,
        compromised: list(&[certificate("a batch's certificate, in DER")]),
        hardware: false,
        listed: false,
        ..model()
    }
}

pub fn metadata() -> Metadata {
    Metadata { no: BLOB_NO, digest: sha256(&[b"the payload of the BLOB"]), next_update_day: 20_484 }
}

/// Also part of the answer about the appliance's state.
pub fn metadata_status() -> MetadataStatus {
    MetadataStatus { no: BLOB_NO, models: 301, stale_days: 0 }
}

pub fn order_metadata_import() -> Order<'static> {
    Order::MetadataImport(MetadataImport { blob: bounded("header.payload.signature") })
}

pub fn answer_imported() -> Answer<'static> {
    Answer::Imported(Imported { metadata: metadata_status(), changed: 2, stopped: 1 })
}
