//! What is not an order is anchored within a bound; an order that cannot be anchored is not acknowledged.

use std::time::Duration;

use countersign_protocol::admin::{Answer, FrontEndAdd, Order};
use countersign_protocol::limits::ANCHOR_RECORDS;
use countersign_protocol::record::Alarm;
use countersign_protocol::{Digest, Name, canonical};
use countersign_tests::draft::encode;
use countersign_tests::house::{House, RelyingParty};
use countersign_tests::meddled::Meddled;
use countersign_tests::shop::{Running, Shop};
use countersign_token::Token;
use countersign_token_fixture::{Make, behind_faults};
use countersignd::Service as _;
use countersignd::boot::open_token;

/// More than two looks.
const LOOKS: Duration = Duration::from_millis(2_500);

async fn record(appliance: &Running, records: u64) {
    for _ in 0..records {
        appliance.alarm(Alarm::EnginesDisagree).await;
    }
}

fn newest(token: &Token) -> (u64, u64) {
    let anchors = token.anchors().unwrap();
    let newest = anchors.last().unwrap();
    (newest.size, newest.number)
}

#[tokio::test(flavor = "multi_thread")]
async fn so_many_records_are_anchored_at_the_next_look_and_fewer_are_not() {
    let (shop, first) = Shop::new().await;
    let appliance = shop.boot(&first.in_use()).await.unwrap();
    let owner = appliance.clone();
    tokio::spawn(async move { owner.keep_anchored().await });
    let (size, number) = newest(&shop.token);
    // The boot's own record is the first one.
    record(&appliance, ANCHOR_RECORDS - 2).await;
    tokio::time::sleep(LOOKS).await;
    assert_eq!(newest(&shop.token), (size, number));
    record(&appliance, 1).await;
    tokio::time::sleep(LOOKS).await;
    assert_eq!(newest(&shop.token), (size + ANCHOR_RECORDS, number + 1));
    appliance.close();
}

/// What the officer is told of a front-end that is added.
async fn added(house: &House, appliance: &Meddled, number: u8) -> Result<(), String> {
    let name = format!("front-end {number}");
    let (name, channel) = (Name::new(&name).unwrap(), Digest([number; 32]));
    let order = encode(&Order::FrontEndAdd(FrontEndAdd { name, channel }));
    let answer = appliance.order(&house.officer(), &order).await.unwrap();
    match canonical::decode(&answer).unwrap() {
        Answer::Done(_) => Ok(()),
        Answer::Declined(declined) => Err(declined.why.to_owned()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_the_token_does_not_anchor_is_not_said_to_be_done() {
    let (fixture, mut plan) = behind_faults(Make::Embedded);
    let house = House::build_on("host", &fixture, RelyingParty::example()).await;
    let appliance = house.boot().await;
    let token = open_token(&house.config()).unwrap();
    added(&house, &appliance, 1).await.unwrap();
    let (size, number) = newest(&token);
    // CKR_DEVICE_ERROR, at each time that it is tried.
    plan.set("C_GenerateKey fails 0x30 times 3");
    let why = added(&house, &appliance, 2).await.unwrap_err();
    let holds = "the order is on record and holds, and it is not anchored yet";
    assert!(why.starts_with(holds) && why.contains("0x00000030"), "{why}");
    assert_eq!((newest(&token), plan.calls("C_GenerateKey")), ((size, number), 3));
    // It holds: the same one again is a contradiction, which is said, and what is on record is anchored now.
    let why = added(&house, &appliance, 2).await.unwrap_err();
    assert!(!why.contains("anchored"), "{why}");
    assert_eq!(newest(&token).0, size + 1);
    appliance.inner().close();
}
