//! Who and what there is: each change that the registry is made of.

use countersign_protocol::change::{
    Appliance, Device, FrontEnd, Grant, Key, Officer, Place, Profile, Signer, Standing, Tenant,
};
use countersign_protocol::policy::Policy;
use countersign_protocol::{Digest, KeyId, OfficerId, Suite};

use super::ledger::SLOT;
use super::request::{ADA, APPLIANCE, FRONT_END, KEY, ORIGIN, RP_ID, TENANT, UTC_MS, approvers};
use super::{bounded, every_suite, keys, name, origin, reply, suites};

/// SHA-256 of the portal's SubjectPublicKeyInfo.
pub const PORTAL_CHANNEL: Digest = Digest(*b"SHA-256 of the portal's TLS key.");
/// SHA-256 of the officer's SubjectPublicKeyInfo.
pub const OFFICER_CHANNEL: Digest = Digest(*b"SHA-256 of the officer's TLS key");

pub fn appliance() -> Appliance<'static> {
    Appliance {
        id: APPLIANCE,
        profile: Profile::Development,
        rp_id: origin(RP_ID),
        origin: origin(ORIGIN),
        checkpoint_key: keys::checkpoint().point(),
    }
}

pub fn tenant() -> Tenant<'static> {
    Tenant { id: TENANT, name: name("clinic") }
}

pub fn officer() -> Officer<'static> {
    Officer { id: OfficerId(1), name: name("olga"), channel: OFFICER_CHANNEL }
}

pub fn front_end() -> FrontEnd<'static> {
    FrontEnd {
        id: FRONT_END,
        tenant: TENANT,
        name: name("portal"),
        channel: PORTAL_CHANNEL,
        standing: Standing::Active,
    }
}

pub fn signer() -> Signer<'static> {
    Signer { id: ADA, tenant: TENANT, name: name("Dr Ada") }
}

pub fn device() -> Device<'static> {
    Device {
        slot: SLOT,
        signer: ADA,
        name: name("Dr Ada's phone"),
        credential: bounded(reply::CREDENTIAL),
        cose_key: bounded(keys::device().cose_key()),
        backup_eligible: false,
        sign_count: 41,
        standing: Standing::Active,
    }
}

pub fn key() -> Key<'static> {
    Key {
        id: KEY,
        tenant: TENANT,
        name: name("Dr Ada's key"),
        suite: Suite::Esp256,
        place: Place::Resident(KEY),
        public_key: bounded(keys::signing().point().0),
        approvers: approvers(&[ADA], 1),
        policy: policy(),
        standing: Standing::Active,
    }
}

/// A key of another suite: its public part is no point of a NIST curve (RFC 8032, 7.1, test 3).
pub fn key_ed25519() -> Key<'static> {
    let public_key = "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025";
    Key {
        id: KeyId(*b"key-of-dr-ada-02"),
        name: name("Dr Ada's Ed25519 key"),
        suite: Suite::Ed25519,
        place: Place::Resident(KeyId(*b"key-of-dr-ada-02")),
        public_key: bounded(hex::decode(public_key).unwrap()),
        policy: Policy { suites: every_suite(), hybrid: true, ..policy() },
        ..key()
    }
}

pub fn grant() -> Grant {
    Grant { front_end: FRONT_END, key: KEY, granted: true }
}

pub fn policy() -> Policy<'static> {
    Policy {
        suites: suites(),
        items_max: 250,
        valid_from_ms: UTC_MS,
        valid_to_ms: UTC_MS + 31_536_000_000,
        hybrid: false,
    }
}
