//! A boot that begins at a snapshot: it comes to what a boot comes to that reads everything, and whatever is wrong
//! with the snapshot, everything is read.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "these are tests: what they did not expect must stop them"
)]

use countersign_anchor::AnchorError;
use countersign_disk::Disk;
use countersign_ledger::Damage;
use countersign_protocol::change::Standing;
use countersign_tests::house::{House, RelyingParty};
use countersign_tests::people::People;
use countersign_tests::shop::{Kept, Shop, Signed, all_are_answered, bytes, sign, state};
use countersign_token_fixture::Make;
use countersignd::boot::{BootError, Extent};
use countersignd::check::{Checked, check};

/// An appliance with people, that has signed, taken a snapshot, and signed again; and is closed.
struct Story {
    shop: Shop,
    people: People,
    signed: Vec<Signed>,
    /// When the snapshot was taken, and at the end.
    then: Kept,
    now: Kept,
}

async fn story() -> Story {
    let (shop, first) = Shop::new().await;
    let disks = first.in_use();
    let appliance = shop.boot(&disks).await.unwrap();
    assert!(!appliance.began_at_snapshot());
    let mut people = People::register(&shop.house, &*appliance).await;
    let mut signed = Vec::new();
    for _ in 0..3 {
        signed.push(sign(&appliance, &mut people).await);
    }
    appliance.snapshot().await;
    let then = disks.kept();
    signed.push(sign(&appliance, &mut people).await);
    people.stand_device(&shop.house, &*appliance, "bob's phone", Standing::Suspended).await;
    appliance.close();
    let now = disks.kept();
    Story { shop, people, signed, then, now }
}

async fn expect_everything_is_read(story: &Story, kept: &Kept, what: &str) {
    let appliance = story.shop.boot(&kept.in_use()).await.unwrap();
    assert!(!appliance.began_at_snapshot(), "{what}");
    appliance.close();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_boot_from_a_snapshot_comes_to_the_same() {
    let Story { shop, mut people, mut signed, now, .. } = story().await;
    let full = shop.boot(&now.bare().in_use()).await.unwrap();
    all_are_answered(&full, &people, &signed).await;
    full.close();
    let disks = now.in_use();
    let began = shop.boot(&disks).await.unwrap();
    assert!(began.began_at_snapshot() && !full.began_at_snapshot());
    assert_eq!(state(&began), state(&full));
    all_are_answered(&began, &people, &signed).await;
    // And it goes on: signs, takes the next one by way of the other medium, and boots from that.
    signed.push(sign(&began, &mut people).await);
    began.snapshot().await;
    began.close();
    let [even, odd] = disks.kept().snapshot;
    assert!(!even.is_empty() && !odd.is_empty());
    let again = shop.boot(&disks).await.unwrap();
    assert!(again.began_at_snapshot());
    assert_eq!(state(&again), state(&began));
    all_are_answered(&again, &people, &signed).await;
    again.close();
    let whole = shop.boot_reading(&disks, Extent::Everything).await.unwrap();
    assert!(!whole.began_at_snapshot(), "whoever wants everything read has it");
    assert_eq!(state(&whole), state(&again));
    whole.close();
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_wrong_with_a_snapshot_everything_is_read() {
    let story = story().await;
    let side = usize::from(story.now.snapshot[0].is_empty());
    let good = story.now.snapshot[side].clone();
    let places = [0, 8, 15, 16, 47, 48, good.len() / 2, good.len() - 17, good.len() - 1];
    for at in places {
        let mut kept = story.now.clone();
        kept.snapshot[side][at] ^= 1;
        expect_everything_is_read(&story, &kept, &format!("a bit of byte {at} is another")).await;
    }
    for length in [0, 7, 48, 49, good.len() / 2, good.len() - 1] {
        let mut kept = story.now.clone();
        kept.snapshot[side].truncate(length);
        expect_everything_is_read(&story, &kept, &format!("{length} bytes are left")).await;
    }
    let mut kept = story.now.clone();
    kept.snapshot[side].push(0);
    expect_everything_is_read(&story, &kept, "a byte is too much").await;
}

fn older(refused: Option<BootError>) {
    match refused {
        Some(BootError::Damage(why @ Damage::Older { .. })) => {
            assert!(why.to_string().contains("an older copy, or was cut"), "{why}");
        }
        Some(other) => panic!("{other}"),
        None => panic!("it boots"),
    }
}

/// Today's snapshot, and yesterday's ledger.
#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_that_has_less_than_it_had_is_refused() {
    let (shop, first) = Shop::new().await;
    let disks = first.in_use();
    let appliance = shop.boot(&disks).await.unwrap();
    let mut people = People::register(&shop.house, &*appliance).await;
    sign(&appliance, &mut people).await;
    let before = disks.kept();
    sign(&appliance, &mut people).await;
    appliance.snapshot().await;
    appliance.close();
    let now = disks.kept();
    let yesterday = Kept { ledger: before.ledger, ..now.clone() };
    let changed = yesterday.in_use();
    older(shop.boot(&changed).await.err());
    older(shop.boot_reading(&changed, Extent::Everything).await.err());
    assert_eq!(changed.kept().ledger, yesterday.ledger, "nothing is changed");
    // Who takes the snapshot away meets the anchor.
    match shop.boot(&yesterday.bare().in_use()).await.err() {
        Some(BootError::Anchor(AnchorError::Older { .. })) => {}
        other => panic!("{:?}", other.map(|why| why.to_string())),
    }
    // Who has the token too puts it back, and boots as if there had never been one; and then it is another ledger.
    let forked = Kept { remembered: before.remembered, ..yesterday.bare() }.in_use();
    let fork = shop.boot(&forked).await.unwrap();
    for _ in 0..3 {
        sign(&fork, &mut people).await;
    }
    fork.close();
    let both = Kept { snapshot: now.snapshot.clone(), ..forked.kept() };
    match shop.boot(&both.in_use()).await.err() {
        Some(BootError::Damage(Damage::Another(_))) => {}
        other => panic!("{:?}", other.map(|why| why.to_string())),
    }
}

/// Damage before the snapshot is what only a full read finds; damage at its very group is named.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_snapshot_does_not_look_at_a_full_read_does() {
    let Story { shop, now, then, .. } = story().await;
    let mut early = now.clone();
    early.ledger[then.ledger.len() / 2] ^= 1;
    let quick = shop.boot(&early.in_use()).await.unwrap();
    assert!(quick.began_at_snapshot());
    quick.close();
    let full = shop.boot_reading(&early.in_use(), Extent::Everything).await;
    assert!(matches!(full.err(), Some(BootError::Damage(Damage::Middle(_)))));
    let mut late = now.clone();
    let at = then.ledger.len() - 100;
    late.ledger[at] ^= 1;
    let refused = shop.boot(&late.in_use()).await.err();
    assert!(matches!(refused, Some(BootError::Damage(Damage::Another(_) | Damage::Middle(_)))));
}

