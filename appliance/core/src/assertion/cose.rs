//! COSE_Key of a device (RFC 9052, 7; RFC 9053; WebAuthn L3, 5.8.5), read once, when it is enrolled.
//!
//! Guarantees: kty, alg, curve and lengths are bound together in one table; exactly the canonical
//! encoding (CTAP 2.1, 8) is accepted, with no other member (so no private part) and no trailing byte;
//! the engine says whether it is a key at all (on its curve, of its modulus).

use countersign_ports::{Algorithm, Crypto};

use super::device_key::{DeviceKey, KeyBytes};

/// A kind of key: its COSE_Key is `parts` with what is different in each key between them, and the
/// port's key is `port` with the same between.
struct Kind {
    algorithm: Algorithm,
    /// Bytes of each coordinate, modulus or key.
    bytes: usize,
    cose: &'static [&'static [u8]],
    port: &'static [&'static [u8]],
}

/// The keys that can be enrolled.
const KINDS: [Kind; 9] = [
    // {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}; the port wants 04 || x || y.
    Kind {
        algorithm: Algorithm::EcdsaP256,
        bytes: 32,
        cose: &[b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20", b"\x22\x58\x20", b""],
        port: &[b"\x04", b"", b""],
    },
    // {1: 2 (EC2), 3: -35 (ES384), -1: 2 (P-384), -2: x, -3: y}
    Kind {
        algorithm: Algorithm::EcdsaP384,
        bytes: 48,
        cose: &[b"\xa5\x01\x02\x03\x38\x22\x20\x02\x21\x58\x30", b"\x22\x58\x30", b""],
        port: &[b"\x04", b"", b""],
    },
    // {1: 1 (OKP), 3: -8 (EdDSA), -1: 6 (Ed25519), -2: x}
    Kind {
        algorithm: Algorithm::Ed25519,
        bytes: 32,
        cose: &[b"\xa4\x01\x01\x03\x27\x20\x06\x21\x58\x20", b""],
        port: &[b"", b""],
    },
    // {1: 3 (RSA), 3: -257 (RS256), -1: n, -2: 65537}; the port wants RSAPublicKey (RFC 8017, A.1.1).
    Kind {
        algorithm: Algorithm::Rsa2048Pkcs1Sha256,
        bytes: 256,
        cose: &[b"\xa4\x01\x03\x03\x39\x01\x00\x20\x59\x01\x00", b"\x21\x43\x01\x00\x01"],
        port: &[b"\x30\x82\x01\x0a\x02\x82\x01\x01\x00", b"\x02\x03\x01\x00\x01"],
    },
    Kind {
        algorithm: Algorithm::Rsa3072Pkcs1Sha256,
        bytes: 384,
        cose: &[b"\xa4\x01\x03\x03\x39\x01\x00\x20\x59\x01\x80", b"\x21\x43\x01\x00\x01"],
        port: &[b"\x30\x82\x01\x8a\x02\x82\x01\x81\x00", b"\x02\x03\x01\x00\x01"],
    },
    Kind {
        algorithm: Algorithm::Rsa4096Pkcs1Sha256,
        bytes: 512,
        cose: &[b"\xa4\x01\x03\x03\x39\x01\x00\x20\x59\x02\x00", b"\x21\x43\x01\x00\x01"],
        port: &[b"\x30\x82\x02\x0a\x02\x82\x02\x01\x00", b"\x02\x03\x01\x00\x01"],
    },
    // {1: 7 (AKP), 3: -48 (ML-DSA-44), -1: the key}
    Kind {
        algorithm: Algorithm::MlDsa44,
        bytes: 1312,
        cose: &[b"\xa3\x01\x07\x03\x38\x2f\x20\x59\x05\x20", b""],
        port: &[b"", b""],
    },
    // {1: 7 (AKP), 3: -49 (ML-DSA-65), -1: the key}
    Kind {
        algorithm: Algorithm::MlDsa65,
        bytes: 1952,
        cose: &[b"\xa3\x01\x07\x03\x38\x30\x20\x59\x07\xa0", b""],
        port: &[b"", b""],
    },
    // {1: 7 (AKP), 3: -50 (ML-DSA-87), -1: the key}
    Kind {
        algorithm: Algorithm::MlDsa87,
        bytes: 2592,
        cose: &[b"\xa3\x01\x07\x03\x38\x31\x20\x59\x0a\x20", b""],
        port: &[b"", b""],
    },
];

/// A key that may be enrolled, or nothing.
pub fn read<C: Crypto>(crypto: &C, cose_key: &[u8]) -> Option<DeviceKey<KeyBytes>> {
    read_first(crypto, cose_key).filter(|(_, rest)| rest.is_empty()).map(|(key, _)| key)
}

/// A key that may be enrolled at the front of some bytes, and what follows it.
pub(super) fn read_first<'k, C: Crypto>(
    crypto: &C,
    bytes: &'k [u8],
) -> Option<(DeviceKey<KeyBytes>, &'k [u8])> {
    let (key, rest) = KINDS.iter().find_map(|kind| kind.read(bytes))?;
    let is_key = crypto.is_public_key(key.algorithm(), key.borrowed().bytes());
    bool::from(is_key).then_some((key, rest))
}

