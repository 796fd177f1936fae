//! What the demo signs.

use std::path::Path;

use anyhow::{Context, Result};

/// A document, read before anything else happens: a wrong name costs no time.
pub struct Document {
    /// The name of its file.
    pub name: String,
    /// All of it.
    pub content: Vec<u8>,
}

impl Document {
    /// This file, or the sample when there is none.
    pub fn read(file: Option<&Path>) -> Result<Self> {
        let Some(file) = file else { return Ok(Self::sample()) };
        let content = std::fs::read(file).with_context(|| {
            format!("cannot read {}; name a file that you may read", file.display())
        })?;
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { name, content })
    }

    fn sample() -> Self {
        let content = include_bytes!("sample.txt").to_vec();
        Self { name: "discharge-summary.txt".to_owned(), content }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_keeps_its_name_and_a_wrong_one_is_said_so() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a b.txt");
        std::fs::write(&file, "text").unwrap();
        assert_eq!(Document::read(Some(&file)).unwrap().name, "a b.txt");
        let error = Document::read(Some(folder.path())).err().unwrap().to_string();
        assert!(error.ends_with("name a file that you may read"), "{error}");
        assert!(!Document::read(None).unwrap().content.is_empty());
    }
}
