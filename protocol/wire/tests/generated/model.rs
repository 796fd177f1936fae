//! What is known of models, at random.

use countersign_protocol::Aaguid;
use countersign_protocol::model::{Certificate, Metadata, Model, Purpose, Trust};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

use super::enrolment::level;
use super::{bytes, digest, name, origin};
use crate::story::list;

/// Any trust in a certificate.
pub fn trust() -> impl Strategy<Value = Trust<'static>> {
    let purpose = prop_oneof![Just(Purpose::Attestation), origin().prop_map(Purpose::Metadata)];
    (purpose, certificate(), any::<bool>()).prop_map(|(purpose, certificate, trusted)| Trust {
        purpose,
        certificate,
        trusted,
    })
}

/// Any model; with as many certificates as there may be it is a test of limits.
pub fn model() -> impl Strategy<Value = Model<'static>> {
    let certificates = (vec(certificate(), 0..=4), vec(certificate(), 0..=4));
    let said = (of(level()), any::<u8>(), any::<bool>(), any::<bool>());
    (any::<[u8; 16]>(), name(), certificates, said).prop_map(
        |(
            aaguid,
            description,
            (anchors, compromised),
            (certification, concerns, hardware, listed),
        )| Model {
            aaguid: Aaguid(aaguid),
            description,
            anchors: list(&anchors),
            certification,
            concerns,
            compromised: list(&compromised),
            hardware,
            listed,
        },
    )
}

/// Any import.
pub fn metadata() -> impl Strategy<Value = Metadata> {
    (any::<u32>(), digest(), any::<u32>()).prop_map(|(no, digest, next_update_day)| Metadata {
        no,
        digest,
        next_update_day,
    })
}

/// Shorter than most, since what counts is their number.
fn certificate() -> impl Strategy<Value = Certificate<'static>> {
    bytes(80)
}
