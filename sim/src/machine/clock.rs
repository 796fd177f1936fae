//! The machine's clocks, and what can be wrong with them.

use countersign_core::Now;
use serde::{Deserialize, Serialize};

use super::{Bug, Machine, lock};

/// When the world began, in milliseconds since 1970: 2026-01-01.
const WORLD_UTC_MS: u64 = 1_767_225_600_000;
/// How far UTC is off at most, as the operator says.
const UNCERTAINTY_MS: u64 = 100;

/// Something that a clock does wrong. Milliseconds, parts in a million.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClockFault {
    /// UTC jumps.
    Step(i64),
    /// UTC runs fast or slow.
    Drift(i32),
    /// Nobody knows UTC better than this.
    Widen(u32),
    /// UTC stands still.
    Freeze,
    /// At the next boot UTC is earlier.
    BackAtBoot(u32),
    /// There is no UTC: the machine believes to be in 1970.
    Absent,
}

impl ClockFault {
    /// Names of the kinds.
    pub const KINDS: [&'static str; 6] =
        ["step", "drift", "widen", "freeze", "back-at-boot", "absent"];

    /// The name of its kind.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Step(_) => "step",
            Self::Drift(_) => "drift",
            Self::Widen(_) => "widen",
            Self::Freeze => "freeze",
            Self::BackAtBoot(_) => "back-at-boot",
            Self::Absent => "absent",
        }
    }
}

/// The clocks.
#[derive(Clone, Copy, Default)]
pub(super) struct Clocks {
    booted_us: u64,
    offset_ms: i64,
    drift_ppm: i64,
    since_us: u64,
    wide_ms: u64,
    frozen_us: Option<u64>,
    back_at_boot_ms: u32,
    absent: bool,
}

impl Clocks {
    /// UTC as the machine believes it, in milliseconds since 1970.
    fn utc_ms(&self, now_us: u64) -> u64 {
        if self.absent {
            return 0;
        }
        let now_us = self.frozen_us.unwrap_or(now_us);
        let drifted_us = (now_us.saturating_sub(self.since_us) as i64)
            .saturating_mul(self.drift_ppm)
            / 1_000_000;
        let off_ms = self.offset_ms.saturating_add(drifted_us / 1_000);
        WORLD_UTC_MS.saturating_add(now_us / 1_000).saturating_add_signed(off_ms)
    }

    fn apply(&mut self, fault: ClockFault, now_us: u64) {
        match fault {
            ClockFault::Step(ms) => self.offset_ms = self.offset_ms.saturating_add(ms),
            ClockFault::Drift(ppm) => {
                (self.drift_ppm, self.since_us) = (i64::from(ppm), now_us);
            }
            ClockFault::Widen(ms) => self.wide_ms = u64::from(ms),
            ClockFault::Freeze => self.frozen_us = Some(now_us),
            ClockFault::BackAtBoot(ms) => self.back_at_boot_ms = ms,
            ClockFault::Absent => self.absent = true,
        }
    }
}

impl Machine {
    /// What time it is, as the machine says.
    pub fn now(&self) -> Now {
        let now_us = self.timeline.now_us();
        let clock = lock(&self.clock);
        let (utc, off) = (clock.utc_ms(now_us), UNCERTAINTY_MS.saturating_add(clock.wide_ms));
        Now {
            boot_ms: match self.bug() {
                Bug::NoTime => 0,
                _ => now_us.saturating_sub(clock.booted_us) / 1_000,
            },
            utc_lo_ms: utc.saturating_sub(off),
            utc_hi_ms: utc.saturating_add(off),
        }
    }

    /// What time it is, in milliseconds since 1970.
    pub fn true_utc_ms(&self) -> u64 {
        WORLD_UTC_MS.saturating_add(self.timeline.now_us() / 1_000)
    }

    /// Whether the interval that the machine tells holds the truth and is as narrow as it should be.
    pub(super) fn is_clock_right(&self) -> bool {
        let (now, truth) = (self.now(), self.true_utc_ms());
        let narrow = now.utc_hi_ms.saturating_sub(now.utc_lo_ms) <= 2 * UNCERTAINTY_MS;
        narrow && (now.utc_lo_ms..=now.utc_hi_ms).contains(&truth)
    }

    /// Lets a clock go wrong.
    pub fn clock_fault(&self, fault: ClockFault) {
        lock(&self.clock).apply(fault, self.timeline.now_us());
    }

    /// Those of a machine that is started beside this one: UTC is the same.
    pub(super) fn clocks_beside(&self) -> Clocks {
        Clocks { booted_us: self.timeline.now_us(), ..*lock(&self.clock) }
    }

    /// Sets the clocks right.
    pub fn mend_clock(&self) {
        let mut clock = lock(&self.clock);
        *clock = Clocks { booted_us: clock.booted_us, ..Clocks::default() };
    }

    /// The machine starts anew: its boot time begins again.
    pub fn restart_clock(&self) {
        let mut clock = lock(&self.clock);
        clock.booted_us = self.timeline.now_us();
        let back = std::mem::take(&mut clock.back_at_boot_ms);
        clock.offset_ms = clock.offset_ms.saturating_sub(i64::from(back));
    }
}
