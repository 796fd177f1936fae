//! A signer gets a new device: a ticket, its registration through a front-end, another device that vouches for
//! it where one is asked to, and the words that the officer hears.

use std::rc::Rc;

use countersign_device::Assertion as Made;
use countersign_protocol::admin::{DeviceConfirm, Order as Wire, TicketIssue};
use countersign_protocol::fingerprint::Fingerprint;
use countersign_protocol::reply::{Enrolled, Reply};
use countersign_protocol::request::{Enrol, Request, Vouch};
use countersign_protocol::ticket::{Assurance, Ticket};
use countersign_protocol::{Bounded, Digest, TicketId, minicbor, tag};
use sha2::{Digest as _, Sha256};

use super::errand::offered;
use super::frames::{Approved, assertion, encode};
use super::officer::{Ended, done, give, named};
use super::{Handset, Who};
use crate::play::Play;
use crate::scenario::{DeviceMode, Errand, Newcomer};
use crate::sometimes;
use crate::stage::Stage;

/// How long a ticket is good.
const LIFETIME_MS: u64 = 3_600_000;

/// What an enrolled device is asked to approve.
struct Invited {
    addition: Vec<u8>,
    credentials: Vec<Vec<u8>>,
}

/// A new device of a signer; false if it came to nothing.
pub async fn add_device<S: Stage>(play: &Rc<Play<S>>, signer: u32, portals: &[u32]) -> bool {
    let (number, handset) = next_handset(play);
    let Some(ticket) = ticket(play, signer, number).await else { return false };
    let whose = Whose { signer, portals, how: Newcomer::Honest };
    if register(play, &whose, &ticket, &handset).await.is_none() {
        return false;
    }
    // It may approve from now on, whether the answer comes or not.
    play.model.borrow_mut().facts.enrolled(number, signer);
    let enrolled = confirm(play, number, &handset).await;
    if enrolled {
        keep(play, signer, handset);
    }
    enrolled
}

/// A further device comes like this. If it is not as it must, it tries to approve all the same: the model
/// knows of no device of this number.
pub async fn further_device<S: Stage>(
    play: &Rc<Play<S>>,
    signer: u32,
    portals: &[u32],
    how: Newcomer,
) {
    if how == Newcomer::Honest {
        add_device(play, signer, portals).await;
        return;
    }
    let (number, mut handset) = next_handset(play);
    let Some(ticket) = ticket(play, signer, number).await else { return };
    let whose = Whose { signer, portals, how };
    if how == Newcomer::SecondOfTicket {
        let (_, first) = next_handset(play);
        register(play, &whose, &ticket, &first).await;
    }
    register(play, &whose, &ticket, &handset).await;
    match how {
        Newcomer::Unconfirmed => {}
        Newcomer::OtherWords => drop(confirm(play, number, &next_handset(play).1).await),
        _ => drop(confirm(play, number, &handset).await),
    }
    approves_nothing(play, signer, portals, &mut handset).await;
}

/// Whose device, through whom, and how.
struct Whose<'w> {
    signer: u32,
    portals: &'w [u32],
    how: Newcomer,
}

fn next_handset<S: Stage>(play: &Play<S>) -> (u32, Handset) {
    let number = {
        let mut cast = play.cast.borrow_mut();
        cast.devices += 1;
        cast.devices - 1
    };
    (number, Handset::new(play.seed(), number, play.chosen()))
}

fn keep<S: Stage>(play: &Play<S>, signer: u32, handset: Handset) {
    let mut cast = play.cast.borrow_mut();
    let place = signer as usize;
    if cast.handsets.len() <= place {
        cast.handsets.resize_with(place + 1, Vec::new);
    }
    if let Some(handsets) = cast.handsets.get_mut(place) {
        handsets.push(handset);
    }
}

/// Whatever it answers for the signer's first key is brought, in the place of each device that may.
async fn approves_nothing<S: Stage>(
    play: &Rc<Play<S>>,
    signer: u32,
    portals: &[u32],
    handset: &mut Handset,
) {
    let key = signer;
    for portal in portals {
        let wish = Errand { portal: *portal, key, ..Errand::default() };
        let Some(offer) = offered(play, &wish).await else { continue };
        let made = handset.answer(&offer.challenge, DeviceMode::Honest).0;
        let approved = Approved {
            transaction: offer.transaction,
            activation: offer.activation,
            assertions: vec![(0, made)],
        };
        let Some(frame) = approved.frame() else { continue };
        let reply = play.ask(Who::Portal(*portal), frame, 1).await;
        let refused = reply.is_some_and(|reply| matches!(reply[..], [0x81, _]));
        sometimes!(play.stage.marks(), NewcomerRefused, refused);
        return;
    }
}

