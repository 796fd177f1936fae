//! A registration, as a device is enrolled: first what needs no attestation (WebAuthn Level 3, 7.1, steps 5 to 20),
//! then the statement, and then its chain where anchors are asked for.

use countersign_authority::{NOW_MS, Registration};
use countersign_core::assertion::Expected;
use countersign_core::assertion::registration::{self, NewCredential};
use countersign_enrolment::attestation::{self, AttestationObject, Attested, Credential};
use countersign_host::Host;
use countersign_protocol::Bounded;
use sha2::{Digest as _, Sha256};

pub(super) fn judge(
    expected: &Expected<'_>,
    anchors: &[Vec<u8>],
    brought: &Registration,
) -> Result<(), String> {
    let object = AttestationObject::read(&brought.attestation_object).map_err(said)?;
    let data =
        Bounded::new(object.auth_data()).ok_or("authData is longer than a registration's")?;
    let client_data =
        Bounded::new(&brought.client_data_json).ok_or("clientDataJSON is too long")?;
    let new = registration::verify(&Host, expected, &client_data, &data).map_err(said)?;
    let attested = attested(&object, &new, &brought.client_data_json)?;
    if anchors.is_empty() {
        return Ok(());
    }
    attested.trusted(anchors, NOW_MS).map(drop).map_err(said)
}

fn attested(
    object: &AttestationObject<'_>,
    new: &NewCredential<'_>,
    client_data: &[u8],
) -> Result<Attested, String> {
    let credential =
        Credential { aaguid: new.aaguid(), credential_id: new.id(), cose_key: new.cose_key() };
    let hash = Sha256::digest(client_data).into();
    attestation::verify(&Host, object, &credential, &hash).map_err(said)
}

fn said(fault: impl std::fmt::Debug) -> String {
    format!("{fault:?}")
}
