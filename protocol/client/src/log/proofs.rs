//! Proofs made of a log's tiles: asked for one after the other, as the proof needs them.

use std::cell::RefCell;
use std::collections::HashMap;

use countersign_tlog::tile::Tile;
use countersign_tlog::{
    Frontier, Hash, Head, Nodes, Path, ProveError, TileError, TileHashes, TileNodes, Tiles,
};

use super::{LogError, Source, source};

/// Tiles that one proof may ask for: more than there are levels.
const TILES_MAX: usize = 64;

/// Tiles that have been read.
#[derive(Default)]
struct Known(RefCell<HashMap<String, TileHashes>>);

impl Tiles for Known {
    /// The tile that is not known yet.
    type Error = Tile;

    fn tile(&self, tile: &Tile) -> Result<TileHashes, Tile> {
        self.0.borrow().get(&tile.to_string()).cloned().ok_or(*tile)
    }
}

type Asked<T> = Result<T, ProveError<TileError<Tile>>>;

/// What `prove` comes to, once it has the tiles that it asks for.
async fn proved<T>(
    source: &impl Source,
    size: u64,
    prove: impl Fn(&TileNodes<'_, Known>) -> Asked<T>,
) -> Result<T, LogError> {
    let known = Known::default();
    for _ in 0..TILES_MAX {
        let wanted = match prove(&TileNodes::new(&known, size)) {
            Ok(proved) => return Ok(proved),
            Err(ProveError::Node(TileError::Source(tile))) => tile,
            Err(_) => return Err(LogError::OutOfLog),
        };
        let hashes = source::tile(source, &wanted).await?;
        known.0.borrow_mut().insert(wanted.to_string(), hashes);
    }
    Err(LogError::OutOfLog)
}

/// The path of a leaf at `index`, which leads to the root of `head`.
///
/// # Errors
/// [`LogError`]; the proof is verified.
pub async fn inclusion(
    source: &impl Source,
    leaf: &Hash,
    index: u64,
    head: &Head,
) -> Result<Path, LogError> {
    let prove =
        |nodes: &TileNodes<'_, _>| countersign_tlog::inclusion::prove(nodes, index, head.size);
    let path = proved(source, head.size, prove).await?;
    countersign_tlog::inclusion::verify(leaf, index, &path, head)?;
    Ok(path)
}

/// The proof that the tree of `new` is that of `old` with more at its end.
///
/// # Errors
/// [`LogError`]; [`LogError::Forked`] if it is not: the proof is verified.
pub async fn consistency(source: &impl Source, old: &Head, new: &Head) -> Result<Path, LogError> {
    let (from, to) = (old.size, new.size);
    let prove = |nodes: &TileNodes<'_, _>| countersign_tlog::consistency::prove(nodes, from, to);
    let path = proved(source, to, prove).await?;
    let verified = countersign_tlog::consistency::verify(old, new, &path);
    verified.map_err(|_| LogError::Forked { seen: *old })?;
    Ok(path)
}

/// The edge of the tree over the first `size` leaves of a log with at least as many as `within`: nobody has
/// verified it before what is appended to it comes to a root that somebody has.
///
/// # Errors
/// [`LogError`].
pub async fn frontier(source: &impl Source, size: u64, within: u64) -> Result<Frontier, LogError> {
    let levels = (0..u64::BITS).rev().filter(|level| size >> level & 1 == 1);
    let levels: Vec<_> = levels.collect();
    let prove = |nodes: &TileNodes<'_, Known>| -> Asked<Vec<Hash>> {
        let peak = |level: &u32| Ok(nodes.node(*level, (size >> level) - 1)?);
        levels.iter().map(peak).collect()
    };
    let peaks = proved(source, within, prove).await?;
    Frontier::from_peaks(size, &peaks).ok_or(LogError::OutOfLog)
}
