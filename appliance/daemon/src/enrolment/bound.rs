//! Whose frame it is, and which ticket it is about.
//!
//! Guarantees: what is turned away carries whom and what it concerns, as far as known, and is on record before
//! anybody hears of it. What cannot be decoded is counted, not recorded.

use countersign_core::entry::{FrontEnd, is_active};
use countersign_core::port::{Crypto, Guarded, Ledger as _, Registry as _};
use countersign_core::refusal::About;
use countersign_core::{Now, Reason};
use countersign_protocol::reply::Failure;
use countersign_protocol::request::{Enrol, Request, Vouch};
use countersign_protocol::{Digest, SlotId, TenantId, TicketId, canonical};
use countersign_registry::{Registry, TicketRow};

use super::fault::{Fault, Why};
use crate::appliance::Appliance;
use crate::books::Books;
use crate::contents;
use crate::ground::Ground;

/// Whom and what it concerns.
#[derive(Clone, Copy)]
pub(super) struct Concerns {
    pub(super) about: About,
    pub(super) ticket: Option<TicketId>,
    pub(super) now: Now,
}

/// Nothing is given, and why.
pub(super) struct TurnedAway {
    concerns: Box<Concerns>,
    why: Why,
}

impl Concerns {
    pub(super) fn turn_away(self, why: impl Into<Why>) -> TurnedAway {
        TurnedAway { concerns: Box::new(self), why: why.into() }
    }

    /// The same, about an assertion of this device.
    pub(super) const fn of_device(self, slot: SlotId) -> Self {
        Self { about: About { device: Some(slot), ..self.about }, ..self }
    }
}

impl TurnedAway {
    /// The ticket, if it is that which was used before.
    pub(super) fn spent_ticket(&self) -> Option<TicketId> {
        self.concerns.ticket.filter(|_| self.why == Why::Path(Fault::TicketSpent))
    }

    /// Puts it on record. An assertion's refusal has what every such refusal leads to.
    pub(super) async fn settle<G: Ground>(self, appliance: &Appliance<G>) -> Failure {
        let Self { concerns, why } = self;
        let Concerns { about, ticket, now } = *concerns;
        let recorded = match why {
            Why::Core(Reason::FrameMalformed) => return Failure::Malformed,
            Why::Core(Reason::LedgerFailed) => return Failure::Unavailable,
            Why::Core(reason) => appliance.books.refuse(&about.refuse(reason, now)).await,
            _ => {
                let content = contents::turned_away(why.number(), &about, ticket, now);
                appliance.books.turn_away(why.number(), &about, now, content).await
            }
        };
        recorded.map_or(Failure::Unavailable, |()| why.class())
    }
}

/// A frame that decodes. Nobody is known yet.
pub(super) struct Claimed<B> {
    pub(super) body: B,
    pub(super) concerns: Concerns,
}

impl<'f> Claimed<Enrol<'f>> {
    pub(super) fn decode(frame: &'f [u8], channel: &Digest, now: Now) -> Result<Self, TurnedAway> {
        let body = match canonical::decode(frame) {
            Ok(Request::Enrol(body)) => Some((body, body.ticket)),
            _ => None,
        };
        Self::of(body, channel, now)
    }
}

impl<'f> Claimed<Vouch<'f>> {
    pub(super) fn decode(frame: &'f [u8], channel: &Digest, now: Now) -> Result<Self, TurnedAway> {
        let body = match canonical::decode(frame) {
            Ok(Request::Vouch(body)) => Some((body, body.ticket)),
            _ => None,
        };
        Self::of(body, channel, now)
    }
}

impl<B> Claimed<B> {
    /// A body, if there is one, and the ticket that it names.
    fn of(body: Option<(B, TicketId)>, channel: &Digest, now: Now) -> Result<Self, TurnedAway> {
        let ticket = body.as_ref().map(|(_, ticket)| *ticket);
        let concerns = Concerns { about: About::channel(*channel), ticket, now };
        let (body, _) = body.ok_or_else(|| concerns.turn_away(Reason::FrameMalformed))?;
        Ok(Self { body, concerns })
    }
}

/// An active front-end's frame.
pub(super) struct Bound<B> {
    pub(super) body: B,
    pub(super) concerns: Concerns,
    pub(super) front_end: FrontEnd,
}

