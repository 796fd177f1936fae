//! Local hours, compiled ahead into UTC: a period for each stretch of time in which the zone's clocks are not changed.

use std::fmt;

use countersign_protocol::limits::{POLICY_EXCEPTIONS_MAX, POLICY_PERIODS_MAX};
use countersign_protocol::policy::{Calendar, Exception, Exceptions, HOUR_MS, Period, Periods};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::source::Fault;

/// Hours of a week.
const WEEK_HOURS: u32 = 7 * 24;
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// When something is signed, as people say it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Hours {
    /// As the IANA's database names it.
    #[serde(default = "utc")]
    zone: String,
    from: Date,
    to: Date,
    /// Such as `mon-fri 08-18`.
    week: Vec<String>,
    /// Such as `2026-12-25` or `2026-12-24 12-24`.
    #[serde(default)]
    closed: Vec<String>,
    #[serde(default)]
    open: Vec<String>,
}

fn utc() -> String {
    "UTC".to_owned()
}

/// The same in hours since 1970, UTC.
pub(super) struct Compiled {
    periods: Vec<Period>,
    exceptions: Vec<Exception>,
}

impl Compiled {
    pub(super) fn written<'r>(
        &self,
        (periods, exceptions): (&'r mut [u8], &'r mut [u8]),
    ) -> Result<Calendar<'r>, Fault> {
        let many = |what, most: usize| Fault::Calendar(format!("more than {most} {what}"));
        let periods = Periods::from_values(&self.periods, periods).map_err(|_| {
            many("changes of the zone's clocks, or none at all", POLICY_PERIODS_MAX)
        })?;
        if self.exceptions.is_empty() {
            return Ok(Calendar { periods, exceptions: None });
        }
        let exceptions = Exceptions::from_values(&self.exceptions, exceptions)
            .map_err(|_| many("dates, or dates that share an hour", POLICY_EXCEPTIONS_MAX))?;
        Ok(Calendar { periods, exceptions: Some(exceptions) })
    }
}

impl Hours {
    pub(super) fn time_zone(&self) -> Result<TimeZone, Fault> {
        let unknown = |_| Fault::Calendar(format!("there is no zone {:?}", self.zone));
        jiff::tz::TimeZone::get(&self.zone).map_err(unknown)
    }

    /// Compiles it.
    pub(super) fn compile(&self) -> Result<Compiled, Fault> {
        let zone = self.time_zone()?;
        let week = self.week_of_local_hours()?;
        let begins_ms = at_ms(self.from.at(0, 0, 0, 0), &zone).ok_or(Fault::Dates("calendar"))?;
        offset_hours(begins_ms / HOUR_MS, &zone)?;
        let ends = hour_at(self.from, 0, &zone).zip(hour_at(self.to, 24, &zone));
        let (from, to) = ends.filter(|(from, to)| from < to).ok_or(Fault::Dates("calendar"))?;
        let mut exceptions = Vec::new();
        for (texts, open) in [(&self.closed, false), (&self.open, true)] {
            for text in texts {
                exceptions.push(exception(text, open, &zone)?);
            }
        }
        exceptions.sort_by_key(|exception| exception.from_hour);
        Ok(Compiled { periods: periods(from, to, &zone, &week)?, exceptions })
    }

    /// For each hour of a local week, from Monday 00:00 on, whether something is signed.
    fn week_of_local_hours(&self) -> Result<[bool; WEEK_HOURS as usize], Fault> {
        let mut week = [false; WEEK_HOURS as usize];
        for text in &self.week {
            let fault = || Fault::Calendar(format!("{text:?} is not like \"mon-fri 08-18\""));
            let (days, hours) = text.split_once(' ').ok_or_else(fault)?;
            let (first, last) = days.split_once('-').unwrap_or((days, days));
            let ends = place(first).zip(place(last)).filter(|(first, last)| first <= last);
            let ((first, last), (from, to)) = ends.zip(clock(hours)).ok_or_else(fault)?;
            for (at, open) in (0_u32..).zip(&mut week) {
                let (day, hour) = ((at / 24) as usize, at % 24);
                *open |= (first..=last).contains(&day) && (from..to).contains(&hour);
            }
        }
        Ok(week)
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { zone, from, to, week, closed, open } = self;
        write!(f, "{}; {zone}, from {from} to {to}", week.join(", "))?;
        let dates = |f: &mut fmt::Formatter<'_>, what, dates: &[String]| match dates {
            [] => Ok(()),
            dates => write!(f, "; {what} {}", dates.join(", ")),
        };
        dates(f, "closed", closed)?;
        dates(f, "open", open)
    }
}

