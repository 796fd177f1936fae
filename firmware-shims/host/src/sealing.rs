//! AES-256-GCM on aws-lc-rs (NIST SP 800-38D).
//!
//! Guarantees to the daemon: the answers of [`Sealing`]'s contract. The library zeroizes its expanded keys.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::error::Unspecified;
use countersign_ports::{
    NotAuthentic, NotSealed, SEALING_KEY_BYTES, SEALING_NONCE_BYTES, SEALING_TAG_BYTES, Sealing,
};

use crate::Host;

impl Sealing for Host {
    fn seal_in_place(
        &self,
        key: &[u8; SEALING_KEY_BYTES],
        nonce: &[u8; SEALING_NONCE_BYTES],
        associated: &[u8],
        bytes: &mut [u8],
    ) -> Result<[u8; SEALING_TAG_BYTES], NotSealed> {
        seal(key, nonce, associated, bytes).map_err(|_| {
            bytes.fill(0);
            NotSealed
        })
    }

    fn open_in_place(
        &self,
        key: &[u8; SEALING_KEY_BYTES],
        nonce: &[u8; SEALING_NONCE_BYTES],
        associated: &[u8],
        bytes: &mut [u8],
        tag: &[u8; SEALING_TAG_BYTES],
    ) -> Result<(), NotAuthentic> {
        open(key, nonce, associated, bytes, tag).map_err(|_| {
            bytes.fill(0);
            NotAuthentic
        })
    }
}

fn seal(
    key: &[u8],
    nonce: &[u8; SEALING_NONCE_BYTES],
    associated: &[u8],
    bytes: &mut [u8],
) -> Result<[u8; SEALING_TAG_BYTES], Unspecified> {
    let nonce = Nonce::assume_unique_for_key(*nonce);
    let tag = expanded(key)?.seal_in_place_separate_tag(nonce, Aad::from(associated), bytes)?;
    tag.as_ref().try_into().map_err(|_| Unspecified)
}

/// The library has no way in place with the tag apart: it gets a copy of the ciphertext, which is no secret.
fn open(
    key: &[u8],
    nonce: &[u8; SEALING_NONCE_BYTES],
    associated: &[u8],
    bytes: &mut [u8],
    tag: &[u8],
) -> Result<(), Unspecified> {
    let (nonce, sealed) = (Nonce::assume_unique_for_key(*nonce), bytes.to_vec());
    expanded(key)?.open_separate_gather(nonce, Aad::from(associated), &sealed, tag, bytes)
}

fn expanded(key: &[u8]) -> Result<LessSafeKey, Unspecified> {
    UnboundKey::new(&AES_256_GCM, key).map(LessSafeKey::new)
}
