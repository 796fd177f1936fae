//! The registry as a whole: its root, and that it is made from the ledger again while the appliance works.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "these are tests: what they did not expect must stop them"
)]

use std::sync::Arc;
use std::time::Duration;

use countersign_core::port::{Guarded as _, Platform as _};
use countersign_protocol::Digest;
use countersign_protocol::admin::{Answer, Order, RegistryQuery, SlotFile};
use countersign_protocol::anchor::Anchor;
use countersign_protocol::change::{Hold, Standing};
use countersign_protocol::reply::Failure;
use countersign_protocol::{OfficerId, SignerId};
use countersign_registry::Change;
use countersign_tests::outcome::Outcome;
use countersign_tests::people::People;
use countersign_tests::shop::{InUse, Kept, Running, Shop, Signed, all_are_answered, sign, state};
use countersignd::Surroundings as _;

/// An appliance with people that has signed, and takes snapshots.
struct Story {
    shop: Shop,
    disks: InUse,
    appliance: Running,
    people: People,
    signed: Vec<Signed>,
}

async fn story() -> Story {
    let (shop, first) = Shop::new().await;
    let disks = first.in_use();
    let appliance = shop.boot(&disks).await.unwrap();
    let keeper = Arc::clone(&appliance);
    tokio::spawn(async move { keeper.keep_snapshots().await });
    let mut people = People::register(&shop.house, &*appliance).await;
    let signed = vec![sign(&appliance, &mut people).await, sign(&appliance, &mut people).await];
    Story { shop, disks, appliance, people, signed }
}

/// What the appliance says of its registry.
#[derive(Debug)]
struct Told {
    root: Digest,
    file: Option<SlotFile>,
    erased: u32,
    /// What it came to, or why to nothing, if it was made again.
    rebuilt: Option<Result<Digest, String>>,
}

async fn told(shop: &Shop, appliance: &Running, rebuild: bool) -> Told {
    let order = Order::Registry(RegistryQuery { rebuild });
    let read = |answer: &Answer<'_>| match answer {
        Answer::Registry(answer) => {
            let rebuild = answer.rebuild.as_ref();
            let failed = rebuild.and_then(|rebuild| rebuild.why.map(|why| Err(why.to_owned())));
            let rebuilt = failed.or_else(|| rebuild.and_then(|rebuild| rebuild.root.map(Ok)));
            Some(Told { root: answer.root, file: answer.file, erased: answer.erased, rebuilt })
        }
        _ => None,
    };
    shop.house.order(&**appliance, &order, read).await
}

