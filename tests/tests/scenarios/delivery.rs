//! Time, repetition, restarts and lost replies.

use std::time::Duration;

use countersign_core::Reason;
use countersign_protocol::Name;
use countersign_protocol::admin::{Grant, Order, SetStanding};
use countersign_protocol::change::Standing;
use countersign_protocol::reply::Failure;
use countersign_tests::case::{Case, act};
use countersign_tests::draft::SignDraft;
use countersign_tests::engine::{Engine, Kind};
use countersign_tests::faulty::Fault;
use countersign_tests::meddled::Moment;
use countersign_tests::outcome::Outcome;
use tokio::sync::oneshot;

use crate::table::scenarios;

scenarios! {
    expired(case) {
        case.prepare.lifetime_ms = 1_000;
        let prepared = case.prepared().await;
        let draft = case.approved(&prepared, |_| ());
        tokio::time::sleep(Duration::from_millis(1_050)).await;
        let outcome = case.ask(&draft.frame()).await;
        case.expect_refused(&case.people.front_end, &outcome, Reason::TransactionExpired).await;
    }

    /// The ledger answers, and nothing is signed again.
    repeated(case) {
        let prepared = case.prepared().await;
        let draft = case.approved(&prepared, |_| ());
        let signed = case.ask(&draft.frame()).await;
        case.expect_signatures(&signed);
        assert_eq!(case.ask(&draft.frame()).await, signed, "the same bytes again");
    }

    repeated_with_other_items(case) {
        let mut draft = case.signed().await;
        draft.change_items(|items| items[0].dtbsr = vec![9; 32]);
        spent(&case, &draft).await;
    }

    repeated_with_another_assertion(case) {
        let prepared = case.prepared().await;
        let draft = case.approved(&prepared, |_| ());
        case.expect_signatures(&case.ask(&draft.frame()).await);
        let again = case.approved(&prepared, |_| ());
        spent(&case, &again).await;
    }

    repeated_by_another_front_end(case) {
        let draft = case.signed().await;
        let other = &case.people.other_front_end;
        let outcome = case.ask_as(other, &draft.frame()).await;
        case.expect_refused(other, &outcome, Reason::TransactionUnknown).await;
    }

    repeated_after_the_device_was_revoked(case) {
        let name = case.people.name("alice's phone");
        let (name, standing) = (Name::new(&name).unwrap(), Standing::Revoked);
        let draft = case.signed().await;
        case.order(&Order::DeviceStanding(SetStanding { name, standing })).await;
        let outcome = case.ask(&draft.frame()).await;
        case.expect_refused(&case.people.front_end, &outcome, Reason::DeviceInactive).await;
    }

    /// A refusal spends nothing: the front-end may have sent the wrong bytes only.
    refused_and_then_right(case) {
        let prepared = case.prepared().await;
        let draft = case.approved(&prepared, |_| ());
        let mut wrong = draft.clone();
        wrong.assertions[0].device = 9;
        let outcome = case.ask(&wrong.frame()).await;
        case.expect_refused(&case.people.front_end, &outcome, Reason::DeviceNotListed).await;
        case.expect_signatures(&case.ask(&draft.frame()).await);
    }

    fetched_after_signing(case) {
        let prepared = case.prepared().await;
        let draft = case.approved(&prepared, |_| ());
        let signed = case.ask(&draft.frame()).await;
        case.expect_signatures(&signed);
        assert_eq!(case.fetched(draft.transaction).await, signed, "the same bytes again");
    }

    /// A token with ML-DSA cosigns the checkpoint of what is given, and of what is given again.
    cosigned_by_the_appliance_where_its_token_can(case) {
        let can = case.engine.kind() != Kind::DaemonOnSoftHsm;
        let prepared = case.prepared().await;
        let draft = case.approved(&prepared, |_| ());
        for outcome in [case.ask(&draft.frame()).await, case.fetched(draft.transaction).await] {
            let Outcome::Signed { own_line, cosigned, .. } = outcome else { panic!("{outcome:?}") };
            assert_eq!((own_line, cosigned), (can, 0), "it counts as no witness");
        }
    }

    fetched_after_the_device_was_revoked(case) {
        let name = case.people.name("alice's phone");
        let (name, standing) = (Name::new(&name).unwrap(), Standing::Revoked);
        let order = Order::DeviceStanding(SetStanding { name, standing });
        fetched_after(&mut case, &order, Reason::DeviceInactive).await;
    }

    fetched_after_the_key_was_revoked(case) {
        let name = case.people.name("key");
        let (name, standing) = (Name::new(&name).unwrap(), Standing::Revoked);
        let order = Order::KeyStanding(SetStanding { name, standing });
        fetched_after(&mut case, &order, Reason::KeyInactive).await;
    }

    fetched_after_the_grant_was_withdrawn(case) {
        let (front_end, key) = (case.people.name("front-end"), case.people.name("key"));
        let (front_end, key) = (Name::new(&front_end).unwrap(), Name::new(&key).unwrap());
        let order = Order::Grant(Grant { front_end, key, granted: false });
        fetched_after(&mut case, &order, Reason::KeyNotGranted).await;
    }

    fetched_after_the_front_end_was_revoked(case) {
        let draft = case.signed().await;
        let name = case.people.name("front-end");
        let (name, standing) = (Name::new(&name).unwrap(), Standing::Revoked);
        let order = Order::FrontEndStanding(SetStanding { name, standing });
        case.order(&order).await;
        let outcome = case.fetched(draft.transaction).await;
        case.expect_refused(&case.people.front_end, &outcome, Reason::FrontEndInactive).await;
    }

    /// Before the first one is reserved, the second one passes every check but that.
    repeated_while_the_first_is_at_work(case) {
        let prepared = case.prepared().await;
        let draft = case.approved(&prepared, |_| ());
        let (waits, is_waiting) = oneshot::channel();
        let (go, may_go) = oneshot::channel();
        case.engine.appliance().await.at(Moment::BeforeReserve, draft.transaction, act(async move {
            waits.send(()).unwrap();
            may_go.await.unwrap();
        }));
        let frame = draft.frame();
        let second = async {
            is_waiting.await.unwrap();
            let signed = case.ask(&frame).await;
            go.send(()).unwrap();
            signed
        };
        let (first, second) = tokio::join!(case.ask(&frame), second);
        case.expect_signatures(&second);
        assert_eq!(first, second, "overtaken, and answered from the ledger");
    }

    fetched_before_signing(case) {
        let prepared = case.prepared().await;
        let draft = case.approved(&prepared, |_| ());
        let outcome = case.fetched(draft.transaction).await;
        case.expect_refused(&case.people.front_end, &outcome, Reason::TransactionUnknown).await;
    }

    token_that_signs_and_reports_an_error(case) {
        token_fails(&mut case, Fault::DoneButReported, Reason::TokenFailed).await;
    }

    token_that_returns_a_wrong_signature(case) {
        let alarms = case.engine.house.alarms().len();
        token_fails(&mut case, Fault::BitFlipped, Reason::TokenSignatureWrong).await;
        assert!(case.engine.house.alarms().len() > alarms, "an alarm is on record");
    }

    token_that_leaves_a_signature_out(case) {
        token_fails(&mut case, Fault::OneMissing, Reason::TokenSignatureWrong).await;
    }

    ledger_that_does_not_record(case) {
        token_fails(&mut case, Fault::NotRecorded, Reason::LedgerFailed).await;
    }

    stream_reset_after_reserve(case) {
        let prepared = case.prepared().await;
        let draft = case.approved(&prepared, |_| ());
        let (reserved, is_reserved) = oneshot::channel();
        let (left, has_left) = oneshot::channel();
        let appliance = case.engine.appliance().await;
        appliance.at(Moment::AfterReserve, draft.transaction, act(async move {
            reserved.send(()).unwrap();
            has_left.await.unwrap();
        }));
        let (who, frame) = (&case.people.front_end, draft.frame());
        let left = || left.send(()).unwrap();
        case.engine.ask_and_leave(who, &frame, is_reserved, left).await;
        let fetched = fetched_at_last(&case, &draft).await;
        case.expect_signatures(&fetched);
        assert_eq!(case.ask(&draft.frame()).await, fetched);
    }
}

