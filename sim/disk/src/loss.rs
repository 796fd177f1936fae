//! What becomes of sectors that were not synced when the power fails.

use serde::{Deserialize, Serialize};

/// The least that a disk writes as a whole; less than a whole one is torn by [`Loss::Torn`].
const SECTOR: usize = 512;

/// A class of what is lost: for each sector that differs between what is certain and what was written
/// last, whether it arrived; and whether the file's new length did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// Only what was synced is there.
    Everything,
    /// All that was written is there.
    Nothing,
    /// The sectors of the first half arrived, and the length that goes with them.
    SecondHalf,
    /// The sectors of the second half arrived; where the others were not, there is nothing (zeros).
    FirstHalf,
    /// Every other sector arrived.
    EveryOther,
    /// The same, the other ones.
    EverySecond,
    /// All but the first sector arrived.
    First,
    /// All but the last one, and the whole length.
    Last,
    /// The length arrived, and no sector.
    Content,
    /// All but the middle of one sector arrived: it was torn.
    Torn,
    /// All arrived, but the last sector holds something that nobody wrote.
    Garbage,
    /// Each sector arrived or not, as a seed says.
    AsSeeded,
}

/// What becomes of one sector.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Arrived,
    Lost,
    Torn,
    Garbage,
}

impl Loss {
    /// Every class.
    pub const ALL: &'static [Self] = &[
        Self::Everything,
        Self::Nothing,
        Self::SecondHalf,
        Self::FirstHalf,
        Self::EveryOther,
        Self::EverySecond,
        Self::First,
        Self::Last,
        Self::Content,
        Self::Torn,
        Self::Garbage,
        Self::AsSeeded,
    ];

    /// What the disk holds, of what is `durable` and what was written on it last.
    pub(crate) fn image(self, durable: &[u8], latest: &[u8], seed: u64) -> Vec<u8> {
        let dirty = dirty(durable, latest);
        let mut image = durable.to_vec();
        image.resize(durable.len().max(latest.len()), 0);
        let mut random = fastrand::Rng::with_seed(seed);
        let mut end = durable.len();
        for (place, sector) in dirty.iter().enumerate() {
            let fate = self.fate(place, dirty.len(), &mut random);
            let last = (sector * SECTOR + SECTOR).min(latest.len());
            settle(&mut image, latest, sector * SECTOR, fate, durable.len());
            end = if fate == Fate::Lost { end } else { end.max(last) };
        }
        image.truncate(self.length(durable.len(), latest.len(), end));
        image
    }

    fn fate(self, place: usize, of: usize, random: &mut fastrand::Rng) -> Fate {
        let arrived = match self {
            Self::Everything | Self::Content => false,
            Self::Nothing => true,
            Self::SecondHalf => place < of / 2,
            Self::FirstHalf => place >= of / 2,
            Self::EveryOther => place.is_multiple_of(2),
            Self::EverySecond => !place.is_multiple_of(2),
            Self::First => place > 0,
            Self::Last => place + 1 < of,
            Self::Torn if place == of / 2 => return Fate::Torn,
            Self::Garbage if place + 1 == of => return Fate::Garbage,
            Self::Torn | Self::Garbage => true,
            Self::AsSeeded => random.bool(),
        };
        if arrived { Fate::Arrived } else { Fate::Lost }
    }

    /// The file's length: the new one, the old one, or one that goes with the sectors that arrived.
    const fn length(self, durable: usize, latest: usize, arrived: usize) -> usize {
        match self {
            Self::Everything => durable,
            Self::SecondHalf if latest > durable => arrived,
            _ => latest,
        }
    }
}

/// The sectors in which the two differ.
fn dirty(durable: &[u8], latest: &[u8]) -> Vec<usize> {
    let (mut durable, mut latest) = (durable.chunks(SECTOR), latest.chunks(SECTOR));
    let both = std::iter::from_fn(|| match (durable.next(), latest.next()) {
        (None, None) => None,
        both => Some(both),
    });
    both.enumerate().filter(|(_, (one, other))| one != other).map(|(at, _)| at).collect()
}

/// Puts what became of the sector at `start` into the image. What is durable before `certain` stays, in
/// the same sector too.
fn settle(image: &mut [u8], latest: &[u8], start: usize, fate: Fate, certain: usize) {
    let end = (start + SECTOR).min(latest.len());
    let (from, to) = match fate {
        Fate::Lost => return,
        Fate::Arrived | Fate::Garbage => (start, end),
        Fate::Torn => (start, start + (end.saturating_sub(start)) / 2),
    };
    let new = latest.get(from..to).unwrap_or_default();
    if let Some(place) = image.get_mut(from..from + new.len()) {
        place.copy_from_slice(new);
        if fate == Fate::Garbage {
            place.iter_mut().skip(certain.saturating_sub(from)).for_each(|byte| *byte ^= 0xa5);
        }
    }
}
