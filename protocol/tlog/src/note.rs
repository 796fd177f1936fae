//! Signed notes: a text, and lines of signatures over it (C2SP signed-note).
//!
//! Guarantees: a note that is read has all its lines as they are written, so that writing it again gives the
//! same bytes. Nothing is verified here: until a [`crate::Claim`] is, a note says nothing.

use core::fmt;

use crate::TextError;
use crate::base64::{self, InBase64};
use crate::key::{Key, KeyId, SIGNATURE_BYTES_MAX, is_name};

/// A note, at most.
pub const NOTE_BYTES_MAX: usize = 128 * 1024;
/// Signatures on one note, at most: the log's, its own cosigner's, and those of as many witnesses as a verifier must accept.
pub const SIGNATURES_MAX: usize = 18;
/// A signature with a time, at most: of ML-DSA-44.
const STAMPED_BYTES_MAX: usize = 8 + SIGNATURE_BYTES_MAX;
/// A signature, with its time before it if its kind has one.
pub(crate) type Stamped = heapless::Vec<u8, STAMPED_BYTES_MAX>;

/// A text and the signatures under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note<'n> {
    text: &'n str,
    signatures: heapless::Vec<Signature<'n>, SIGNATURES_MAX>,
}

/// A line of signature, as it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature<'n> {
    name: &'n str,
    key: KeyId,
    base64: &'n str,
}

impl<'n> Note<'n> {
    /// What a note says (signed-note, "Format").
    ///
    /// # Errors
    /// [`TextError`].
    pub fn parse(note: &'n str) -> Result<Self, TextError> {
        if note.len() > NOTE_BYTES_MAX {
            return Err(TextError::TooLong);
        }
        if note.bytes().any(|byte| byte < b' ' && byte != b'\n') {
            return Err(TextError::Control);
        }
        let (text, lines) = split(note).ok_or(TextError::Shape)?;
        let mut signatures = heapless::Vec::new();
        for line in lines.split('\n') {
            signatures.push(Signature::parse(line)?).map_err(|_| TextError::TooLong)?;
        }
        Ok(Self { text, signatures })
    }

    /// The text, with the line feed at its end. Nobody has signed it until a claim is verified.
    #[must_use]
    pub const fn text(&self) -> &'n str {
        self.text
    }

    /// The signatures, in the order of their lines.
    #[must_use]
    pub fn signatures(&self) -> &[Signature<'n>] {
        &self.signatures
    }

    /// The first signature of a key, by its name and id.
    #[must_use]
    pub fn signature(&self, name: &str, key: KeyId) -> Option<&Signature<'n>> {
        self.signatures.iter().find(|signature| signature.name == name && signature.key == key)
    }
}

/// The text with its last line feed, and the lines after the last empty line, without theirs.
fn split(note: &str) -> Option<(&str, &str)> {
    let (text, lines) = note.split_at_checked(note.rfind("\n\n")? + 1)?;
    Some((text, lines.strip_prefix('\n')?.strip_suffix('\n')?))
}

impl<'n> Signature<'n> {
    /// A line without its line feed: em dash, name, base64 of four bytes of id and at least one more.
    fn parse(line: &'n str) -> Result<Self, TextError> {
        let line = line.strip_prefix("\u{2014} ").ok_or(TextError::Shape)?;
        let (name, base64) = line.split_once(' ').ok_or(TextError::Shape)?;
        if !is_name(name) {
            return Err(TextError::Name);
        }
        let mut first = heapless::Vec::<u8, 5>::new();
        base64::pieces(base64, |piece| {
            let _ = piece.iter().try_for_each(|byte| first.push(*byte));
        })
        .ok_or(TextError::Base64)?;
        let (id, rest) = first.split_first_chunk().ok_or(TextError::Base64)?;
        if rest.is_empty() {
            Err(TextError::Base64)
        } else {
            Ok(Self { name, key: KeyId(*id), base64 })
        }
    }

    /// The bytes after the id: a signature, with its time before it if its kind has one; none if they are
    /// more than any kind has.
    pub(crate) fn bytes(&self) -> Option<Stamped> {
        let bytes = base64::decode::<{ 4 + STAMPED_BYTES_MAX }>(self.base64)?;
        bytes.get(4..).and_then(|bytes| heapless::Vec::from_slice(bytes).ok())
    }

    /// The name of the key that is said to have signed.
    #[must_use]
    pub const fn name(&self) -> &'n str {
        self.name
    }

    /// Its id.
    #[must_use]
    pub const fn key(&self) -> KeyId {
        self.key
    }
}

impl fmt::Display for Note<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| write!(f, "{signature}"))
    }
}

impl fmt::Display for Signature<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\u{2014} {} {}", self.name, self.base64)
    }
}

/// A line of signature to be written, with its line feed: a note is its text, a line feed, and these.
#[derive(Clone, Copy, Debug)]
pub struct Line<'s> {
    name: &'s str,
    key: KeyId,
    time: Option<[u8; 8]>,
    signature: &'s [u8],
}

impl<'s> Line<'s> {
    /// The line of a signature that a key made, at `time_s` if its kind has one; none if it is none of the
    /// key's kind.
    #[must_use]
    pub fn new(key: &Key<'s>, time_s: u64, signature: &'s [u8]) -> Option<Self> {
        let time = key.kind().has_time().then_some(time_s.to_be_bytes());
        let fits = key.kind().has_signatures_of(signature.len());
        fits.then_some(Self { name: key.name(), key: key.id(), time, signature })
    }
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = self.time.as_ref().map_or(&[][..], |time| time);
        writeln!(f, "\u{2014} {} {}", self.name, InBase64([&self.key.0, time, self.signature]))
    }
}
