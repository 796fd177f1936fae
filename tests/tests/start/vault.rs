//! The vault.

use countersign_protocol::Name;
use countersign_protocol::admin::{Order, SignerAdd};
use countersign_protocol::change::Retention;
use countersign_tests::shop::Kept;
use countersignd::boot::Row;

use super::Story;

/// Which of its media it is on.
fn side(kept: &Kept) -> usize {
    usize::from(kept.vault[0].is_empty())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_finished_is_cut() {
    let story = Story::tell().await;
    let mut kept = story.now.clone();
    kept.vault[side(&story.now)].extend([0; 10]);
    let disks = kept.in_use();
    story.goes_on(&disks, Row::V1).await.close();
    assert_eq!(disks.kept().vault, story.now.vault);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_damaged_stops() {
    let story = Story::tell().await;
    let mut kept = story.now.clone();
    kept.vault[side(&story.now)][20] ^= 1;
    story.does_not(&kept.in_use(), Row::V2).await;
}

/// Everything on the disk, and the vault alone: the token has no root for it any more.
#[tokio::test(flavor = "multi_thread")]
async fn one_from_before_an_erasure_stops_whatever_else_is_put_back() {
    let story = Story::tell().await;
    let disks = story.now.in_use();
    let appliance = story.shop.boot(&disks).await.unwrap();
    story.people.revoke_keys(&story.shop.house, &*appliance).await;
    story.people.erase_alice(&story.shop.house, &*appliance).await;
    appliance.close();
    let erased = disks.kept();
    let alone = Kept { vault: story.now.vault.clone(), ..erased.clone() };
    let all = Kept { remembered: erased.remembered.clone(), ..story.now.clone() };
    for kept in [alone, all, story.now.clone()] {
        story.does_not(&kept.in_use(), Row::V3).await;
    }
    story.goes_on(&erased.in_use(), Row::L1).await.close();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_without_the_key_of_somebody_who_is_not_erased_stops() {
    let story = Story::tell().await;
    let kept = Kept { vault: story.first.vault.clone(), ..story.now.clone() };
    for kept in [kept.clone(), kept.bare()] {
        story.does_not(&kept.in_use(), Row::V4).await;
    }
}

/// As after a power cut between a signer's key and the record of the signer.
#[tokio::test(flavor = "multi_thread")]
async fn one_with_a_key_of_nobody_goes_on() {
    let story = Story::tell().await;
    let kept = Kept { vault: story.now.vault.clone(), ..story.first.clone() };
    let appliance = story.goes_on(&kept.in_use(), Row::V5).await;
    let (name, retention) = (Name::new("carol").unwrap(), Retention::None);
    story
        .shop
        .house
        .order_done(&*appliance, &Order::SignerAdd(SignerAdd { name, retention }))
        .await;
    appliance.close();
}
