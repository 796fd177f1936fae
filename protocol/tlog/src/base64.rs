//! Base64 of any length, written and read piece by piece (RFC 4648, 4).
//!
//! Guarantee: what is read is written again byte for byte: with padding, without bits that no byte is of.

use core::fmt;

use base64ct::{Base64, Encoding as _};

/// Bytes at a time: a multiple of three, so that only the last piece has padding.
const PIECE_BYTES: usize = 48;
/// Their characters.
const PIECE_TEXT_BYTES: usize = 64;

/// Some bytes, one after the other, as they are displayed in base64.
pub(crate) struct InBase64<'b, const N: usize>(pub(crate) [&'b [u8]; N]);

impl<const N: usize> fmt::Display for InBase64<'_, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = self.0.iter().copied().flatten().copied();
        let mut room = [0; PIECE_TEXT_BYTES];
        loop {
            let piece: heapless::Vec<u8, PIECE_BYTES> = bytes.by_ref().take(PIECE_BYTES).collect();
            if piece.is_empty() {
                return Ok(());
            }
            f.write_str(Base64::encode(&piece, &mut room).map_err(|_| fmt::Error)?)?;
        }
    }
}

/// The bytes of a text, piece by piece; none if it is not base64.
pub(crate) fn pieces(text: &str, mut each: impl FnMut(&[u8])) -> Option<()> {
    let mut room = [0; PIECE_BYTES];
    let mut padded = false;
    for piece in text.as_bytes().chunks(PIECE_TEXT_BYTES) {
        let bytes = Base64::decode(piece, &mut room).ok().filter(|_| !padded)?;
        padded = bytes.len() < PIECE_BYTES;
        each(bytes);
    }
    Some(())
}

/// The bytes of a text; none if it is not base64, or of more than there is room for.
pub(crate) fn decode<const N: usize>(text: &str) -> Option<heapless::Vec<u8, N>> {
    let mut bytes = heapless::Vec::new();
    let mut fits = true;
    pieces(text, |piece| fits &= bytes.extend_from_slice(piece).is_ok())?;
    fits.then_some(bytes)
}
