//! What a BLOB says, as JSON (FIDO MDS 3.1, 3.1): the members that are used here, by their names there.
//!
//! Guarantees: every list is within its limit, and no member comes twice. Members that are not named here are
//! passed over. What the members mean is [`super::model`]'s part.

use countersign_protocol::limits::{
    MDS_ANCHORS_MAX, MDS_ENTRIES_MAX, MDS_KEY_IDENTIFIERS_MAX, MDS_PROTECTIONS_MAX, MDS_REPORTS_MAX,
};
use serde::Deserialize;

use super::bounded::Bounded;

/// `MetadataBLOBPayload` (3.1.6).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Payload {
    pub(super) legal_header: String,
    pub(super) no: u32,
    pub(super) next_update: String,
    pub(super) entries: Bounded<Entry, MDS_ENTRIES_MAX>,
}

/// `MetadataBLOBPayloadEntry` (3.1.1).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry {
    pub(super) aaid: Option<String>,
    pub(super) aaguid: Option<String>,
    pub(super) attestation_certificate_key_identifiers:
        Option<Bounded<String, MDS_KEY_IDENTIFIERS_MAX>>,
    #[serde(default)]
    pub(super) metadata_statement: Statement,
    pub(super) status_reports: Bounded<Report, MDS_REPORTS_MAX>,
}

/// `MetadataStatement` (FIDO Metadata Statements 3.1, 4).
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Statement {
    #[serde(default)]
    pub(super) description: String,
    #[serde(default)]
    pub(super) attestation_root_certificates: Bounded<String, MDS_ANCHORS_MAX>,
    #[serde(default)]
    pub(super) key_protection: Bounded<String, MDS_PROTECTIONS_MAX>,
}

/// `StatusReport` (3.1.3).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    pub(super) status: String,
    pub(super) effective_date: Option<String>,
    pub(super) certificate: Option<String>,
    pub(super) batch_certificate: Option<String>,
}
