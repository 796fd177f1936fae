//! The crypto port on aws-lc-rs.
//!
//! Guarantees to the daemon: the answers of [`Crypto`]'s contract, at the speed of an assembler
//! implementation. It does not guarantee equal work for a bad key or a bad range: that is the
//! portable engine's.

use aws_lc_rs::digest::{Context, Digest, SHA256};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use countersign_ports::{
    Crypto, P256_DIGEST_BYTES, P256_POINT_BYTES, P256_SIGNATURE_BYTES, SHA256_BYTES,
};
use subtle::{Choice, ConstantTimeEq as _};

/// The first byte of an uncompressed point (SEC 1, 2.3.3).
const UNCOMPRESSED: u8 = 0x04;

/// The engine. It has no state.
#[derive(Clone, Copy, Debug, Default)]
pub struct Host;

impl Crypto for Host {
    fn sha256(&self, parts: &[&[u8]]) -> [u8; SHA256_BYTES] {
        let mut context = Context::new(&SHA256);
        for part in parts {
            context.update(part);
        }
        let mut digest = [0; SHA256_BYTES];
        for (to, from) in digest.iter_mut().zip(context.finish().as_ref()) {
            *to = *from;
        }
        digest
    }

    fn verify_p256(
        &self,
        public_key: &[u8; P256_POINT_BYTES],
        digest: &[u8; P256_DIGEST_BYTES],
        signature: &[u8; P256_SIGNATURE_BYTES],
    ) -> Choice {
        let verified = Digest::import_less_safe(digest, &SHA256)
            .and_then(|digest| key(public_key).verify_digest(&digest, signature));
        is_uncompressed(public_key) & choice(verified.is_ok())
    }

    fn is_p256_point(&self, public_key: &[u8; P256_POINT_BYTES]) -> Choice {
        is_uncompressed(public_key) & choice(key(public_key).parse().is_ok())
    }
}

/// The key as the library takes it: it checks that the point is on the curve whenever it parses it.
fn key(bytes: &[u8; P256_POINT_BYTES]) -> UnparsedPublicKey<&[u8]> {
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, bytes)
}

/// The library also takes hybrid points and keys in DER: neither is a form of this port.
fn is_uncompressed(bytes: &[u8; P256_POINT_BYTES]) -> Choice {
    let [prefix, ..] = bytes;
    prefix.ct_eq(&UNCOMPRESSED)
}

fn choice(yes: bool) -> Choice {
    Choice::from(u8::from(yes))
}
