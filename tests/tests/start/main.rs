//! The recovery table, row by row: each is an appliance that starts, with exactly one thing changed.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "these are tests: what they did not expect must stop them"
)]

mod interrupted;
mod ledger;
mod token;
mod vault;

use countersign_tests::people::People;
use countersign_tests::shop::{InUse, Kept, Running, Shop, sign};
use countersignd::boot::{BootError, Row, Verdict};

/// An appliance with people, that has signed, taken a snapshot, signed again, and ended in order.
struct Story {
    shop: Shop,
    people: People,
    /// On its first day.
    first: Kept,
    /// When the snapshot was taken: nothing is anchored since the last order.
    then: Kept,
    now: Kept,
}

impl Story {
    async fn tell() -> Self {
        let (shop, first) = Shop::new().await;
        let disks = first.in_use();
        let appliance = shop.boot(&disks).await.unwrap();
        let mut people = People::register(&shop.house, &*appliance).await;
        sign(&appliance, &mut people).await;
        appliance.snapshot().await;
        let then = disks.kept();
        sign(&appliance, &mut people).await;
        appliance.close();
        let now = disks.kept();
        Self { shop, people, first, then, now }
    }

    /// It starts on these disks.
    async fn goes_on(&self, disks: &InUse, row: Row) -> Running {
        assert_eq!(row.verdict(), Verdict::GoesOn);
        self.shop.boot(disks).await.unwrap_or_else(|why| panic!("{row:?}: {why}"))
    }

    /// It is locked, or does not start, for this reason; and nothing of the ledger is changed.
    async fn does_not(&self, disks: &InUse, row: Row) -> BootError {
        self.shop.refuses(disks, row).await
    }
}
