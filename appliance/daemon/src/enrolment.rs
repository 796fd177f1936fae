//! Enrolment: from a new device's registration to a record that it is pending, on one screen.
//!
//! Guarantees: stages in this order, none skipped (it would not compile); the registration is over a ticket of
//! this appliance that is open, its attestation holds, and its model is known as well as the ticket asks; every
//! refusal is on record before the front-end hears of it, and it hears the class alone. What comes of it
//! approves nothing.
//!
//! It branches on what it finds: nothing in a registration is secret.

mod bound;
mod fault;
mod invitation;
mod registered;
mod vouching;

use countersign_protocol::reply::Failure;
use countersign_protocol::request::Enrol;
use countersign_protocol::{Digest, TicketId};

use self::bound::{Claimed, TurnedAway};
pub use self::fault::Fault;
pub(crate) use self::registered::floor;
pub(crate) use self::vouching::vouch;
use crate::appliance::Appliance;
use crate::ground::Ground;
use crate::platform::Surroundings;

/// Answers an `Enrol` frame. The same frame again has the same answer.
///
/// # Errors
/// What the front-end may know; the ledger has the reason.
pub(crate) async fn enrol<G: Ground>(
    appliance: &Appliance<G>,
    channel: &Digest,
    frame: &[u8],
) -> Result<Vec<u8>, Failure> {
    let enrolled = match path(appliance, channel, frame).await {
        Err(turned_away) => invitation::repeated(appliance, turned_away, frame),
        enrolled => enrolled,
    };
    heard(appliance, enrolled).await
}

/// What a front-end hears, once a refusal is on record.
async fn heard<G: Ground>(
    appliance: &Appliance<G>,
    done: Result<TicketId, TurnedAway>,
) -> Result<Vec<u8>, Failure> {
    match done {
        Ok(ticket) => invitation::reply(appliance, &ticket).ok_or(Failure::Unavailable),
        Err(turned_away) => Err(turned_away.settle(appliance).await),
    }
}

async fn path<G: Ground>(
    appliance: &Appliance<G>,
    channel: &Digest,
    frame: &[u8],
) -> Result<TicketId, TurnedAway> {
    let Appliance { crypto, books, .. } = appliance;
    Claimed::<Enrol<'_>>::decode(frame, channel, appliance.now())?
        .bind(books)?
        .find_ticket(books)?
        .verify(&**crypto)?
        .attest(&**crypto)?
        .assure(books)?
        .enrol(books)
        .await
}
