//! What the embedded token is built from, and so where its build is kept.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::cache::Place;
use crate::command;

/// The finished module in its place; it appears here whole or not at all.
pub fn module(place: &Place) -> PathBuf {
    place.folder().join("libcountersign_embedded_token.so")
}

/// cargo's target folder while building; removed afterwards, since it is thirty times larger.
pub fn workings(place: &Place) -> PathBuf {
    place.folder().join("build")
}

/// The place for what `source` holds now and the compiler at hand.
pub fn place(source: &Path) -> Result<Place> {
    let compiler = command::output(Command::new("rustc").arg("-V"))?;
    Place::of("embedded-token", &parts(source, &compiler)?)
}

/// The compiler's version, and every file that is compiled.
fn parts(source: &Path, compiler: &str) -> Result<Vec<Vec<u8>>> {
    let mut files = vec![source.join("Cargo.lock"), source.join("Cargo.toml")];
    let sources = source.join("src");
    let listed = fs::read_dir(&sources)
        .with_context(|| format!("cannot list {}; is this a whole clone?", sources.display()))?;
    for entry in listed {
        files.push(entry?.path());
    }
    files.sort();
    std::iter::once(Ok(compiler.as_bytes().to_vec())).chain(files.iter().map(read)).collect()
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
    fn equal_packages_have_equal_parts_wherever_they_are() {
        let (one, other) = (package("a"), package("a"));
        assert_eq!(parts(one.path(), "1.95").unwrap(), parts(other.path(), "1.95").unwrap());
    }

    #[test]
    fn another_source_or_compiler_is_another_part() {
        let (one, other) = (package("a"), package("b"));
        assert_ne!(parts(one.path(), "1.95").unwrap(), parts(other.path(), "1.95").unwrap());
        assert_ne!(parts(one.path(), "1.95").unwrap(), parts(one.path(), "1.96").unwrap());
    }
}
