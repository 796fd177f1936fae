//! A P-256 public key as other programs read it: SubjectPublicKeyInfo in PEM (RFC 5480, RFC 7468).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_protocol::Point;

/// `SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING` up to the point.
const P256_PREFIX: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
/// Characters in a line of PEM (RFC 7468, 2).
const LINE: usize = 64;

/// The PEM of `point`.
pub(crate) fn pem(point: &Point) -> String {
    let text = STANDARD.encode([&P256_PREFIX[..], &point.0].concat());
    let mut pem = String::from("-----BEGIN PUBLIC KEY-----\n");
    for (at, character) in text.chars().enumerate() {
        if at > 0 && at % LINE == 0 {
            pem.push('\n');
        }
        pem.push(character);
    }
    pem + "\n-----END PUBLIC KEY-----\n"
}

#[cfg(test)]
mod tests {
    use rcgen::{KeyPair, PublicKeyData as _};

    use super::*;

    #[test]
    fn another_library_writes_the_same() {
        let key = KeyPair::generate().unwrap();
        let point = Point(key.der_bytes().try_into().unwrap());
        assert_eq!(pem(&point), key.public_key_pem().replace('\r', ""));
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
        let point = Point(hex::decode(base).unwrap().try_into().unwrap());
        assert_eq!(pem(&point), expected);
    }
}
