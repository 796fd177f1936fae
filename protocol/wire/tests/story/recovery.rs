//! A recovery key, and one officer's share of it.
//!
//! The shares are real: the private key is all of it 7, and the line through it has the slope 9, byte by byte. 7 is
//! the private key of whoever tests; the public key is X25519's of it (RFC 7748, 6.1).

use countersign_protocol::admin::{Order, RecoverySet};
use countersign_protocol::recovery::{Hpke, Quorum, Recovery, RecoveryKey, Share};
use countersign_protocol::{Digest, tag};

use super::registry::{OLGA, SINCE_MS};
use super::{bounded, encode, list, name, sha256};

/// X25519(7 everywhere, 9).
const PUBLIC: [u8; 32] = [
    0x13, 0xbe, 0x4f, 0xea, 0xea, 0xf2, 0x04, 0xc7, 0xfd, 0x33, 0x58, 0xfc, 0x9c, 0x00, 0x72, 0x18,
    0x81, 0xd1, 0x74, 0x27, 0x81, 0x28, 0x22, 0x7e, 0xc6, 0x74, 0xf3, 0x7f, 0x7f, 0xe9, 0x7b, 0x6d,
];

/// What a share of this number is: 7 + 9 x in GF(2^8), which has no carry for so small an x.
fn value(number: u8) -> [u8; 32] {
    let product = (0..8).filter(|bit| number >> bit & 1 == 1).map(|bit| 9 << bit);
    [product.fold(7, |sum, part: u8| sum ^ part); 32]
}

fn commitment(number: u8) -> Digest {
    sha256(&[tag::SHARE, &[number], &value(number)])
}

pub fn recovery_key() -> RecoveryKey<'static> {
    RecoveryKey {
        suite: Hpke::X25519Aes256,
        name: name("vault 2026"),
        public: PUBLIC,
        quorum: Quorum::new(2, list(&[commitment(1), commitment(2), commitment(3)])).unwrap(),
    }
}

pub fn fingerprint() -> Digest {
    sha256(&[tag::RECOVERY_KEY, &encode(&recovery_key())])
}

pub fn share() -> Share<'static> {
    let key = encode(&recovery_key());
    let check = sha256(&[tag::SHARE_FILE, &key, &[2], &value(2)]);
    Share { key: bounded(key), number: 2, value: bounded(value(2)), check }
}

pub fn recovery() -> Recovery<'static> {
    Recovery { key: recovery_key(), officer: OLGA, utc_lo_ms: SINCE_MS }
}

pub fn order_recovery_set() -> Order<'static> {
    Order::RecoverySet(RecoverySet { key: recovery_key() })
}
