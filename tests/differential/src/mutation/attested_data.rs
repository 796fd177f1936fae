//! What a registration says of its credential (WebAuthn Level 3, 6.5.2): its id, and its key as COSE_Key.
//!
//! A good one, of ES256, has an id of 32 bytes and a key of 77. The keys that are put in its place are of the
//! right form, each wrong in one thing.

use super::Change::AttestedData;
use super::{Mutation, flip};

/// Where the flags are, and the id's length, and the key.
const FLAGS: usize = 32;
const LENGTH: usize = 53;
const KEY: usize = 87;

/// BE and BS.
const BE: u8 = 1 << 3;
const BS: u8 = 1 << 4;

/// `{1: 2, 3: -7, -1: 1, -2: x` with all of x but its bytes, and `-3: y` likewise.
const ES256: &[u8] = &[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 0x20];
const ES256_Y: &[u8] = &[0x22, 0x58, 0x20];

const fn mutation(name: &'static str, change: fn(Vec<u8>) -> Vec<u8>) -> Mutation {
    Mutation { name, change: AttestedData(change) }
}

pub(super) const TABLE: &[Mutation] = &[
    mutation("flag-be", |data| flagged(data, BE)),
    mutation("flag-bs-without-be", |data| flagged(data, BS)),
    mutation("flag-bs-with-be", |data| flagged(data, BE | BS)),
    mutation("id-empty", |data| with_id(&data, 0)),
    mutation("id-15-bytes", |data| with_id(&data, 15)),
    mutation("id-16-bytes", |data| with_id(&data, 16)),
    mutation("id-1023-bytes", |data| with_id(&data, 1023)),
    mutation("id-1024-bytes", |data| with_id(&data, 1024)),
    mutation("id-past-the-end", |mut data| {
        if let Some(length) = data.get_mut(LENGTH) {
            *length = 0xff;
        }
        data
    }),
    mutation("key-none", |data| with_key(&data, &[])),
    mutation("key-alg-es384", |data| with_alg(&data, &[0x38, 0x22])),
    mutation("key-alg-es256k", |data| with_alg(&data, &[0x38, 0x2e])),
    mutation("key-alg-eddsa", |data| with_alg(&data, &[0x27])),
    mutation("key-alg-rs256", |data| with_alg(&data, &[0x39, 1, 0])),
    mutation("key-alg-absent", |data| {
        let key = key(&data);
        let others = key.get(5..).unwrap_or_default();
        with_key(&data, &[&[0xa4, 1, 2], others].concat())
    }),
    mutation("key-curve-other", |data| edited_key(&data, |key| key_byte(key, 6, 2))),
    mutation("key-off-curve", |data| edited_key(&data, |key| flip(key, 76))),
    mutation("key-zero", |data| with_key(&data, &[ES256, &[0; 32], ES256_Y, &[0; 32]].concat())),
    mutation("key-compressed", |data| {
        let x = key(&data).get(..42).unwrap_or_default();
        // The sign of y: RFC 9053, 7.1.1.
        with_key(&data, &[x, &[0x22, 0xf5]].concat())
    }),
    mutation("key-order", |data| {
        let key = key(&data);
        let others = key.get(5..).unwrap_or_default();
        with_key(&data, &[&[0xa5, 3, 0x26, 1, 2], others].concat())
    }),
    mutation("key-long-length", |data| {
        let members = key(&data).get(1..).unwrap_or_default();
        with_key(&data, &[&[0xb8, 5], members].concat())
    }),
    mutation("key-indefinite", |data| {
        let members = key(&data).get(1..).unwrap_or_default();
        with_key(&data, &[&[0xbf], members, &[0xff]].concat())
    }),
    mutation("key-member-more", |data| {
        let members = key(&data).get(1..).unwrap_or_default();
        with_key(&data, &[&[0xa6], members, &[0x23, 0x41, 1]].concat())
    }),
    mutation("key-member-twice", |data| {
        let members = key(&data).get(1..).unwrap_or_default();
        with_key(&data, &[&[0xa6, 1, 2], members].concat())
    }),
    // The neutral element of edwards25519: who has no key at all can sign for it.
    mutation("key-small-order", |data| {
        let head = [0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 0x20, 1];
        with_key(&data, &[&head[..], &[0; 31]].concat())
    }),
    mutation("key-rsa-1024-bits", |data| with_key(&data, &rsa(&[0xc5; 128], &[1, 0, 1]))),
    mutation("key-rsa-exponent-3", |data| with_key(&data, &rsa(&[0xc5; 256], &[3]))),
    mutation("key-rsa-even", |data| with_key(&data, &rsa(&[0xc4; 256], &[1, 0, 1]))),
];

fn flagged(mut data: Vec<u8>, flags: u8) -> Vec<u8> {
    if let Some(byte) = data.get_mut(FLAGS) {
        *byte = *byte & !(BE | BS) | flags;
    }
    data
}

/// With an id of this length.
fn with_id(data: &[u8], length: u16) -> Vec<u8> {
    let head = data.get(..LENGTH).unwrap_or_default();
    let id = vec![0x1d; length.into()];
    [head, &length.to_be_bytes(), &id, key(data)].concat()
}

fn key(data: &[u8]) -> &[u8] {
    data.get(KEY..).unwrap_or_default()
}

fn with_key(data: &[u8], key: &[u8]) -> Vec<u8> {
    [data.get(..KEY).unwrap_or_default(), key].concat()
}

fn edited_key(data: &[u8], edit: impl Fn(&mut [u8])) -> Vec<u8> {
    let mut key = key(data).to_vec();
    edit(&mut key);
    with_key(data, &key)
}

fn key_byte(key: &mut [u8], at: usize, value: u8) {
    if let Some(byte) = key.get_mut(at) {
        *byte = value;
    }
}

/// With this alg in place of -7, of one byte.
fn with_alg(data: &[u8], alg: &[u8]) -> Vec<u8> {
    let (before, after) = key(data).split_at_checked(4).unwrap_or_default();
    with_key(data, &[before, alg, after.get(1..).unwrap_or_default()].concat())
}

/// `{1: 3, 3: -257, -1: n, -2: e}`.
fn rsa(n: &[u8], e: &[u8]) -> Vec<u8> {
    let head = [0xa4, 1, 3, 3, 0x39, 1, 0, 0x20];
    [&head[..], &byte_string(n), &[0x21], &byte_string(e)].concat()
}

fn byte_string(bytes: &[u8]) -> Vec<u8> {
    countersign_authority::bytes(bytes)
}
