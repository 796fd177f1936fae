//! A checkpoint's text: what a log's key and its witnesses sign (C2SP tlog-checkpoint).
//!
//! Guarantee: a text that is read is written again byte for byte. There are no extension lines: a checkpoint
//! says nothing but which log, its size and its root.

use core::fmt::Write as _;

use base64ct::{Base64, Encoding as _};

use crate::{Hash, Head};

/// A log's name, at most.
pub const ORIGIN_BYTES_MAX: usize = 128;
/// A text, at most: name, 20 digits, 44 characters, three line feeds.
pub const TEXT_BYTES_MAX: usize = ORIGIN_BYTES_MAX + 20 + 44 + 3;
/// A hash in base64.
const HASH_TEXT_BYTES: usize = 44;

/// What a text says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint<'t> {
    /// Which log: its origin.
    pub origin: &'t str,
    /// Its size and root.
    pub head: Head,
}

/// The text of a checkpoint; none for a name that is none.
#[must_use]
pub fn text(origin: &str, head: &Head) -> Option<heapless::String<TEXT_BYTES_MAX>> {
    let mut room = [0; HASH_TEXT_BYTES];
    let root = Base64::encode(&head.root, &mut room).ok()?;
    let mut text = heapless::String::new();
    write!(text, "{origin}\n{}\n{root}\n", head.size).ok()?;
    is_origin(origin).then_some(text)
}

/// What a text says; none if it is not exactly one.
#[must_use]
pub fn parse(text: &str) -> Option<Checkpoint<'_>> {
    let mut lines = text.strip_suffix('\n')?.split('\n');
    let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
    let head = Head { size: number(size)?, root: hash(root)? };
    let good = is_origin(origin) && lines.next().is_none();
    good.then_some(Checkpoint { origin, head })
}

/// A name is there, within its limit, and of visible characters of ASCII but "+" (signed-note: key names
/// have no spaces and no plus).
fn is_origin(origin: &str) -> bool {
    let visible = origin.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'+');
    (1..=ORIGIN_BYTES_MAX).contains(&origin.len()) && visible
}

/// Decimal digits, without a sign and without leading zeros.
pub(crate) fn number(digits: &str) -> Option<u64> {
    let canonical = digits == "0" || !digits.starts_with('0');
    let only_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| canonical && only_digits)
}

/// A hash in base64, with its padding.
pub(crate) fn hash(text: &str) -> Option<Hash> {
    let mut hash = [0; 32];
    let decoded = Base64::decode(text, &mut hash).ok()?;
    (decoded.len() == 32).then_some(hash)
}
