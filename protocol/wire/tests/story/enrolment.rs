//! How Dr Ada's new phone is added: the officer's ticket, what the new phone makes of it, and what her
//! old phone, which is enrolled already, says of that.
//!
//! The new phone's attestation is its own word (WebAuthn L3, 8.2, self attestation): enough for an
//! appliance for development, and whoever checks it finds it good.

use countersign_protocol::activation::Version;
use countersign_protocol::assertion::Assertion;
use countersign_protocol::change::Profile;
use countersign_protocol::enrolment::{Confirmation, Enrolment, Vouch};
use countersign_protocol::fingerprint::Fingerprint;
use countersign_protocol::reply::{Enrolled, Invitation, Reply};
use countersign_protocol::request::{self, Request};
use countersign_protocol::ticket::{Addition, Assurance, Ticket};
use countersign_protocol::{Bounded, Digest, SlotId, TicketId, tag};

use super::ledger::SLOT;
use super::request::{
    ADA, APPLIANCE, FRONT_END, KEY, RP_ID, TENANT, UTC_MS, assertion_over, client_data,
};
use super::{bounded, encode, keys, list, name, origin, registry, reply, sha256};

/// The ticket of Dr Ada's new phone.
pub const TICKET: TicketId = TicketId(*b"a ticket is 32 bytes of the HSM.");
/// The new phone's place in the registry.
pub const NEW_SLOT: SlotId = SlotId(4);
/// The credential id of the new phone.
pub const NEW_CREDENTIAL: &[u8] = b"credential of Dr Ada's new phone";

/// What Dr Ada's new phone is registered over.
pub fn ticket() -> Ticket<'static> {
    Ticket {
        version: Version::V1,
        appliance: APPLIANCE,
        tenant: TENANT,
        id: TICKET,
        signer: ADA,
        device: name("Dr Ada's new phone"),
        keys: list(&[KEY]),
        rp_id: origin(RP_ID),
        profile: Profile::Development,
        assurance: Assurance::Any,
        not_after_ms: UTC_MS + 86_400_000,
    }
}

/// What the new phone registers over.
pub fn enrolment_challenge() -> Digest {
    sha256(&[tag::ENROLMENT, &encode(&ticket())])
}

fn enrolment_client_data() -> Vec<u8> {
    client_data("webauthn.create", &enrolment_challenge())
}

/// authenticatorData of a registration (WebAuthn L3, 6.1 and 6.5.1): UP, UV and AT are set.
fn registration_data() -> Vec<u8> {
    let length = u16::try_from(NEW_CREDENTIAL.len()).unwrap().to_be_bytes();
    [
        &sha256(&[RP_ID.as_bytes()]).0[..],
        &[0x45],
        &1_u32.to_be_bytes(),
        &registry::AAGUID.0,
        &length,
        NEW_CREDENTIAL,
        &keys::new_device().cose_key(),
    ]
    .concat()
}

/// `{"fmt": "packed", "attStmt": {"alg": -7, "sig": ..}, "authData": ..}`.
fn attestation_object() -> Vec<u8> {
    let data = registration_data();
    let signed = sha256(&[&data, &sha256(&[&enrolment_client_data()]).0]);
    let signature = keys::new_device().sign_der(&signed);
    let text = |text: &str| encode(&text);
    let bytes = |bytes: Vec<u8>| encode(&bounded::<1024>(bytes));
    [
        vec![0xa3],
        [text("fmt"), text("packed")].concat(),
        [text("attStmt"), vec![0xa2]].concat(),
        [text("alg"), encode(&-7)].concat(),
        [text("sig"), bytes(signature)].concat(),
        [text("authData"), bytes(data)].concat(),
    ]
    .concat()
}

pub fn enrol() -> Request<'static> {
    Request::Enrol(request::Enrol {
        ticket: TICKET,
        attestation_object: bounded(attestation_object()),
        client_data: bounded(enrolment_client_data()),
    })
}

/// What her old phone approves, so that the new one is added.
pub fn addition() -> Addition {
    Addition {
        version: Version::V1,
        appliance: APPLIANCE,
        tenant: TENANT,
        ticket: TICKET,
        signer: ADA,
        key: key_digest(),
    }
}

/// Whose first bytes are the fingerprint of the new phone's key.
fn key_digest() -> Digest {
    sha256(&[tag::FINGERPRINT, &keys::new_device().cose_key()])
}

/// The fingerprint of the new phone's key.
pub fn fingerprint() -> Fingerprint {
    Fingerprint::of(&key_digest())
}

/// The new phone is pending, and the old one has to vouch for it.
pub fn enrolled() -> Reply<'static> {
    let credential: Bounded<'_, 1023> = bounded(reply::CREDENTIAL);
    let invitation =
        Invitation { addition: bounded(encode(&addition())), credentials: list(&[credential]) };
    Reply::Enrolled(Enrolled { invitation: Some(invitation) })
}

/// The new phone is pending, and nothing but an officer is waited for.
pub fn enrolled_no_invitation() -> Reply<'static> {
    Reply::Enrolled(Enrolled { invitation: None })
}

/// What the old phone signs to vouch for the new one.
pub fn addition_challenge() -> Digest {
    sha256(&[tag::ADDITION, &encode(&addition())])
}

fn vouching() -> Assertion<'static> {
    assertion_over(&addition_challenge(), 43)
}

pub fn vouch() -> Request<'static> {
    Request::Vouch(request::Vouch { ticket: TICKET, assertion: vouching() })
}

pub fn enrolment_content() -> Enrolment<'static> {
    Enrolment {
        device: registry::device_pending(),
        front_end: FRONT_END,
        attestation_object: bounded(attestation_object()),
        client_data: bounded(enrolment_client_data()),
        ticket: bounded(encode(&ticket())),
    }
}

pub fn vouch_content() -> Vouch<'static> {
    Vouch {
        slot: NEW_SLOT,
        addition: bounded(encode(&addition())),
        by: SLOT,
        cose_key: bounded(keys::device().cose_key()),
        sign_count: 43,
        assertion: vouching(),
        utc_lo_ms: UTC_MS + 60_000,
        utc_hi_ms: UTC_MS + 60_020,
    }
}

pub fn confirmation_content() -> Confirmation {
    Confirmation {
        slot: NEW_SLOT,
        fingerprint: fingerprint(),
        officer: registry::OLGA,
        utc_lo_ms: UTC_MS + 120_000,
        utc_hi_ms: UTC_MS + 120_020,
    }
}
