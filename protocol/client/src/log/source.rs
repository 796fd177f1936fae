//! Where the log's files come from, and what they must be.

use countersign_protocol::log::Wanted;
use countersign_tlog::bundle::Bundle;
use countersign_tlog::tile::Tile;
use countersign_tlog::{Hash, TileHashes};

use super::LogError;

/// Whoever has the files.
pub trait Source {
    /// A whole file; none if there is none.
    fn file(&self, wanted: &Wanted) -> impl Future<Output = Result<Option<Vec<u8>>, LogError>>;
}

/// The newest checkpoint: a note that nobody has verified.
///
/// # Errors
/// [`LogError`].
pub async fn checkpoint(source: &impl Source) -> Result<String, LogError> {
    let note = wanted(source, &Wanted::Checkpoint).await?;
    String::from_utf8(note).map_err(|_| LogError::Shape("checkpoint".to_owned()))
}

/// The hashes of a tile.
///
/// # Errors
/// [`LogError`].
pub async fn tile(source: &impl Source, tile: &Tile) -> Result<TileHashes, LogError> {
    let (bytes, read) = full_or_not(source, tile, Wanted::Tile).await?;
    let (hashes, rest) = bytes.as_chunks::<{ size_of::<Hash>() }>();
    let whole = rest.is_empty() && hashes.len() == usize::from(read.width());
    let own = hashes.get(..usize::from(tile.width())).filter(|_| whole);
    let hashes = own.and_then(|own| TileHashes::from_slice(own).ok());
    hashes.ok_or_else(|| LogError::Shape(read.to_string()))
}

/// The entries of a tile of level 0.
///
/// # Errors
/// [`LogError`].
pub async fn entries(source: &impl Source, tile: &Tile) -> Result<Vec<Vec<u8>>, LogError> {
    let shape = || LogError::Shape(format!("entries of {tile}"));
    if tile.entries().is_none() {
        return Err(shape());
    }
    let asked = |tile: Tile| tile.entries().map_or(Wanted::Tile(tile), Wanted::Entries);
    let (bytes, read) = full_or_not(source, tile, asked).await?;
    let bundle = Bundle::parse(&bytes, read.width()).ok_or_else(shape)?;
    Ok(bundle.take(tile.width().into()).map(<[u8]>::to_vec).collect())
}

/// The file of a tile; where that is gone, the one of the full tile, which begins with the same.
async fn full_or_not(
    source: &impl Source,
    tile: &Tile,
    asked: impl Fn(Tile) -> Wanted,
) -> Result<(Vec<u8>, Tile), LogError> {
    if let Some(bytes) = source.file(&asked(*tile)).await? {
        return Ok((bytes, *tile));
    }
    let full = Tile::of(tile.level(), tile.index(), u64::MAX).filter(|full| full != tile);
    match full {
        Some(full) => match source.file(&asked(full)).await? {
            Some(bytes) => Ok((bytes, full)),
            None => Err(LogError::Absent(asked(*tile).to_string())),
        },
        None => Err(LogError::Absent(asked(*tile).to_string())),
    }
}

async fn wanted(source: &impl Source, wanted: &Wanted) -> Result<Vec<u8>, LogError> {
    let file = source.file(wanted).await?;
    file.ok_or_else(|| LogError::Absent(wanted.to_string()))
}
