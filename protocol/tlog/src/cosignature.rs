//! What a witness says of a checkpoint: that it is the largest of this log that it has seen (C2SP
//! tlog-cosignature, with Ed25519).
//!
//! Guarantees: a line is read in one way only. It checks no signature: it gives out the bytes that it must be
//! over.

use core::fmt::Write as _;

use base64ct::{Base64, Encoding as _};

use crate::checkpoint::{TEXT_BYTES_MAX, is_name};
use crate::key::{KeyId, KeyType, VerifierKey};

/// What a line begins with: an em dash and a space.
const DASH: &str = "\u{2014} ";
/// Key id, time, signature.
const SIGNED_BYTES: usize = 4 + 8 + 64;
/// Before a checkpoint's text: two lines, with a time of 20 digits at most.
const HEADER_BYTES_MAX: usize = 41;

/// The bytes that a witness signs.
pub type Message = heapless::String<{ HEADER_BYTES_MAX + TEXT_BYTES_MAX }>;

/// One line of a witness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cosignature<'t> {
    /// Whose, as it says.
    pub name: &'t str,
    /// With which key, as it says.
    pub key: KeyId,
    /// When (seconds since 1970).
    pub time_s: u64,
    /// Ed25519 over [`message`].
    pub signature: [u8; 64],
}

impl<'t> Cosignature<'t> {
    /// Reads a signature line, without its line feed; none if it is not exactly one of this kind.
    #[must_use]
    pub fn parse(line: &'t str) -> Option<Self> {
        let (name, encoded) = line.strip_prefix(DASH)?.split_once(' ')?;
        let mut room = [0; SIGNED_BYTES];
        let bytes = Base64::decode(encoded, &mut room).ok()?;
        let (key, rest) = bytes.split_first_chunk()?;
        let (time, signature) = rest.split_first_chunk()?;
        let (time_s, signature) = (u64::from_be_bytes(*time), signature.try_into().ok()?);
        is_name(name).then_some(Self { name, key: *key, time_s, signature })
    }

    /// Whether it says that it is by this key.
    #[must_use]
    pub fn is_by(&self, key: &VerifierKey<'_>) -> bool {
        key.of == KeyType::Cosignature && self.name == key.name && self.key == key.id()
    }
}

/// What a witness signs of a checkpoint's text.
#[must_use]
pub fn message(time_s: u64, checkpoint: &str) -> Option<Message> {
    let mut message = Message::new();
    write!(message, "cosignature/v1\ntime {time_s}\n{checkpoint}").ok()?;
    Some(message)
}

/// The line of a signature, without its line feed.
#[must_use]
pub fn line(
    key: &VerifierKey<'_>,
    time_s: u64,
    signature: &[u8; 64],
) -> Option<heapless::String<256>> {
    let mut bytes = [0; SIGNED_BYTES];
    let parts = key.id().into_iter().chain(time_s.to_be_bytes()).chain(*signature);
    bytes.iter_mut().zip(parts).for_each(|(to, from)| *to = from);
    let mut room = [0; 128];
    let encoded = Base64::encode(&bytes, &mut room).ok()?;
    let mut line = heapless::String::new();
    write!(line, "{DASH}{} {encoded}", key.name).ok()?;
    Some(line)
}
