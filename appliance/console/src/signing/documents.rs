//! The files to sign, as items: content and what is shown are the file's SHA-256, the DTBS/R is what the
//! suite signs, its digest or the file itself.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Context, SHA256, SHA384};
use countersign_protocol::item::{Form, Item};
use countersign_protocol::limits::{DTBSR_BYTES_MAX, LABEL_BYTES_MAX};
use countersign_protocol::{Bounded, Digest, Label, Suite};

use crate::ConsoleError;

/// Read at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// A file to sign.
#[derive(Debug)]
pub(super) struct Document {
    dtbsr: Vec<u8>,
    content: Digest,
    label: String,
}

impl Document {
    /// What the appliance is asked to sign. There is always one: the label has been fitted.
    pub(super) fn item(&self) -> Option<Item<'_>> {
        Some(Item {
            dtbsr: Bounded::new(&self.dtbsr)?,
            content: self.content,
            shown: self.content,
            label: Label::new(&self.label)?,
            form: Form::Raw,
        })
    }
}

/// Reads the files, each once, in their order.
pub(super) fn read(
    files: &[PathBuf],
    label: Option<&str>,
    suite: Suite,
) -> Result<Vec<Document>, ConsoleError> {
    let different: BTreeSet<_> = files.iter().collect();
    if different.len() < files.len() {
        return Err(ConsoleError::usage("a file is named twice; each has one signature"));
    }
    let read_one = |path: &PathBuf| {
        let (content, dtbsr) = hash(path, suite).map_err(ConsoleError::file("read", path))?;
        if !suite.takes(dtbsr.len()) {
            return Err(ConsoleError::usage(format!(
                "{suite} signs files of 1 to {DTBSR_BYTES_MAX} bytes, which {} has not; make a key \
                 of another suite for it",
                path.display()
            )));
        }
        let label = label.map_or_else(|| Ok(label_of(path)), given)?;
        Ok(Document { dtbsr, content, label })
    };
    files.iter().map(read_one).collect()
}

/// The file's SHA-256, and what the suite signs; of a message that is too long, only that it is.
fn hash(path: &Path, suite: Suite) -> io::Result<(Digest, Vec<u8>)> {
    let mut file = File::open(path)?;
    let [mut content, mut longer] = [&SHA256, &SHA384].map(Context::new);
    let mut message = Vec::new();
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let length = file.read(&mut chunk)?;
        if length == 0 {
            break;
        }
        let read = chunk.get(..length).unwrap_or_default();
        content.update(read);
        match suite {
            Suite::Esp384 => longer.update(read),
            Suite::Ed25519 if message.len() <= DTBSR_BYTES_MAX => message.extend(read),
            Suite::Ed25519 | Suite::Esp256 | Suite::Rs256 | Suite::Ps256 => {}
        }
    }
    let digest = content.finish();
    let content = digest.as_ref().try_into().map(Digest).map_err(io::Error::other)?;
    let dtbsr = match suite {
        Suite::Esp256 | Suite::Rs256 | Suite::Ps256 => digest.as_ref().to_vec(),
        Suite::Esp384 => longer.finish().as_ref().to_vec(),
        Suite::Ed25519 => message,
    };
    Ok((content, dtbsr))
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
            let documents = read(std::slice::from_ref(&path), None, Suite::Esp256).unwrap();
            let item = documents[0].item().unwrap();
            assert_eq!(item.dtbsr.bytes(), expected.as_ref());
            assert_eq!(item.content.as_ref(), expected.as_ref());
            assert_eq!(item.label.as_str(), "a.txt");
        }
    }

    #[test]
    fn each_suite_signs_its_digest_or_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        std::fs::write(&path, "text").unwrap();
        let digest = |algorithm| aws_lc_rs::digest::digest(algorithm, b"text");
        for suite in Suite::ALL {
            let documents = read(std::slice::from_ref(&path), None, suite).unwrap();
            let item = documents[0].item().unwrap();
            let (sha256, sha384) = (digest(&SHA256), digest(&SHA384));
            let expected = match suite {
                Suite::Esp256 | Suite::Rs256 | Suite::Ps256 => sha256.as_ref(),
                Suite::Esp384 => sha384.as_ref(),
                Suite::Ed25519 => b"text",
            };
            assert_eq!(item.dtbsr.bytes(), expected, "{suite}");
            assert_eq!(item.content.as_ref(), sha256.as_ref(), "{suite}");
        }
    }

    #[test]
    fn a_file_that_the_suite_cannot_sign_is_wrong_usage() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        for (length, fits) in [(0, false), (1, true), (65_536, true), (65_537, false)] {
            std::fs::write(&path, vec![7; length]).unwrap();
            let documents = read(std::slice::from_ref(&path), None, Suite::Ed25519);
            assert_eq!(documents.is_ok(), fits, "{length}");
            assert!(fits || matches!(documents, Err(ConsoleError::Usage(_))));
            assert!(read(std::slice::from_ref(&path), None, Suite::Rs256).is_ok());
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
        assert!(matches!(read(&twice, None, Suite::Esp256), Err(ConsoleError::Usage(_))));
    }
}
