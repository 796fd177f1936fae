//! Who publishes BLOBs for these tests, and how they are read.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_authority::publisher;
pub use countersign_authority::publisher::{Jws, Publisher, SIGNER, payload, report};
use countersign_enrolment::metadata::{Blob, BlobFault, MdsRoot};
use rcgen::{PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256};
use serde_json::Value;

/// 2026-10-15, noon.
pub const NOW: u64 = DAY * 20_741 + DAY / 2;
/// Milliseconds of a day.
pub const DAY: u64 = 86_400_000;

/// A signer with a key on P-256, as most tests want one.
pub static HOUSE: LazyLock<Publisher> =
    LazyLock::new(|| Publisher::with(&PKCS_ECDSA_P256_SHA256, |_| {}));
/// One with an RSA key.
pub static RSA: LazyLock<Publisher> = LazyLock::new(|| Publisher::with(&PKCS_RSA_SHA256, |_| {}));

/// How a publisher's BLOBs are read.
pub trait Reads {
    /// Reads a BLOB as its own.
    fn read(&self, jws: &[u8], utc_ms: u64) -> Result<Blob, BlobFault>;
    /// Publishes this payload, and reads it again.
    fn publish(&self, payload: &Value) -> Result<Blob, BlobFault>;
}

impl Reads for Publisher {
    fn read(&self, jws: &[u8], utc_ms: u64) -> Result<Blob, BlobFault> {
        let root = MdsRoot { anchors: &[self.root.as_slice()], signer: SIGNER };
        Blob::read(jws, &root, utc_ms)
    }

    fn publish(&self, payload: &Value) -> Result<Blob, BlobFault> {
        self.read(&self.blob(payload).signed(), NOW)
    }
}

/// The entry of a FIDO2 model whose AAGUID ends with this byte, certified at level 1.
pub fn entry(last: u8) -> Value {
    let aaguid = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, last];
    publisher::entry(&aaguid, &format!("Token {last}"), &[STANDARD.encode(&HOUSE.root)])
}
