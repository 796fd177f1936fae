//! `log prove`: a record's place in the log, for checking offline.

use std::path::{Path, PathBuf};

use countersign_client::log::{LogError, entries, inclusion};
use countersign_tlog::proof::Proof;
use countersign_tlog::tile::{TILE_HASHES, Tile};
use countersign_tlog::{inclusion as check, leaf_hash};
use serde_json::json;

use super::line::Line;
use super::opened::Opened;
use crate::outfile::{Old, OutFile, Readers};
use crate::{ConsoleError, Report};

/// Writes the proof of one record.
pub(super) async fn prove(
    opened: &Opened,
    index: u64,
    out: Option<&Path>,
) -> Result<Report, ConsoleError> {
    let path =
        out.map_or_else(|| PathBuf::from(format!("record-{index}.tlog-proof")), PathBuf::from);
    let place = OutFile::reserve(&path, Readers::Everybody, Old::Kept)?;
    let newest = opened.newest().await?;
    let head = newest.head();
    let within = Tile::of(0, index / TILE_HASHES, head.size).filter(|_| index < head.size);
    let bundle = entries(&opened.files, &within.ok_or(LogError::OutOfLog)?).await?;
    let at = usize::try_from(index % TILE_HASHES).ok();
    let entry = at.and_then(|at| bundle.get(at)).ok_or(LogError::OutOfLog)?;
    let way = inclusion(&opened.files, &leaf_hash(entry), index, &head).await?;
    let text = Proof { extra: None, index, path: way, checkpoint: &newest.note }.to_string();
    // As whoever gets it will read it.
    let read = Proof::parse(&text).map_err(|_| ConsoleError::Unexpected)?;
    check::verify(&leaf_hash(entry), read.index, &read.path, &head).map_err(LogError::from)?;
    place.write(text.as_bytes())?;
    let line = Line::of(index, entry);
    let said = format!(
        "{}\nproved under {} records; leaf {}; written to {}",
        line.text(),
        head.size,
        hex::encode(entry),
        path.display()
    );
    let json = json!({
        "record": line.json(),
        "size": head.size,
        "entry": hex::encode(entry),
        "proof": path.display().to_string(),
    });
    Ok(Report::new(said, json))
}
