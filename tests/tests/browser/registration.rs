//! A new credential of the browser's device, and its way through enrolment.

use countersign_device::Registration;
use countersign_protocol::ticket::Assurance;
use countersign_tests::case::Case;
use countersign_tests::enrolment::{confirmation, fingerprint, register};

use crate::browser::{Browser, Created};

/// What Alice calls it.
const NAME: &str = "alice's security key";

/// The browser's device makes a credential of this algorithm, which is enrolled as another device of Alice's: her
/// phone vouches for it, and the officer confirms the words of its key.
pub async fn enrol(case: &mut Case<'_>, browser: &mut Browser, algorithm: i32) {
    let ticket = case.ticket("alice", NAME, Assurance::Any).await;
    let created = browser.create(algorithm, "none", ticket.challenge());
    let appliance = case.engine.appliance().await;
    let registration = Registration {
        attestation_object: created.attestation_object.clone(),
        client_data_json: created.client_data_json.clone(),
    };
    let people = &mut case.people;
    let phone = Some(&mut people.alice);
    register(&*appliance, &people.front_end, &ticket, &registration, phone).await;
    let words = fingerprint(cose_key(&created));
    case.order(&confirmation(&case.people.name(NAME), words)).await;
}

/// Where a credential id begins in authenticator data, after its length (WebAuthn Level 3, 6.5.1).
const ID_AT: usize = 32 + 1 + 4 + 16 + 2;

/// The credential's id.
pub fn credential_id(created: &Created) -> &[u8] {
    let data = &created.authenticator_data;
    let length = usize::from(u16::from_be_bytes([data[ID_AT - 2], data[ID_AT - 1]]));
    &data[ID_AT..ID_AT + length]
}

/// The key in authenticator data without extensions: what comes last.
pub fn cose_key(created: &Created) -> &[u8] {
    &created.authenticator_data[ID_AT + credential_id(created).len()..]
}
