//! The hashes of a proof as lines of a text, each in base64.

use core::fmt;

use crate::base64::InBase64;
use crate::checkpoint::hash;
use crate::{Hash, Path, TextError};

/// The lines of some hashes, as they are displayed.
pub(crate) struct HashLines<'h>(pub(crate) &'h [Hash]);

impl fmt::Display for HashLines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|hash| writeln!(f, "{}", InBase64([hash])))
    }
}

/// The hashes of lines up to the first empty one, and the text after that one.
pub(crate) fn parse(mut text: &str) -> Result<(Path, &str), TextError> {
    let mut path = Path::new();
    loop {
        let (line, rest) = text.split_once('\n').ok_or(TextError::Shape)?;
        if line.is_empty() {
            return Ok((path, rest));
        }
        path.push(hash(line).ok_or(TextError::Base64)?).map_err(|_| TextError::TooLong)?;
        text = rest;
    }
}