/// Has it made again, and waits for what comes of it.
async fn rebuilt(shop: &Shop, appliance: &Running) -> Result<Digest, String> {
    told(shop, appliance, true).await;
    for _ in 0..2_000 {
        if let Some(outcome) = told(shop, appliance, false).await.rebuilt {
            return outcome;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("it takes too long");
}

#[tokio::test(flavor = "multi_thread")]
async fn made_again_it_has_the_same_root_and_its_file_is_begun_anew() {
    let Story { shop, disks, appliance, mut people, mut signed } = story().await;
    let before = told(&shop, &appliance, false).await;
    assert!(before.file.is_none() && before.rebuilt.is_none());
    appliance.snapshot().await;
    people.stand_device(&shop.house, &*appliance, "bob's phone", Standing::Suspended).await;
    appliance.snapshot().await;
    let changed = told(&shop, &appliance, false).await;
    assert_ne!(changed.root, before.root);
    assert_eq!(changed.file.unwrap().writes, 1, "what had changed was written on it");
    assert_eq!(rebuilt(&shop, &appliance).await, Ok(changed.root));
    let after = told(&shop, &appliance, false).await;
    assert_eq!((after.root, after.file.unwrap().writes), (changed.root, 0));
    signed.push(sign(&appliance, &mut people).await);
    assert_eq!(
        told(&shop, &appliance, false).await.root,
        changed.root,
        "a signature moves no root"
    );
    appliance.close();
    let again = shop.boot(&disks).await.unwrap();
    assert!(again.began_at_snapshot());
    assert_eq!(state(&again), state(&appliance));
    all_are_answered(&again, &people, &signed).await;
    again.close();
}

/// What came since is read from the ledger, wherever the file was put back from.
#[tokio::test(flavor = "multi_thread")]
async fn an_older_file_that_is_put_back_brings_no_device_back() {
    let Story { shop, disks, appliance, people, .. } = story().await;
    appliance.snapshot().await;
    let [older_even, older_odd] = disks.kept().snapshot;
    people.stand_device(&shop.house, &*appliance, "bob's phone", Standing::Revoked).await;
    appliance.snapshot().await;
    appliance.close();
    let now = disks.kept();
    let [even, odd] = now.snapshot.clone();
    for snapshot in [[older_even.clone(), older_odd.clone()], [older_even, odd], [even, older_odd]]
    {
        let booted = shop.boot(&Kept { snapshot, ..now.clone() }.in_use()).await.unwrap();
        assert_eq!(state(&booted), state(&appliance));
        booted.close();
    }
}

/// Nobody can make such a file but a program that was wrong: it is noticed all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_comes_to_another_registry_than_the_anchored_one_is_given_up() {
    let Story { shop, disks, appliance, .. } = story().await;
    appliance.snapshot().await;
    appliance.close();
    let kept = disks.kept();
    let anchored = kept.in_use();
    shop.boot(&anchored).await.unwrap().close();
    let again = anchored.kept().in_use();
    let newest = shop.token.anchors().unwrap().into_iter().max().unwrap();
    let other = Anchor { number: newest.number + 1, registry: Digest([9; 32]), ..newest };
    shop.token.create_anchor(&other).unwrap();
    let booted = shop.boot(&again).await.unwrap();
    assert!(!booted.began_at_snapshot(), "everything is read");
    assert_eq!(state(&booted), state(&appliance));
    booted.close();
}

/// Of who is erased nothing can be read any more: what is made without it is the same all the same.
#[tokio::test(flavor = "multi_thread")]
async fn made_again_after_somebody_was_erased_it_is_the_same() {
    let Story { shop, disks, appliance, people, .. } = story().await;
    people.revoke_keys(&shop.house, &*appliance).await;
    people.erase_alice(&shop.house, &*appliance).await;
    let Told { root, erased, .. } = told(&shop, &appliance, false).await;
    assert_eq!(erased, 1, "it is told that there was somebody");
    assert_eq!(rebuilt(&shop, &appliance).await, Ok(root));
    appliance.close();
    let read = shop.boot(&disks.kept().bare().in_use()).await.unwrap();
    assert!(!read.began_at_snapshot());
    // The last one is the root. (What a front-end was granted last is counted for what is under way only.)
    assert_eq!(state(&read).last(), state(&appliance).last());
    read.close();
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_made_again_while_people_sign_and_are_changed() {
    let Story { shop, appliance, mut people, .. } = story().await;
    for turn in 0..6 {
        told(&shop, &appliance, true).await;
        sign(&appliance, &mut people).await;
        let standing = if turn % 2 == 0 { Standing::Suspended } else { Standing::Active };
        people.stand_device(&shop.house, &*appliance, "bob's phone", standing).await;
        let outcome = rebuilt(&shop, &appliance).await;
        assert!(outcome.is_ok(), "{outcome:?}");
    }
    appliance.close();
}

/// As if memory had changed, or a file had been believed that nobody should.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_decides_by_something_else_than_the_ledger_stops_and_reads_everything_next() {
    let Story { shop, disks, appliance, mut people, .. } = story().await;
    appliance.snapshot().await;
    let hold = Hold { signer: SignerId(1), held: true, officer: OfficerId(1), utc_lo_ms: 0 };
    appliance.state().with(|state| state.registry.apply(99, &Change::Hold(hold)).unwrap());
    let why = rebuilt(&shop, &appliance).await.unwrap_err();
    assert!(why.contains("is not what the ledger says"), "{why}");
    let failed = tokio::time::timeout(Duration::from_secs(5), appliance.failed()).await;
    assert!(failed.is_ok(), "nothing is signed any more");
    let before = disks.kept().ledger;
    let (_, reply) = people.sign(&*appliance).await.unwrap();
    assert_eq!(Outcome::read(&reply), Outcome::Failed(Failure::Unavailable));
    assert_eq!(disks.kept().ledger, before);
    appliance.close();
    let again = shop.boot(&disks).await.unwrap();
    assert!(!again.began_at_snapshot());
    assert!(!again.state().with(|state| state.registry.keeping(SignerId(1)).unwrap().held));
    again.close();
}
