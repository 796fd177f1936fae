//! What was ordered, and the token did not finish: the next start does.

use std::sync::Arc;

use countersign_host::Host;
use countersign_protocol::admin::{Answer, Order, RecoverySet, SignerErase, Status, StatusAnswer};
use countersign_protocol::record::Kind;
use countersign_protocol::{Name, canonical};
use countersign_tests::draft::encode;
use countersign_tests::house::{House, RelyingParty};
use countersign_tests::meddled::Meddled;
use countersign_tests::people::People;
use countersign_token_fixture::{Fixture, Make, Plan, behind_faults};
use countersignd::boot::{Row, Verdict};
use countersignd::{Service as _, Surroundings as _};

/// CKR_DEVICE_ERROR, the next time that a root of the vault is made: after the order's anchor.
const NO_ROOT: &str = "C_GenerateKey fails 0x30 after 1 times 1";

async fn begun() -> (House, Fixture, Plan, Arc<Meddled>) {
    let (fixture, plan) = behind_faults(Make::Embedded);
    let house = House::build_on("host", &fixture, RelyingParty::example()).await;
    let appliance = house.boot().await;
    (house, fixture, plan, appliance)
}

/// The order is on record, and what it says is not done: nothing more is decided.
async fn not_yet(house: &House, appliance: &Meddled, order: &Order<'_>, says: &str) {
    let answer = appliance.order(&house.officer(), &encode(order)).await.unwrap();
    match canonical::decode(&answer).unwrap() {
        Answer::Declined(declined) => assert!(declined.why.contains(says), "{}", declined.why),
        other => panic!("{other:?}"),
    }
    appliance.inner().failed().await;
    appliance.inner().close();
}

/// How many enrolments the keys open.
fn enrolments(house: &House, appliance: &Meddled) -> usize {
    let records = house.records_with(&**appliance.inner().ring());
    records.iter().filter(|(kind, open)| *kind == Kind::Enrolment && open.is_some()).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_of_somebody_who_is_erased_is_destroyed_at_the_next_start() {
    let (house, _fixture, mut plan, appliance) = begun().await;
    let mut people = People::register(&house, &*appliance).await;
    people.sign(&*appliance).await.unwrap();
    people.revoke_keys(&house, &*appliance).await;
    assert_eq!(enrolments(&house, &appliance), 2);
    plan.set(NO_ROOT);
    let alice = people.name("alice");
    let order = Order::SignerErase(SignerErase { name: Name::new(&alice).unwrap() });
    not_yet(&house, &appliance, &order, "the key is not destroyed yet").await;
    drop(appliance);
    assert_eq!(Row::V6.verdict(), Verdict::GoesOn);
    let appliance = house.boot().await;
    assert_eq!(enrolments(&house, &appliance), 1, "Bob's is there");
    appliance.inner().close();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_vault_is_wrapped_for_the_recovery_key_at_the_next_start() {
    let (house, _fixture, mut plan, appliance) = begun().await;
    let created = countersign_recovery::create(&Host, "ours", 2, 3).unwrap();
    let key = canonical::decode(&created.key).unwrap();
    plan.set(NO_ROOT);
    let order = Order::RecoverySet(RecoverySet { key });
    not_yet(&house, &appliance, &order, "the vault is not wrapped for it yet").await;
    drop(appliance);
    assert_eq!(Row::V7.verdict(), Verdict::GoesOn);
    let appliance = house.boot().await;
    let wrapped = |answer: &Answer<'_>| match answer {
        Answer::Status(StatusAnswer { recovery, .. }) => recovery.as_ref().map(|one| one.wrapped),
        _ => None,
    };
    assert!(house.order(&*appliance, &Order::Status(Status {}), wrapped).await);
    appliance.inner().close();
}
