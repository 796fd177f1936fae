//! An errand: a document is prepared, approved and signed, and whatever goes wrong with that.

use std::rc::Rc;

use countersign_protocol::KeyId;
use countersign_protocol::{SignerId, Suite, TransactionId};

use super::Who;
use super::frames::{Answer, Approved, Offer, Wanted, fetch};
use crate::marks::Mark;
use crate::play::Play;
use crate::random;
use crate::scenario::{DeviceMode, Errand, Trick};
use crate::sometimes;
use crate::stage::Stage;
use crate::trace::What;

/// What came of an errand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    /// Signatures.
    Signed,
    /// A failure with this status, for this transaction if there was one.
    Failed(countersign_protocol::reply::Failure, Option<TransactionId>),
    /// No answer.
    Lost,
    /// It could not be asked: there is no such key any more.
    Nothing,
}

impl std::fmt::Display for Came {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Signed => f.write_str("signed"),
            Self::Failed(failure, _) => failure.fmt(f),
            Self::Lost => f.write_str("no answer"),
            Self::Nothing => f.write_str("nothing"),
        }
    }
}

/// Runs an errand to its end. `number` is that of its event.
pub async fn errand<S: Stage>(play: &Rc<Play<S>>, number: u64, errand: &Errand) -> Came {
    play.stage.marks().hit(Mark::Trick(errand.trick));
    play.stage.marks().hit(Mark::Device(errand.device));
    let Some(wanted) = wanted(play, number, errand) else { return Came::Nothing };
    let portal = Who::Portal(errand.portal);
    let asker = if errand.trick == Trick::AskStranger { Who::Stranger } else { portal };
    let offer = match prepare(play, asker, &wanted).await {
        Ok(offer) => offer,
        Err(came) => return came,
    };
    if errand.trick == Trick::FetchEarly {
        play.ask(portal, fetch(offer.transaction), 0).await;
    }
    let think_ms = match errand.trick {
        Trick::Late => errand.lifetime_ms.saturating_add(1_000),
        _ => errand.think_ms,
    };
    play.stage.sleep_us(u64::from(think_ms) * 1_000).await;
    let Some(approved) = approve(play, errand, &offer) else { return Came::Nothing };
    play.note(What::Deed, || {
        (
            format!("signer {}", errand.key),
            format!("approves {} ({:?})", hex4(&offer), errand.device),
        )
    });
    bring(play, number, errand, approved, &wanted).await
}

