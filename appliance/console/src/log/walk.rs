//! Records one after the other, up to a checkpoint that proves them.

use countersign_client::log::{LogError, Source, entries, frontier};
use countersign_tlog::tile::{TILE_HASHES, Tile};
use countersign_tlog::{Head, ProofError, leaf_hash};

/// Shows every record from `from` on; when that is done, they are proved to be those of `head`.
pub(super) async fn walk(
    source: &impl Source,
    head: &Head,
    from: u64,
    mut each: impl FnMut(u64, &[u8]),
) -> Result<(), LogError> {
    if from > head.size {
        return Err(LogError::OutOfLog);
    }
    let mut tree = frontier(source, from, head.size).await?;
    while tree.size() < head.size {
        let tile = Tile::of(0, tree.size() / TILE_HASHES, head.size).ok_or(LogError::OutOfLog)?;
        let seen = usize::try_from(tree.size() % TILE_HASHES).unwrap_or(usize::MAX);
        for entry in entries(source, &tile).await?.iter().skip(seen) {
            each(tree.size(), entry);
            tree.append(leaf_hash(entry), |_, _, _| ());
        }
    }
    if tree.root() == head.root { Ok(()) } else { Err(ProofError::Root.into()) }
}
