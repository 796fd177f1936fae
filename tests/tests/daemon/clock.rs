//! What has passed once has passed: a clock that went back satisfies no dated rule, and officers say when it is right.

use std::time::Duration;

use countersign_core::Reason;
use countersign_protocol::admin::{Order, SetFreeze, SignerErase, TicketIssue};
use countersign_protocol::anchor::Anchor;

use countersign_protocol::Name;
use countersign_protocol::record::Alarm;
use countersign_protocol::ticket::Assurance;
use countersign_tests::case::Case;
use countersign_tests::engine::{Engine, Kind};
use countersignd::boot::open_token;

use crate::told;

const DAY_MS: u64 = 86_400_000;
const THAW: Order<'_> = Order::Freeze(SetFreeze { frozen: false, clock_is_right: false });
const CLOCK_IS_RIGHT: Order<'_> = Order::Freeze(SetFreeze { frozen: false, clock_is_right: true });

async fn behind_ms(engine: &Engine) -> u64 {
    told(engine, |status| status.behind_ms).await
}

fn newest(engine: &Engine) -> Anchor {
    let token = open_token(&engine.house.config()).unwrap();
    token.anchors().unwrap().into_iter().max().unwrap()
}

/// Starts again, as on a machine whose clock was a day later when something was anchored last.
async fn start_a_day_earlier(engine: &Engine) {
    let meanwhile = async {
        let token = open_token(&engine.house.config()).unwrap();
        let newest = token.anchors().unwrap().into_iter().max().unwrap();
        let (number, utc_ms) = (newest.number + 1, newest.utc_ms + DAY_MS);
        token.create_anchor(&Anchor { number, utc_ms, ..newest }).unwrap();
    };
    engine.restart_after(meanwhile).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_goes_on_is_anchored_and_not_behind() {
    let engine = Engine::start(Kind::Daemon).await;
    let mut case = Case::begin(&engine).await;
    case.signed().await;
    assert_eq!(behind_ms(&engine).await, 0);
    let first = newest(&engine).utc_ms;
    engine.restart().await;
    assert!(newest(&engine).utc_ms >= first && first > 0);
    assert_eq!(behind_ms(&engine).await, 0);
    case.signed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_it_went_back_nothing_dated_goes_on_until_officers_say_that_it_is_right() {
    let engine = Engine::start(Kind::Daemon).await;
    let mut case = Case::begin(&engine).await;
    start_a_day_earlier(&engine).await;
    let behind = behind_ms(&engine).await;
    assert!(behind > DAY_MS / 2 && behind <= DAY_MS, "{behind}");
    let outcome = case.ask(&case.prepare.frame()).await;
    case.expect_refused(&case.people.front_end, &outcome, Reason::OutsideValidity).await;
    // What is anchored stays, whoever starts; a thaw alone says nothing of the clock.
    engine.restart().await;
    assert!(behind_ms(&engine).await > DAY_MS / 2);
    assert_eq!(
        case.declined(&THAW).await.as_deref(),
        Some("the appliance signs already; nothing is to be done")
    );
    case.order(&CLOCK_IS_RIGHT).await;
    assert_eq!(behind_ms(&engine).await, 0);
    case.signed().await;
    engine.restart().await;
    assert_eq!(behind_ms(&engine).await, 0);
    case.signed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_that_depend_on_the_date_wait_for_it() {
    let engine = Engine::start(Kind::Daemon).await;
    let mut case = Case::begin(&engine).await;
    start_a_day_earlier(&engine).await;
    let (alice, phone) = (case.people.name("alice"), case.people.name("another phone"));
    let name = Name::new(&alice).unwrap();
    let orders = [
        Order::SignerErase(SignerErase { name }),
        Order::TicketIssue(TicketIssue {
            signer: name,
            device: Name::new(&phone).unwrap(),
            assurance: Assurance::Any,
            lifetime_ms: 60_000,
        }),
    ];
    for order in &orders {
        let why = case.declined(order).await.unwrap();
        assert!(why.starts_with("the machine's clock is behind what is known of UTC by"), "{why}");
    }
    case.order(&CLOCK_IS_RIGHT).await;
    assert_eq!(case.declined(&orders[1]).await, None);
    case.signed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_an_alarm_once() {
    let engine = Engine::start(Kind::Daemon).await;
    let _case = Case::begin(&engine).await;
    start_a_day_earlier(&engine).await;
    let appliance = engine.appliance().await;
    for _ in 0..3 {
        appliance.inner().look().await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let alarms = engine.house.alarms();
    let back: Vec<_> = alarms.iter().filter(|one| one.alarm == Alarm::ClockWentBack).collect();
    assert_eq!(back.len(), 1);
    assert!(back[0].utc_lo_ms > back[0].utc_hi_ms, "what was known, and what the clock says");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_freeze_says_nothing_of_the_clock() {
    let engine = Engine::start(Kind::Daemon).await;
    let case = Case::begin(&engine).await;
    let order = Order::Freeze(SetFreeze { frozen: true, clock_is_right: true });
    let why = case.declined(&order).await.unwrap();
    assert_eq!(why, "whether the clock is right is said with a thaw, not with a freeze");
    assert!(!told(&engine, |status| status.frozen).await);
}
