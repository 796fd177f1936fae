//! Orders about devices. No single one of them makes a device that approves: a ticket is an officer's, a
//! registration a front-end's, and what is confirmed are words that only the signer's device shows.

use countersign_core::Now;
use countersign_core::entry::Key;
use countersign_core::port::{Crypto, Guarded, Registry as _};
use countersign_protocol::activation::Version;
use countersign_protocol::admin::{
    Answer, Changed, DeviceAnswer, DeviceConfirm, DeviceList, DeviceShow, Devices, DevicesLost,
    Done, Listed, SetStanding, TicketIssue, TicketIssued,
};
use countersign_protocol::change::{Cause, Place, Profile, Standing};
use countersign_protocol::enrolment::Confirmation;
use countersign_protocol::limits::{
    DEVICE_HISTORY_MAX, DEVICES_LISTED_MAX, HEAD_BYTES_MAX, TICKET_KEYS_MAX,
    TICKET_LIFETIME_MS_MAX, TICKET_LIFETIME_MS_MIN,
};
use countersign_protocol::record::Kind;
use countersign_protocol::ticket::Ticket;
use countersign_protocol::{Bounded, Name, OfficerId, Origin, Sequence, SlotId, Suite, TicketId};
use countersign_registry::{Change, Conflict, Event, Registry, Table};

use super::{OrderError, Proposed, dated, keys, not_pending, proposed, signer};
use crate::appliance::Appliance;
use crate::contents::encode;
use crate::enrolment::floor;
use crate::ground::{Ground, Hsm};
use crate::platform::Surroundings;

/// Makes a ticket: what one new device of a signer may be registered with, once.
pub(super) async fn issue<G: Ground>(
    appliance: &Appliance<G>,
    order: &TicketIssue<'_>,
) -> Result<Vec<u8>, OrderError> {
    let id = TicketId(appliance.token.random::<32>().await?);
    let now = appliance.now();
    let mut ticket = Vec::new();
    let index = appliance
        .books
        .change(|registry| {
            let change = ticket_of(registry, order, id, now)?;
            ticket.clone_from(&change);
            Ok::<_, OrderError>((Kind::Ticket, change))
        })
        .await?;
    let ticket = Bounded::new(&ticket).ok_or(Conflict::NotCanonical)?;
    Ok(encode(&Answer::TicketIssued(TicketIssued { index, ticket })))
}

fn ticket_of<C: Crypto>(
    registry: &Registry<C>,
    order: &TicketIssue<'_>,
    id: TicketId,
    now: Now,
) -> Result<Vec<u8>, OrderError> {
    if !(TICKET_LIFETIME_MS_MIN..=TICKET_LIFETIME_MS_MAX).contains(&order.lifetime_ms) {
        return Err(OrderError::Lifetime);
    }
    let now = dated(now)?;
    let appliance = registry.identity().ok_or(Conflict::Tenant)?.0;
    if floor(appliance.profile, order.assurance) != order.assurance {
        return Err(OrderError::Assurance);
    }
    let signer = signer(registry, order.signer)?;
    let keys: Vec<_> = registry.live_keys_of(signer).map(|key| key.id).collect();
    let mut room = [0; TICKET_KEYS_MAX * (16 + HEAD_BYTES_MAX)];
    let keys = Sequence::from_values(&keys, &mut room).map_err(|_| OrderError::TooManyKeys)?;
    let change = Change::Ticket(Ticket {
        version: Version::V1,
        appliance: appliance.id,
        tenant: registry.tenant_of_signer(signer).ok_or(Conflict::Tenant)?,
        id,
        signer,
        device: order.device,
        keys,
        rp_id: Origin::new(&appliance.rp_id).ok_or(Conflict::NotCanonical)?,
        profile: appliance.profile,
        assurance: order.assurance,
        // From the earliest that it may be now: never longer than was asked for.
        not_after_ms: now.utc_lo_ms.saturating_add(order.lifetime_ms),
    });
    Ok(change.content())
}

/// Suspends, revokes or reactivates a device; a pending one can only be revoked.
pub(super) fn standing<C: Crypto>(
    registry: &Registry<C>,
    officer: OfficerId,
    order: &SetStanding<'_>,
    now: Now,
) -> Proposed {
    let device = registry.device_named(order.name.as_str());
    let device = device.ok_or(Conflict::Unknown(Table::Devices))?;
    if device.standing == Standing::Revoked {
        return Err(OrderError::Revoked(Table::Devices));
    }
    if device.standing == order.standing {
        return Err(OrderError::Already(Table::Devices));
    }
    not_pending(order.standing)?;
    let cause = Cause::Ordered(officer);
    let content = registry.with_standing(device.slot, order.standing, cause, now.utc_lo_ms);
    Ok((Kind::Device, content.map_err(Conflict::from)?))
}

