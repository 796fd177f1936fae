//! A published folder: files that appear whole and durable, and what is read back from them.
//!
//! Guarantee: a file that was [`Folder::put`] has all its bytes or is not there; its name is durable after
//! [`Folder::settle`].

use std::collections::BTreeSet;
use std::io;

use countersign_tlog::tile::{Entries, Tile};
use countersign_tlog::{Hash, TileHashes};

use crate::disk::Disk;

/// Where the checkpoint is.
pub const CHECKPOINT: &str = "checkpoint";
/// A file before it has its name.
const DRAFT: &str = ".draft";
/// Below this are all tiles and entries.
const TILES: &str = "tile";

/// The folder.
pub(crate) struct Folder<D> {
    disk: D,
    /// Folders in which something has a new name.
    touched: BTreeSet<String>,
}

impl<D: Disk> Folder<D> {
    pub(crate) const fn new(disk: D) -> Self {
        Self { disk, touched: BTreeSet::new() }
    }

    /// The whole file; none if there is none.
    pub(crate) fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        self.disk.read(path)
    }

    /// The hashes of a tile; none unless there are exactly as many as it has.
    pub(crate) fn tile(&self, tile: &Tile) -> io::Result<Option<TileHashes>> {
        let bytes = self.read(&tile.to_string())?.unwrap_or_default();
        let (hashes, rest) = bytes.as_chunks::<{ size_of::<Hash>() }>();
        let whole = rest.is_empty() && hashes.len() == usize::from(tile.width());
        Ok(TileHashes::from_slice(hashes).ok().filter(|_| whole))
    }

    /// The bytes of a bundle of entries.
    pub(crate) fn bundle(&self, entries: &Entries) -> io::Result<Option<Vec<u8>>> {
        self.read(&entries.to_string())
    }

    /// Writes a file; its name is not durable yet.
    pub(crate) fn put(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.disk.write(DRAFT, bytes)?;
        self.disk.sync(DRAFT)?;
        self.disk.rename(DRAFT, path)?;
        self.touch(path);
        Ok(())
    }

    /// Writes what may be lost or half written.
    pub(crate) fn jot(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.disk.write(path, bytes)
    }

    /// Makes all names durable, those of new folders too.
    pub(crate) fn settle(&mut self) -> io::Result<()> {
        // The deepest first: a folder whose name is durable has its files.
        for folder in std::mem::take(&mut self.touched).into_iter().rev() {
            self.disk.sync_folder(&folder)?;
        }
        Ok(())
    }

    /// Removes what nobody needs any more.
    pub(crate) fn remove(&mut self, path: &str) -> io::Result<()> {
        self.disk.remove(path)
    }

    /// Removes everything that was published, the checkpoint first and durably.
    pub(crate) fn clear(&mut self) -> io::Result<()> {
        self.disk.remove(CHECKPOINT)?;
        self.touch(CHECKPOINT);
        if self.disk.sync_folder("").is_err() {
            // There is no folder yet.
            self.touched.clear();
        }
        self.disk.remove(TILES)
    }

    /// Every folder above a file.
    fn touch(&mut self, path: &str) {
        let mut folder = path;
        while let Some((above, _)) = folder.rsplit_once('/') {
            self.touched.insert(above.to_owned());
            folder = above;
        }
        self.touched.insert(String::new());
    }
}
