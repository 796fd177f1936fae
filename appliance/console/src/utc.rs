//! Times as people read them.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds in an hour.
pub(crate) const HOUR_MS: u64 = 60 * 60 * 1000;
const DAY_S: u64 = 24 * 60 * 60;

/// A time in milliseconds since 1970, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Utc(pub(crate) u64);

impl Utc {
    /// What this machine's clock says; before 1970, 1970.
    pub(crate) fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }
}

impl fmt::Display for Utc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0 / 1000;
        let (year, month, day) = calendar(seconds / DAY_S);
        let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
        write!(f, "{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
    }
}

/// Year, month and day of a number of days since 1970, in eras of 400 years that begin with March (Hinnant,
/// chrono-compatible low-level date algorithms, `civil_from_days`).
const fn calendar(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let day_of_era = days % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = days / 146_097 * 400 + year_of_era;
    (if month <= 2 { year + 1 } else { year }, month, day)
}

#[cfg(test)]
mod tests {
    use countersign_enrolment::metadata::Date;

    use super::*;

    #[test]
    fn a_time_is_written_out() {
        assert_eq!(Utc(0).to_string(), "1970-01-01 00:00:00 UTC");
        assert_eq!(Utc(951_868_799_999).to_string(), "2000-02-29 23:59:59 UTC");
        assert_eq!(Utc(u64::MAX).to_string().split(' ').count(), 3);
    }

    #[test]
    fn every_day_of_two_centuries_is_the_one_that_the_appliance_reads() {
        for days in 0..73_000 {
            let written = Utc(u64::from(days) * DAY_S * 1000).to_string();
            let day = written.split(' ').next().unwrap();
            assert_eq!(Date::read(day), Some(Date::from_days(days)), "{written}");
        }
    }
}