/// A day of the week.
fn place(name: &str) -> Option<usize> {
    DAYS.iter().position(|day| *day == name)
}

/// `08-18`: from 8 to 18 o'clock.
fn clock(text: &str) -> Option<(u32, u32)> {
    let (from, to) = text.split_once('-')?;
    let hour = |text: &str| text.parse::<u32>().ok().filter(|_| text.len() == 2);
    hour(from).zip(hour(to)).filter(|(from, to)| from < to && *to <= 24)
}

/// A date, or hours of it.
fn exception(text: &str, open: bool, zone: &TimeZone) -> Result<Exception, Fault> {
    let fault =
        || Fault::Calendar(format!("{text:?} is not like \"2026-12-24\" or \"2026-12-24 12-24\""));
    let (date, hours) = text.split_once(' ').unwrap_or((text, "00-24"));
    let date: Date = date.parse().map_err(|_| fault())?;
    let (from, to) = clock(hours).ok_or_else(fault)?;
    let ends = hour_at(date, from, zone).zip(hour_at(date, to, zone));
    let (from_hour, to_hour) = ends.filter(|(from, to)| from < to).ok_or_else(fault)?;
    Ok(Exception { from_hour, to_hour, open })
}

/// A time by the zone's clocks, in milliseconds since 1970; none if that is before 1970, or after 2399.
pub(super) fn at_ms(time: DateTime, zone: &TimeZone) -> Option<u64> {
    let at = zone.to_timestamp(time).ok().filter(|_| time.year() < 2400)?;
    u64::try_from(at.as_millisecond()).ok()
}

/// An hour of a day, up to the 24th, in hours since 1970; none if it does not begin with one of UTC.
fn hour_at(date: Date, hour: u32, zone: &TimeZone) -> Option<u32> {
    let (date, hour) = if hour == 24 { (date.tomorrow().ok()?, 0) } else { (date, hour) };
    let ms = at_ms(date.at(i8::try_from(hour).ok()?, 0, 0, 0), zone)?;
    let whole = ms.is_multiple_of(HOUR_MS).then_some(ms / HOUR_MS)?;
    u32::try_from(whole).ok()
}

/// Stretches of `from..to` in which the zone's clocks are not changed, each with its week in UTC.
fn periods(
    from: u32,
    to: u32,
    zone: &TimeZone,
    week: &[bool; WEEK_HOURS as usize],
) -> Result<Vec<Period>, Fault> {
    let mut periods: Vec<(Period, i32)> = Vec::new();
    for hour in from..to {
        let offset = offset_hours(hour.into(), zone)?;
        match periods.last_mut() {
            Some((period, of)) if *of == offset => period.to_hour = hour + 1,
            _ => {
                let hours = week_in_utc(week, offset).into();
                periods.push((Period { from_hour: hour, to_hour: hour + 1, hours }, offset));
            }
        }
    }
    Ok(periods.into_iter().map(|(period, _)| period).collect())
}

/// By how many hours local clocks are ahead of UTC.
fn offset_hours(hour: u64, zone: &TimeZone) -> Result<i32, Fault> {
    let at = i64::try_from(hour * 3_600).ok().and_then(|s| jiff::Timestamp::from_second(s).ok());
    let seconds = at.map_or(0, |at| zone.to_offset(at).seconds());
    let whole = seconds % 3_600 == 0;
    let fault =
        || Fault::Calendar("its zone is not whole hours from UTC: say it in UTC".to_owned());
    whole.then_some(seconds / 3_600).ok_or_else(fault)
}

/// The bits of a week that begins on Monday 00:00 UTC, out of one that does so on local clocks.
fn week_in_utc(week: &[bool; WEEK_HOURS as usize], offset: i32) -> [u8; 21] {
    let mut bits = [0; 21];
    for (place, byte) in (0_i32..).step_by(8).zip(&mut bits) {
        for bit in 0..8 {
            let local = (place + bit + offset).rem_euclid(WEEK_HOURS as i32);
            let open = usize::try_from(local).ok().and_then(|local| week.get(local));
            *byte |= u8::from(open.is_some_and(|open| *open)) << (7 - bit);
        }
    }
    bits
}
