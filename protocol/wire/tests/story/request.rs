//! What the portal asks, and what is approved.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use countersign_protocol::activation::{Activation, Lifetime, Version};
use countersign_protocol::approvers::Approvers;
use countersign_protocol::assertion::Assertion;
use countersign_protocol::item::{Form, Item};
use countersign_protocol::request::{Enrolments, Fetch, Prepare, Request, Sign};
use countersign_protocol::{
    ApplianceId, Digest, FrontEndId, KeyId, SignerId, Suite, TenantId, TransactionId, tag,
};

use super::{bounded, encode, keys, label, ledger, list, registry, sha256};

pub const APPLIANCE: ApplianceId = ApplianceId(*b"appliance-no-001");
pub const TENANT: TenantId = TenantId(1);
pub const FRONT_END: FrontEndId = FrontEndId(2);
pub const KEY: KeyId = KeyId(*b"key-of-dr-ada-01");
pub const ADA: SignerId = SignerId(7);
pub const BEN: SignerId = SignerId(300);
pub const TRANSACTION: TransactionId = TransactionId(*b"32 random bytes drawn by the HSM");
/// 2026-01-01, midnight.
pub const UTC_MS: u64 = 1_767_225_600_000;
pub const LIFETIME_MS: u32 = 120_000;
pub const RP_ID: &str = "approve.example";
pub const ORIGIN: &str = "https://approve.example";

pub fn letter() -> Item<'static> {
    let content = sha256(&[b"Discharge letter"]);
    Item {
        dtbsr: bounded(content.0),
        content,
        shown: sha256(&[b"Discharge letter, as shown"]),
        label: label("Discharge letter, E. Example"),
        form: Form::Raw,
    }
}

pub fn prescription() -> Item<'static> {
    Item {
        dtbsr: bounded(sha256(&[b"Prescription, SignedAttributes"]).0),
        content: sha256(&[b"Prescription"]),
        shown: sha256(&[b"Prescription, as shown"]),
        label: label("Verordnung für E. Example: 1 × täglich"),
        form: Form::CmsAttrs,
    }
}

fn prepare_of(suite: Suite, items: &[Item<'_>], initiator: Option<SignerId>) -> Request<'static> {
    Request::Prepare(Prepare {
        key: KEY,
        suite,
        lifetime_ms: LIFETIME_MS,
        initiator,
        items: list(items),
    })
}

pub fn prepare() -> Request<'static> {
    prepare_of(Suite::Esp256, &[letter()], None)
}

pub fn prepare_two_items() -> Request<'static> {
    prepare_of(Suite::Esp256, &[letter(), prescription()], Some(BEN))
}

/// The message itself, as Ed25519 signs it.
pub fn prepare_message() -> Request<'static> {
    let message = Item { dtbsr: bounded(*b"Discharge letter"), ..letter() };
    prepare_of(Suite::Ed25519, &[message], None)
}

pub fn activation() -> Activation<'static> {
    Activation {
        version: Version::V1,
        appliance: APPLIANCE,
        tenant: TENANT,
        transaction: TRANSACTION,
        key: KEY,
        public_key: sha256(&[&keys::signing().point().0]),
        suite: Suite::Esp256,
        policy: sha256(&[tag::POLICY, &encode(&registry::policy())]),
        approvers: approvers(&[ADA], 1),
        initiator: None,
        front_end: FRONT_END,
        lifetime: Lifetime { utc_lo_ms: UTC_MS, utc_hi_ms: UTC_MS + 20, lifetime_ms: LIFETIME_MS },
        items: list(&[letter()]),
    }
}

pub fn activation_two_approvers() -> Activation<'static> {
    Activation {
        approvers: approvers(&[ADA, BEN], 2),
        initiator: Some(BEN),
        items: list(&[letter(), prescription()]),
        ..activation()
    }
}

pub fn approvers(ids: &[SignerId], threshold: u8) -> Approvers<'static> {
    Approvers::new(list(ids), threshold).unwrap()
}

pub fn challenge() -> Digest {
    sha256(&[tag::ACTIVATION, &encode(&activation())])
}

/// What Dr Ada's phone and browser made of the challenge.
pub fn assertion() -> Assertion<'static> {
    assertion_over(&challenge(), 42)
}

/// What they make of any challenge, the phone having counted so far.
pub fn assertion_over(challenge: &Digest, sign_count: u32) -> Assertion<'static> {
    let client_data = client_data("webauthn.get", challenge);
    // UP and UV are set.
    let authenticator_data =
        [&sha256(&[RP_ID.as_bytes()]).0[..], &[0x05], &sign_count.to_be_bytes()].concat();
    let signed = sha256(&[&authenticator_data, &sha256(&[&client_data]).0]);
    Assertion {
        device: 0,
        authenticator_data: bounded(authenticator_data),
        client_data: bounded(client_data),
        signature: bounded(keys::device().sign_der(&signed)),
    }
}

/// clientDataJSON as a browser writes it on the approval page.
pub fn client_data(kind: &str, challenge: &Digest) -> Vec<u8> {
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(challenge.0);
    format!(
        r#"{{"type":"{kind}","challenge":"{challenge}","origin":"{ORIGIN}","crossOrigin":false}}"#
    )
    .into_bytes()
}

pub fn sign() -> Request<'static> {
    Request::Sign(Sign {
        transaction: TRANSACTION,
        activation: bounded(encode(&activation())),
        assertions: list(&[assertion()]),
    })
}

pub fn fetch() -> Request<'static> {
    Request::Fetch(Fetch { transaction: TRANSACTION })
}

/// Under the checkpoint of the receipt.
pub fn enrolments() -> Request<'static> {
    let size = ledger::checkpoint().size;
    Request::Enrolments(Enrolments { transaction: TRANSACTION, size })
}
