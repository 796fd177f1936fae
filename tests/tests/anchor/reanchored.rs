//! A locked appliance, and officers who have it go on with an older ledger.

use std::sync::Arc;

use countersign_client::Officer;
use countersign_disk::Disk;
use countersign_protocol::admin::{
    Answer, DeviceList, Locked as Told, Order, Reanchor, SetFreeze, Status,
};
use countersign_protocol::anchor::Anchor;
use countersign_protocol::change::Standing;
use countersign_protocol::reply::Failure;
use countersign_protocol::{Digest, Name, SlotId, canonical};
use countersign_tests::draft::encode;
use countersign_tests::house::{House, RelyingParty};
use countersign_tests::outcome::Outcome;
use countersign_tests::people::People;
use countersign_tests::program::Program;
use countersign_tests::remembered::Remembered;
use countersign_tests::shop::{InUse, Kept, Running, Shop, bytes, sign};
use countersign_token_fixture::Make;
use countersignd::boot::Started;
use countersignd::{Linux, Locked, Service};

type Shut = Arc<Locked<Linux<Disk>>>;

/// An appliance whose ledger is of before Bob's device was revoked.
struct Story {
    shop: Shop,
    people: People,
    /// The older disk, with the token as it is.
    older: Kept,
    now: Kept,
}

impl Story {
    async fn tell() -> Self {
        let (shop, first) = Shop::new().await;
        let disks = first.in_use();
        let appliance = shop.boot(&disks).await.unwrap();
        let mut people = People::register(&shop.house, &*appliance).await;
        sign(&appliance, &mut people).await;
        let before = disks.kept();
        people.stand_device(&shop.house, &*appliance, "bob's phone", Standing::Revoked).await;
        appliance.close();
        let now = disks.kept();
        let older = Kept { remembered: now.remembered.clone(), ..before };
        Self { shop, people, older, now }
    }
}

async fn locked(shop: &Shop, disks: &InUse) -> Shut {
    match shop.start(disks).await {
        Ok(Started::Locked(locked)) => Arc::from(locked),
        Ok(Started::Open(_)) => panic!("it goes on"),
        Err(why) => panic!("{why}"),
    }
}

/// What it says of itself, as the order to go on.
async fn known(house: &House, service: &impl Service) -> Reanchor {
    let read = |answer: &Answer<'_>| match answer {
        Answer::Locked(Told { ledger_size, ledger_root, anchor, .. }) => {
            Some(Reanchor { ledger_size: *ledger_size, ledger_root: *ledger_root, anchor: *anchor })
        }
        _ => None,
    };
    house.order(service, &Order::Status(Status {}), read).await
}

async fn declined(house: &House, service: &impl Service, order: &Order<'_>) -> String {
    let read = |answer: &Answer<'_>| match answer {
        Answer::Declined(declined) => Some(declined.why.to_owned()),
        _ => None,
    };
    house.order(service, order, read).await
}

async fn thaw(house: &House, service: &impl Service) {
    let thaw = SetFreeze { frozen: false, clock_is_right: false };
    house.order_done(service, &Order::Freeze(thaw)).await;
}

