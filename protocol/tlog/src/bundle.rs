//! Entry bundles: a log's entries one after the other, each with its length before it (C2SP tlog-tiles, "Log
//! entries").
//!
//! Guarantee: what is read as a bundle has as many entries as it should have, and nothing after them.

/// Bytes of a length.
const LENGTH_BYTES: usize = 2;
/// An entry, at most: what its length has room for.
pub const ENTRY_BYTES_MAX: usize = u16::MAX as usize;

/// What stands before an entry in a bundle; none for an entry that is too long.
#[must_use]
pub fn prefix(entry: &[u8]) -> Option<[u8; LENGTH_BYTES]> {
    u16::try_from(entry.len()).ok().map(u16::to_be_bytes)
}

/// The entries of a bundle, in their order.
#[derive(Clone, Debug)]
pub struct Bundle<'b>(&'b [u8]);

impl<'b> Bundle<'b> {
    /// A bundle of `width` entries; none if the bytes are not exactly one.
    #[must_use]
    pub fn parse(bytes: &'b [u8], width: u16) -> Option<Self> {
        let mut rest = bytes;
        for _ in 0..width {
            (_, rest) = first(rest)?;
        }
        rest.is_empty().then_some(Self(bytes))
    }
}

impl<'b> Iterator for Bundle<'b> {
    type Item = &'b [u8];

    fn next(&mut self) -> Option<&'b [u8]> {
        let (entry, rest) = first(self.0)?;
        self.0 = rest;
        Some(entry)
    }
}

/// The first entry, and what is after it.
fn first(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(u16::from_be_bytes(*length).into())
}
