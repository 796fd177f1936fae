//! The ledger, and its snapshot.

use countersign_protocol::canonical;
use countersign_protocol::record::{Boot, Kind};
use countersign_tests::house::{House, RelyingParty};
use countersign_tests::people::People;
use countersign_tests::shop::{Kept, sign};
use countersign_token_fixture::Make;
use countersignd::boot::{Extent, Row, boot};

use super::Story;

#[tokio::test(flavor = "multi_thread")]
async fn one_that_ends_where_the_anchor_does_goes_on() {
    let story = Story::tell().await;
    let appliance = story.goes_on(&story.now.in_use(), Row::L1).await;
    assert!(appliance.began_at_snapshot());
    appliance.close();
}

#[tokio::test(flavor = "multi_thread")]
async fn records_after_the_anchored_ones_are_anchored_at_the_start() {
    let story = Story::tell().await;
    let before = story.then.remembered.clone();
    let disks = Kept { remembered: before, ..story.now.clone() }.in_use();
    let anchored = story.shop.token.anchors().unwrap()[0].size;
    let appliance = story.goes_on(&disks, Row::L2).await;
    let anchors = story.shop.token.anchors().unwrap();
    // Two signatures; the record of this boot comes after.
    assert_eq!((anchors.len(), anchors[0].size), (1, anchored + 2));
    appliance.close();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_torn_group_is_cut_and_the_boots_record_says_so() {
    let house = House::build("host", Make::Embedded, RelyingParty::example()).await;
    let ledger = std::fs::read(house.ledger()).unwrap();
    std::fs::write(house.ledger(), [&ledger[..], &[0; 10]].concat()).unwrap();
    boot(&house.config(), Extent::SinceSnapshot).await.unwrap().close();
    let records = house.records();
    let last = records.iter().rfind(|(kind, _)| *kind == Kind::Boot).unwrap();
    let booted: Boot = canonical::decode(last.1.as_ref().unwrap()).unwrap();
    assert_eq!(booted.cut_bytes, 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_older_is_locked() {
    let story = Story::tell().await;
    // Everything on the disk, and the ledger alone.
    let all = Kept { remembered: story.now.remembered.clone(), ..story.first.clone() };
    let alone = Kept { ledger: story.first.ledger.clone(), ..story.now.bare() };
    for kept in [all, alone] {
        let why = story.does_not(&kept.in_use(), Row::L4).await;
        assert!(why.to_string().contains("an older copy"), "{why}");
    }
}

/// Another history of the same appliance, longer than what is anchored.
async fn other_history(story: &Story) -> Kept {
    let disks = story.first.in_use();
    let appliance = story.shop.boot(&disks).await.unwrap();
    let mut people = People::register(&story.shop.house, &*appliance).await;
    for _ in 0..4 {
        sign(&appliance, &mut people).await;
    }
    appliance.close();
    disks.kept()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_with_other_records_is_locked() {
    let story = Story::tell().await;
    let other = other_history(&story).await;
    let kept = Kept { remembered: story.now.remembered.clone(), ..other };
    story.does_not(&kept.in_use(), Row::L5).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_damaged_in_the_middle_stops() {
    let story = Story::tell().await;
    let mut kept = story.now.bare();
    let middle = kept.ledger.len() / 2;
    kept.ledger[middle] ^= 1;
    story.does_not(&kept.in_use(), Row::L6).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_older_than_the_snapshot_stops_and_without_it_is_locked() {
    let story = Story::tell().await;
    let kept = Kept { ledger: story.first.ledger.clone(), ..story.now.clone() };
    story.does_not(&kept.in_use(), Row::L7).await;
    story.does_not(&kept.bare().in_use(), Row::L4).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_another_history_than_the_snapshot_stops_and_without_it_is_locked() {
    let mut story = Story::tell().await;
    let mut ends = Vec::new();
    for (signatures, snapshot) in [(1, true), (3, false)] {
        let disks = story.now.bare().in_use();
        let appliance = story.shop.boot(&disks).await.unwrap();
        for _ in 0..signatures {
            sign(&appliance, &mut story.people).await;
        }
        if snapshot {
            appliance.snapshot().await;
        }
        appliance.close();
        ends.push(disks.kept());
    }
    let kept = Kept { ledger: ends[1].ledger.clone(), ..ends[0].clone() };
    story.does_not(&kept.in_use(), Row::L8).await;
    story.does_not(&kept.bare().in_use(), Row::L5).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_one_stops() {
    let story = Story::tell().await;
    let kept = Kept { ledger: Vec::new(), ..story.now.clone() };
    story.does_not(&kept.in_use(), Row::L9).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_not_there_or_that_somebody_has_open_stops() {
    let house = House::build("host", Make::Embedded, RelyingParty::example()).await;
    let refused = || async {
        let why = boot(&house.config(), Extent::SinceSnapshot).await.err().unwrap();
        assert_eq!(why.row(), Some(Row::L10), "{why}");
    };
    let owner = boot(&house.config(), Extent::SinceSnapshot).await.unwrap();
    refused().await;
    owner.close();
    drop(owner);
    let away = house.data().join("away");
    std::fs::rename(house.ledger(), &away).unwrap();
    std::fs::create_dir(house.ledger()).unwrap();
    refused().await;
    std::fs::remove_dir(house.ledger()).unwrap();
    std::fs::rename(&away, house.ledger()).unwrap();
    boot(&house.config(), Extent::SinceSnapshot).await.unwrap().close();
}

/// A start from a snapshot does not read what is before it, unless it must: nobody is asked to go on with that.
#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_damaged_before_the_snapshot_is_not_locked_but_stops() {
    let story = Story::tell().await;
    let mut kept = Kept { remembered: story.now.remembered.clone(), ..story.then.clone() };
    story.does_not(&kept.in_use(), Row::L4).await;
    let middle = kept.ledger.len() / 2;
    kept.ledger[middle] ^= 1;
    story.does_not(&kept.in_use(), Row::L6).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_snapshot_that_opens_everything_is_read() {
    let story = Story::tell().await;
    let side = usize::from(story.now.snapshot[0].is_empty());
    let mut changed = story.now.clone();
    changed.snapshot[side][60] ^= 1;
    for kept in [story.now.bare(), changed] {
        let appliance = story.goes_on(&kept.in_use(), Row::S1).await;
        assert!(!appliance.began_at_snapshot());
        appliance.close();
    }
}
