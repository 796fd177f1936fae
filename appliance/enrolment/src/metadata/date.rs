//! Days of the calendar, as metadata writes them: `YYYY-MM-DD` (FIDO MDS 3.1, 3.1.1 and 3.1.3).
//!
//! Guarantees: what is no day of the calendar is no [`Date`]; dates compare as days do.

/// Milliseconds in a day.
const DAY_MS: u64 = 86_400_000;
/// Days of the years before 1970, from the year 0 on.
const BEFORE_1970: u32 = 719_528;

/// A day, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(u32);

impl Date {
    /// The day of a time in milliseconds since 1970, in UTC.
    #[must_use]
    pub fn of(utc_ms: u64) -> Self {
        Self(u32::try_from(utc_ms / DAY_MS).unwrap_or(u32::MAX))
    }

    /// Reads `YYYY-MM-DD`, from 1970 on.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let year = number(parts.next()?, 4)?;
        let month = number(parts.next()?, 2)?;
        let day = number(parts.next()?, 2)?;
        let is_day = (1..=12).contains(&month) && (1..=days_of_month(year, month)).contains(&day);
        if parts.next().is_some() || year < 1970 || !is_day {
            return None;
        }
        let months: u32 = (1..month).map(|month| days_of_month(year, month)).sum();
        Some(Self(days_before(year) - BEFORE_1970 + months + day - 1))
    }

    /// From a number of days since 1970-01-01.
    #[must_use]
    pub const fn from_days(days: u32) -> Self {
        Self(days)
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub const fn days(self) -> u32 {
        self.0
    }

    /// How many days it is after another one; 0 if it is not.
    #[must_use]
    pub const fn days_after(self, other: Self) -> u32 {
        self.0.saturating_sub(other.0)
    }
}

/// Exactly so many digits.
fn number(digits: &str, length: usize) -> Option<u32> {
    let plain = digits.len() == length && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

const fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

const fn days_of_month(year: u32, month: u32) -> u32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days of all years from 0 to the one before this.
const fn days_before(year: u32) -> u32 {
    let leaps = year.div_ceil(4) - year.div_ceil(100) + year.div_ceil(400);
    year * 365 + leaps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_1970() {
        let days = [("1970-01-01", 0), ("2000-02-29", 11_016), ("2026-11-01", 20_758)];
        for (text, days) in days {
            assert_eq!(Date::read(text), Some(Date(days)), "{text}");
            assert_eq!(Date::of(u64::from(days) * DAY_MS + DAY_MS - 1), Date(days), "{text}");
        }
        assert_eq!(Date::read("9999-12-31"), Some(Date(2_932_896)));
    }

    #[test]
    fn what_is_no_day_is_no_date() {
        let texts = [
            "2026-02-29",
            "2100-02-29",
            "2026-04-31",
            "2026-13-01",
            "2026-00-01",
            "2026-01-00",
            "1969-12-31",
            "2026-1-01",
            "2026-01-1",
            "26-01-01",
            "2026-01-01Z",
            "2026-01-01-01",
            "+026-01-01",
            "2026/01/01",
            "2026-01",
            "",
        ];
        for text in texts {
            assert_eq!(Date::read(text), None, "{text}");
        }
    }
}
