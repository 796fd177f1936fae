//! The appliance as a cosigner of its own checkpoints, on a token that fails to.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "these are tests: what they did not expect must stop them"
)]

use std::time::Duration;

use countersign_protocol::TransactionId;
use countersign_protocol::request::{Fetch, Request};
use countersign_tests::draft::encode;
use countersign_tests::engine::in_process;
use countersign_tests::house::{House, RelyingParty};
use countersign_tests::meddled::Meddled;
use countersign_tests::outcome::Outcome;
use countersign_tests::people::People;
use countersign_token_fixture::{Make, behind_faults};

/// After the signer's signature and the checkpoint's, the token refuses the third once.
const THIRD_FAILS: &str = "C_Sign slow 0 times 2\nC_Sign fails 0x20 times 1";
/// Longer than nobody asks again after a fault.
const PAUSE: Duration = Duration::from_millis(1_200);

/// Alice signs: the transaction, and whether the reply has the appliance's own line.
async fn signed(appliance: &Meddled, people: &mut People) -> (TransactionId, bool) {
    let (draft, reply) = people.sign(appliance).await.unwrap();
    (draft.transaction, has_own_line(&reply))
}

async fn fetched(appliance: &Meddled, people: &People, transaction: TransactionId) -> bool {
    let fetch = encode(&Request::Fetch(Fetch { transaction }));
    has_own_line(&in_process(appliance, &people.front_end, &fetch).await)
}

fn has_own_line(reply: &[u8]) -> bool {
    match Outcome::read(reply) {
        Outcome::Signed { own_line, .. } => own_line,
        other => panic!("not signed: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_is_given_without_the_line_that_the_token_did_not_make_and_later_with_it() {
    let (fixture, mut plan) = behind_faults(Make::Embedded);
    let house = House::build_on("host", &fixture, RelyingParty::example()).await;
    let appliance = house.boot().await;
    let mut people = People::register(&house, &*appliance).await;
    let (_, has_line) = signed(&appliance, &mut people).await;
    assert!(has_line);

    plan.set(THIRD_FAILS);
    let (transaction, has_line) = signed(&appliance, &mut people).await;
    assert!(!has_line, "what is on record is given all the same");
    assert_eq!(plan.calls("C_Sign"), 3);
    assert!(!fetched(&appliance, &people, transaction).await, "the token is not asked at once");
    assert_eq!(plan.calls("C_Sign"), 3);
    tokio::time::sleep(PAUSE).await;
    assert!(fetched(&appliance, &people, transaction).await, "and then it is");
}
