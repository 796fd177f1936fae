//! Who and what there is: each change that the registry is made of.

use countersign_protocol::attestation::{Attestation, Class, Format, Level};
use countersign_protocol::change::{
    Appliance, Cause, Device, Erasure, Freeze, FrontEnd, Grant, Hold, Key, Officer, Place, Profile,
    Retention, Signer, Standing, Tenant,
};
use countersign_protocol::checkpoint::CosignerKey;
use countersign_protocol::item::Form;
use countersign_protocol::policy::{
    Calendar, Exception, Exceptions, Forms, FrontEnds, Pattern, Patterns, Period, Periods, Policy,
    WitnessCount, hour_of,
};
use countersign_protocol::ticket::Assurance;
use countersign_protocol::{Aaguid, Digest, KeyId, OfficerId, Suite, TicketId, tag};

use super::ledger::SLOT;
use super::request::{ADA, APPLIANCE, FRONT_END, KEY, ORIGIN, RP_ID, TENANT, UTC_MS, approvers};
use super::{
    bounded, enrolment, every_suite, keys, list, model, name, origin, reply, sha256, suites,
};

/// SHA-256 of the portal's SubjectPublicKeyInfo.
pub const PORTAL_CHANNEL: Digest = Digest(*b"SHA-256 of the portal's TLS key.");
/// SHA-256 of the officer's SubjectPublicKeyInfo.
pub const OFFICER_CHANNEL: Digest = Digest(*b"SHA-256 of the officer's TLS key");

/// The officer.
pub const OLGA: OfficerId = OfficerId(1);
/// The model of Dr Ada's phones.
pub const AAGUID: Aaguid = Aaguid(*b"model of a phone");
/// Since when Dr Ada's devices are as they are.
pub const SINCE_MS: u64 = UTC_MS - 3_600_000;

pub fn appliance() -> Appliance<'static> {
    Appliance {
        id: APPLIANCE,
        profile: Profile::Development,
        rp_id: origin(RP_ID),
        origin: origin(ORIGIN),
        checkpoint_key: keys::checkpoint().point().into(),
        cosigner_key: None,
    }
}

/// What an appliance cosigns with whose token has ML-DSA.
pub const COSIGNER: CosignerKey<'static> = CosignerKey(&[0x44; 1312]);

pub fn appliance_cosigner() -> Appliance<'static> {
    Appliance { cosigner_key: Some(COSIGNER), ..appliance() }
}

pub fn tenant() -> Tenant<'static> {
    Tenant { id: TENANT, name: name("clinic") }
}

pub fn officer() -> Officer<'static> {
    Officer { id: OLGA, name: name("olga"), channel: OFFICER_CHANNEL }
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
    Signer {
        id: ADA,
        tenant: TENANT,
        name: name("Dr Ada"),
        evidence_key: evidence_key(),
        retention: Retention::TenYears,
    }
}

/// How the vault knows the key that is all of it 7.
pub fn evidence_key() -> Digest {
    sha256(&[tag::EVIDENCE_KEY, &[7; 32]])
}

pub fn hold() -> Hold {
    Hold { signer: ADA, held: true, officer: OLGA, utc_lo_ms: SINCE_MS }
}

pub fn erasure() -> Erasure {
    let Hold { signer, officer, utc_lo_ms, .. } = hold();
    Erasure { signer, evidence_key: evidence_key(), officer, utc_lo_ms }
}

pub fn freeze() -> Freeze {
    let Hold { officer, utc_lo_ms, .. } = hold();
    Freeze { frozen: true, officer, utc_lo_ms }
}

/// Dr Ada's phone, which an officer has activated again.
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
        ticket: TicketId(*b"an earlier ticket: 32 HSM bytes."),
        attestation: attestation(),
        cause: Cause::Ordered(OLGA),
        utc_lo_ms: SINCE_MS,
    }
}

/// Somebody else has its key.
pub fn device_cloned() -> Device<'static> {
    Device { standing: Standing::Suspended, cause: Cause::Cloned, ..device() }
}

/// A BLOB speaks against its model.
pub fn device_of_bad_model() -> Device<'static> {
    Device { standing: Standing::Suspended, cause: Cause::Metadata(model::BLOB_NO), ..device() }
}

/// Dr Ada has lost all that she has.
pub fn device_lost() -> Device<'static> {
    Device { standing: Standing::Revoked, cause: Cause::Lost(OLGA), ..device() }
}

/// Her new phone, as it is enrolled.
pub fn device_pending() -> Device<'static> {
    Device {
        slot: enrolment::NEW_SLOT,
        name: name("Dr Ada's new phone"),
        credential: bounded(enrolment::NEW_CREDENTIAL),
        cose_key: bounded(keys::new_device().cose_key()),
        sign_count: 1,
        standing: Standing::Pending,
        ticket: enrolment::TICKET,
        attestation: attestation_self_made(),
        cause: Cause::Enrolled,
        ..device()
    }
}

/// A certified model, by certificates that lead to its maker.
pub fn attestation() -> Attestation<'static> {
    let keys = [sha256(&[b"the key of a batch"]), sha256(&[b"the key of the maker"])];
    Attestation {
        aaguid: AAGUID,
        format: Format::Packed,
        class: Class::Certified,
        assurance: Assurance::Certified,
        certification: Some(Level::L1),
        chain: list(&keys),
    }
}

/// A device's own word.
pub fn attestation_self_made() -> Attestation<'static> {
    Attestation {
        class: Class::SelfMade,
        assurance: Assurance::Any,
        certification: None,
        chain: list::<Digest, _, 0, 32>(&[]),
        ..attestation()
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
    let (valid_from_ms, valid_to_ms) = (UTC_MS, UTC_MS + 31_536_000_000);
    Policy { valid_from_ms, valid_to_ms, ..Policy::of(suites()) }
}

/// With every rule that there is.
pub fn policy_full() -> Policy<'static> {
    let forms = [Form::Raw, Form::SignedInfo];
    let texts = ["Discharge letter", "Prescription *"].map(|text| Pattern::new(text).unwrap());
    Policy {
        initiator_apart: true,
        held: true,
        lifetime_ms_max: 60_000,
        calendar: Some(calendar()),
        front_ends: Some(FrontEnds::from_values(&[FRONT_END], Vec::leak(vec![0; 8])).unwrap()),
        forms: Some(Forms::from_values(&forms, Vec::leak(vec![0; 8])).unwrap()),
        labels: Some(Patterns::from_values(&texts, Vec::leak(vec![0; 80])).unwrap()),
        ..policy()
    }
}

/// Mondays from 08:00 to 16:00 in 2026, but for the first one, and on the first Tuesday.
fn calendar() -> Calendar<'static> {
    let monday = u32::try_from(hour_of(1_767_571_200_000)).unwrap();
    let mut hours = [0; 21];
    hours[1] = 0xff;
    let period = Period { from_hour: monday, to_hour: monday + 8_760, hours: hours.into() };
    let on = |day: u32, open| {
        let from_hour = monday + 24 * day;
        Exception { from_hour, to_hour: from_hour + 24, open }
    };
    let exceptions = [on(0, false), on(1, true)];
    Calendar {
        periods: Periods::from_values(&[period], Vec::leak(vec![0; 40])).unwrap(),
        exceptions: Some(Exceptions::from_values(&exceptions, Vec::leak(vec![0; 40])).unwrap()),
    }
}

/// Its key's signatures are given when two witnesses have seen them.
pub fn policy_witnessed() -> Policy<'static> {
    Policy { witnesses: WitnessCount::new(2), ..policy() }
}
