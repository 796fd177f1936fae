//! The daemon's own promises, beside its decisions: who is heard, how much, and how it stops.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "these are tests: what they did not expect must stop them"
)]

mod clock;
mod configuration;
mod flood;
mod frozen;
mod full;
mod import;
mod what_runs;
mod witnessing;

use std::sync::Arc;
use std::time::Duration;

use countersign_client::{ClientError, Identity, Officer, ServerPin};
use countersign_protocol::admin::{Answer, KeyCreate, Order, SignerAdd, Status, StatusAnswer};
use countersign_protocol::change::Retention;
use countersign_protocol::limits::SIGN_FRAME_BYTES_MAX;
use countersign_protocol::reply::Failure;
use countersign_protocol::{Name, Sequence, Suite};
use countersign_tests::case::{Case, act};
use countersign_tests::engine::{Engine, Kind};
use countersign_tests::house::{Holder, House, RelyingParty};
use countersign_tests::meddled::Moment;
use countersign_tests::outcome::Outcome;
use countersign_tests::people::policy_of;
use countersign_token_fixture::Make;
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

/// Something that `status` tells.
async fn told<T>(engine: &Engine, read: impl FnOnce(&StatusAnswer<'_>) -> T) -> T {
    let appliance = engine.appliance().await;
    let told = |answer: &Answer<'_>| match answer {
        Answer::Status(status) => Some(read(status)),
        _ => None,
    };
    engine.house.order(&*appliance, &Order::Status(Status {}), told).await
}

/// What `status` counts as frames that could not be decoded.
async fn malformed(engine: &Engine) -> u64 {
    told(engine, |status| status.malformed).await
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

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_every_suite_are_found_as_they_were_made_after_a_restart() {
    let engine = daemon().await;
    let mut cases = Vec::new();
    for suite in Suite::ALL {
        cases.push(Case::begin(&engine).await.with_suite(suite).await);
    }
    engine.restart().await;
    for case in &mut cases {
        case.signed().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_without_rsa_makes_no_rsa_key_and_says_what_to_do() {
    let house = House::build("soft", Make::Embedded, RelyingParty::example()).await;
    let appliance = house.boot().await;
    let add = Order::SignerAdd(SignerAdd {
        name: Name::new("alice").unwrap(),
        retention: Retention::None,
    });
    house.order_done(&*appliance, &add).await;
    for (suite, made) in [(Suite::Ps256, false), (Suite::Rs256, false), (Suite::Ed25519, true)] {
        let (mut names, mut suites) = ([0; 16], [0; 8]);
        let order = Order::KeyCreate(KeyCreate {
            name: Name::new(suite.name()).unwrap(),
            suite,
            signers: Sequence::from_values([&Name::new("alice").unwrap()], &mut names).unwrap(),
            threshold: 1,
            policy: policy_of(suite, &mut suites),
        });
        let why = |answer: &Answer<'_>| match answer {
            Answer::Declined(declined) => Some(declined.why.to_owned()),
            Answer::KeyCreated(_) => Some(String::new()),
            _ => None,
        };
        let why = house.order(&*appliance, &order, why).await;
        assert_eq!(why.is_empty(), made, "{suite}: {why}");
        assert!(made || (why.contains(suite.name()) && why.contains("set `engine`")), "{why}");
    }
}
