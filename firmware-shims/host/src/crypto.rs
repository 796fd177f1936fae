//! The crypto port on aws-lc-rs.
//!
//! Guarantees to the daemon: the answers of [`Crypto`]'s contract, at the speed of an assembler
//! implementation. It does not guarantee equal work for a bad key or a bad range: that is the
//! portable engine's.

mod key_form;

use aws_lc_rs::digest::{self, Context, Digest, SHA256, SHA384};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ML_DSA_44, ML_DSA_65, ML_DSA_87,
    RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
};
use countersign_ports::{Algorithm, Crypto, SHA256_BYTES, SHA384_BYTES};
use subtle::Choice;

/// The engine. It has no state.
#[derive(Clone, Copy, Debug, Default)]
pub struct Host;

impl Crypto for Host {
    fn sha256(&self, parts: &[&[u8]]) -> [u8; SHA256_BYTES] {
        digest_of(&SHA256, parts)
    }

    fn sha384(&self, parts: &[&[u8]]) -> [u8; SHA384_BYTES] {
        digest_of(&SHA384, parts)
    }

    fn has(&self, _: Algorithm) -> bool {
        true
    }

    fn verify(
        &self,
        algorithm: Algorithm,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Choice {
        let verified = key(algorithm, public_key)
            .is_some_and(|key| is_signed(algorithm, &key, message, signature));
        Choice::from(u8::from(verified))
    }

    fn is_public_key(&self, algorithm: Algorithm, public_key: &[u8]) -> Choice {
        let parsed = key(algorithm, public_key).is_some_and(|key| key.parse().is_ok());
        let is_point = algorithm != Algorithm::Ed25519 || key_form::is_edwards_point(public_key);
        Choice::from(u8::from(parsed && is_point))
    }
}

/// The digest; `N` is its length.
fn digest_of<const N: usize>(algorithm: &'static digest::Algorithm, parts: &[&[u8]]) -> [u8; N] {
    let mut context = Context::new(algorithm);
    for part in parts {
        context.update(part);
    }
    let mut digest = [0; N];
    for (to, from) in digest.iter_mut().zip(context.finish().as_ref()) {
        *to = *from;
    }
    digest
}

/// The key, if it has the form of the port: the library takes others too. It checks itself that points
/// are on their curve, whenever it parses them.
fn key(algorithm: Algorithm, bytes: &[u8]) -> Option<UnparsedPublicKey<&[u8]>> {
    let right = key_form::is_right(algorithm, bytes);
    right.then(|| UnparsedPublicKey::new(parameters(algorithm), bytes))
}

fn parameters(algorithm: Algorithm) -> &'static dyn VerificationAlgorithm {
    match algorithm {
        Algorithm::EcdsaP256 => &ECDSA_P256_SHA256_FIXED,
        Algorithm::EcdsaP384 => &ECDSA_P384_SHA384_FIXED,
        Algorithm::Rsa2048Pkcs1Sha256
        | Algorithm::Rsa3072Pkcs1Sha256
        | Algorithm::Rsa4096Pkcs1Sha256 => &RSA_PKCS1_2048_8192_SHA256,
        Algorithm::Rsa3072PssSha256 => &RSA_PSS_2048_8192_SHA256,
        Algorithm::Ed25519 => &ED25519,
        Algorithm::MlDsa44 => &ML_DSA_44,
        Algorithm::MlDsa65 => &ML_DSA_65,
        Algorithm::MlDsa87 => &ML_DSA_87,
    }
}

fn is_signed(
    algorithm: Algorithm,
    key: &UnparsedPublicKey<&[u8]>,
    message: &[u8],
    signature: &[u8],
) -> bool {
    match hash(algorithm) {
        Some(hash) => Digest::import_less_safe(message, hash)
            .is_ok_and(|digest| key.verify_digest(&digest, signature).is_ok()),
        None => {
            let good_r = algorithm != Algorithm::Ed25519 || key_form::is_good_r(signature);
            good_r && key.verify(message, signature).is_ok()
        }
    }
}

/// What the digests come from; none where messages are signed.
fn hash(algorithm: Algorithm) -> Option<&'static digest::Algorithm> {
    match algorithm {
        Algorithm::EcdsaP256
        | Algorithm::Rsa2048Pkcs1Sha256
        | Algorithm::Rsa3072Pkcs1Sha256
        | Algorithm::Rsa4096Pkcs1Sha256
        | Algorithm::Rsa3072PssSha256 => Some(&SHA256),
        Algorithm::EcdsaP384 => Some(&SHA384),
        Algorithm::Ed25519 | Algorithm::MlDsa44 | Algorithm::MlDsa65 | Algorithm::MlDsa87 => None,
    }
}