/// The algorithm of a COSE_Key that has a known form, whether or not an engine would take the key.
#[must_use]
pub fn algorithm(cose_key: &[u8]) -> Option<Algorithm> {
    reread(cose_key).map(|key| key.algorithm())
}

/// A key that was [`read`] before it was written down where nobody changes it: no engine is asked again.
#[must_use]
pub fn reread(cose_key: &[u8]) -> Option<DeviceKey<KeyBytes>> {
    let (key, rest) = KINDS.iter().find_map(|kind| kind.read(cose_key))?;
    rest.is_empty().then_some(key)
}

impl Kind {
    fn read<'k>(&self, cose_key: &'k [u8]) -> Option<(DeviceKey<KeyBytes>, &'k [u8])> {
        let mut key = KeyBytes::new();
        let mut rest = cose_key;
        let between = self.cose.len().checked_sub(1)?;
        for (at, (cose, port)) in self.cose.iter().zip(self.port).enumerate() {
            rest = rest.strip_prefix(*cose)?;
            key.extend_from_slice(port).ok()?;
            let bytes = if at < between { self.bytes } else { 0 };
            let (value, after) = rest.split_at_checked(bytes)?;
            key.extend_from_slice(value).ok()?;
            rest = after;
        }
        Some((DeviceKey::new(self.algorithm, key), rest))
    }
}

/// The COSE number of an algorithm of devices (IANA, COSE Algorithms); none for one that no device has.
#[must_use]
pub const fn number(algorithm: Algorithm) -> Option<i32> {
    Some(match algorithm {
        Algorithm::EcdsaP256 => -7,
        Algorithm::EcdsaP384 => -35,
        Algorithm::Ed25519 => -8,
        Algorithm::Rsa2048Pkcs1Sha256
        | Algorithm::Rsa3072Pkcs1Sha256
        | Algorithm::Rsa4096Pkcs1Sha256 => -257,
        Algorithm::MlDsa44 => -48,
        Algorithm::MlDsa65 => -49,
        Algorithm::MlDsa87 => -50,
        Algorithm::Rsa3072PssSha256 => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::KINDS;

    /// The port's key of every kind has the length that the port says.
    #[test]
    fn lengths_are_the_ports() {
        for kind in &KINDS {
            let fixed: usize = kind.port.iter().map(|part| part.len()).sum();
            let length = fixed + (kind.port.len() - 1) * kind.bytes;
            assert_eq!(length, kind.algorithm.public_key_bytes(), "{:?}", kind.algorithm);
            assert_eq!(kind.cose.len(), kind.port.len());
        }
    }
}
