//! A frame as a tree of CBOR items (RFC 8949, 3) that can be written again, right or wrong.
//!
//! Guarantees: what is read is written as it was, if it was in its shortest form; what is changed stays
//! a tree, so that every length and count around it is right again, unless one is made to lie.
//!
//! It has a reader and a writer of its own, and shares no code with the parsers that it is to surprise.

/// How deep a tree may be: deeper than any message.
const DEPTH_MAX: u8 = 16;

/// A data item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    /// The major type: 0 and 1 numbers, 2 and 3 strings, 4 an array, 5 a map, 7 simple values.
    pub(crate) major: u8,
    /// What is in it.
    pub(crate) content: Content,
    /// How its head is written.
    pub(crate) head: Head,
}

/// What is in an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// A number or a simple value.
    Number(u64),
    /// A string's bytes.
    Bytes(Vec<u8>),
    /// The one item that a byte string is the encoding of, as an activation in a `Sign`.
    Inside(Box<Node>),
    /// An array's items, or a map's keys and values in turn.
    Items(Vec<Node>),
}

/// How a head is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Head {
    /// As it should be.
    #[default]
    Shortest,
    /// So many sizes longer than it need be.
    Wider(u8),
    /// With this number for its length, whatever follows.
    Claims(u64),
    /// Without a length, and with a break after it.
    Indefinite,
}

impl Node {
    /// A number.
    pub(crate) const fn number(n: u64) -> Self {
        Self { major: 0, content: Content::Number(n), head: Head::Shortest }
    }

    /// The one item that `bytes` are, if they are one of those that the protocol has.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let (node, rest) = Self::next(bytes, DEPTH_MAX)?;
        rest.is_empty().then_some(node)
    }

    fn next(bytes: &[u8], depth: u8) -> Option<(Self, &[u8])> {
        let depth = depth.checked_sub(1)?;
        let (major, argument, rest) = head(bytes)?;
        let (content, rest) = match major {
            0 | 1 | 7 => (Content::Number(argument), rest),
            2 | 3 => {
                let (string, rest) = rest.split_at_checked(usize::try_from(argument).ok()?)?;
                (string_content(major, string, depth), rest)
            }
            4 => items(argument, rest, depth)?,
            5 => items(argument.checked_mul(2)?, rest, depth)?,
            _ => return None,
        };
        Some((Self { major, content, head: Head::Shortest }, rest))
    }

    /// The encoding.
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write_to(&mut out);
        out
    }

    fn write_to(&self, out: &mut Vec<u8>) {
        match &self.content {
            Content::Number(n) => self.write_head(*n, out),
            Content::Bytes(bytes) => self.around(bytes.len(), out, |out| out.extend(bytes)),
            Content::Inside(node) => {
                let bytes = node.write();
                self.around(bytes.len(), out, |out| out.extend(bytes));
            }
            Content::Items(items) => {
                let count = if self.major == 5 { items.len() / 2 } else { items.len() };
                self.around(count, out, |out| items.iter().for_each(|item| item.write_to(out)));
            }
        }
    }

    fn around(&self, length: usize, out: &mut Vec<u8>, content: impl FnOnce(&mut Vec<u8>)) {
        self.write_head(length as u64, out);
        if self.head == Head::Indefinite && matches!(self.content, Content::Bytes(_)) {
            // One chunk, which is definite (RFC 8949, 3.2.3).
            write_head(self.major, length as u64, 0, out);
        }
        content(out);
        if self.head == Head::Indefinite {
            out.push(0xff);
        }
    }

    fn write_head(&self, argument: u64, out: &mut Vec<u8>) {
        match self.head {
            Head::Shortest => write_head(self.major, argument, 0, out),
            Head::Wider(steps) => write_head(self.major, argument, steps, out),
            Head::Claims(other) => write_head(self.major, other, 0, out),
            Head::Indefinite => out.push(self.major << 5 | 31),
        }
    }

    /// How many items the tree has, itself included; and those inside strings, if `deep`.
    pub(crate) fn count(&self, deep: bool) -> usize {
        1 + match &self.content {
            Content::Inside(node) if deep => node.count(deep),
            Content::Number(_) | Content::Bytes(_) | Content::Inside(_) => 0,
            Content::Items(items) => items.iter().map(|item| item.count(deep)).sum(),
        }
    }

    /// The item at this place of those that [`Node::count`] counts, from the front, itself first.
    pub(crate) fn at(&mut self, place: usize, deep: bool) -> Option<&mut Self> {
        let Some(mut left) = place.checked_sub(1) else { return Some(self) };
        let items = match &mut self.content {
            Content::Inside(node) if deep => return node.at(left, deep),
            Content::Number(_) | Content::Bytes(_) | Content::Inside(_) => return None,
            Content::Items(items) => items,
        };
        for item in items {
            let count = item.count(deep);
            if left < count {
                return item.at(left, deep);
            }
            left -= count;
        }
        None
    }
}

