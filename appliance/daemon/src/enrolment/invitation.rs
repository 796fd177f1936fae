//! What a front-end hears of a pending device: what an enrolled device of the signer has to approve before
//! officers may confirm it, if anything.

use countersign_core::port::{Crypto, Guarded, Registry as _};
use countersign_core::vouch::vouchers;
use countersign_protocol::activation::Version;
use countersign_protocol::change::Standing;
use countersign_protocol::limits::{CREDENTIAL_ID_BYTES_MAX, DEVICES_MAX};
use countersign_protocol::reply::{Enrolled, Invitation, Reply};
use countersign_protocol::request::{Enrol, Request};
use countersign_protocol::ticket::Addition;
use countersign_protocol::{Bounded, Digest, Sequence, TicketId, canonical};
use countersign_registry::{Newcomer, Registry};

use super::bound::TurnedAway;
use crate::appliance::Appliance;
use crate::contents::encode;
use crate::ground::Ground;

/// The reply to whoever has registered a device with this ticket.
pub(super) fn reply<G: Ground>(appliance: &Appliance<G>, ticket: &TicketId) -> Option<Vec<u8>> {
    appliance.books.with(|state| {
        let registry = &state.registry;
        let newcomer = registry.newcomer(ticket)?;
        if !newcomer.unvouched {
            return Some(encode(&Reply::Enrolled(Enrolled { invitation: None })));
        }
        let addition = addition(registry, ticket, &newcomer)?;
        let may = vouchers(registry, newcomer.device.signer).take(DEVICES_MAX);
        let ids: Vec<Bounded<'_, CREDENTIAL_ID_BYTES_MAX>> =
            may.filter_map(|d| registry.credential(d.slot)).filter_map(Bounded::new).collect();
        let mut room = vec![0; countersign_core::prepare::CREDENTIALS_BYTES];
        let invitation = Invitation {
            addition: Bounded::new(&addition)?,
            credentials: Sequence::from_values(&ids, &mut room).ok()?,
        };
        Some(encode(&Reply::Enrolled(Enrolled { invitation: Some(invitation) })))
    })
}

/// What an enrolled device approves to vouch for the newcomer: always the same bytes.
pub(super) fn addition<C: Crypto>(
    registry: &Registry<C>,
    ticket: &TicketId,
    newcomer: &Newcomer,
) -> Option<Vec<u8>> {
    let signer = newcomer.device.signer;
    Some(encode(&Addition {
        version: Version::V1,
        appliance: registry.appliance().id,
        tenant: registry.tenant_of_signer(signer)?,
        ticket: *ticket,
        signer,
        key: newcomer.key,
    }))
}

/// The ticket, if it was spent by this very registration, whose device is on record and not revoked.
pub(super) fn repeated<G: Ground>(
    appliance: &Appliance<G>,
    turned_away: TurnedAway,
    frame: &[u8],
) -> Result<TicketId, TurnedAway> {
    let durable = appliance.books.ledger().committed().size;
    let same = turned_away.spent_ticket().filter(|ticket| {
        appliance.books.with(|state| {
            let registry = &state.registry;
            let newcomer = registry.newcomer(ticket);
            newcomer.zip(evidence(registry, frame)).is_some_and(|(newcomer, evidence)| {
                let device = newcomer.device;
                let lives = device.standing != Standing::Revoked;
                newcomer.evidence == evidence && lives && device.generation.0 < durable
            })
        })
    });
    same.ok_or(turned_away)
}

fn evidence<C: Crypto>(registry: &Registry<C>, frame: &[u8]) -> Option<Digest> {
    match canonical::decode(frame) {
        Ok(Request::Enrol(Enrol { attestation_object, client_data, .. })) => {
            Some(registry.evidence(attestation_object.bytes(), client_data.bytes()))
        }
        _ => None,
    }
}