/// Lets a pending device approve. The registry compares the words.
pub(super) fn confirm<C: Crypto>(
    registry: &Registry<C>,
    officer: OfficerId,
    order: &DeviceConfirm<'_>,
    now: Now,
) -> Proposed {
    if registry.appliance().profile == Profile::Production {
        return Err(OrderError::Quorum);
    }
    let device = registry.device_named(order.name.as_str());
    proposed(&Change::Confirmation(Confirmation {
        slot: device.ok_or(Conflict::Unknown(Table::Devices))?.slot,
        fingerprint: order.fingerprint,
        officer,
        utc_lo_ms: now.utc_lo_ms,
        utc_hi_ms: now.utc_hi_ms,
    }))
}

/// All devices of a signer are lost: they and the signer's keys are revoked on record first, and then the
/// keys are destroyed. Given again, it destroys what was left.
pub(super) async fn lost<G: Ground>(
    appliance: &Appliance<G>,
    officer: OfficerId,
    order: &DevicesLost<'_>,
) -> Result<Vec<u8>, OrderError> {
    let now = appliance.now();
    let last = appliance.books.changes(|registry| revoked(registry, officer, order, now)).await?;
    // Given again, it changes nothing that is on record: the last record says so.
    let index = last.unwrap_or_else(|| appliance.books.ledger().committed().size.saturating_sub(1));
    let keys = appliance.books.with(|state| {
        let signer = signer(&state.registry, order.signer)?;
        let place = |key: &Key| (key.place, key.suite);
        Ok::<Vec<(Place, Suite)>, OrderError>(state.registry.keys_of(signer).map(place).collect())
    })?;
    let token = appliance.token.clone();
    let destroyed = G::apart(move || {
        keys.iter()
            .try_for_each(|(Place::Resident(id), suite)| token.destroy_signer_key(*id, *suite))
    });
    destroyed.await.transpose().map_err(OrderError::Destroy)?;
    Ok(encode(&Answer::Done(Done { index })))
}

/// The records: of each device that is not revoked, and of each key.
fn revoked<C: Crypto>(
    registry: &Registry<C>,
    officer: OfficerId,
    order: &DevicesLost<'_>,
    now: Now,
) -> Result<Vec<(Kind, Vec<u8>)>, OrderError> {
    let signer = signer(registry, order.signer)?;
    let devices = registry.devices_of(signer).filter(|d| d.standing != Standing::Revoked);
    let devices = devices.map(|device| {
        let cause = Cause::Lost(officer);
        let content = registry.with_standing(device.slot, Standing::Revoked, cause, now.utc_lo_ms);
        Ok((Kind::Device, content.map_err(Conflict::from)?))
    });
    let keys = registry.live_keys_of(signer).map(|key| {
        let name = registry.name_of_key(&key.id).and_then(Name::new);
        keys::revoked(registry, name.ok_or(Conflict::NotCanonical)?, key)
    });
    devices.chain(keys).collect()
}

/// Some of the devices.
pub(super) fn list<G: Ground>(
    appliance: &Appliance<G>,
    order: &DeviceList,
) -> Result<Vec<u8>, OrderError> {
    appliance.books.with(|state| {
        let mut after = state.registry.devices_after(order.after);
        let some: Vec<Listed<'_>> = after.by_ref().take(DEVICES_LISTED_MAX).collect();
        // Two names, and numbers.
        let mut room = vec![0; some.len() * 256];
        let devices = Sequence::from_values(&some, &mut room).map_err(Conflict::from)?;
        Ok(encode(&Answer::Devices(Devices { devices, more: after.next().is_some() })))
    })
}

/// All that is known of one device, but its fingerprint.
pub(super) fn show<G: Ground>(
    appliance: &Appliance<G>,
    order: &DeviceShow<'_>,
) -> Result<Vec<u8>, OrderError> {
    appliance.books.with(|state| {
        let registry = &state.registry;
        let device = registry.device_named(order.name.as_str());
        let slot = device.ok_or(Conflict::Unknown(Table::Devices))?.slot;
        let answer = shown(registry, slot, &mut Vec::new(), &mut [0; DEVICE_HISTORY_MAX * 64]);
        answer.ok_or(Conflict::NotCanonical.into())
    })
}

fn shown<C: Crypto>(
    registry: &Registry<C>,
    slot: SlotId,
    attestation: &mut Vec<u8>,
    history: &mut [u8],
) -> Option<Vec<u8>> {
    let device = registry.device(slot)?;
    let attestation = registry.attestation(slot, attestation).ok()?;
    let model = registry.model(&attestation.aaguid);
    let changes: Vec<Changed> = registry.history(slot).iter().map(changed).collect();
    Some(encode(&Answer::Device(DeviceAnswer {
        listed: registry.listed_device(slot)?,
        credential: Bounded::new(registry.credential(slot)?)?,
        algorithm: countersign_core::assertion::cose::number(device.algorithm)?,
        sign_count: device.counts.last(),
        backup_eligible: device.backup_eligible,
        attestation,
        model: model.and_then(|model| Name::new(&model.description)),
        certification: model.and_then(|model| model.certification),
        concerns: model.map_or(0, |model| model.concerns.bits()),
        history: Sequence::from_values(&changes, history).ok()?,
    })))
}

const fn changed(event: &Event) -> Changed {
    let Event { index, standing, cause, utc_lo_ms } = *event;
    Changed { index, standing, cause, utc_lo_ms }
}
