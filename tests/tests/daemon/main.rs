//! The daemon's own promises, beside its decisions: who is heard, how much, and how it stops.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "these are tests: what they did not expect must stop them"
)]

use std::sync::Arc;
use std::time::Duration;

use countersign_client::{ClientError, Identity, Officer, ServerPin};
use countersign_protocol::admin::{Answer, Order, Status};
use countersign_protocol::limits::SIGN_FRAME_BYTES_MAX;
use countersign_protocol::reply::Failure;
use countersign_tests::case::{Case, act};
use countersign_tests::engine::{Engine, Kind};
use countersign_tests::house::Holder;
use countersign_tests::meddled::Moment;
use countersign_tests::outcome::Outcome;
use tokio::sync::oneshot;

const MALFORMED: Outcome = Outcome::Failed(Failure::Malformed);

async fn daemon() -> Engine {
    Engine::start(Kind::Daemon).await
}

async fn officer(engine: &Engine, holder: &Holder) -> Officer {
    let pin = ServerPin::from_pem_file(&engine.house.server_certificate()).unwrap();
    let identity = Identity::from_pem(&holder.certificate, &holder.key).unwrap();
    Officer::connect(engine.address().await, &pin, &identity).await.unwrap()
}

/// What `status` counts as frames that could not be decoded.
async fn malformed(engine: &Engine) -> u64 {
    let appliance = engine.appliance().await;
    let count = |answer: &Answer<'_>| match answer {
        Answer::Status(status) => Some(status.malformed),
        _ => None,
    };
    engine.house.order(&*appliance, &Order::Status(Status {}), count).await
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_are_refused_on_record_in_a_burst_and_then_told_busy() {
    let engine = daemon().await;
    let case = Case::begin(&engine).await;
    let (stranger, frame) = (&case.people.stranger, case.prepare.frame());
    let mut refused = 0;
    let mut busy = 0;
    for _ in 0..120 {
        match case.ask_as(stranger, &frame).await {
            Outcome::Failed(Failure::Refused) => refused += 1,
            Outcome::Failed(Failure::Busy) => busy += 1,
            other => panic!("{other:?}"),
        }
    }
    assert!(refused >= 64 && busy > 0, "{refused} refused, {busy} busy");
    assert_eq!(engine.house.refusals(&stranger.channel).len(), refused, "and no more on record");
    case.prepared().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_officers_certificate_gives_orders() {
    let engine = daemon().await;
    let case = Case::begin(&engine).await;
    for holder in [&case.people.front_end, &case.people.stranger] {
        let client = officer(&engine, holder).await;
        let answer = client.order(&Order::Status(Status {})).await;
        assert!(matches!(answer, Err(ClientError::NoAnswer | ClientError::IdentityRefused)));
    }
    let client = officer(&engine, engine.house.officer_holder()).await;
    let ordered = client.order(&Order::Status(Status {})).await.unwrap();
    assert!(matches!(ordered.answer(), Ok(Answer::Status(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_is_no_front_end() {
    let engine = daemon().await;
    let case = Case::begin(&engine).await;
    let outcome = case.ask_as(engine.house.officer_holder(), &case.prepare.frame()).await;
    assert_eq!(outcome, Outcome::Failed(Failure::Refused));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_frame_is_counted_and_not_recorded() {
    let engine = daemon().await;
    let case = Case::begin(&engine).await;
    let records = engine.house.records().len();
    assert_eq!(case.ask(&[]).await, MALFORMED);
    assert_eq!(case.ask(&[0x82, 0x09, 0xa0]).await, MALFORMED);
    assert_eq!(case.ask(&vec![0; SIGN_FRAME_BYTES_MAX + 1]).await, MALFORMED);
    assert_eq!(malformed(&engine).await, 3);
    assert_eq!(engine.house.records().len(), records);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_finishes_and_answers_what_was_admitted() {
    let engine = Arc::new(daemon().await);
    let mut case = Case::begin(&engine).await;
    let prepared = case.prepared().await;
    let draft = case.approved(&prepared, |_| ());
    let (reserved, is_reserved) = oneshot::channel();
    let slow = act(async move {
        reserved.send(()).unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
    });
    engine.appliance().await.at(Moment::AfterReserve, draft.transaction, slow);
    let frame = draft.frame();
    let stop = async {
        is_reserved.await.unwrap();
        engine.restart().await;
    };
    let (outcome, ()) = tokio::join!(case.ask(&frame), stop);
    case.expect_signatures(&outcome);
    assert_eq!(case.fetched(draft.transaction).await, outcome, "after the restart, too");
}
