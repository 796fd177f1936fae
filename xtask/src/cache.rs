//! The cache of what takes long to make: a folder for each thing, named by what it is made from.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// The folder of one thing.
pub struct Place {
    folder: PathBuf,
}

impl Place {
    /// The place of a `kind` of thing that is made from these parts.
    pub fn of(kind: &str, parts: &[Vec<u8>]) -> Result<Self> {
        Ok(Self { folder: folder()?.join(kind).join(key(parts)) })
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Waits until no other caller makes the same here; the lock ends with the value, or with the
    /// process.
    pub fn lock(&self) -> Result<File> {
        let path = self.folder.join("lock");
        let take = || -> std::io::Result<File> {
            fs::create_dir_all(&self.folder)?;
            let file = File::create(&path)?;
            if file.try_lock().is_err() {
                eprintln!("setup: waiting for another process that works in {}", path.display());
                file.lock()?;
            }
            Ok(file)
        };
        take().with_context(|| {
            format!("cannot lock {}; set COUNTERSIGN_CACHE to a folder of yours", path.display())
        })
    }
}

fn folder() -> Result<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    choose(variable("COUNTERSIGN_CACHE"), variable("XDG_CACHE_HOME"), variable("HOME"))
        .context("there is no folder for the cache: HOME is not set; set COUNTERSIGN_CACHE")
}

fn choose(own: Option<PathBuf>, xdg: Option<PathBuf>, home: Option<PathBuf>) -> Option<PathBuf> {
    own.or_else(|| xdg.map(|path| path.join("countersign")))
        .or_else(|| home.map(|path| path.join(".cache/countersign")))
}

/// A hash of all parts, each with its length.
fn key(parts: &[Vec<u8>]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hex::encode(hash.finalize()).chars().take(16).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_parts_are_another_place() {
        let parts =
            |texts: &[&str]| texts.iter().map(|t| t.as_bytes().to_vec()).collect::<Vec<_>>();
        assert_eq!(key(&parts(&["a", "b"])), key(&parts(&["a", "b"])));
        assert_ne!(key(&parts(&["a", "b"])), key(&parts(&["ab", ""])));
    }

    #[test]
    fn the_projects_own_variable_comes_first_and_home_last() {
        let path = |name: &str| Some(PathBuf::from(name));
        assert_eq!(choose(path("/c"), path("/x"), path("/h")), path("/c"));
        assert_eq!(choose(None, path("/x"), path("/h")), path("/x/countersign"));
        assert_eq!(choose(None, None, path("/h")), path("/h/.cache/countersign"));
        assert_eq!(choose(None, None, None), None);
    }

    #[test]
    fn a_second_caller_waits_for_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place { folder: folder.path().join("key") };
        let held = place.lock().unwrap();
        assert!(File::open(folder.path().join("key/lock")).unwrap().try_lock().is_err());
        drop(held);
        assert!(File::open(folder.path().join("key/lock")).unwrap().try_lock().is_ok());
    }
}
