//! The power fails at every write and every sync of a day's work, with each of twelve classes of what the
//! disk may have kept of what was not synced: whatever anybody was told is in the ledger after the restart,
//! and no restart needs a person.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "these are tests: what they did not expect must stop them"
)]

mod cut;
mod day;
mod recorded;
mod twin;

use cut::{Cuts, after};
use day::Day;
use recorded::LOST;
use twin::{RepliesFirst, SkipsSync};

/// Requests of the day.
const REQUESTS: usize = 500;

#[test]
fn what_was_told_is_in_the_ledger_whatever_the_disk_lost() {
    let day = Day::of(REQUESTS, |disk| disk);
    let Cuts { moments, images, restarts, broken } = after(&day, 1);
    println!("{moments} moments, {images} disks, {restarts} restarts");
    assert_eq!(broken, [""; 0]);
    assert!(moments > 2 * REQUESTS, "{moments}");
    assert!(images > 5 * moments, "{images}");
    // Each ledger once for as much as was told.
    assert!(restarts > 2 * REQUESTS, "{restarts}");
}

#[test]
fn a_power_cut_while_recovering_from_one_changes_nothing() {
    let day = Day::of(5, |disk| disk);
    let Cuts { images, restarts, broken, .. } = after(&day, 2);
    println!("{images} disks, {restarts} restarts");
    assert_eq!(broken, [""; 0]);
}

#[test]
fn a_ledger_that_skips_the_sync_is_caught() {
    loses_what_was_given(&Day::of(8, SkipsSync));
}

#[test]
fn a_ledger_that_replies_before_the_sync_is_caught() {
    loses_what_was_given(&Day::of(8, RepliesFirst::before));
}

/// For that reason, and not only because the disk holds what nobody can read.
fn loses_what_was_given(day: &Day) {
    let broken = after(day, 1).broken;
    assert!(broken.iter().any(|why| why.ends_with(LOST)), "{broken:?}");
}
