//! When a key signs: hours of the week, and dates on which it is otherwise.
//!
//! All of it is UTC. Local time, with its changes in spring and autumn, is compiled ahead into a period for each of them; after the
//! last one nothing is signed, before somebody compiles it again.

use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};

use super::Follows;
use super::ascending::Ascending;
use crate::limits::{POLICY_EXCEPTIONS_MAX, POLICY_PERIODS_MAX};

/// Milliseconds in an hour.
pub const HOUR_MS: u64 = 3_600_000;
/// Hours in a week.
const WEEK_HOURS: u64 = 7 * 24;
/// 1970 began on a Thursday: so many hours after a week did, which begins on Monday.
const FIRST_HOURS: u64 = 3 * 24;

/// Periods, none of which begins before the one before it has ended.
pub type Periods<'b> = Ascending<'b, Period, POLICY_PERIODS_MAX>;
/// Exceptions, likewise.
pub type Exceptions<'b> = Ascending<'b, Exception, POLICY_EXCEPTIONS_MAX>;

/// When a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Calendar<'b> {
    /// Which hours of which weeks.
    #[b(0)]
    pub periods: Periods<'b>,
    /// When it is otherwise, whatever the hours of that week are.
    #[b(1)]
    pub exceptions: Option<Exceptions<'b>>,
}

/// Weeks that have the same hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Period {
    /// The first hour (since 1970, UTC).
    #[n(0)]
    pub from_hour: u32,
    /// The first hour that is not of it any more.
    #[n(1)]
    pub to_hour: u32,
    /// A bit for each hour of the week: the highest bit of the first byte is that from Monday 00:00 UTC on.
    #[n(2)]
    pub hours: ByteArray<21>,
}

/// Some hours on which it is otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Exception {
    /// The first hour (since 1970, UTC).
    #[n(0)]
    pub from_hour: u32,
    /// The first hour that is not of it any more.
    #[n(1)]
    pub to_hour: u32,
    /// Whether something is signed then.
    #[n(2)]
    pub open: bool,
}

/// The hour (since 1970, UTC) of a time in milliseconds.
#[must_use]
pub const fn hour_of(utc_ms: u64) -> u64 {
    utc_ms / HOUR_MS
}

/// The place of that hour in its week.
const fn hour_of_week(hour: u64) -> u64 {
    hour.saturating_add(FIRST_HOURS) % WEEK_HOURS
}

impl Period {
    /// Whether it has this hour (since 1970), and something is signed then.
    #[must_use]
    pub fn is_open(&self, hour: u64) -> bool {
        let place = hour_of_week(hour);
        let byte = self.hours.get((place / 8) as usize).copied().unwrap_or(0);
        // `&`: no branch.
        has(self.from_hour, self.to_hour, hour) & (byte >> (7 - place % 8) & 1 == 1)
    }
}

impl Exception {
    /// Whether it has this hour (since 1970).
    #[must_use]
    pub fn has(&self, hour: u64) -> bool {
        has(self.from_hour, self.to_hour, hour)
    }
}

/// Whether an hour is from this one on, and before that one. `&`: no branch.
const fn has(from_hour: u32, to_hour: u32, hour: u64) -> bool {
    (from_hour as u64 <= hour) & (hour < to_hour as u64)
}

impl Follows for Period {
    fn follows(&self, before: &Self) -> bool {
        before.to_hour <= self.from_hour && self.from_hour < self.to_hour
    }
}

impl Follows for Exception {
    fn follows(&self, before: &Self) -> bool {
        before.to_hour <= self.from_hour && self.from_hour < self.to_hour
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_week_begins_on_monday() {
        // 2026-01-05, a Monday, 00:00 UTC.
        let monday = hour_of(1_767_571_200_000);
        assert_eq!(
            [monday - 1, monday, monday + 167, monday + 168].map(hour_of_week),
            [167, 0, 167, 0]
        );
    }

    #[test]
    fn the_first_bit_is_the_first_hour() {
        let mut hours = [0; 21];
        (hours[0], hours[20]) = (0b1000_0000, 0b0000_0001);
        let monday = hour_of(1_767_571_200_000);
        let (from_hour, to_hour) = (monday as u32, monday as u32 + 168);
        let period = Period { from_hour, to_hour, hours: hours.into() };
        let open: [u64; 2] = [monday, monday + 167];
        for hour in monday - 200..monday + 400 {
            assert_eq!(period.is_open(hour), open.contains(&hour), "{hour}");
        }
    }
}
