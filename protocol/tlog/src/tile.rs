//! Tiles: a tree's hashes and a log's entries as files that never change again (C2SP tlog-tiles).
//!
//! Guarantees: a tile has from 1 to 256 hashes; what is read as a path is written again byte for byte; of
//! two sizes of a tree, exactly the tiles that gained a hash between them are told.

use core::fmt::{self, Write as _};

use crate::checkpoint::number;

/// Hashes in a full tile.
pub const TILE_HASHES: u64 = 1 << TILE_LEVELS;
/// Levels of the tree from one level of tiles to the next.
pub(crate) const TILE_LEVELS: u32 = 8;
/// Levels of tiles at most, in a tree of 2^64 leaves.
const LEVELS_MAX: u32 = u64::BITS / TILE_LEVELS;
/// A path, at most: `tile/entries/`, seven elements of five, `.p/255`.
const PATH_BYTES_MAX: usize = 64;

/// Consecutive hashes of one level of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    level: u32,
    index: u64,
    width: u16,
}

/// The entries whose hashes are a tile of level 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entries(Tile);

impl Tile {
    /// The tile at `index` of a level, of a tree of `size` leaves; none if it would be empty.
    #[must_use]
    pub fn of(level: u32, index: u64, size: u64) -> Option<Self> {
        let before = index.checked_mul(TILE_HASHES)?;
        let hashes = hashes(level, size).checked_sub(before)?.min(TILE_HASHES);
        let width = u16::try_from(hashes).ok().filter(|width| *width > 0)?;
        Some(Self { level, index, width })
    }

    /// Its level: each hash of it is over 256 to the power of it leaves.
    #[must_use]
    pub const fn level(&self) -> u32 {
        self.level
    }

    /// Its index within its level.
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// Hashes in it, from 1 to 256.
    #[must_use]
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// It has all the hashes that it will ever have.
    #[must_use]
    pub fn is_full(&self) -> bool {
        u64::from(self.width) == TILE_HASHES
    }

    /// The entries that this tile's hashes are of, if they are hashes of leaves.
    #[must_use]
    pub fn entries(&self) -> Option<Entries> {
        (self.level == 0).then_some(Entries(*self))
    }

    /// The nodes whose hashes it is made of, in their order: level and index there, as [`crate::Nodes`]
    /// has them.
    pub fn nodes(&self) -> impl Iterator<Item = (u32, u64)> + use<> {
        let (level, first) = (self.level * TILE_LEVELS, self.index * TILE_HASHES);
        (0..u64::from(self.width)).map(move |place| (level, first + place))
    }

    /// The tile with this path; none if it is not exactly that of one.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let (level, place) = path.strip_prefix("tile/")?.split_once('/')?;
        let level = u32::try_from(number(level)?).ok()?;
        let (index, width) = parse_place(place)?;
        let tile = Self::within(level, index, width)?;
        is_written(&tile, path).then_some(tile)
    }

    /// A tile, if a tree can have it.
    fn within(level: u32, index: u64, width: u16) -> Option<Self> {
        let last = index.checked_mul(TILE_HASHES)?.checked_add(u64::from(width))?;
        let possible = last <= hashes(level, u64::MAX);
        possible.then_some(Self { level, index, width })
    }
}

impl Entries {
    /// The bundle with this path; none if it is not exactly that of one.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let (index, width) = parse_place(path.strip_prefix("tile/entries/")?)?;
        let entries = Tile::within(0, index, width)?.entries()?;
        is_written(&entries, path).then_some(entries)
    }

    /// The tile of their hashes.
    #[must_use]
    pub const fn tile(&self) -> Tile {
        self.0
    }
}

/// The tiles that are new, or have more hashes, in a tree that grew from `old_size` leaves to `new_size`:
/// the lowest level first, from left to right. None has fewer.
pub fn grown(old_size: u64, new_size: u64) -> impl Iterator<Item = Tile> {
    (0..LEVELS_MAX).flat_map(move |level| {
        let (old, new) = (hashes(level, old_size), hashes(level, new_size));
        let until = if new > old { new.div_ceil(TILE_HASHES) } else { 0 };
        (old / TILE_HASHES..until).filter_map(move |index| Tile::of(level, index, new_size))
    })
}

/// Hashes in all tiles of a level together: `floor(size / 256^level)`.
fn hashes(level: u32, size: u64) -> u64 {
    let bits = level.saturating_mul(TILE_LEVELS);
    size.checked_shr(bits).unwrap_or(0)
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile/{}/", self.level)?;
        write_place(f, self)
    }
}

impl fmt::Display for Entries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tile/entries/")?;
        write_place(f, &self.0)
    }
}

/// `<N>[.p/<W>]`: the index in elements of three digits, all but the last one after an `x`.
fn write_place(f: &mut fmt::Formatter<'_>, tile: &Tile) -> fmt::Result {
    let mut unit = 1;
    while tile.index / unit >= 1000 {
        unit *= 1000;
    }
    while unit > 1 {
        write!(f, "x{:03}/", tile.index / unit % 1000)?;
        unit /= 1000;
    }
    write!(f, "{:03}", tile.index % 1000)?;
    if tile.is_full() { Ok(()) } else { write!(f, ".p/{}", tile.width) }
}

/// Index and width, read generously: whoever calls looks whether they are written like this.
fn parse_place(place: &str) -> Option<(u64, u16)> {
    let (index, width) = match place.split_once(".p/") {
        Some((index, width)) => (index, number(width).filter(|width| *width < TILE_HASHES)?),
        None => (place, TILE_HASHES),
    };
    let mut joined = 0_u64;
    for element in index.split('/') {
        let digits: u64 = element.trim_start_matches('x').parse().ok()?;
        joined = joined.checked_mul(1000)?.checked_add(digits)?;
    }
    let width = u16::try_from(width).ok().filter(|width| *width > 0)?;
    Some((joined, width))
}

fn is_written(what: &impl fmt::Display, path: &str) -> bool {
    let mut written = heapless::String::<PATH_BYTES_MAX>::new();
    write!(written, "{what}").is_ok() && written.as_str() == path
}
