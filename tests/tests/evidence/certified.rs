//! The certificate of the story's key, by an authority that the trust file names.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use countersign_authority::Authority;
use rcgen::{PublicKeyData, SignatureAlgorithm};

use crate::keys::Key;

/// Whom the trust file names.
static TRUSTED: LazyLock<Authority> = LazyLock::new(Authority::new);
/// Whom it does not name.
static OTHER: LazyLock<Authority> = LazyLock::new(Authority::new);
/// Around the year of the decision.
const VALID: (i32, i32) = (2025, 2045);

/// A public key as certificates have it.
struct Public(Vec<u8>, &'static SignatureAlgorithm);

impl PublicKeyData for Public {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        self.1
    }
}

fn public(key: &Key) -> Public {
    let algorithm = match key {
        Key::P256(_) => &rcgen::PKCS_ECDSA_P256_SHA256,
        Key::P384(_) => &rcgen::PKCS_ECDSA_P384_SHA384,
        Key::Ed25519(_) => &rcgen::PKCS_ED25519,
    };
    Public(key.public(), algorithm)
}

/// The key's certificate, and the one between it and the root.
pub fn certificates(key: &Key) -> Vec<Vec<u8>> {
    TRUSTED.certify(&public(key), VALID)
}

/// The same by somebody whom nobody trusts.
pub fn of_another_authority(key: &Key) -> Vec<Vec<u8>> {
    OTHER.certify(&public(key), VALID)
}

/// The same, made by somebody who has a certificate, and no right to make others.
pub fn of_a_leaf(key: &Key) -> Vec<Vec<u8>> {
    let mut chain = TRUSTED.of_a_leaf().certify(&public(key), VALID);
    chain.push(TRUSTED.intermediate());
    chain
}

/// One that was over when the signature was made.
pub fn expired(key: &Key) -> Vec<Vec<u8>> {
    TRUSTED.certify(&public(key), (2025, 2026))
}

/// One that begins after the signature was made.
pub fn too_early(key: &Key) -> Vec<Vec<u8>> {
    TRUSTED.certify(&public(key), (2040, 2045))
}

/// The root, for the trust file.
pub fn trusted() -> String {
    let base64 = BASE64_STANDARD.encode(&TRUSTED.roots()[0]);
    let pem = format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n");
    format!("[certificates]\nroots = [\"\"\"\n{pem}\"\"\"]\n")
}
