//! The files to sign, as items: DTBS/R, content and what is shown are all the file's SHA-256.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Context, SHA256};
use countersign_protocol::item::{Form, Item};
use countersign_protocol::limits::LABEL_BYTES_MAX;
use countersign_protocol::{Bounded, Digest, Label};

use crate::ConsoleError;

/// Read at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// A file to sign.
#[derive(Debug)]
pub(super) struct Document {
    digest: Digest,
    label: String,
}

impl Document {
    /// What the appliance is asked to sign. There is always one: the label has been fitted.
    pub(super) fn item(&self) -> Option<Item<'_>> {
        Some(Item {
            dtbsr: Bounded::new(&self.digest.0)?,
            content: self.digest,
            shown: self.digest,
            label: Label::new(&self.label)?,
            form: Form::Raw,
        })
    }
}

/// Reads the files, each once, in their order.
pub(super) fn read(files: &[PathBuf], label: Option<&str>) -> Result<Vec<Document>, ConsoleError> {
    let different: BTreeSet<_> = files.iter().collect();
    if different.len() < files.len() {
        return Err(ConsoleError::usage("a file is named twice; each has one signature"));
    }
    let read_one = |path: &PathBuf| {
        let digest = hash(path).map_err(ConsoleError::file("read", path))?;
        let label = label.map_or_else(|| Ok(label_of(path)), given)?;
        Ok(Document { digest, label })
    };
    files.iter().map(read_one).collect()
}

fn hash(path: &Path) -> io::Result<Digest> {
    let mut file = File::open(path)?;
    let mut context = Context::new(&SHA256);
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let length = file.read(&mut chunk)?;
        if length == 0 {
            break;
        }
        context.update(chunk.get(..length).unwrap_or_default());
    }
    let digest = context.finish();
    digest.as_ref().try_into().map(Digest).map_err(io::Error::other)
}

fn given(label: &str) -> Result<String, ConsoleError> {
    let fits = Label::new(label).map(|label| label.as_str().to_owned());
    fits.ok_or_else(|| {
        ConsoleError::usage(format!(
            "--label has 1 to {LABEL_BYTES_MAX} bytes, no control characters"
        ))
    })
}

/// The file's name as a label: what a label cannot have is replaced, what is too long is cut off.
fn label_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let mut label = String::new();
    for character in name.chars() {
        let shown = if character.is_control() { char::REPLACEMENT_CHARACTER } else { character };
        if label.len() + shown.len_utf8() > LABEL_BYTES_MAX {
            break;
        }
        label.push(shown);
    }
    label
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_hashed_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        for length in [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1] {
            std::fs::write(&path, vec![7; length]).unwrap();
            let expected = aws_lc_rs::digest::digest(&SHA256, &vec![7; length]);
            let documents = read(std::slice::from_ref(&path), None).unwrap();
            assert_eq!(documents[0].digest.as_ref(), expected.as_ref());
            assert_eq!(documents[0].item().unwrap().label.as_str(), "a.txt");
        }
    }

    #[test]
    fn a_name_becomes_a_label_that_fits() {
        let long = format!("{}ü", "a".repeat(LABEL_BYTES_MAX - 1));
        assert_eq!(label_of(Path::new(&long)), "a".repeat(LABEL_BYTES_MAX - 1));
        assert_eq!(label_of(Path::new("d/a\nb")), "a\u{fffd}b");
        for name in [&*long, "a\nb", "/", ".."] {
            assert!(Label::new(&label_of(Path::new(name))).is_some(), "{name}");
        }
    }

    #[test]
    fn a_file_named_twice_is_wrong_usage() {
        let twice = [PathBuf::from("a"), PathBuf::from("a")];
        assert!(matches!(read(&twice, None), Err(ConsoleError::Usage(_))));
    }
}
