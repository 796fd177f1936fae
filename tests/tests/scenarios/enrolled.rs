//! How the devices that approved were enrolled: asked for by whoever has the signatures.

use countersign_core::Reason;
use countersign_device::{Algorithm, Authenticator};
use countersign_protocol::admin::{Order, SetStanding};
use countersign_protocol::change::Standing;
use countersign_protocol::enrolment::Enrolment;
use countersign_protocol::receipt::Receipt;
use countersign_protocol::record::Opening;
use countersign_protocol::reply::{Failure, Reply};
use countersign_protocol::request::{Enrolments, Request};
use countersign_protocol::ticket::Assurance;
use countersign_protocol::{Name, TransactionId, canonical};
use countersign_tests::case::{Case, approve};
use countersign_tests::draft::{SignDraft, encode};
use countersign_tests::enrolment::{Handed, confirmation, fingerprint};
use countersign_tests::house::{Holder, ORIGIN, RP_ID};
use countersign_tests::outcome::Outcome;

use crate::table::scenarios;

/// What Alice calls her further device.
const TABLET: &str = "alice's tablet";
const MALFORMED: Outcome = Outcome::Failed(Failure::Malformed);

scenarios! {
    asked_under_the_receipts_checkpoint(case) {
        let (transaction, size) = signed(&mut case).await;
        let outcome = asked(&case, &case.people.front_end, transaction, size).await;
        assert!(is_one_before(&outcome, size), "{outcome:?}");
    }

    /// Whoever has it can tell what was registered over; that one vouched for it besides changes nothing.
    the_record_of_a_further_device_has_the_ticket_that_it_was_given(case) {
        let ticket = case.ticket("alice", TABLET, Assurance::Any).await;
        let mut device = Authenticator::new_of(Algorithm::Es256, RP_ID, ORIGIN).unwrap();
        added(&mut case, &ticket, &device).await;
        let prepared = case.prepared().await;
        let draft = SignDraft::of(&prepared, vec![approve(&mut device, &prepared, |_| ())]);
        case.expect_signatures(&case.ask(&draft.frame()).await);
        let (transaction, size) = released(&case, draft.transaction).await;
        let frame = encode(&Request::Enrolments(Enrolments { transaction, size }));
        let reply = case.engine.ask(&case.people.front_end, &frame).await;
        let Reply::Enrolments(all) = canonical::decode(&reply).unwrap() else { panic!() };
        let enrolled = all.enrolments.iter().next().unwrap();
        let opening: Opening<'_> = canonical::decode(enrolled.opening.bytes()).unwrap();
        let enrolment: Enrolment<'_> = canonical::decode(opening.content.bytes()).unwrap();
        assert_eq!(enrolment.ticket.bytes(), ticket.0);
        assert_eq!(enrolment.device.ticket, ticket.id());
    }

    asked_again_under_a_later_checkpoint(case) {
        let (transaction, size) = signed(&mut case).await;
        let (_, later) = signed(&mut case).await;
        let before = asked(&case, &case.people.front_end, transaction, size).await;
        assert_eq!(asked(&case, &case.people.front_end, transaction, later).await, before);
    }

    asked_under_a_checkpoint_of_before_the_enrolment(case) {
        let (transaction, _) = signed(&mut case).await;
        assert_eq!(asked(&case, &case.people.front_end, transaction, 1).await, MALFORMED);
    }

    asked_under_a_checkpoint_that_there_is_not(case) {
        let (transaction, _) = signed(&mut case).await;
        assert_eq!(asked(&case, &case.people.front_end, transaction, 1 << 40).await, MALFORMED);
    }

    asked_about_an_unknown_transaction(case) {
        let (_, size) = signed(&mut case).await;
        let unknown = TransactionId([0xaa; 32]);
        let outcome = asked(&case, &case.people.front_end, unknown, size).await;
        case.expect_refused(&case.people.front_end, &outcome, Reason::TransactionUnknown).await;
    }

    asked_by_another_front_end(case) {
        let (transaction, size) = signed(&mut case).await;
        let other = &case.people.other_front_end;
        let outcome = asked(&case, other, transaction, size).await;
        case.expect_refused(other, &outcome, Reason::TransactionUnknown).await;
    }

    asked_after_the_device_was_revoked(case) {
        let name = case.people.name("alice's phone");
        let (name, standing) = (Name::new(&name).unwrap(), Standing::Revoked);
        let (transaction, size) = signed(&mut case).await;
        case.order(&Order::DeviceStanding(SetStanding { name, standing })).await;
        let outcome = asked(&case, &case.people.front_end, transaction, size).await;
        case.expect_refused(&case.people.front_end, &outcome, Reason::DeviceInactive).await;
    }
}

/// A transaction that is signed, and the size of its receipt's checkpoint.
async fn signed(case: &mut Case<'_>) -> (TransactionId, u64) {
    let transaction = case.signed().await.transaction;
    released(case, transaction).await
}

/// The same of a transaction whose signatures were given away.
async fn released(case: &Case<'_>, transaction: TransactionId) -> (TransactionId, u64) {
    let Outcome::Signed { receipt, .. } = case.fetched(transaction).await else { panic!() };
    let receipt: Receipt<'_> = canonical::decode(&receipt).unwrap();
    (transaction, receipt.checkpoint.size)
}

/// Alice's tablet is registered with this ticket, her phone vouches for it, and an officer confirms it.
async fn added(case: &mut Case<'_>, ticket: &Handed, device: &Authenticator) {
    let outcome = case.ask(&ticket.frame(&device.register(&ticket.challenge()))).await;
    let Outcome::Enrolled(Some(invited)) = outcome else { panic!("{outcome:?}") };
    let frame = ticket.vouch(&invited, &mut case.people.alice);
    assert_eq!(case.ask(&frame).await, Outcome::Enrolled(None));
    let words = fingerprint(&device.credential().public_key_cose);
    case.order(&confirmation(&case.people.name(TABLET), words)).await;
}

async fn asked(case: &Case<'_>, who: &Holder, transaction: TransactionId, size: u64) -> Outcome {
    case.ask_as(who, &encode(&Request::Enrolments(Enrolments { transaction, size }))).await
}

fn is_one_before(outcome: &Outcome, size: u64) -> bool {
    matches!(outcome, Outcome::Enrolments(places) if places.len() == 1 && places[0] < size)
}