/// Another approval than the one on record does not go with its transaction.
async fn spent(case: &Case<'_>, draft: &SignDraft) {
    let outcome = case.ask(&draft.frame()).await;
    case.expect_refused(&case.people.front_end, &outcome, Reason::TransactionSpent).await;
}

/// Nothing is released, the approval stays spent, and nothing is tried again.
async fn token_fails(case: &mut Case<'_>, fault: Fault, reason: Reason) {
    let prepared = case.prepared().await;
    let draft = case.approved(&prepared, |_| ());
    let appliance = case.engine.appliance().await;
    appliance.meddled_token().fails(draft.transaction, fault);
    let outcome = case.ask(&draft.frame()).await;
    case.expect_refused(&case.people.front_end, &outcome, reason).await;
    let again = case.ask(&draft.frame()).await;
    case.expect_refused(&case.people.front_end, &again, Reason::TransactionSpent).await;
    assert_eq!(case.fetched(draft.transaction).await, Outcome::Failed(Failure::Unavailable));
}

/// The path runs to its end by itself: until then there is nothing to fetch.
async fn fetched_at_last(case: &Case<'_>, draft: &SignDraft) -> Outcome {
    for _ in 0..100 {
        let fetched = case.fetched(draft.transaction).await;
        if matches!(fetched, Outcome::Signed { .. }) {
            return fetched;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("never on record")
}

/// Alice's signed, then something of hers is no longer active: nothing is released any more.
async fn fetched_after(case: &mut Case<'_>, order: &Order<'_>, reason: Reason) {
    let draft = case.signed().await;
    case.order(order).await;
    let outcome = case.fetched(draft.transaction).await;
    case.expect_refused(&case.people.front_end, &outcome, reason).await;
}

/// A restart is everybody's, so these rows have an appliance of their own.
mod repeated_after_restart {
    use super::*;

    async fn run(kind: Kind) {
        let engine = Engine::start(kind).await;
        let mut case = Case::begin(&engine).await;
        let used = case.signed().await;
        let prepared = case.prepared().await;
        let unused = case.approved(&prepared, |_| ());
        let before = case.fetched(used.transaction).await;
        let prepared = case.prepared().await;
        let failed = case.approved(&prepared, |a| a.sign_count = 1_000);
        let appliance = engine.appliance().await;
        appliance.meddled_token().fails(failed.transaction, Fault::DoneButReported);
        let outcome = case.ask(&failed.frame()).await;
        case.expect_refused(&case.people.front_end, &outcome, Reason::TokenFailed).await;
        drop(appliance);
        engine.restart().await;
        let outcome = case.ask(&unused.frame()).await;
        case.expect_refused(&case.people.front_end, &outcome, Reason::TransactionUnknown).await;
        assert_eq!(case.fetched(used.transaction).await, before, "fetched after the restart");
        assert_eq!(case.ask(&used.frame()).await, before, "repeated after the restart");
        let mut other = used;
        other.change_items(|items| items[0].dtbsr = vec![9; 32]);
        spent(&case, &other).await;
        let prepared = case.prepared().await;
        // Above what was signed, but not above what was spent without a signature.
        let behind = case.approved(&prepared, |a| a.sign_count = 999);
        let outcome = case.ask(&behind.frame()).await;
        case.expect_refused(&case.people.front_end, &outcome, Reason::SignCountCloned).await;
        let ahead = case.approved(&prepared, |a| a.sign_count = 1_001);
        let outcome = case.ask(&ahead.frame()).await;
        case.expect_refused(&case.people.front_end, &outcome, Reason::DeviceInactive).await;
    }

    crate::table::on_every_engine!();
}
