//! What is asked of an engine that keeps bytes secret and whole: AES-256 in GCM (NIST SP 800-38D).
//!
//! Guarantees to a caller: bytes that open are those that were sealed, under the same key and nonce and
//! beside the same associated data. It does not guarantee that they are the newest, and it has no chance of
//! its own: whoever seals gives a nonce that this key never meets again. With random nonces, that is a key
//! for less than 2^28 sealings.

use core::fmt;

/// Bytes of a key: AES-256.
pub const SEALING_KEY_BYTES: usize = 32;
/// Bytes of a nonce: the 96 bits with which GCM counts from 1 (SP 800-38D, 7.1).
pub const SEALING_NONCE_BYTES: usize = 12;
/// Bytes of a tag: all 128 bits, none cut off.
pub const SEALING_TAG_BYTES: usize = 16;

/// An engine for sealing.
///
/// Contract, run against every engine by its tests:
/// - what was sealed opens, and to the same bytes, whatever its length;
/// - with another key, nonce, associated data, ciphertext or tag it does not open, and then nothing is left
///   of it: `bytes` are zeros;
/// - what could not be sealed is not left open either: `bytes` are zeros.
pub trait Sealing {
    /// Encrypts `bytes` in their place and gives their tag, which also speaks for `associated`.
    ///
    /// # Errors
    /// [`NotSealed`] when there are more bytes than one nonce can take (64 GiB), or the engine fails.
    fn seal_in_place(
        &self,
        key: &[u8; SEALING_KEY_BYTES],
        nonce: &[u8; SEALING_NONCE_BYTES],
        associated: &[u8],
        bytes: &mut [u8],
    ) -> Result<[u8; SEALING_TAG_BYTES], NotSealed>;

    /// Decrypts `bytes` in their place, if they and `associated` are what the tag was made for.
    ///
    /// # Errors
    /// [`NotAuthentic`] if they are not, in whatever way: nobody learns more.
    fn open_in_place(
        &self,
        key: &[u8; SEALING_KEY_BYTES],
        nonce: &[u8; SEALING_NONCE_BYTES],
        associated: &[u8],
        bytes: &mut [u8],
        tag: &[u8; SEALING_TAG_BYTES],
    ) -> Result<(), NotAuthentic>;
}

/// Nothing was sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotSealed;

impl fmt::Display for NotSealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the engine could not seal the bytes")
    }
}

impl core::error::Error for NotSealed {}

/// Nothing was opened: the bytes are not what was sealed, or not under this key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAuthentic;

impl fmt::Display for NotAuthentic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the bytes are not what was sealed under this key")
    }
}

impl core::error::Error for NotAuthentic {}
