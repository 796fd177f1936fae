//! Where a build of the embedded token is kept: one folder for each thing it was built from.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::command;

/// The folder of one build, named by what goes into it.
pub struct Place {
    folder: PathBuf,
}

impl Place {
    /// The finished module; it appears here whole or not at all.
    pub fn module(&self) -> PathBuf {
        self.folder.join("libcountersign_embedded_token.so")
    }

    /// cargo's target folder while building; removed afterwards, since it is thirty times larger.
    pub fn workings(&self) -> PathBuf {
        self.folder.join("build")
    }

    /// Waits until no other caller builds here; the lock ends with the value, or with the process.
    pub fn lock(&self) -> Result<File> {
        let path = self.folder.join("lock");
        let take = || -> std::io::Result<File> {
            fs::create_dir_all(&self.folder)?;
            let file = File::create(&path)?;
            if file.try_lock().is_err() {
                eprintln!("embedded token: waiting for another build of it");
                file.lock()?;
            }
            Ok(file)
        };
        take().with_context(|| {
            format!("cannot lock {}; set COUNTERSIGN_CACHE to a folder of yours", path.display())
        })
    }
}

/// The place for what `source` holds now and the compiler at hand.
pub fn place(source: &Path) -> Result<Place> {
    let compiler = command::output(Command::new("rustc").arg("-V"))?;
    let key = key(source, &compiler)?;
    Ok(Place { folder: folder()?.join("embedded-token").join(key) })
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

/// A hash of every file that is compiled, by name and content, and of the compiler's version.
fn key(source: &Path, compiler: &str) -> Result<String> {
    let mut files = vec![source.join("Cargo.lock"), source.join("Cargo.toml")];
    let sources = source.join("src");
    let listed = fs::read_dir(&sources)
        .with_context(|| format!("cannot list {}; is this a whole clone?", sources.display()))?;
    for entry in listed {
        files.push(entry?.path());
    }
    files.sort();
    let mut hash = Sha256::new();
    for part in std::iter::once(Ok(compiler.as_bytes().to_vec())).chain(files.iter().map(read)) {
        let part = part?;
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    Ok(hex::encode(hash.finalize()).chars().take(16).collect())
}

fn read(path: &PathBuf) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}; is it there?", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(source: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("src")).unwrap();
        fs::write(folder.path().join("Cargo.lock"), "lock").unwrap();
        fs::write(folder.path().join("Cargo.toml"), "manifest").unwrap();
        fs::write(folder.path().join("src/lib.rs"), source).unwrap();
        folder
    }

    #[test]
    fn equal_packages_share_a_key_wherever_they_are() {
        let (one, other) = (package("a"), package("a"));
        assert_eq!(key(one.path(), "1.95").unwrap(), key(other.path(), "1.95").unwrap());
    }

    #[test]
    fn another_source_or_compiler_is_another_key() {
        let (one, other) = (package("a"), package("b"));
        assert_ne!(key(one.path(), "1.95").unwrap(), key(other.path(), "1.95").unwrap());
        assert_ne!(key(one.path(), "1.95").unwrap(), key(one.path(), "1.96").unwrap());
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
