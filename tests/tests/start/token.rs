//! The token, and what it knows.

use std::time::{Duration, Instant};

use countersign_anchor::Version;
use countersign_protocol::Digest;
use countersign_protocol::anchor::Anchor;
use countersign_protocol::limits::ANCHORS_MAX;
use countersign_tests::house::{House, RelyingParty};
use countersign_tests::remembered::Remembered;
use countersign_tests::shop::{Kept, Shop, sign};
use countersign_token_fixture::{Make, behind_faults};
use countersignd::boot::{Extent, Row, boot};

use super::Story;

#[tokio::test(flavor = "multi_thread")]
async fn one_that_does_not_answer_stops() {
    let (fixture, mut plan) = behind_faults(Make::Embedded);
    let house = House::build_on("host", &fixture, RelyingParty::example()).await;
    for call in ["C_FindObjectsInit", "C_GenerateRandom", "C_OpenSession"] {
        // CKR_DEVICE_ERROR, however often it is asked.
        plan.set(&format!("{call} fails 0x30 times 1000"));
        let why = boot(&house.config(), Extent::SinceSnapshot).await.err().unwrap();
        assert_eq!(why.row(), Some(Row::T1), "{call}: {why}");
    }
    plan.set("");
    boot(&house.config(), Extent::SinceSnapshot).await.unwrap().close();
}

#[tokio::test(flavor = "multi_thread")]
async fn another_one_or_one_without_a_signing_key_stops() {
    let story = Story::tell().await;
    let (other, kept) = Shop::new().await;
    let roots = kept.token.vault_epochs().unwrap();
    roots.into_iter().for_each(|epoch| kept.token.destroy_vault_root(epoch).unwrap());
    let moved = Kept { token: other.token.clone(), ..story.now.clone() };
    story.does_not(&moved.in_use_beside(), Row::T2).await;
    let (key, suite) = (story.people.key.id, story.people.key.suite);
    story.shop.token.destroy_signer_key(key, suite).unwrap();
    let why = story.does_not(&story.now.in_use(), Row::T2).await;
    assert!(why.to_string().contains(&key.to_string()), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_knows_of_nothing_is_locked() {
    let story = Story::tell().await;
    let kept = Kept { remembered: Remembered::default(), ..story.now.clone() };
    story.does_not(&kept.in_use(), Row::T3).await;
}

/// A newer version has raised the floor, and then the older program was put back, and ledger and vault with it or not.
#[tokio::test(flavor = "multi_thread")]
async fn one_that_lets_no_older_program_go_on_stops() {
    let story = Story::tell().await;
    let disks = story.now.in_use();
    let newest = story.shop.token.anchors().unwrap().into_iter().max().unwrap();
    let Version(ours) = Version::OURS;
    let mut raised = after(&newest);
    raised.floor = ours;
    story.shop.token.create_anchor(&raised).unwrap();
    story.goes_on(&disks, Row::T4).await.close();
    let kept = disks.kept();
    let newest = story.shop.token.anchors().unwrap().into_iter().max().unwrap();
    assert_eq!(newest.floor, ours, "it stays where it is");
    let mut raised = after(&newest);
    raised.floor = ours + 1;
    story.shop.token.create_anchor(&raised).unwrap();
    let why = story.does_not(&kept.in_use_beside(), Row::T11).await;
    assert!(why.to_string().contains("use the newest one"), "{why}");
}

/// The next one.
const fn after(anchor: &Anchor) -> Anchor {
    Anchor { number: anchor.number + 1, ..*anchor }
}

/// An anchor that is older than any of the appliance's.
fn old(number: u64) -> Anchor {
    Anchor {
        epoch: 1,
        number,
        nonce: [7; 8],
        size: 1,
        root: Digest([7; 32]),
        registry: Digest([6; 32]),
        counted: 0,
        floor: 0,
        utc_ms: 0,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn older_anchors_mislead_nobody_and_are_destroyed() {
    let story = Story::tell().await;
    let disks = story.now.in_use();
    (0..3).for_each(|number| story.shop.token.create_anchor(&old(number)).unwrap());
    story.goes_on(&disks, Row::T4).await.close();
    let left = story.shop.token.anchors().unwrap();
    assert_eq!((left.len(), left[0].is_free()), (1, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn more_anchors_than_are_ever_left_are_somebody_elses() {
    let story = Story::tell().await;
    let disks = story.now.in_use();
    for number in 2..ANCHORS_MAX as u64 {
        story.shop.token.create_anchor(&old(number)).unwrap();
    }
    story.goes_on(&disks, Row::T4).await.close();
    let disks = story.now.in_use();
    for number in 0..ANCHORS_MAX as u64 {
        story.shop.token.create_anchor(&old(number)).unwrap();
    }
    story.does_not(&disks, Row::T5).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_after_one_that_did_not_end_in_order_waits() {
    let mut story = Story::tell().await;
    let disks = story.now.in_use();
    let crashed = story.shop.boot(&disks).await.unwrap();
    let copy = disks.kept().in_use_beside();
    let begun = Instant::now();
    let appliance = story.goes_on(&copy, Row::T6).await;
    sign(&appliance, &mut story.people).await;
    assert!(begun.elapsed() >= Duration::from_secs(2));
    appliance.close();
    drop(crashed);
}
