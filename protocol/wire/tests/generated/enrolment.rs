//! How a device is enrolled, at random.

use countersign_protocol::activation::Version;
use countersign_protocol::attestation::{Attestation, Class, Format, Level};
use countersign_protocol::change::{Cause, Device, Profile, Standing};
use countersign_protocol::enrolment::{Confirmation, Enrolment, Vouch};
use countersign_protocol::fingerprint::Fingerprint;
use countersign_protocol::reply::{Enrolled, Invitation};
use countersign_protocol::request;
use countersign_protocol::ticket::{Addition, Assurance, Ticket};
use countersign_protocol::{
    Aaguid, ApplianceId, FrontEndId, KeyId, OfficerId, SlotId, TenantId, TicketId,
};
use proptest::collection::{btree_set, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::{assertion, bytes, digest, name, origin, signer};
use crate::story::list;

/// Any ticket.
pub fn ticket() -> impl Strategy<Value = Ticket<'static>> {
    let profile = prop_oneof![Just(Profile::Production), Just(Profile::Development)];
    let keys = btree_set(any::<[u8; 16]>(), 0..=64);
    let model = (profile, assurance());
    (ids(), signer(), (name(), origin()), keys, model, any::<u64>()).prop_map(
        |((appliance, tenant, id), signer, (device, rp_id), keys, model, not_after_ms)| {
            let keys: Vec<_> = keys.into_iter().map(KeyId).collect();
            Ticket {
                version: Version::V1,
                appliance,
                tenant,
                id,
                signer,
                device,
                keys: list(&keys),
                rp_id,
                profile: model.0,
                assurance: model.1,
                not_after_ms,
            }
        },
    )
}

/// Any addition.
pub fn addition() -> impl Strategy<Value = Addition> {
    (ids(), signer(), digest()).prop_map(|((appliance, tenant, ticket), signer, key)| Addition {
        version: Version::V1,
        appliance,
        tenant,
        ticket,
        signer,
        key,
    })
}

pub fn enrol() -> impl Strategy<Value = request::Enrol<'static>> {
    (ticket_id(), bytes(16_384), bytes(2048)).prop_map(
        |(ticket, attestation_object, client_data)| request::Enrol {
            ticket,
            attestation_object,
            client_data,
        },
    )
}

pub fn vouch() -> impl Strategy<Value = request::Vouch<'static>> {
    (ticket_id(), assertion()).prop_map(|(ticket, assertion)| request::Vouch { ticket, assertion })
}

pub fn enrolled() -> impl Strategy<Value = Enrolled<'static>> {
    let invitation =
        (bytes(256), vec(bytes::<1023>(1023), 0..=16)).prop_map(|(addition, credentials)| {
            Invitation { addition, credentials: list(&credentials) }
        });
    of(invitation).prop_map(|invitation| Enrolled { invitation })
}

/// Any record of an enrolment.
pub fn enrolment_content() -> impl Strategy<Value = Enrolment<'static>> {
    (device(), any::<u32>(), bytes(16_384), bytes(2048), bytes(2048)).prop_map(
        |(device, front_end, attestation_object, client_data, ticket)| Enrolment {
            device,
            front_end: FrontEndId(front_end),
            attestation_object,
            client_data,
            ticket,
        },
    )
}

/// Any record of a vouching.
pub fn vouch_content() -> impl Strategy<Value = Vouch<'static>> {
    let times = any::<(u64, u64)>();
    (slot(), bytes(256), slot(), bytes(2700), any::<u32>(), assertion(), times).prop_map(
        |(slot, addition, by, cose_key, sign_count, assertion, (utc_lo_ms, utc_hi_ms))| Vouch {
            slot,
            addition,
            by,
            cose_key,
            sign_count,
            assertion,
            utc_lo_ms,
            utc_hi_ms,
        },
    )
}

/// Any record of a confirmation.
pub fn confirmation_content() -> impl Strategy<Value = Confirmation> {
    (slot(), fingerprint(), any::<u32>(), any::<(u64, u64)>()).prop_map(
        |(slot, fingerprint, officer, (utc_lo_ms, utc_hi_ms))| Confirmation {
            slot,
            fingerprint,
            officer: OfficerId(officer),
            utc_lo_ms,
            utc_hi_ms,
        },
    )
}

/// Any device.
pub fn device() -> impl Strategy<Value = Device<'static>> {
    let who = (slot(), signer(), name());
    let key = (bytes(1023), bytes(2700), any::<bool>(), any::<u32>());
    let why = (standing(), ticket_id(), cause(), any::<u64>());
    (who, key, attestation(), why).prop_map(
        |((slot, signer, name), key, attestation, (standing, ticket, cause, utc_lo_ms))| Device {
            slot,
            signer,
            name,
            credential: key.0,
            cose_key: key.1,
            backup_eligible: key.2,
            sign_count: key.3,
            standing,
            ticket,
            attestation,
            cause,
            utc_lo_ms,
        },
    )
}

pub fn attestation() -> impl Strategy<Value = Attestation<'static>> {
    use Format::{AndroidKey, Apple, Compound, FidoU2f, None, Packed, Tpm};
    let format = select(vec![Packed, Tpm, AndroidKey, Apple, FidoU2f, None, Compound]);
    let class = select(vec![Class::None, Class::SelfMade, Class::Certified]);
    let chain = vec(digest(), 0..=32);
    (any::<[u8; 16]>(), format, class, assurance(), of(level()), chain).prop_map(
        |(aaguid, format, class, assurance, certification, chain)| Attestation {
            aaguid: Aaguid(aaguid),
            format,
            class,
            assurance,
            certification,
            chain: list(&chain),
        },
    )
}

pub fn level() -> impl Strategy<Value = Level> {
    use Level::{Certified, L1, L1Plus, L2, L2Plus, L3, L3Plus};
    select(vec![Certified, L1, L1Plus, L2, L2Plus, L3, L3Plus])
}

pub fn assurance() -> impl Strategy<Value = Assurance> {
    select(vec![Assurance::Certified, Assurance::Attested, Assurance::Any])
}

pub fn standing() -> impl Strategy<Value = Standing> {
    use Standing::{Active, Pending, Revoked, Suspended};
    select(vec![Active, Suspended, Revoked, Pending])
}

pub fn cause() -> impl Strategy<Value = Cause> {
    prop_oneof![
        Just(Cause::Enrolled),
        any::<u32>().prop_map(|id| Cause::Ordered(OfficerId(id))),
        any::<u32>().prop_map(|id| Cause::Lost(OfficerId(id))),
        Just(Cause::Cloned),
        any::<u32>().prop_map(Cause::Metadata),
    ]
}

pub fn fingerprint() -> impl Strategy<Value = Fingerprint> {
    digest().prop_map(|digest| Fingerprint::of(&digest))
}

pub fn slot() -> impl Strategy<Value = SlotId> {
    any::<u32>().prop_map(SlotId)
}

fn ids() -> impl Strategy<Value = (ApplianceId, TenantId, TicketId)> {
    (any::<[u8; 16]>(), any::<u32>(), ticket_id())
        .prop_map(|(appliance, tenant, ticket)| (ApplianceId(appliance), TenantId(tenant), ticket))
}

fn ticket_id() -> impl Strategy<Value = TicketId> {
    any::<[u8; 32]>().prop_map(TicketId)
}
