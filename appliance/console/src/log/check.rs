//! `log check`: everything that was published, computed anew from the entries.

use std::path::Path;

use countersign_client::log::{LogError, consistency, entries, tile};
use countersign_protocol::checkpoint::log_name;
use countersign_tlog::tile::{TILE_HASHES, Tile};
use countersign_tlog::{Frontier, Hash, Head, ProofError, leaf_hash};
use serde_json::json;

use super::opened::{Files, Opened};
use crate::{ConsoleError, Report};

const TILE_LEVELS: u32 = 8;
/// Levels of tiles, in a tree of 2^64 leaves.
const LEVELS: usize = 8;

/// Checks the log, and that an older checkpoint is of the same one.
pub(super) async fn check(opened: &Opened, old: Option<&Path>) -> Result<Report, ConsoleError> {
    let old = old.map(|path| opened.kept(path)).transpose()?;
    let newest = opened.newest().await?;
    let (log, head) = (log_name(&newest.signed.checkpoint.appliance), newest.head());
    let tiles = recomputed(&opened.files, &head).await?;
    let mut text = vec![
        format!("holds   the checkpoint of {} records is signed by {log}", head.size),
        format!("holds   {} entries come to its root {}", head.size, hex::encode(head.root)),
        format!("holds   {tiles} tiles are those of the entries"),
    ];
    if let Some(old) = old {
        if old.checkpoint.appliance != newest.signed.checkpoint.appliance {
            return Err(ConsoleError::Checkpoint("it is of another log".to_owned()));
        }
        let seen = old.checkpoint.head();
        if seen.size > head.size {
            return Err(LogError::Shrank { seen, now: head.size }.into());
        }
        consistency(&opened.files, &seen, &head).await?;
        text.push(format!(
            "holds   the older checkpoint of {} records is of the same log",
            seen.size
        ));
    }
    let json = json!({
        "log": log.as_str(),
        "size": head.size,
        "root": hex::encode(head.root),
        "entries": head.size,
        "tiles": tiles,
        "consistentWith": old.map(|old| old.checkpoint.size),
    });
    Ok(Report::new(text.join("\n"), json))
}

/// Reads all entries and all tiles; how many tiles there are.
async fn recomputed(files: &Files, head: &Head) -> Result<u64, LogError> {
    let (mut tree, mut levels) = (Frontier::new(), <[Vec<Hash>; LEVELS]>::default());
    let mut tiles = 0;
    while tree.size() < head.size {
        let at = Tile::of(0, tree.size() / TILE_HASHES, head.size).ok_or(LogError::OutOfLog)?;
        for entry in entries(files, &at).await? {
            tree.append(leaf_hash(&entry), |level, _, hash| {
                let above = usize::try_from(level / TILE_LEVELS).ok();
                let level = above.filter(|_| level % TILE_LEVELS == 0);
                level.and_then(|at| levels.get_mut(at)).into_iter().for_each(|l| l.push(hash));
            });
        }
        for (level, hashes) in (0..).zip(&mut levels) {
            let full = hashes.len() as u64 == TILE_HASHES;
            if full || (tree.size() == head.size && !hashes.is_empty()) {
                compare(files, level, hashes, tree.size()).await?;
                hashes.clear();
                tiles += 1;
            }
        }
    }
    if tree.root() == head.root { Ok(tiles) } else { Err(ProofError::Root.into()) }
}

/// The last tile of a level in the tree of `size` leaves has these hashes.
async fn compare(files: &Files, level: u32, hashes: &[Hash], size: u64) -> Result<(), LogError> {
    let in_level = size >> (TILE_LEVELS * level);
    let index = in_level.saturating_sub(1) / TILE_HASHES;
    let own = Tile::of(level, index, size).ok_or(LogError::OutOfLog)?;
    let read = tile(files, &own).await?;
    if read.as_slice() == hashes { Ok(()) } else { Err(LogError::Shape(own.to_string())) }
}
