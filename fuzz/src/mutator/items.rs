//! Changes of one CBOR item: what its place may hold otherwise, and how else it may be written.

use fastrand::Rng;

use super::tree::{Content, Head, Node};

/// Numbers at which something begins or ends: sizes of heads, limits of fields, statuses and reasons.
const NUMBERS: [u64; 21] = [
    0,
    1,
    2,
    16,
    23,
    24,
    250,
    251,
    255,
    256,
    1_000,
    600_000,
    600_001,
    65_535,
    65_536,
    1 << 26,
    u32::MAX as u64,
    u32::MAX as u64 + 1,
    i64::MAX as u64,
    u64::MAX - 1,
    u64::MAX,
];

/// Lengths around the limits of byte strings and texts.
const LENGTHS: [usize; 16] =
    [0, 1, 31, 32, 33, 63, 64, 65, 128, 129, 1024, 1025, 2048, 2049, 4627, 4628];

/// Changes the item at a place, or what is around it; `other` gives items to take its place.
pub(super) fn change(random: &mut Rng, tree: &mut Node, other: &mut Node) {
    let Some(node) = chosen(random, tree) else { return };
    match random.u8(..16) {
        0 => node.head = head(random),
        1 => node.major = random.u8(..8),
        2 | 3 => {
            let donor = random.usize(..other.count(true));
            other.at(donor, true).into_iter().for_each(|donor| *node = donor.clone());
        }
        _ => content(random, node),
    }
}

/// An item: half of the time a string, if there is one, because a frame with another string in it mostly
/// decodes, and one with another key or count does not.
fn chosen<'t>(random: &mut Rng, tree: &'t mut Node) -> Option<&'t mut Node> {
    // What is inside a string has most of the items, and most changes to it end alike.
    let deep = random.u8(..4) == 0;
    let count = tree.count(deep);
    let mut place = random.usize(..count);
    let tries = if random.bool() { 8 } else { 0 };
    for _ in 0..tries {
        if matches!(tree.at(place, deep)?.content, Content::Bytes(_)) {
            break;
        }
        place = random.usize(..count);
    }
    tree.at(place, deep)
}

fn head(random: &mut Rng) -> Head {
    match random.u8(..4) {
        0 => Head::Indefinite,
        1 => Head::Claims(number(random, 0)),
        2 => Head::Claims(random.u64(..300)),
        _ => Head::Wider(random.u8(1..5)),
    }
}

fn content(random: &mut Rng, node: &mut Node) {
    match &mut node.content {
        Content::Number(n) => *n = number(random, *n),
        Content::Bytes(bytes) => string(random, bytes),
        // The string's length stays right whatever becomes of what is inside.
        Content::Inside(inside) => content(random, inside),
        Content::Items(items) => list(random, items, if node.major == 5 { 2 } else { 1 }),
    }
}

fn number(random: &mut Rng, n: u64) -> u64 {
    match random.u8(..4) {
        0 => n.wrapping_add(1),
        1 => n.wrapping_sub(1),
        2 => random.u64(..32),
        _ => random.choice(NUMBERS).unwrap_or(0),
    }
}

fn string(random: &mut Rng, bytes: &mut Vec<u8>) {
    match random.u8(..6) {
        0 => bytes.truncate(random.usize(..=bytes.len())),
        1 => bytes.resize(random.choice(LENGTHS).unwrap_or(0), random.u8(..)),
        2 => bytes.push(random.u8(..)),
        3 => bytes.fill_with(|| random.u8(..)),
        _ => {
            if let Some(byte) = random.choice(&mut bytes[..]) {
                *byte ^= 1 << random.u8(..8);
            }
        }
    }
}

/// Members go, come twice or change places: of a map, a key with its value (`width` 2), or just one.
fn list(random: &mut Rng, items: &mut Vec<Node>, width: usize) {
    let width = if random.u8(..8) == 0 { 1 } else { width };
    let members = items.len() / width;
    if members == 0 {
        return items.push(Node::number(random.u64(..32)));
    }
    let from = random.usize(..members) * width;
    let to = random.usize(..members) * width;
    match random.u8(..4) {
        0 => items.drain(from..from + width).for_each(drop),
        1 => (0..width).for_each(|n| items.swap(from + n, to + n)),
        2 => {
            let again = items[from..from + width].to_vec();
            items.splice(to..to, again).for_each(drop);
        }
        _ => many(random, items, from, width),
    }
}

/// One member so often that a limit on their number is reached, or passed by one.
fn many(random: &mut Rng, items: &mut Vec<Node>, from: usize, width: usize) {
    let member = items[from..from + width].to_vec();
    let times = random.choice([2, 7, 8, 9, 15, 16, 17, 249, 250, 251]).unwrap_or(1);
    // A large member so often would be past every frame's limit, and slow.
    if member.iter().map(|item| item.count(true)).sum::<usize>() * times <= 2_048 {
        *items = member.iter().cloned().cycle().take(times * width).collect();
    }
}
