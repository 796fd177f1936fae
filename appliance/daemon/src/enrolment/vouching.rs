//! Vouching: an enrolled device's approval of a pending one goes on record.
//!
//! Guarantees: what is approved is the addition that this appliance makes of the pending device, byte for byte;
//! whether it counts is the core's to say (`countersign_core::vouch`).

use countersign_core::port::{Crypto, Guarded, Registry as _};
use countersign_core::vouch::{Vouched, Voucher};
use countersign_core::{Reason, entry};
use countersign_protocol::change::Standing;
use countersign_protocol::record::Kind;
use countersign_protocol::reply::Failure;
use countersign_protocol::request::Vouch;
use countersign_protocol::{Bounded, Digest, SlotId, TicketId, enrolment};
use countersign_registry::{Change, Newcomer, Registry};

use super::bound::{Bound, Claimed, Concerns, TurnedAway, own_ticket};
use super::fault::{Fault, Why};
use super::registered::NotSpent;
use super::{heard, invitation};
use crate::appliance::Appliance;
use crate::books::Books;
use crate::ground::Ground;
use crate::platform::Surroundings;

/// Answers a `Vouch` frame.
///
/// # Errors
/// What the front-end may know; the ledger has the reason.
pub(crate) async fn vouch<G: Ground>(
    appliance: &Appliance<G>,
    channel: &Digest,
    frame: &[u8],
) -> Result<Vec<u8>, Failure> {
    heard(appliance, path(appliance, channel, frame).await).await
}

async fn path<G: Ground>(
    appliance: &Appliance<G>,
    channel: &Digest,
    frame: &[u8],
) -> Result<TicketId, TurnedAway> {
    let Appliance { crypto, books, .. } = appliance;
    Claimed::<Vouch<'_>>::decode(frame, channel, appliance.now())?
        .bind(books)?
        .find_addition(books)?
        .verify(&**crypto)?
        .vouch(books)
        .await
}

/// What is to be approved, and by which device.
struct Asked<'f, K> {
    concerns: Concerns,
    ticket: TicketId,
    front_end: entry::FrontEnd,
    appliance: entry::Appliance,
    newcomer: Newcomer,
    addition: Vec<u8>,
    voucher: Voucher<'f, K>,
}

type KeyBytes<G> = <Registry<<G as Ground>::Crypto> as countersign_core::port::Registry>::KeyBytes;

impl<'f> Bound<Vouch<'f>> {
    fn find_addition<G: Ground>(
        self,
        books: &Books<G>,
    ) -> Result<Asked<'f, KeyBytes<G>>, TurnedAway> {
        let Self { body, concerns, front_end } = self;
        let found = books.with(|state| {
            let registry = &state.registry;
            own_ticket(registry, &body.ticket, front_end.tenant)?;
            let newcomer = unvouched(registry, &body.ticket)?;
            let addition = invitation::addition(registry, &body.ticket, &newcomer);
            let addition = addition.ok_or(Fault::NothingToVouch)?;
            let voucher = Voucher::find(registry, newcomer.device.signer, body.assertion)?;
            Ok((registry.appliance().clone(), newcomer, addition, voucher))
        });
        let (appliance, newcomer, addition, voucher) =
            found.map_err(|why: Why| concerns.turn_away(why))?;
        let concerns = concerns.of_device(voucher.slot());
        let ticket = body.ticket;
        Ok(Asked { concerns, ticket, front_end, appliance, newcomer, addition, voucher })
    }
}

/// The pending device of this ticket that waits for one that vouches.
fn unvouched<C: Crypto>(registry: &Registry<C>, ticket: &TicketId) -> Result<Newcomer, Fault> {
    let newcomer = registry.newcomer(ticket).ok_or(Fault::NothingToVouch)?;
    let pending = newcomer.device.standing == Standing::Pending;
    (pending && newcomer.unvouched).then_some(newcomer).ok_or(Fault::NothingToVouch)
}

/// An enrolled device has approved it.
struct Approved<'f> {
    concerns: Concerns,
    ticket: TicketId,
    slot: SlotId,
    addition: Vec<u8>,
    vouched: Vouched<'f>,
}

impl<'f, K: AsRef<[u8]>> Asked<'f, K> {
    fn verify(self, crypto: &impl Crypto) -> Result<Approved<'f>, TurnedAway> {
        let Self { concerns, ticket, front_end, appliance, newcomer, addition, voucher } = self;
        let vouched = voucher
            .verify(crypto, &appliance, &addition, front_end.id, concerns.now)
            .map_err(|reason| concerns.turn_away(reason))?;
        Ok(Approved { concerns, ticket, slot: newcomer.device.slot, addition, vouched })
    }
}

impl Approved<'_> {
    /// Returns when it is on record.
    async fn vouch<G: Ground>(self, books: &Books<G>) -> Result<TicketId, TurnedAway> {
        let recorded = books.change(|registry| self.propose(registry)).await;
        recorded.map(|_| self.ticket).map_err(|why: NotSpent| self.concerns.turn_away(why.0))
    }

    fn propose<C: Crypto>(&self, registry: &Registry<C>) -> Result<(Kind, Vec<u8>), NotSpent> {
        let Self { concerns, ticket, slot, addition, vouched } = self;
        unvouched(registry, ticket)?;
        vouched.stands(registry).map_err(|reason| NotSpent(reason.into()))?;
        let too_long = || NotSpent(Reason::FrameMalformed.into());
        let cose_key = registry.cose_key(vouched.slot()).unwrap_or_default();
        let change = Change::Vouch(enrolment::Vouch {
            slot: *slot,
            addition: Bounded::new(addition).ok_or_else(too_long)?,
            by: vouched.slot(),
            cose_key: Bounded::new(cose_key).ok_or_else(too_long)?,
            sign_count: vouched.sign_count(),
            assertion: vouched.assertion(),
            utc_lo_ms: concerns.now.utc_lo_ms,
            utc_hi_ms: concerns.now.utc_hi_ms,
        });
        Ok((change.kind(), change.content()))
    }
}