impl<B> Claimed<B> {
    pub(super) fn bind<G: Ground>(self, books: &Books<G>) -> Result<Bound<B>, TurnedAway> {
        let Self { body, mut concerns } = self;
        let front_end = books.with(|state| state.registry.front_end(&concerns.about.channel));
        let front_end = front_end.ok_or_else(|| concerns.turn_away(Reason::FrontEndUnknown))?;
        concerns.about.front_end = Some(front_end.id);
        if !bool::from(is_active(front_end.standing)) {
            return Err(concerns.turn_away(Reason::FrontEndInactive));
        }
        Ok(Bound { body, concerns, front_end })
    }
}

/// There is such a ticket, spent or not, and it is of this tenant.
pub(super) fn own_ticket<C: Crypto>(
    registry: &Registry<C>,
    id: &TicketId,
    tenant: TenantId,
) -> Result<(), Fault> {
    let signer = registry.signer_of_ticket(id).ok_or(Fault::TicketUnknown)?;
    let own = registry.tenant_of_signer(signer) == Some(tenant);
    own.then_some(()).ok_or(Fault::TicketForeign)
}

/// The ticket, if a device may be registered with it now.
pub(super) fn open_ticket<'r, C: Crypto>(
    registry: &'r Registry<C>,
    id: &TicketId,
    tenant: TenantId,
    now: Now,
) -> Result<&'r TicketRow, Fault> {
    own_ticket(registry, id, tenant)?;
    let ticket = registry.ticket(id).ok_or(Fault::TicketSpent)?;
    // Nobody knows the time better than this: it must hold at both ends.
    if !now.is_within(0, ticket.not_after_ms) {
        return Err(Fault::TicketExpired);
    }
    let keys = registry.live_keys_of(ticket.signer).map(|key| key.id);
    if !keys.eq(ticket.keys.iter().copied()) {
        return Err(Fault::TicketKeysChanged);
    }
    Ok(ticket)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use countersign_enrolled::Enrolled;
    use countersign_protocol::change::{Retention, Signer, Tenant};
    use countersign_protocol::{Name, SignerId};
    use countersign_registry::Change;
    use countersign_registry::RootKey;
    use countersign_soft::Soft;

    use super::*;

    const NOW: Now = Now { boot_ms: 0, utc_lo_ms: 5, utc_hi_ms: 7 };

    /// A signer of the first of two tenants, with a ticket that is good until 7.
    fn registry() -> (Registry<Soft>, TicketId) {
        let mut registry = Registry::new(Arc::new(Soft), RootKey::nobodys());
        let name = |text| Name::new(text).unwrap();
        let signer = Signer {
            id: SignerId(1),
            tenant: TenantId(1),
            name: name("alice"),
            evidence_key: Digest([7; 32]),
            retention: Retention::None,
        };
        let phone = Enrolled {
            slot: SlotId(1),
            signer: signer.id,
            name: "phone",
            credential: b"credential",
            cose_key: &[],
            sign_count: 0,
        };
        let ticket = countersign_protocol::ticket::Ticket { not_after_ms: 7, ..phone.ticket() };
        let changes = [
            Change::Tenant(Tenant { id: TenantId(1), name: name("one") }),
            Change::Tenant(Tenant { id: TenantId(2), name: name("two") }),
            Change::Signer(signer),
            Change::Ticket(ticket),
        ];
        for (index, change) in (0..).zip(&changes) {
            registry.apply(index, change).unwrap();
        }
        (registry, ticket.id)
    }

    #[test]
    fn a_ticket_is_its_own_tenants() {
        let (registry, id) = registry();
        assert!(open_ticket(&registry, &id, TenantId(1), NOW).is_ok());
        let foreign = open_ticket(&registry, &id, TenantId(2), NOW).err();
        assert_eq!(foreign, Some(Fault::TicketForeign));
    }

    #[test]
    fn a_ticket_is_good_as_long_as_it_certainly_is() {
        let (registry, id) = registry();
        let late = Now { utc_hi_ms: 8, ..NOW };
        let over = open_ticket(&registry, &id, TenantId(1), late).err();
        assert_eq!(over, Some(Fault::TicketExpired));
    }
}
