//! How the devices that approved were enrolled: asked for by whoever has the signatures.

use countersign_core::Reason;
use countersign_protocol::admin::{Order, SetStanding};
use countersign_protocol::change::Standing;
use countersign_protocol::receipt::Receipt;
use countersign_protocol::reply::Failure;
use countersign_protocol::request::{Enrolments, Request};
use countersign_protocol::{Name, TransactionId, canonical};
use countersign_tests::case::Case;
use countersign_tests::draft::encode;
use countersign_tests::house::Holder;
use countersign_tests::outcome::Outcome;

use crate::table::scenarios;

const MALFORMED: Outcome = Outcome::Failed(Failure::Malformed);

scenarios! {
    asked_under_the_receipts_checkpoint(case) {
        let (transaction, size) = signed(&mut case).await;
        let outcome = asked(&case, &case.people.front_end, transaction, size).await;
        assert!(is_one_before(&outcome, size), "{outcome:?}");
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
    let Outcome::Signed { receipt, .. } = case.fetched(transaction).await else { panic!() };
    let receipt: Receipt<'_> = canonical::decode(&receipt).unwrap();
    (transaction, receipt.checkpoint.size)
}

async fn asked(case: &Case<'_>, who: &Holder, transaction: TransactionId, size: u64) -> Outcome {
    case.ask_as(who, &encode(&Request::Enrolments(Enrolments { transaction, size }))).await
}

fn is_one_before(outcome: &Outcome, size: u64) -> bool {
    matches!(outcome, Outcome::Enrolments(places) if places.len() == 1 && places[0] < size)
}
