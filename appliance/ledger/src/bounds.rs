//! How much goes into one group, and how long it waits: what the configuration may choose.

use std::ops::RangeInclusive;
use std::time::Duration;

use countersign_protocol::limits::{
    GROUP_CONTENT_BYTES_MAX, GROUP_DELAY_MS_MAX, GROUP_RECORDS_MAX,
};

/// Bounds of a group, within those of the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    pub(crate) delay: Duration,
    pub(crate) records: usize,
    pub(crate) bytes: usize,
}

/// A bound that is outside the format's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name} = {given}, but it must be from {least} to {most}")]
pub struct OutOfBounds {
    name: &'static str,
    given: u64,
    least: u64,
    most: u64,
}

impl Bounds {
    /// How long a group waits for records that are on their way, in ms.
    pub const DELAY_MS: u64 = 3;
    /// Records of a group.
    pub const RECORDS: u64 = GROUP_RECORDS_MAX as u64;
    /// Bytes of content with which a group takes no more records.
    pub const BYTES: u64 = GROUP_CONTENT_BYTES_MAX as u64;

    /// These bounds.
    ///
    /// # Errors
    /// [`OutOfBounds`], with the first one that is not within the format's.
    pub fn new(delay_ms: u64, records: u64, bytes: u64) -> Result<Self, OutOfBounds> {
        let delay_ms = within("delay_ms", delay_ms, 0..=GROUP_DELAY_MS_MAX)?;
        let records = within("records", records, 1..=Self::RECORDS)?;
        let bytes = within("bytes", bytes, 1..=Self::BYTES)?;
        let size = |number| usize::try_from(number).unwrap_or(usize::MAX);
        let delay = Duration::from_millis(delay_ms);
        Ok(Self { delay, records: size(records), bytes: size(bytes) })
    }
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            delay: Duration::from_millis(Self::DELAY_MS),
            records: GROUP_RECORDS_MAX,
            bytes: GROUP_CONTENT_BYTES_MAX,
        }
    }
}

fn within(name: &'static str, given: u64, range: RangeInclusive<u64>) -> Result<u64, OutOfBounds> {
    let (least, most) = (*range.start(), *range.end());
    let inside = range.contains(&given);
    inside.then_some(given).ok_or(OutOfBounds { name, given, least, most })
}
