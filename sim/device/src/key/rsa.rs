//! RSA PKCS#1 v1.5 with SHA-256 (RFC 8017, 8.2), by the keys of `keys/`.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};

use super::{Secret, Signature};
use crate::algorithm::Algorithm;
use crate::cose;

/// Two keys of one length, in PKCS#8.
pub(super) type Two = [&'static [u8]; 2];

pub(super) const MODULUS_2048: Two =
    [include_bytes!("../../keys/rsa-2048-one.p8"), include_bytes!("../../keys/rsa-2048-other.p8")];
pub(super) const MODULUS_3072: Two =
    [include_bytes!("../../keys/rsa-3072-one.p8"), include_bytes!("../../keys/rsa-3072-other.p8")];
pub(super) const MODULUS_4096: Two =
    [include_bytes!("../../keys/rsa-4096-one.p8"), include_bytes!("../../keys/rsa-4096-other.p8")];

/// A key that was read; without one (a file that is no key) it has no public part and signs nothing.
pub(super) struct Rsa(Option<KeyPair>);

impl Rsa {
    /// The one or the other, by the lowest bit.
    pub(super) fn chosen([one, other]: &Two, bits: u8) -> Self {
        let file = if bits & 1 == 0 { one } else { other };
        Self(KeyPair::from_pkcs8(file).ok())
    }

    /// Modulus and exponent: how an `RSAPublicKey` ends (RFC 8017, A.1.1), with 65537 as all have it.
    fn public(key: &KeyPair) -> Option<(&[u8], &[u8])> {
        let (rest, e) = key.public_key().as_ref().split_last_chunk::<3>()?;
        let rest = rest.strip_suffix(&[0x02, 3])?;
        Some((rest.get(rest.len().checked_sub(key.public_modulus_len())?..)?, e))
    }

    fn signed(key: &KeyPair, message: &[u8]) -> Option<Vec<u8>> {
        let mut signature = vec![0; key.public_modulus_len()];
        // PKCS#1 v1.5 takes nothing from the random source.
        let random = SystemRandom::new();
        key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).ok()?;
        Some(signature)
    }
}

impl Secret for Rsa {
    fn cose_key(&self) -> Vec<u8> {
        let public = self.0.as_ref().and_then(Self::public);
        let key = |(n, e)| cose::rsa(Algorithm::Rs256Modulus2048.cose(), n, e);
        public.map(key).unwrap_or_default()
    }

    fn sign(&self, message: &[u8]) -> Signature {
        let signature = self.0.as_ref().and_then(|key| Self::signed(key, message));
        Signature::Bytes(signature.unwrap_or_default())
    }
}
