//! A registration by the test authority, verified.

#![allow(dead_code, reason = "each test binary needs a part of it")]

use countersign_authority::{Authority, Draft, Format, Registration};
use countersign_enrolment::Fault;
use countersign_enrolment::attestation::{self, AttestationObject, Attested, Credential};
use countersign_host::Host;

pub fn register(
    authority: &Authority,
    format: Format,
    change: impl FnOnce(&mut Draft),
) -> Registration {
    authority.register(format, &[3; 32], "https://approve.example", "approve.example", change)
}

pub fn verified(registration: &Registration) -> Result<Attested, Fault> {
    let object = AttestationObject::read(&registration.attestation_object)?;
    let credential = Credential {
        aaguid: registration.aaguid,
        credential_id: &registration.credential_id,
        cose_key: &registration.cose_key,
    };
    attestation::verify(&Host, &object, &credential, &registration.client_data_hash)
}

/// What a registration with this change is refused for.
pub fn fault(format: Format, change: impl FnOnce(&mut Draft)) -> Option<Fault> {
    verified(&register(&Authority::new(), format, change)).err()
}
