//! The one way in: decode, re-encode over the input, and demand that nothing is left over.
//!
//! Guarantees: a value that comes out of [`decode`] has exactly these bytes as its encoding. That
//! one rule refuses longer forms of integers, other orders of keys, unknown and duplicate keys,
//! indefinite lengths and trailing bytes alike, without a list of cases that could be incomplete.

use minicbor::encode::{Encoder, Write};
use minicbor::{Decode, Encode};

/// The bytes are no canonical encoding of what was expected. Says no more: the sender made them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotCanonical;

impl core::fmt::Display for NotCanonical {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("bytes are not the one canonical encoding")
    }
}

impl core::error::Error for NotCanonical {}

/// Decodes `bytes` as the one encoding of a `T`.
///
/// # Errors
/// [`NotCanonical`] for everything else.
pub fn decode<'b, T>(bytes: &'b [u8]) -> Result<T, NotCanonical>
where
    T: Decode<'b, ()> + Encode<()>,
{
    let value: T = minicbor::decode(bytes).map_err(|_| NotCanonical)?;
    let mut left = Expected { left: bytes };
    Encoder::new(&mut left).encode(&value).map_err(|_| NotCanonical)?;
    if left.left.is_empty() { Ok(value) } else { Err(NotCanonical) }
}

/// Encodes `value` into the front of `buffer` and returns what was written.
///
/// # Errors
/// [`NotCanonical`] when it does not fit.
pub fn encode_into<'o, T: Encode<()>>(
    value: &T,
    buffer: &'o mut [u8],
) -> Result<&'o [u8], NotCanonical> {
    let room = buffer.len();
    let mut free = &mut *buffer;
    Encoder::new(&mut free).encode(value).map_err(|_| NotCanonical)?;
    let written = room - free.len();
    buffer.get(..written).ok_or(NotCanonical)
}

/// A writer that checks each written piece against the front of the input: no buffer is needed.
struct Expected<'b> {
    left: &'b [u8],
}

impl Write for Expected<'_> {
    type Error = NotCanonical;

    fn write_all(&mut self, piece: &[u8]) -> Result<(), NotCanonical> {
        self.left = self.left.strip_prefix(piece).ok_or(NotCanonical)?;
        Ok(())
    }
}