fn hex4(offer: &Offer) -> String {
    offer.transaction.0.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

/// The `Prepare` of an errand.
fn wanted<S: Stage>(play: &Play<S>, number: u64, errand: &Errand) -> Option<Wanted> {
    let cast = play.cast.borrow();
    let key = cast.keys.get(errand.key as usize)?;
    let length = key.suite.digest_bytes().unwrap_or(100);
    let bytes = |n: u64| {
        let mut bytes = vec![0; length];
        random::stream(play.seed(), "document", number * 256 + n).fill(&mut bytes);
        bytes
    };
    let mut wanted = Wanted {
        key: key.id,
        suite: key.suite,
        lifetime_ms: errand.lifetime_ms,
        initiator: None,
        items: (0..u64::from(errand.items.clamp(1, 250))).map(bytes).collect(),
    };
    match errand.trick {
        Trick::AskUnknownKey => wanted.key = KeyId([0xee; 16]),
        Trick::AskWrongSuite => {
            wanted.suite = Suite::ALL.into_iter().find(|suite| *suite != key.suite)?;
        }
        Trick::AskTooMany => wanted.items = (0..9).map(bytes).collect(),
        Trick::AskWrongLength => wanted.items = vec![vec![7; 31]],
        Trick::AskUnknownInitiator => wanted.initiator = Some(SignerId(9_999_999)),
        Trick::AskLifetime => wanted.lifetime_ms = 1,
        _ => {}
    }
    Some(wanted)
}

/// An activation for the document of such an errand.
pub async fn offered<S: Stage>(play: &Rc<Play<S>>, errand: &Errand) -> Option<Offer> {
    let wanted = wanted(play, u64::MAX / 256, errand)?;
    prepare(play, Who::Portal(errand.portal), &wanted).await.ok()
}

async fn prepare<S: Stage>(play: &Rc<Play<S>>, who: Who, wanted: &Wanted) -> Result<Offer, Came> {
    let frame = wanted.frame().ok_or(Came::Nothing)?;
    let Some(reply) = play.ask(who, frame, 0).await else { return Err(Came::Lost) };
    match Answer::read(&reply) {
        Answer::Prepared(offer) => Ok(offer),
        Answer::Failed(failure) => Err(Came::Failed(failure, None)),
        Answer::Signed | Answer::Unreadable => Err(Came::Nothing),
    }
}

/// The assertions of as many approvers as are needed; the first one's device behaves as the errand says.
fn approve<S: Stage>(play: &Play<S>, errand: &Errand, offer: &Offer) -> Option<Approved> {
    let (signers, threshold) = {
        let cast = play.cast.borrow();
        let key = cast.keys.get(errand.key as usize)?;
        (key.signers.clone(), usize::from(key.threshold))
    };
    let needed = if errand.trick == Trick::OneOfMany { 1 } else { threshold };
    let mut assertions = Vec::new();
    for (nth, signer) in signers.iter().take(needed).enumerate() {
        let mode = if nth == 0 { errand.device } else { DeviceMode::Honest };
        let signer = match mode {
            DeviceMode::OtherPerson => play.somebody_else(&signers).unwrap_or(*signer),
            _ => *signer,
        };
        assertions.push(play.assertion(signer, offer, mode)?);
    }
    match errand.trick {
        Trick::NoSuchDevice => assertions.iter_mut().for_each(|(device, _)| *device = 15),
        Trick::DoubleAssertion => assertions.extend(assertions.first().cloned()),
        _ => {}
    }
    let Offer { transaction, activation, .. } = offer;
    Some(Approved { transaction: *transaction, activation: activation.clone(), assertions })
}

/// Sends the `Sign`, as the errand's front-end does.
async fn bring<S: Stage>(
    play: &Rc<Play<S>>,
    number: u64,
    errand: &Errand,
    approved: Approved,
    wanted: &Wanted,
) -> Came {
    let portal = Who::Portal(errand.portal);
    let other = Who::Portal(play.other_portal(errand.portal));
    let altered = match errand.trick {
        Trick::Splice => spliced(play, number, errand, &approved, wanted).await,
        Trick::Reorder => approved.altered(|items, _| items.reverse()),
        Trick::Duplicate => approved.altered(|items, _| items.extend(items.first().cloned())),
        Trick::Drop => approved.altered(|items, _| items.truncate(items.len().saturating_sub(1))),
        Trick::OtherKey => approved.altered(|_, key| key.0[0] ^= 1),
        _ => Some(approved.clone()),
    };
    let Some(altered) = altered.filter(|a| errand.trick != Trick::Reorder || *a != approved) else {
        return Came::Nothing;
    };
    let mut frame = altered.frame().unwrap_or_default();
    let assertions = altered.assertions.len() as u64;
    let who = match errand.trick {
        Trick::Foreign => other,
        Trick::Stranger => Who::Stranger,
        _ => portal,
    };
    if errand.trick == Trick::Garbage {
        let at = random::stream(play.seed(), "garbage", number).usize(..frame.len().max(1));
        frame.truncate(at);
    }
    if errand.trick == Trick::Overtaken {
        overtake(play, errand, wanted).await;
    }
    if errand.trick == Trick::Twice {
        let (twin, again) = (Rc::clone(play), frame.clone());
        play.stage.spawn(async move {
            twin.ask(who, again, assertions).await;
        });
    }
    let came = play.signed(who, frame.clone(), assertions, altered.transaction).await;
    after(play, errand, (who, other), (frame, assertions), altered.transaction, came).await
}

/// What follows the first reply.
async fn after<S: Stage>(
    play: &Rc<Play<S>>,
    errand: &Errand,
    (who, other): (Who, Who),
    (frame, assertions): (Vec<u8>, u64),
    transaction: TransactionId,
    came: Came,
) -> Came {
    let marks = play.stage.marks();
    let boots = play.stage.boots();
    match errand.trick {
        Trick::Again => {
            play.stage.sleep_us(u64::from(errand.think_ms) * 1_000).await;
            let again = play.signed(who, frame, assertions, transaction).await;
            let signed = (came, again) == (Came::Signed, Came::Signed);
            sometimes!(marks, SameReplyAgain, signed);
            sometimes!(marks, RepliedAfterRestart, signed && play.stage.boots() > boots);
            came
        }
        Trick::Fetch => {
            let fetched = play.signed(who, fetch(transaction), 0, transaction).await;
            sometimes!(marks, FetchedReply, fetched == Came::Signed);
            came
        }
        Trick::FetchForeign => {
            play.ask(other, fetch(transaction), 0).await;
            came
        }
        // An honest front-end whose reply was lost asks for it when the appliance is back.
        Trick::None if came == Came::Lost => {
            if !play.stage.up().await {
                return came;
            }
            let again = play.signed(who, frame, assertions, transaction).await;
            sometimes!(marks, RepliedAfterRestart, again == Came::Signed);
            again
        }
        _ => came,
    }
}

/// Has other documents approved and signed meanwhile.
async fn overtake<S: Stage>(play: &Rc<Play<S>>, errand: &Errand, wanted: &Wanted) {
    let portal = Who::Portal(errand.portal);
    let Ok(offer) = prepare(play, portal, &wanted.of_other_documents()).await else { return };
    let honest = Errand { device: DeviceMode::Honest, trick: Trick::None, ..errand.clone() };
    let Some(approved) = approve(play, &honest, &offer) else { return };
    let assertions = approved.assertions.len() as u64;
    let frame = approved.frame().unwrap_or_default();
    play.signed(portal, frame, assertions, offer.transaction).await;
}

/// Approval A with the documents of B: both ways round.
async fn spliced<S: Stage>(
    play: &Rc<Play<S>>,
    number: u64,
    errand: &Errand,
    approved: &Approved,
    wanted: &Wanted,
) -> Option<Approved> {
    let portal = Who::Portal(errand.portal);
    let offer = prepare(play, portal, &wanted.of_other_documents()).await.ok()?;
    let first = Approved { activation: offer.activation.clone(), ..approved.clone() };
    let second = Approved { transaction: offer.transaction, ..first.clone() };
    let (one, other) = if number.is_multiple_of(2) { (first, second) } else { (second, first) };
    play.ask(portal, one.frame()?, one.assertions.len() as u64).await;
    Some(other)
}

impl PartialEq for Approved {
    fn eq(&self, other: &Self) -> bool {
        self.activation == other.activation && self.transaction == other.transaction
    }
}

impl<S: Stage> Play<S> {
    /// A device's answer to an offer, with its place in the offer's list; the model hears of it.
    fn assertion(
        &self,
        signer: u32,
        offer: &Offer,
        mode: DeviceMode,
    ) -> Option<(u8, countersign_device::Assertion)> {
        let mut cast = self.cast.borrow_mut();
        let handset = cast.handsets.get_mut(signer as usize)?.last_mut()?;
        let (made, sign_count) = handset.answer(&offer.challenge, mode);
        let approval = crate::model::Approval {
            device: handset.number,
            sound: mode.is_sound(),
            sign_count,
            made_ms: self.stage.now_us() / 1_000,
            assertion: [
                made.authenticator_data.clone(),
                made.client_data_json.clone(),
                made.signature.clone(),
            ],
        };
        self.model.borrow_mut().facts.approved(offer.challenge, approval);
        let place = offer.credentials.iter().position(|id| *id == made.credential_id);
        Some((u8::try_from(place.unwrap_or(0)).ok()?, made))
    }

    /// Sends a `Sign` or `Fetch` and says what came of it.
    async fn signed(
        self: &Rc<Self>,
        who: Who,
        frame: Vec<u8>,
        assertions: u64,
        transaction: TransactionId,
    ) -> Came {
        match self.ask(who, frame, assertions).await.map(|reply| Answer::read(&reply)) {
            Some(Answer::Signed) => Came::Signed,
            Some(Answer::Failed(failure)) => Came::Failed(failure, Some(transaction)),
            Some(Answer::Prepared(_) | Answer::Unreadable) => Came::Nothing,
            None => Came::Lost,
        }
    }
}
