//! AES-256-GCM in constant time (NIST SP 800-38D): bit-sliced where the machine has no instructions for AES.
//!
//! Guarantees to [`crate::Soft`]: no branch and no address depends on key or plaintext, and the expanded key
//! is zeroized. The tag is compared before a byte is decrypted.

use aes_gcm::aead::AeadInOut as _;
use aes_gcm::{Aes256Gcm, KeyInit as _};
use countersign_ports::{
    NotAuthentic, NotSealed, SEALING_KEY_BYTES, SEALING_NONCE_BYTES, SEALING_TAG_BYTES, Sealing,
};

use crate::Soft;

impl Sealing for Soft {
    fn seal_in_place(
        &self,
        key: &[u8; SEALING_KEY_BYTES],
        nonce: &[u8; SEALING_NONCE_BYTES],
        associated: &[u8],
        bytes: &mut [u8],
    ) -> Result<[u8; SEALING_TAG_BYTES], NotSealed> {
        let cipher = Aes256Gcm::new(key.into());
        let sealed = cipher.encrypt_inout_detached(nonce.into(), associated, (&mut *bytes).into());
        sealed.map(Into::into).map_err(|_| {
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
        let (cipher, within) = (Aes256Gcm::new(key.into()), (&mut *bytes).into());
        let opened = cipher.decrypt_inout_detached(nonce.into(), associated, within, tag.into());
        opened.map_err(|_| {
            bytes.fill(0);
            NotAuthentic
        })
    }
}
