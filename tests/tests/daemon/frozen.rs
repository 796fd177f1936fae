//! While the appliance is frozen nothing is signed, and nothing that was under way is given.

use countersign_core::Reason;
use countersign_protocol::admin::{Answer, Order, SetFreeze};
use countersign_tests::case::Case;
use countersign_tests::engine::{Engine, Kind};
use countersign_tests::meddled::Moment;

use crate::told;

const FREEZE: Order<'_> = Order::Freeze(SetFreeze { frozen: true, clock_is_right: false });
const THAW: Order<'_> = Order::Freeze(SetFreeze { frozen: false, clock_is_right: false });

async fn is_frozen(engine: &Engine) -> bool {
    told(engine, |status| status.frozen).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_prepared_while_it_is_frozen_and_everything_goes_on_afterwards() {
    let engine = Engine::start(Kind::Daemon).await;
    let mut case = Case::begin(&engine).await;
    case.order(&FREEZE).await;
    assert!(is_frozen(&engine).await);
    let outcome = case.ask(&case.prepare.frame()).await;
    case.expect_refused(&case.people.front_end, &outcome, Reason::KeyInactive).await;
    // Also after a start, which reads it from the ledger.
    engine.restart().await;
    assert!(is_frozen(&engine).await);
    let outcome = case.ask(&case.prepare.frame()).await;
    case.expect_refused(&case.people.front_end, &outcome, Reason::KeyInactive).await;
    case.order(&THAW).await;
    assert!(!is_frozen(&engine).await);
    case.signed().await;
}

/// Whenever it comes: the signature that it comes before is not given, and does not come back when it is thawed.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_under_way_is_void() {
    let engine = Engine::start(Kind::Daemon).await;
    let moments = [
        (None, Reason::KeyInactive),
        (Some(Moment::BeforeReserve), Reason::KeyChanged),
        (Some(Moment::AfterReserve), Reason::OrderVoided),
    ];
    for (moment, reason) in moments {
        let mut case = Case::begin(&engine).await;
        let prepared = case.prepared().await;
        let draft = case.approved(&prepared, |_| ());
        match moment {
            None => case.order(&FREEZE).await,
            Some(moment) => case.order_at(moment, draft.transaction, &FREEZE).await,
        }
        let outcome = case.ask(&draft.frame()).await;
        case.expect_refused(&case.people.front_end, &outcome, reason).await;
        case.order(&THAW).await;
        let again = case.prepared().await;
        let draft = case.approved(&again, |_| ());
        case.order(&FREEZE).await;
        case.order(&THAW).await;
        let outcome = case.ask(&draft.frame()).await;
        case.expect_refused(&case.people.front_end, &outcome, Reason::KeyChanged).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_on_record_is_given_again_only_when_it_is_thawed() {
    let engine = Engine::start(Kind::Daemon).await;
    let mut case = Case::begin(&engine).await;
    let signed = case.signed().await.transaction;
    let before = case.fetched(signed).await;
    case.order(&FREEZE).await;
    let outcome = case.fetched(signed).await;
    case.expect_refused(&case.people.front_end, &outcome, Reason::KeyInactive).await;
    case.order(&THAW).await;
    assert_eq!(case.fetched(signed).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_so_already_is_declined() {
    let engine = Engine::start(Kind::Daemon).await;
    let case = Case::begin(&engine).await;
    let declined = |answer: &Answer<'_>| match answer {
        Answer::Declined(declined) => Some(declined.why.to_owned()),
        _ => None,
    };
    let appliance = engine.appliance().await;
    let why = engine.house.order(&*appliance, &THAW, declined).await;
    assert_eq!(why, "the appliance signs already; nothing is to be done");
    case.order(&FREEZE).await;
    let why = engine.house.order(&*appliance, &FREEZE, declined).await;
    assert_eq!(why, "the appliance is frozen already; nothing is to be done");
}