async fn gone_on(shop: &Shop, shut: &Shut) -> Running {
    let order = known(&shop.house, &**shut).await;
    shop.house.order_done(&**shut, &Order::Reanchor(order)).await;
    shut.unlocked().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_appliance_gives_nothing_and_says_what_it_knows() {
    let Story { shop, mut people, older, .. } = Story::tell().await;
    let disks = older.in_use();
    let shut = locked(&shop, &disks).await;
    let anchor = shop.token.anchors().unwrap()[0];
    let told = known(&shop.house, &*shut).await;
    assert_eq!((told.ledger_size + 1, told.anchor), (anchor.size, Some(anchor)));
    assert_eq!(people.sign(&*shut).await.err(), Some(Outcome::Failed(Failure::Unavailable)));
    for order in [
        Order::DeviceList(DeviceList { after: SlotId(0) }),
        Order::SignerHold(countersign_protocol::admin::SignerHold {
            name: Name::new("alice").unwrap(),
            held: true,
        }),
    ] {
        let why = declined(&shop.house, &*shut, &order).await;
        assert!(why.starts_with("the appliance is locked: the ledger has"), "{why}");
    }
    // An officer's order, from whoever is none.
    let order = encode(&Order::Reanchor(told));
    assert_eq!(shut.order(&people.front_end.channel, &order).await, None);
    assert_eq!(shut.order(&shop.house.officer(), b"order").await, None);
    assert!(!shut.is_front_end(&people.front_end.channel));
    assert!(shut.is_officer(&shop.house.officer()));
    assert_eq!(bytes(&disks.ledger), older.ledger);
    assert_eq!(shop.token.anchors().unwrap(), [anchor]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_names_anything_else_changes_nothing() {
    let Story { shop, older, .. } = Story::tell().await;
    let disks = older.in_use();
    let shut = locked(&shop, &disks).await;
    let told = known(&shop.house, &*shut).await;
    let anchor = told.anchor.unwrap();
    let other = Anchor { number: anchor.number + 1, ..anchor };
    for order in [
        Reanchor { ledger_size: told.ledger_size + 1, ..told },
        Reanchor { ledger_root: Digest([0; 32]), ..told },
        Reanchor { anchor: None, ..told },
        Reanchor { anchor: Some(other), ..told },
    ] {
        let why = declined(&shop.house, &*shut, &Order::Reanchor(order)).await;
        assert!(why.starts_with("the appliance has another ledger than the order names"), "{why}");
    }
    // Somebody made another anchor since.
    shop.token.create_anchor(&other).unwrap();
    let why = declined(&shop.house, &*shut, &Order::Reanchor(told)).await;
    assert!(why.starts_with("the token's anchor is another one"), "{why}");
    assert_eq!(bytes(&disks.ledger), older.ledger);
}

#[tokio::test(flavor = "multi_thread")]
async fn officers_have_an_older_ledger_go_on_and_it_is_frozen_until_they_say_so() {
    let Story { shop, mut people, older, now } = Story::tell().await;
    let disks = older.in_use();
    let shut = locked(&shop, &disks).await;
    let given_up = shop.token.anchors().unwrap()[0];
    let appliance = gone_on(&shop, &shut).await;
    let anchors = shop.token.anchors().unwrap();
    // The records of this boot and of the order are anchored.
    assert_eq!((anchors.len(), anchors[0].size), (1, given_up.size - 1 + 2));
    assert_eq!(anchors[0].epoch, given_up.epoch + 1);
    // It serves, with no key that signs before officers say so.
    let refused = Some(Outcome::Failed(Failure::Refused));
    assert_eq!(people.sign(&*shut).await.err(), refused);
    thaw(&shop.house, &*shut).await;
    let (_, reply) = people.sign(&*shut).await.unwrap();
    assert!(matches!(Outcome::read(&reply), Outcome::Signed { .. }));
    appliance.close();
    // From now on this is the ledger, and the one that was given up is none.
    let kept = disks.kept();
    let again = shop.boot(&kept.in_use()).await.unwrap();
    assert!(people.sign(&*again).await.is_ok());
    again.close();
    let given_up = Kept { remembered: kept.remembered.clone(), ..now };
    locked(&shop, &given_up.in_use()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_appliance_that_is_not_locked_takes_no_such_order() {
    let Story { shop, now, .. } = Story::tell().await;
    let appliance = shop.boot(&now.in_use()).await.unwrap();
    let order = Reanchor { ledger_size: 1, ledger_root: Digest([0; 32]), anchor: None };
    let why = declined(&shop.house, &*appliance, &Order::Reanchor(order)).await;
    assert!(why.starts_with("the appliance is not locked"), "{why}");
    appliance.close();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_lost_its_memory_is_taken_when_officers_say_so() {
    let Story { shop, mut people, now, .. } = Story::tell().await;
    let forgotten = Kept { remembered: Remembered::default(), ..now };
    let shut = locked(&shop, &forgotten.in_use()).await;
    assert_eq!(known(&shop.house, &*shut).await.anchor, None);
    let appliance = gone_on(&shop, &shut).await;
    thaw(&shop.house, &*shut).await;
    assert!(people.sign(&*appliance).await.is_ok());
    appliance.close();
}

/// Two officers, or one twice: at the same moment, and later.
#[tokio::test(flavor = "multi_thread")]
async fn one_order_is_carried_out() {
    let Story { shop, older, .. } = Story::tell().await;
    let shut = locked(&shop, &older.in_use()).await;
    let order = encode(&Order::Reanchor(known(&shop.house, &*shut).await));
    let officer = shop.house.officer();
    let (one, two) = tokio::join!(shut.order(&officer, &order), shut.order(&officer, &order));
    let answers = [one.unwrap(), two.unwrap()];
    let done = |answer: &Vec<u8>| matches!(canonical::decode(answer), Ok(Answer::Done(_)));
    assert_eq!(answers.iter().filter(|answer| done(answer)).count(), 1);
    shut.unlocked().await.unwrap().close();
}

/// The power fails when the order is on record and the token has not been asked yet: the order holds for nobody, and
/// can be given again.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_was_not_anchored_is_given_again() {
    let Story { shop, older, .. } = Story::tell().await;
    let disks = older.in_use();
    let shut = locked(&shop, &disks).await;
    let before = known(&shop.house, &*shut).await;
    gone_on(&shop, &shut).await.close();
    let cut = Kept { remembered: older.remembered.clone(), ..disks.kept() };
    let shut = locked(&shop, &cut.in_use()).await;
    let order = known(&shop.house, &*shut).await;
    assert_eq!((order.ledger_size, order.anchor), (before.ledger_size + 2, before.anchor));
    gone_on(&shop, &shut).await.close();
}

/// Somebody runs with the newest ledger all the while: officers may not know. It is stopped.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_the_token_meanwhile_has_it_no_more() {
    let Story { shop, mut people, older, now } = Story::tell().await;
    let owner = shop.boot(&now.in_use()).await.unwrap();
    let shut = locked(&shop, &older.in_use_beside()).await;
    let appliance = gone_on(&shop, &shut).await;
    owner.look().await;
    assert!(owner.why_failed().contains("another copy of this appliance"));
    let (_, reply) = people.sign(&*owner).await.unwrap();
    assert_eq!(Outcome::read(&reply), Outcome::Failed(Failure::Unavailable));
    appliance.close();
}

async fn status(officer: &Officer) -> Option<Reanchor> {
    let ordered = officer.order(&Order::Status(Status {})).await.unwrap();
    match ordered.answer().unwrap() {
        Answer::Locked(Told { ledger_size, ledger_root, anchor, .. }) => {
            Some(Reanchor { ledger_size, ledger_root, anchor })
        }
        Answer::Status(_) => None,
        other => panic!("{other:?}"),
    }
}

/// The program itself, on a disk from before an order, until officers unlock it; and stopped while it is locked.
#[tokio::test(flavor = "multi_thread")]
async fn the_program_serves_officers_alone_until_they_unlock_it() {
    const LOCKED: &str = "serving officers alone: locked";
    let house = House::build("host", Make::SoftHsm, RelyingParty::example()).await;
    let folder = tempfile::TempDir::new().unwrap();
    let older = house.copy_to(folder.path());
    let mut newest = Program::start(&house.config_file(), "run");
    let officer = house.connect_officer(Program::address(&newest.served())).await;
    assert_eq!(status(&officer).await, None);
    officer.close().await;
    newest.signal("TERM");
    assert_eq!(newest.ended().0, Some(0));

    let mut stopped = Program::start(&older, "run");
    stopped.until(LOCKED);
    stopped.signal("TERM");
    assert_eq!(stopped.ended().0, Some(0));

    let mut program = Program::start(&older, "run");
    let officer = house.connect_officer(Program::address(&program.until(LOCKED))).await;
    let told = status(&officer).await.unwrap();
    assert!(told.ledger_size < told.anchor.unwrap().size);
    let ordered = officer.order(&Order::Reanchor(told)).await.unwrap();
    assert!(matches!(ordered.answer().unwrap(), Answer::Done(_)));
    program.until("unlocked");
    // The same connection, and the whole appliance.
    assert_eq!(status(&officer).await, None);
    officer.close().await;
    program.signal("TERM");
    assert_eq!(program.ended().0, Some(0));
    let mut again = Program::start(&older, "run");
    again.served();
    again.signal("TERM");
    assert_eq!(again.ended().0, Some(0));
}
