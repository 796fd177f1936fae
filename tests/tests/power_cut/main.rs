//! The power fails at every write and every sync of a day's work, and the disk keeps what it likes of
//! what was not synced: whatever anybody was told is in the ledger after the restart, and no restart
//! needs a person.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "these are tests: what they did not expect must stop them"
)]

mod cut;
mod day;
mod twin;

use cut::{Cuts, after};
use day::Day;
use twin::{RepliesFirst, SkipsSync};

/// Requests of the day.
const REQUESTS: usize = 200;

#[test]
fn what_was_told_is_in_the_ledger_whatever_the_disk_lost() {
    let day = Day::of(REQUESTS, |disk| disk);
    let Cuts { moments, restarts, broken } = after(&day, 1);
    println!("{moments} moments, {restarts} restarts");
    assert_eq!(broken, [""; 0]);
    assert!(moments > 2 * REQUESTS, "{moments}");
    assert!(restarts > 5 * moments, "{restarts}");
}

#[test]
fn a_power_cut_while_recovering_from_one_changes_nothing() {
    let day = Day::of(5, |disk| disk);
    let Cuts { restarts, broken, .. } = after(&day, 2);
    println!("{restarts} restarts");
    assert_eq!(broken, [""; 0]);
}

#[test]
fn a_ledger_that_skips_the_sync_is_caught() {
    let day = Day::of(8, SkipsSync);
    assert!(!after(&day, 1).broken.is_empty());
}

#[test]
fn a_ledger_that_replies_before_the_sync_is_caught() {
    let day = Day::of(8, RepliesFirst::before);
    assert!(!after(&day, 1).broken.is_empty());
}
