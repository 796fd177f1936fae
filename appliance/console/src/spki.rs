//! A public key as other programs read it: SubjectPublicKeyInfo in PEM (RFC 5280, 4.1; RFC 7468).
//!
//! Keys of PS256 are written as plain RSA keys (rsaEncryption): RFC 4055, 1.2 allows it, and every
//! program reads it. That such a key signs with PSS is said by its suite, not by this file.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_protocol::{PublicKey, Suite};

/// `SEQUENCE { id-ecPublicKey, prime256v1 }` (RFC 5480, 2.1.1).
const P256: &[u8] = &[
    0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
    0xce, 0x3d, 0x03, 0x01, 0x07,
];
/// `SEQUENCE { id-ecPublicKey, secp384r1 }`.
const P384: &[u8] = &[
    0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04,
    0x00, 0x22,
];
/// `SEQUENCE { rsaEncryption, NULL }` (RFC 3279, 2.3.1).
const RSA: &[u8] =
    &[0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
/// `SEQUENCE { id-Ed25519 }` (RFC 8410, 3).
const ED25519: &[u8] = &[0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70];
const BIT_STRING: u8 = 0x03;
const SEQUENCE: u8 = 0x30;
/// Characters in a line of PEM (RFC 7468, 2).
const LINE: usize = 64;

/// The PEM of a suite's public key.
pub(crate) fn pem(suite: Suite, key: &PublicKey<'_>) -> String {
    // No bits of the last byte are unused.
    let bits = value(BIT_STRING, &[&[0], key.bytes()].concat());
    let text = STANDARD.encode(value(SEQUENCE, &[algorithm(suite), &bits].concat()));
    let mut pem = String::from("-----BEGIN PUBLIC KEY-----\n");
    for (at, character) in text.chars().enumerate() {
        if at > 0 && at % LINE == 0 {
            pem.push('\n');
        }
        pem.push(character);
    }
    pem + "\n-----END PUBLIC KEY-----\n"
}

const fn algorithm(suite: Suite) -> &'static [u8] {
    match suite {
        Suite::Esp256 => P256,
        Suite::Esp384 => P384,
        Suite::Rs256 | Suite::Ps256 => RSA,
        Suite::Ed25519 => ED25519,
    }
}

/// A value in DER; what is written here is shorter than 64 KiB.
fn value(tag: u8, body: &[u8]) -> Vec<u8> {
    let [high, low] = (body.len() as u16).to_be_bytes();
    let head: &[u8] = match (high, low) {
        (0, ..0x80) => &[tag, low],
        (0, _) => &[tag, 0x81, low],
        _ => &[tag, 0x82, high, low],
    };
    [head, body].concat()
}

#[cfg(test)]
mod tests {
    use rcgen::{KeyPair, PublicKeyData as _, SignatureAlgorithm};

    use super::*;

    fn written(suite: Suite, key: &[u8]) -> String {
        pem(suite, &PublicKey::new(key).unwrap())
    }

    #[test]
    fn another_library_writes_the_same() {
        let algorithms: [(Suite, &SignatureAlgorithm); 3] = [
            (Suite::Esp256, &rcgen::PKCS_ECDSA_P256_SHA256),
            (Suite::Esp384, &rcgen::PKCS_ECDSA_P384_SHA384),
            (Suite::Ed25519, &rcgen::PKCS_ED25519),
        ];
        for (suite, algorithm) in algorithms {
            let key = KeyPair::generate_for(algorithm).unwrap();
            assert_eq!(written(suite, key.der_bytes()), key.public_key_pem().replace('\r', ""));
        }
    }

    #[test]
    fn a_long_key_has_lengths_of_two_bytes() {
        let pem = written(Suite::Rs256, &[0x5a; 398]);
        let text: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        let der = STANDARD.decode(text).unwrap();
        assert_eq!(der.len(), 422);
        assert_eq!(der[..4], [0x30, 0x82, 0x01, 0xa2]);
        assert_eq!(der[19..24], [0x03, 0x82, 0x01, 0x8f, 0x00]);
        assert_eq!(pem, written(Suite::Ps256, &[0x5a; 398]));
    }

    #[test]
    fn it_is_what_openssl_writes() {
        // `openssl pkey -pubout` of the key with d = 1: the base point (SEC 2, 2.4.2).
        let base = "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296\
                    4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
        let expected = "-----BEGIN PUBLIC KEY-----\n\
            MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt\n\
            6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==\n\
            -----END PUBLIC KEY-----\n";
        assert_eq!(written(Suite::Esp256, &hex::decode(base).unwrap()), expected);
    }
}
