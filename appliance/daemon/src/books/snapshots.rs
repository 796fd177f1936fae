//! The books, for whoever takes snapshots of them.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use countersign_ports::Crypto as _;
use countersign_protocol::tag;

use super::Books;
use crate::answered::Shared;
use crate::ground::Ground;
use crate::rebuilding::Rebuilding;
use crate::snapshot::Shelf;

impl<G: Ground> Books<G> {
    /// Records that the boot did not read, because a snapshot had what they come to.
    pub(crate) const fn skipped(&self) -> u64 {
        self.skipped
    }

    /// 32 bytes that no other snapshot has: of this boot's random name, and a number.
    pub(crate) fn snapshot_seed(&self) -> [u8; 32] {
        let number = self.snapshots.fetch_add(1, Ordering::Relaxed);
        self.crypto.sha256(&[tag::SNAPSHOT, &self.boot.0, &number.to_be_bytes()])
    }

    /// How the registry is made again.
    pub(crate) const fn rebuilding(&self) -> &Rebuilding {
        &self.rebuilding
    }

    /// Has the one who takes snapshots make the registry again.
    pub(crate) fn ask_for_rebuild(&self) {
        self.rebuilding.ask();
        self.moved.notify_one();
    }

    /// One is taken at a time.
    pub(crate) async fn snapshot_turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.snapshot_turn.lock().await
    }

    /// The snapshots.
    pub(crate) const fn shelf(&self) -> &Arc<Shelf<G::Storage, G::Crypto>> {
        &self.shelf
    }

    /// Which transactions are on record.
    pub(crate) fn shared_answered(&self) -> Arc<Shared> {
        Arc::clone(&self.answered)
    }

    /// Whether all is remembered that the first so many records, which are durable, are of.
    pub(crate) fn is_answered(&self, records: u64) -> bool {
        self.answered.lock().is_up_to(records)
    }

    /// Resolves when something has become durable, or was remembered, since this was last awaited, by the one
    /// who takes snapshots; or when the ledger has failed.
    pub(crate) async fn moved(&self) {
        self.moved.notified().await;
    }

    /// Somebody is erased, and with the key every snapshot is gone.
    pub(crate) fn forget_snapshots(&self) {
        self.shelf.forget();
        self.moved.notify_one();
    }
}