/// A byte string that is itself the encoding of an array or a map is opened.
fn string_content(major: u8, string: &[u8], depth: u8) -> Content {
    let inside = (major == 2).then(|| Node::next(string, depth)).flatten();
    match inside {
        Some((node, [])) if matches!(node.major, 4 | 5) => Content::Inside(Box::new(node)),
        _ => Content::Bytes(string.to_vec()),
    }
}

fn items(count: u64, mut rest: &[u8], depth: u8) -> Option<(Content, &[u8])> {
    let mut items = Vec::new();
    for _ in 0..count {
        let (item, after) = Node::next(rest, depth)?;
        items.push(item);
        rest = after;
    }
    Some((Content::Items(items), rest))
}

/// Major type and argument at the front of `bytes`, and what follows.
fn head(bytes: &[u8]) -> Option<(u8, u64, &[u8])> {
    let (initial, rest) = bytes.split_first()?;
    let (argument, rest) = match initial & 31 {
        small @ 0..24 => (u64::from(small), rest),
        24 => rest.split_first_chunk::<1>().map(|(n, rest)| (u64::from(n[0]), rest))?,
        25 => rest.split_first_chunk().map(|(n, rest)| (u16::from_be_bytes(*n).into(), rest))?,
        26 => rest.split_first_chunk().map(|(n, rest)| (u32::from_be_bytes(*n).into(), rest))?,
        27 => rest.split_first_chunk().map(|(n, rest)| (u64::from_be_bytes(*n), rest))?,
        _ => return None,
    };
    Some((initial >> 5, argument, rest))
}

/// A head `steps` sizes longer than it need be, and never longer than there is.
fn write_head(major: u8, argument: u64, steps: u8, out: &mut Vec<u8>) {
    let size = match argument {
        0..24 => 0,
        24..=0xff => 1,
        0x100..=0xffff => 2,
        0x1_0000..=0xffff_ffff => 3,
        _ => 4,
    };
    let size = (size + steps).min(4);
    let bytes = argument.to_be_bytes();
    if size == 0 {
        return out.push(major << 5 | bytes[7]);
    }
    out.push(major << 5 | (23 + size));
    out.extend_from_slice(&bytes[8 - (1 << (size - 1))..]);
}

#[cfg(test)]
mod tests {
    use super::{Content, Head, Node};

    const MAP: &[u8] = &[0xa2, 0, 0x44, 0x82, 1, 0x18, 0x20, 1, 0x62, b'h', b'i'];

    #[test]
    fn what_is_read_is_written_as_it_was() {
        let node = Node::read(MAP).unwrap();
        assert_eq!(node.write(), MAP);
        assert_eq!((node.count(true), node.count(false)), (8, 5), "an array with two in a string");
    }

    #[test]
    fn a_change_inside_a_string_makes_its_length_right() {
        let mut node = Node::read(MAP).unwrap();
        let inside = (0..8).find(|place| node.at(*place, true).unwrap().major == 4).unwrap();
        node.at(inside, true).unwrap().content = Content::Items(vec![Node::number(1)]);
        assert_eq!(node.write(), [0xa2, 0, 0x42, 0x81, 1, 1, 0x62, b'h', b'i']);
    }

    #[test]
    fn heads_can_be_wrong_in_each_way() {
        let mut node = Node::number(5);
        node.head = Head::Wider(2);
        assert_eq!(node.write(), [0x19, 0, 5]);
        let mut text = Node::read(&[0x61, b'x']).unwrap();
        text.head = Head::Claims(256);
        assert_eq!(text.write(), [0x79, 1, 0, b'x']);
        text.head = Head::Indefinite;
        assert_eq!(text.write(), [0x7f, 0x61, b'x', 0xff]);
    }

    #[test]
    fn what_is_no_item_is_not_read() {
        for bytes in [&[][..], &[0x1c], &[0x41], &[0x00, 0x00], &[0x81], &[0x9f, 0xff], &[0x82; 40]]
        {
            assert_eq!(Node::read(bytes), None, "{bytes:x?}");
        }
    }
}