async fn ticket<S: Stage>(play: &Rc<Play<S>>, signer: u32, number: u32) -> Option<Vec<u8>> {
    let (owner, name) = (format!("signer {signer}"), format!("device {number}"));
    let order = Wire::TicketIssue(TicketIssue {
        signer: named(&owner),
        device: named(&name),
        assurance: Assurance::Any,
        lifetime_ms: LIFETIME_MS,
    });
    match give(play, &order, |_| ()).await {
        Ended::TicketIssued(ticket) => Some(ticket),
        _ => None,
    }
}

/// Through the first of the front-ends that may; none if none may, or nobody vouches for it.
async fn register<S: Stage>(
    play: &Rc<Play<S>>,
    whose: &Whose<'_>,
    ticket: &[u8],
    handset: &Handset,
) -> Option<()> {
    let made = handset.register(&digest(tag::ENROLMENT, ticket));
    let id = minicbor::decode::<Ticket<'_>>(ticket).ok()?.id;
    let frame = encode(&Request::Enrol(Enrol {
        ticket: id,
        attestation_object: Bounded::new(&made.attestation_object)?,
        client_data: Bounded::new(&made.client_data_json)?,
    }));
    for portal in whose.portals {
        let who = Who::Portal(*portal);
        match play.ask(who, frame.clone(), 0).await.map(|reply| read(&reply)) {
            Some(Some(Some(_))) if whose.how == Newcomer::Unvouched => return None,
            Some(Some(Some(mut invited))) => {
                if let Some(last) =
                    invited.addition.last_mut().filter(|_| whose.how == Newcomer::OtherAddition)
                {
                    *last = !*last;
                }
                let frame = vouch(play, whose.signer, id, &invited)?;
                // Enrolment looks for the ticket first: only approvals of documents cost all the same.
                return read(&play.ask(who, frame, 0).await?)?.is_none().then_some(());
            }
            Some(Some(None)) => return Some(()),
            Some(None) | None => {}
        }
    }
    None
}

/// Whether a device is pending, and what is asked of another one; none if it is not.
fn read(reply: &[u8]) -> Option<Option<Invited>> {
    match minicbor::decode::<Reply<'_>>(reply) {
        Ok(Reply::Enrolled(Enrolled { invitation })) => Some(invitation.map(|asked| Invited {
            addition: asked.addition.bytes().to_vec(),
            credentials: asked.credentials.iter().map(|id| id.bytes().to_vec()).collect(),
        })),
        _ => None,
    }
}

/// What the signer's newest device says of the addition.
fn vouch<S: Stage>(
    play: &Play<S>,
    signer: u32,
    ticket: TicketId,
    invited: &Invited,
) -> Option<Vec<u8>> {
    let made: Made = {
        let mut cast = play.cast.borrow_mut();
        let handset = cast.handsets.get_mut(signer as usize)?.last_mut()?;
        handset.answer(&digest(tag::ADDITION, &invited.addition), DeviceMode::Honest).0
    };
    let place = invited.credentials.iter().position(|id| *id == made.credential_id)?;
    let made = (u8::try_from(place).ok()?, made);
    Some(encode(&Request::Vouch(Vouch { ticket, assertion: assertion(&made)? })))
}

/// The words that the signer reads from the device.
async fn confirm<S: Stage>(play: &Rc<Play<S>>, number: u32, handset: &Handset) -> bool {
    let name = format!("device {number}");
    let key = digest(tag::FINGERPRINT, &handset.credential().public_key_cose);
    let fingerprint = Fingerprint::of(&Digest(key));
    let order = Wire::DeviceConfirm(DeviceConfirm { name: named(&name), fingerprint });
    done(&give(play, &order, |_| ()).await)
}

fn digest(tag: &[u8], bytes: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(tag).chain_update(bytes).finalize().into()
}