/// A snapshot has personal data in it: with the erasure it is closed for ever, wherever there is a copy of it.
#[tokio::test(flavor = "multi_thread")]
async fn after_an_erasure_no_older_snapshot_opens() {
    let Story { shop, people, now, .. } = story().await;
    let disks = now.in_use();
    let appliance = shop.boot(&disks).await.unwrap();
    people.revoke_keys(&shop.house, &*appliance).await;
    appliance.snapshot().await;
    let old = disks.kept().snapshot;
    let name = people.name("alice");
    people.erase_alice(&shop.house, &*appliance).await;
    appliance.close();
    // The same disk today, with its own old snapshot, and with a copy of it.
    let erased = disks.kept();
    let read = erased.in_use();
    let full = shop.boot(&read).await.unwrap();
    assert!(!full.began_at_snapshot(), "its key went with the signer's");
    // The next one is under another key, and says nothing of who is erased.
    full.snapshot().await;
    full.close();
    let next = shop.boot(&read).await.unwrap();
    assert!(next.began_at_snapshot());
    assert_eq!(state(&next), state(&full));
    assert!(
        !state(&next).iter().any(|row| row.windows(name.len()).any(|text| text == name.as_bytes()))
    );
    next.close();
    let copy = Kept { snapshot: old, ..read.kept() };
    let again = shop.boot(&copy.in_use()).await.unwrap();
    assert!(!again.began_at_snapshot());
    again.close();
}

