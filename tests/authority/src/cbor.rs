//! CBOR (RFC 8949) as the formats want it: items of definite length, encoded one by one.

use minicbor::Encoder;

/// The members of a map, each value encoded.
pub type Members = Vec<(&'static str, Vec<u8>)>;

/// A byte string.
#[must_use]
pub fn bytes(value: &[u8]) -> Vec<u8> {
    let mut cbor = Encoder::new(Vec::new());
    cbor.bytes(value).expect("a vector takes it");
    cbor.into_writer()
}

/// A number.
#[must_use]
pub fn int(value: i64) -> Vec<u8> {
    let mut cbor = Encoder::new(Vec::new());
    cbor.i64(value).expect("a vector takes it");
    cbor.into_writer()
}

/// A text.
#[must_use]
pub fn text(value: &str) -> Vec<u8> {
    let mut cbor = Encoder::new(Vec::new());
    cbor.str(value).expect("a vector takes it");
    cbor.into_writer()
}

pub(crate) fn array(items: &[Vec<u8>]) -> Vec<u8> {
    let mut cbor = Encoder::new(Vec::new());
    cbor.array(items.len() as u64).expect("a vector takes it");
    [cbor.into_writer(), items.concat()].concat()
}

/// A map of these members.
#[must_use]
pub fn map(members: &Members) -> Vec<u8> {
    let mut cbor = Encoder::new(Vec::new());
    cbor.map(members.len() as u64).expect("a vector takes it");
    let mut map = cbor.into_writer();
    for (name, value) in members {
        map.extend(text(name));
        map.extend(value);
    }
    map
}
