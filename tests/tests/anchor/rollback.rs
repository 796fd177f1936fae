//! Older disks, wholly or in part, and tokens that are not what they were.

use countersign_anchor::AnchorError;
use countersign_protocol::admin::{Anchored, Answer, Order, Status};
use countersign_protocol::change::Standing;
use countersign_tests::people::People;
use countersign_tests::remembered::Remembered;
use countersign_tests::shop::{Kept, Running, Shop, bytes, sign};
use countersignd::boot::BootError;

/// Why an appliance does not boot on these disks.
async fn refused(shop: &Shop, kept: &Kept) -> BootError {
    let disks = kept.in_use();
    let refused = shop.boot(&disks).await.err().unwrap_or_else(|| panic!("it boots"));
    assert_eq!(bytes(&disks.ledger), kept.ledger, "nothing is changed");
    refused
}

fn older(why: &BootError) -> (u64, u64) {
    match why {
        BootError::Anchor(AnchorError::Older { has, anchored }) => (*has, *anchored),
        other => panic!("{other}"),
    }
}

async fn anchored(shop: &Shop, appliance: &Running) -> (u64, Anchored) {
    let read = |answer: &Answer<'_>| match answer {
        Answer::Status(status) => Some((status.ledger_size, status.anchored)),
        _ => None,
    };
    shop.house.order(&**appliance, &Order::Status(Status {}), read).await
}

/// An appliance at work, and what it had at each of some moments between which something was anchored: the last one
/// is now. A device was revoked before the last one.
async fn moments() -> (Shop, Vec<Kept>) {
    let (shop, first) = Shop::new().await;
    let disks = first.in_use();
    let appliance = shop.boot(&disks).await.unwrap();
    let mut people = People::register(&shop.house, &*appliance).await;
    let mut moments = vec![first, disks.kept()];
    for standing in [Standing::Suspended, Standing::Active, Standing::Revoked] {
        sign(&appliance, &mut people).await;
        moments.push(disks.kept());
        people.stand_device(&shop.house, &*appliance, "bob's phone", standing).await;
        moments.push(disks.kept());
    }
    appliance.close();
    moments.push(disks.kept());
    (shop, moments)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_older_disk_is_used_whichever_it_is() {
    let (shop, mut moments) = moments().await;
    let now = moments.pop().unwrap();
    let (mut last, mut vaults) = (0, 0);
    for (moment, old) in moments.iter().enumerate() {
        let all = Kept { remembered: now.remembered.clone(), ..old.clone() };
        let ledger = Kept { ledger: old.ledger.clone(), ..now.bare() };
        // Whoever ended in order has added nothing since the last order: that is no older disk.
        if old.ledger == now.ledger {
            continue;
        }
        for kept in [all.clone(), all.bare(), ledger] {
            let why = refused(&shop, &kept).await;
            let (has, anchored) = older(&why);
            assert!(has < anchored && last <= has, "moment {moment}: {why}");
            assert!(why.to_string().contains("an older copy"), "{why}");
            last = has;
        }
        // A vault of before somebody was registered lacks their key.
        if old.vault != now.vault {
            let why = refused(&shop, &Kept { vault: old.vault.clone(), ..now.clone() }).await;
            assert!(matches!(why, BootError::Ring(_) | BootError::KeyLost(_)), "{why}");
            vaults += 1;
        }
    }
    assert!(vaults > 0, "nobody was registered meanwhile");
    shop.boot(&now.in_use()).await.unwrap().close();
}

#[tokio::test(flavor = "multi_thread")]
async fn another_history_of_the_same_token_is_not_used() {
    let (shop, first) = Shop::new().await;
    let mut ends = Vec::new();
    for records in [3, 1] {
        let disks = first.in_use();
        let appliance = shop.boot(&disks).await.unwrap();
        let mut people = People::register(&shop.house, &*appliance).await;
        for _ in 0..records {
            sign(&appliance, &mut people).await;
        }
        appliance.close();
        ends.push(disks.kept());
    }
    let longer = Kept { remembered: ends[1].remembered.clone(), ..ends[0].clone() };
    let why = refused(&shop, &longer).await;
    assert!(matches!(why, BootError::Anchor(AnchorError::OtherHistory { .. })), "{why}");
    shop.boot(&ends[1].in_use()).await.unwrap().close();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_knows_of_nothing_is_another_one() {
    let (shop, first) = Shop::new().await;
    let forgotten = Kept { remembered: Remembered::default(), ..first.clone() };
    let why = refused(&shop, &forgotten).await;
    assert!(matches!(why, BootError::Anchor(AnchorError::Missing)), "{why}");
    shop.boot(&first.in_use()).await.unwrap().close();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_anchored_before_it_is_acknowledged_and_a_signature_is_not() {
    let (shop, first) = Shop::new().await;
    let appliance = shop.boot(&first.in_use()).await.unwrap();
    let mut people = People::register(&shop.house, &*appliance).await;
    let (size, before) = anchored(&shop, &appliance).await;
    assert_eq!(size, before.size, "all that was ordered");
    sign(&appliance, &mut people).await;
    let (size, after) = anchored(&shop, &appliance).await;
    assert_eq!((size, after), (before.size + 1, before));
    people.stand_device(&shop.house, &*appliance, "bob's phone", Standing::Revoked).await;
    let known = shop.token.anchors().unwrap();
    let newest = known.last().unwrap();
    assert_eq!((newest.size, newest.number), (size + 1, before.number + 1));
    assert_eq!(known.len(), 1, "those before it are destroyed");
    // Another one is to find everything anchored.
    sign(&appliance, &mut people).await;
    appliance.close();
    let left = shop.token.anchors().unwrap();
    assert_eq!((left[0].size, left[0].is_free()), (size + 2, true));
}