/// Cuts the power at each step of writing a snapshot, the first and the next: whatever is left, the appliance boots, and
/// from the one before or this one if there is one.
#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_while_it_is_written_leaves_the_one_before_or_this_one() {
    let Story { shop, mut people, now, .. } = story().await;
    for before in [now.bare(), now] {
        let has_one = before.snapshot.iter().any(|bytes| !bytes.is_empty());
        let disks = before.in_use();
        let appliance = shop.boot(&disks).await.unwrap();
        sign(&appliance, &mut people).await;
        let full = state(&appliance);
        appliance.snapshot().await;
        appliance.close();
        let (kept, mut tried, mut from_it) = (disks.kept(), 0, 0);
        // A new file is begun on the odd medium; what is written on one goes to the other medium first.
        let first = if has_one { usize::from(!before.snapshot[0].is_empty()) } else { 1 };
        for snapshot in cuts(&disks.snapshot, first) {
            let booted = shop.boot(&Kept { snapshot, ..kept.clone() }.in_use()).await.unwrap();
            assert!(booted.began_at_snapshot() || !has_one, "cut {tried}");
            assert_eq!(state(&booted), full, "cut {tried}");
            (tried, from_it) = (tried + 1, from_it + usize::from(booted.began_at_snapshot()));
            booted.close();
        }
        assert!(tried > 20 && from_it > 0, "{tried} cuts, {from_it} boots from it");
    }
}

/// What both disks may have after a power cut at each of the moments: this one is written first, then the other one.
fn cuts(disks: &[Disk; 2], first: usize) -> Vec<[Vec<u8>; 2]> {
    let histories = disks.each_ref().map(Disk::history);
    let images = |side: usize, done: usize| histories[side].images(done).into_iter();
    let ends = [first, 1 - first].map(|side| histories[side].operations().len());
    let mut cuts = Vec::new();
    for done in 0..=ends[0] {
        for (_, image) in images(first, done) {
            let mut both = [Vec::new(), Vec::new()];
            both[first] = image;
            both[1 - first] = images(1 - first, 0).next().unwrap().1;
            cuts.push(both);
        }
    }
    for done in 0..=ends[1] {
        for (_, image) in images(1 - first, done) {
            let mut both = [Vec::new(), Vec::new()];
            both[first] = bytes(&disks[first]);
            both[1 - first] = image;
            cuts.push(both);
        }
    }
    cuts
}

/// The whole ledger, while the appliance is stopped.
#[tokio::test(flavor = "multi_thread")]
async fn a_check_reads_everything_and_says_what_it_found() {
    let house = House::build("host", Make::Embedded, RelyingParty::example()).await;
    let (config, path) = (house.config(), house.ledger());
    let appliance = house.boot().await;
    People::register(&house, &*appliance).await;
    appliance.inner().close();
    drop(appliance);
    let good = std::fs::read(&path).unwrap();
    let checked = check(&config).unwrap();
    assert_eq!((checked.bytes, checked.torn_bytes), (good.len() as u64, 0));
    assert!(checked.records >= 4 && !checked.snapshot);
    assert!(checked.json().contains(&format!(r#""root":"{}""#, checked.root)));
    std::fs::write(&path, [&good[..], &[0; 10]].concat()).unwrap();
    assert_eq!(check(&config).unwrap(), Checked { torn_bytes: 10, ..checked });
    assert_eq!(std::fs::metadata(&path).unwrap().len(), checked.bytes + 10, "nothing is changed");
    let mut bad = good.clone();
    bad[good.len() / 2] ^= 1;
    std::fs::write(&path, bad).unwrap();
    let refused = check(&config).err();
    assert!(matches!(refused, Some(BootError::Damage(Damage::Middle(_)))), "{refused:?}");
}

/// A disk that takes no snapshot stops nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_medium_that_fails_stops_nothing() {
    use countersign_disk::{DiskFault, FaultyDisk};
    use countersign_vault::Media;
    use countersignd::boot::{Disks, boot_on};

    let (shop, first) = Shop::new().await;
    let disk = |bytes: &Vec<u8>| FaultyDisk::holding(bytes.clone(), 1);
    let mut odd = disk(&Vec::new());
    odd.fault(DiskFault::Full);
    let disks = Disks {
        ledger: disk(&first.ledger),
        vault: Media { even: disk(&first.vault[0]), odd: disk(&first.vault[1]) },
        snapshot: Media { even: disk(&Vec::new()), odd },
    };
    let token = shop.token.clone();
    let booted = boot_on(&shop.house.config(), token, disks, Extent::SinceSnapshot).await;
    let appliance = booted.unwrap();
    People::register(&shop.house, &appliance).await;
    appliance.snapshot().await;
    People::register(&shop.house, &appliance).await;
    appliance.close();
}
