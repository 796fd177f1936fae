//! `calendar`: it is an hour of the week, or a date, at which something is signed: certainly, at both ends of what is known of UTC, which
//! are less than an hour apart.

use countersign_protocol::policy::{HOUR_MS, hour_of};
use subtle::Choice;

use crate::policy::{Calendar, Rules};
use crate::time::Now;
use crate::verdict::choice;

pub(in crate::policy) fn holds(rules: &Rules, now: &Now) -> Choice {
    let Some(calendar) = &rules.calendar else { return choice(true) };
    // `&`: no branch. What went back, or nobody knows to the hour, is no hour at which anything is signed.
    let certain = now.utc_lo_ms.saturating_add(HOUR_MS) > now.utc_hi_ms;
    let [first, last] = [now.utc_lo_ms, now.utc_hi_ms].map(|ms| calendar.is_open(hour_of(ms)));
    choice(first & last & certain & now.is_within(0, u64::MAX))
}

impl Calendar {
    /// Whether something is signed in this hour (since 1970): what an exception says, if there is one.
    fn is_open(&self, hour: u64) -> bool {
        let weekly = self.periods.iter().fold(false, |open, period| open | period.is_open(hour));
        self.exceptions.iter().fold(weekly, |open, exception| {
            // `&`, `|`: no branch.
            let other = exception.has(hour);
            (open & !other) | (exception.open & other)
        })
    }
}

#[cfg(test)]
mod tests {
    use countersign_protocol::policy::{Exception, Period};

    use super::*;
    use crate::policy::rules::any;

    /// 2026-01-05, a Monday, 00:00 UTC.
    const MONDAY_MS: u64 = 1_767_571_200_000;
    const MONDAY: u32 = (MONDAY_MS / HOUR_MS) as u32;

    /// Mondays from 08:00 to 10:00, for two weeks.
    fn mornings(exceptions: &[Exception]) -> Rules {
        let mut hours = [0; 21];
        hours[1] = 0b1100_0000;
        let period = Period { from_hour: MONDAY, to_hour: MONDAY + 336, hours: hours.into() };
        let calendar = Calendar {
            periods: [period].into_iter().collect(),
            exceptions: exceptions.iter().copied().collect(),
        };
        Rules { calendar: Some(calendar), ..any() }
    }

    fn at(rules: &Rules, from_ms: u64, to_ms: u64) -> bool {
        let (utc_lo_ms, utc_hi_ms) = (MONDAY_MS + from_ms, MONDAY_MS + to_ms);
        holds(rules, &Now { boot_ms: 0, utc_lo_ms, utc_hi_ms }).into()
    }

    #[test]
    fn it_signs_from_the_first_to_the_last_moment_of_its_hours() {
        let rules = mornings(&[]);
        assert!(at(&rules, 8 * HOUR_MS, 8 * HOUR_MS));
        assert!(at(&rules, 10 * HOUR_MS - 1, 10 * HOUR_MS - 1));
        assert!(!at(&rules, 8 * HOUR_MS - 1, 8 * HOUR_MS), "too early, perhaps");
        assert!(!at(&rules, 10 * HOUR_MS - 1, 10 * HOUR_MS), "too late, perhaps");
        assert!(at(&rules, 176 * HOUR_MS, 176 * HOUR_MS), "a week later");
        assert!(!at(&rules, 32 * HOUR_MS, 32 * HOUR_MS), "on Tuesday");
    }

    #[test]
    fn it_signs_in_no_week_that_nobody_has_spoken_of() {
        let rules = mornings(&[]);
        assert!(!at(&rules, 344 * HOUR_MS, 344 * HOUR_MS));
        let (utc_lo_ms, utc_hi_ms) = (MONDAY_MS - 160 * HOUR_MS, MONDAY_MS - 160 * HOUR_MS);
        assert!(!bool::from(holds(&rules, &Now { boot_ms: 0, utc_lo_ms, utc_hi_ms })));
    }

    #[test]
    fn on_a_date_it_is_otherwise() {
        let (from_hour, to_hour) = (MONDAY + 9, MONDAY + 12);
        let closed = mornings(&[Exception { from_hour, to_hour, open: false }]);
        assert!(at(&closed, 9 * HOUR_MS - 1, 9 * HOUR_MS - 1));
        assert!(!at(&closed, 9 * HOUR_MS, 9 * HOUR_MS));
        let open = mornings(&[Exception { from_hour, to_hour, open: true }]);
        assert!(at(&open, 12 * HOUR_MS - 1, 12 * HOUR_MS - 1));
        assert!(!at(&open, 12 * HOUR_MS, 12 * HOUR_MS));
    }

    #[test]
    fn whoever_does_not_know_the_hour_signs_nothing() {
        let always = Period { from_hour: 0, to_hour: u32::MAX, hours: [0xff; 21].into() };
        let calendar =
            Calendar { periods: [always].into_iter().collect(), exceptions: heapless::Vec::new() };
        let rules = Rules { calendar: Some(calendar), ..any() };
        assert!(at(&rules, 0, HOUR_MS - 1));
        assert!(!at(&rules, 0, HOUR_MS));
        assert!(!at(&rules, 1, 0), "a clock that went back");
    }

    #[test]
    fn without_a_calendar_it_signs_at_any_time() {
        assert!(at(&any(), 0, 9 * HOUR_MS));
    }
}
