//! CBOR as a tree that can be spoiled in one place and written again, right or wrong.
//!
//! Has a writer of its own: what it calls a longer form is that whatever the crate under test thinks.

#![allow(dead_code, reason = "each test takes the part that it needs")]
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "only good encodings are read, by paths that exist"
)]

use countersign_protocol::minicbor::data::Type;
use countersign_protocol::minicbor::decode::Decoder;

/// A data item.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    Unsigned(u64),
    /// -1 - n.
    Negative(u64),
    Bytes(Vec<u8>),
    Text(String),
    Array(Vec<Node>),
    Map(Vec<(Node, Node)>),
    Bool(bool),
    /// Bytes that are written as they are.
    Raw(Vec<u8>),
}

use Node::{Array, Bool, Bytes, Map, Negative, Raw, Text, Unsigned};

impl Node {
    /// Reads a deterministic encoding.
    pub fn read(bytes: &[u8]) -> Self {
        Self::next(&mut Decoder::new(bytes))
    }

    fn next(d: &mut Decoder<'_>) -> Self {
        match d.datatype().unwrap() {
            Type::U8 | Type::U16 | Type::U32 | Type::U64 => Unsigned(d.u64().unwrap()),
            Type::I8 | Type::I16 | Type::I32 | Type::I64 => {
                Negative(d.i64().unwrap().unsigned_abs() - 1)
            }
            Type::Bytes => Bytes(d.bytes().unwrap().to_vec()),
            Type::String => Text(d.str().unwrap().to_owned()),
            Type::Bool => Bool(d.bool().unwrap()),
            Type::Array => Array((0..d.array().unwrap().unwrap()).map(|_| Self::next(d)).collect()),
            Type::Map => Map((0..d.map().unwrap().unwrap())
                .map(|_| (Self::next(d), Self::next(d)))
                .collect()),
            other => panic!("{other} is in no message"),
        }
    }

    /// The encoding.
    pub fn write(&self) -> Vec<u8> {
        self.write_wider(0)
    }

    /// The encoding with a head (RFC 8949, 3) that is `steps` sizes longer than it need be.
    pub fn write_wider(&self, steps: usize) -> Vec<u8> {
        let (major, argument) = match self {
            Unsigned(n) => (0, *n),
            Negative(n) => (1, *n),
            Bytes(bytes) => (2, bytes.len() as u64),
            Text(text) => (3, text.len() as u64),
            Array(nodes) => (4, nodes.len() as u64),
            Map(members) => (5, members.len() as u64),
            Bool(flag) => return vec![0xf4 + u8::from(*flag)],
            Raw(bytes) => return bytes.clone(),
        };
        [head(major, argument, steps), self.content()].concat()
    }

    /// What follows the head.
    pub fn content(&self) -> Vec<u8> {
        match self {
            Bytes(bytes) => bytes.clone(),
            Text(text) => text.as_bytes().to_vec(),
            Array(nodes) => nodes.iter().flat_map(Self::write).collect(),
            Map(members) => members
                .iter()
                .flat_map(|(key, value)| [key.write(), value.write()].concat())
                .collect(),
            Unsigned(_) | Negative(_) | Bool(_) | Raw(_) => Vec::new(),
        }
    }

    /// The node at `path`: places in arrays and keys of maps, from the root.
    pub fn at(&mut self, path: &[u64]) -> &mut Self {
        let Some((first, rest)) = path.split_first() else { return self };
        let next = match self {
            Array(nodes) => &mut nodes[usize::try_from(*first).unwrap()],
            Map(members) => {
                &mut members.iter_mut().find(|(key, _)| *key == Unsigned(*first)).unwrap().1
            }
            other => panic!("{other:?} has no parts"),
        };
        next.at(rest)
    }

    /// The elements, if this is an array.
    pub fn elements(&self) -> &[Self] {
        match self {
            Array(nodes) => nodes,
            _ => &[],
        }
    }

    /// This tree with another node at `path`.
    pub fn with(&self, path: &[u64], node: Self) -> Self {
        let mut tree = self.clone();
        *tree.at(path) = node;
        tree
    }

    /// Every tree that differs from this one by one application of `spoil` to one of its nodes.
    pub fn spoilt(&self, spoil: &dyn Fn(&Self) -> Vec<Self>) -> Vec<Self> {
        let mut trees = spoil(self);
        match self {
            Array(nodes) => {
                for (place, node) in nodes.iter().enumerate() {
                    let put = |other| Array(replaced(nodes, place, other));
                    trees.extend(node.spoilt(spoil).into_iter().map(put));
                }
            }
            Map(members) => {
                for (place, (key, value)) in members.iter().enumerate() {
                    let put = |other| Map(replaced(members, place, other));
                    let keys = key.spoilt(spoil).into_iter().map(|key| (key, value.clone()));
                    let values = value.spoilt(spoil).into_iter().map(|value| (key.clone(), value));
                    trees.extend(keys.chain(values).map(put));
                }
            }
            _ => {}
        }
        trees
    }
}

/// A list with another element at `place`.
pub fn replaced<T: Clone>(list: &[T], place: usize, element: T) -> Vec<T> {
    let mut list = list.to_vec();
    list[place] = element;
    list
}

/// An item's head, `steps` sizes longer than the shortest; as long as there is if that is not enough.
fn head(major: u8, argument: u64, steps: usize) -> Vec<u8> {
    let shortest = match argument {
        0..24 => 0,
        24..0x100 => 1,
        0x100..0x1_0000 => 2,
        0x1_0000..0x1_0000_0000 => 3,
        _ => 4,
    };
    let bytes = argument.to_be_bytes();
    let (information, length) = match shortest + steps {
        0 => return vec![major << 5 | bytes[7]],
        1 => (24, 1),
        2 => (25, 2),
        3 => (26, 4),
        _ => (27, 8),
    };
    [&[major << 5 | information], &bytes[8 - length..]].concat()
}
