//! Certificates as metadata writes them, and whose key they hold.
//!
//! Guarantees: nothing longer than its limit is kept. Two certificates of one key are the same to
//! [`same_key`], whoever issued them: a stolen key is stolen under every certificate.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_protocol::Digest;
use countersign_protocol::limits::MDS_CERTIFICATE_BYTES_MAX;
use sha2::{Digest as _, Sha256};

use crate::chain::key;

/// The DER of a certificate in base64 (RFC 4648, 4). White space in it is passed over: published
/// metadata has had line breaks in it.
pub(super) fn read(text: &str) -> Option<Vec<u8>> {
    // Base64 has four characters for three bytes; twice the limit leaves room for breaks.
    if text.len() > 2 * MDS_CERTIFICATE_BYTES_MAX {
        return None;
    }
    let text: String = text.split_ascii_whitespace().collect();
    let der = STANDARD.decode(text).ok()?;
    (!der.is_empty() && der.len() <= MDS_CERTIFICATE_BYTES_MAX).then_some(der)
}

/// SHA-256 of the public key in a certificate: what records keep of a chain.
#[must_use]
pub fn key_digest(der: &[u8]) -> Option<Digest> {
    key(der).map(|key| Digest(Sha256::digest(key).into()))
}

/// Whether two certificates are the same, or hold the same key.
pub(super) fn same_key(one: &[u8], other: &[u8]) -> bool {
    let keys = || key(one).zip(key(other));
    one == other || keys().is_some_and(|(one, other)| one == other)
}
