//! A slot, as it is on the medium.

use std::ops::Range;

use countersign_ports::{Crypto, Entropy, Sealing};

use crate::NotWritten;
use crate::cover::{Cover, Name, Nonce, Sealed, Tag};
use crate::place::{Place, Size};

/// Table, tenant and version.
const CLEAR_BYTES: usize = 1 + 4 + 8;
const SEALED_AT: usize = CLEAR_BYTES + size_of::<Nonce>() + size_of::<Tag>();
/// Name, part, parts and length.
const BEFORE_CONTENT_BYTES: usize = size_of::<Name>() + 2 + 2 + 2;
/// Set in the first byte of a large slot.
const LARGE: u8 = 0x80;

/// What is in clear beside a record, and sealed with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// Of which table it is: 1 to 127.
    pub table: u8,
    /// Whose it is; 0: the appliance's own.
    pub tenant: u32,
}

/// A record's part, of which one slot is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub label: Label,
    /// The write that it is of.
    pub version: u64,
    pub name: Name,
    pub number: u16,
    /// Parts of the record.
    pub of: u16,
}

/// An open slot.
pub(crate) struct Opened {
    pub part: Part,
    pub nonce: Nonce,
    /// Where in its bytes the content is.
    pub content: Range<usize>,
}

/// Bytes of content in a slot.
pub(crate) const fn room(size: Size) -> usize {
    size.bytes() - SEALED_AT - BEFORE_CONTENT_BYTES
}

/// The size of the slot that begins with this byte.
pub(crate) const fn size(first: u8) -> Size {
    if first & LARGE == 0 { Size::Small } else { Size::Large }
}

/// Whether nothing is in it.
pub(crate) fn is_free(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}

/// The slot with this part of a record, and its nonce.
pub(crate) fn seal<C: Crypto + Sealing>(
    cover: &Cover<C>,
    chance: &mut impl Entropy,
    place: Place,
    part: &Part,
    content: &[u8],
) -> Result<(Vec<u8>, Nonce), NotWritten> {
    let clear = clear(place, part);
    let mut sealed = inside(part, content).ok_or(NotWritten::Full)?;
    sealed.resize(place.size.bytes() - SEALED_AT, 0);
    let (nonce, tag) = cover.seal(chance, Sealed::Slot(place, &clear), &mut sealed)?;
    Ok(([&clear[..], &nonce, &tag, &sealed].concat(), nonce))
}

fn clear(place: Place, part: &Part) -> Vec<u8> {
    let Label { table, tenant } = part.label;
    let large = if place.size == Size::Large { LARGE } else { 0 };
    [&[large | table][..], &tenant.to_be_bytes(), &part.version.to_be_bytes()].concat()
}

fn inside(part: &Part, content: &[u8]) -> Option<Vec<u8>> {
    let length = u16::try_from(content.len()).ok()?;
    let numbers = [part.number, part.of, length].map(u16::to_be_bytes);
    Some([&part.name[..], numbers.as_flattened(), content].concat())
}

/// Opens a slot in its place; none unless it was sealed for it.
pub(crate) fn open<C: Crypto + Sealing>(
    cover: &Cover<C>,
    place: Place,
    bytes: &mut [u8],
) -> Option<Opened> {
    let (clear, rest) = bytes.split_at_mut_checked(CLEAR_BYTES)?;
    let (nonce, rest) = rest.split_first_chunk_mut::<12>()?;
    let (tag, sealed) = rest.split_first_chunk_mut::<16>()?;
    cover.open(Sealed::Slot(place, clear), (nonce, tag), sealed).ok()?;
    let (first, rest) = clear.split_first()?;
    let (tenant, version) = rest.split_first_chunk()?;
    let label = Label { table: first & !LARGE, tenant: u32::from_be_bytes(*tenant) };
    let version = u64::from_be_bytes(version.try_into().ok()?);
    let (name, rest) = sealed.split_first_chunk()?;
    let (numbers, _) = rest.split_first_chunk::<6>()?;
    let [number, of, length] = *numbers.as_chunks::<2>().0 else { return None };
    let [number, of, length] = [number, of, length].map(u16::from_be_bytes);
    let start = SEALED_AT + BEFORE_CONTENT_BYTES;
    let content = start..start + usize::from(length);
    let part = Part { label, version, name: *name, number, of };
    (content.end <= place.size.bytes() && number < of).then_some(Opened {
        part,
        nonce: *nonce,
        content,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_slot_has_room_for() {
        assert_eq!([room(Size::Small), room(Size::Large)], [449, 4_033]);
    }
}
