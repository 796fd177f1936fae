//! What an identity saw of each log, in a file beside it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use countersign_client::log::{LogError, Memory, Seen};
use countersign_tlog::Head;
use serde::{Deserialize, Serialize};

use crate::outfile::{Old, OutFile, Readers};

/// The file, read anew each time: several commands may use it.
pub(crate) struct FileMemory(PathBuf);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    proved: Tree,
    largest: Tree,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tree {
    size: u64,
    root: String,
}

impl FileMemory {
    /// NAME.log-seen.json beside a certificate NAME.pem.
    pub(crate) fn beside(identity: &Path) -> Self {
        Self(identity.with_extension("log-seen.json"))
    }

    fn error(&self, why: impl ToString) -> LogError {
        LogError::Memory { path: self.0.clone(), why: why.to_string() }
    }

    fn read(&self) -> Result<BTreeMap<String, Stored>, LogError> {
        match std::fs::read(&self.0) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|why| self.error(why)),
            Err(why) if why.kind() == std::io::ErrorKind::NotFound => Ok(BTreeMap::new()),
            Err(why) => Err(self.error(why)),
        }
    }
}

impl Memory for FileMemory {
    fn recall(&self, log: &str) -> Result<Option<Seen>, LogError> {
        let Some(Stored { proved, largest }) = self.read()?.remove(log) else { return Ok(None) };
        let seen = proved.head().zip(largest.head());
        let seen = seen.map(|(proved, largest)| Seen { proved, largest });
        seen.map(Some).ok_or_else(|| self.error("it has a root that is none"))
    }

    fn remember(&self, log: &str, seen: &Seen) -> Result<(), LogError> {
        let mut all = self.read()?;
        let Seen { proved, largest } = seen;
        all.insert(log.to_owned(), Stored { proved: proved.into(), largest: largest.into() });
        let text = serde_json::to_vec_pretty(&all).map_err(|why| self.error(why))?;
        let place = OutFile::reserve(&self.0, Readers::Owner, Old::Replaced);
        place.and_then(|place| place.write(&text)).map_err(|why| self.error(why))
    }
}

impl Tree {
    fn head(&self) -> Option<Head> {
        let mut root = [0; 32];
        hex::decode_to_slice(&self.root, &mut root).ok()?;
        Some(Head { size: self.size, root })
    }
}

impl From<&Head> for Tree {
    fn from(head: &Head) -> Self {
        Self { size: head.size, root: hex::encode(head.root) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_of_each_log_is_recalled() {
        let folder = tempfile::tempdir().unwrap();
        let memory = FileMemory::beside(&folder.path().join("portal.pem"));
        assert_eq!(memory.recall("a").unwrap(), None);
        let head = |size| Head { size, root: [7; 32] };
        let seen = |size| Seen { proved: head(size), largest: head(size + 1) };
        memory.remember("a", &seen(1)).unwrap();
        memory.remember("b", &seen(5)).unwrap();
        memory.remember("a", &seen(9)).unwrap();
        assert_eq!(memory.recall("a").unwrap(), Some(seen(9)));
        assert_eq!(memory.recall("b").unwrap(), Some(seen(5)));
        std::fs::write(folder.path().join("portal.log-seen.json"), "{").unwrap();
        assert!(matches!(memory.recall("a"), Err(LogError::Memory { .. })), "it forgets nothing");
    }
}
