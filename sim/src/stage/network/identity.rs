//! Certificates: Ed25519, whose signatures follow from the key, so that all bytes follow from the seed.

use countersign_protocol::Digest;
use rcgen::{CertificateParams, KeyPair, PKCS_ED25519, PublicKeyData as _, SerialNumber};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use sha2::{Digest as _, Sha256};

use crate::random;

/// What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410, 7).
const PKCS8: [u8; 16] = *b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";

/// A certificate and its key.
pub(super) struct Identity {
    pub(super) certificate: CertificateDer<'static>,
    pkcs8: Vec<u8>,
    /// What the appliance knows it by.
    pub(super) channel: Digest,
}

impl Identity {
    /// The one of this seed and name.
    pub(super) fn new(seed: u64, name: &str) -> Self {
        let secret: [u8; 32] = random::bytes(seed, name, 0);
        let pkcs8 = [&PKCS8[..], &secret].concat();
        let der = PrivatePkcs8KeyDer::from(pkcs8.clone());
        let pair = KeyPair::from_pkcs8_der_and_sign_algo(&der, &PKCS_ED25519).expect("a key");
        let mut parameters = CertificateParams::new(vec![name.replace(' ', "-")]).expect("a name");
        parameters.serial_number = Some(SerialNumber::from(1_u64));
        let certificate = parameters.self_signed(&pair).expect("a certificate").der().clone();
        let channel = Digest(Sha256::digest(pair.subject_public_key_info()).into());
        Self { certificate, pkcs8, channel }
    }

    /// Its key, as TLS takes it.
    pub(super) fn key(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::from(PrivatePkcs8KeyDer::from(self.pkcs8.clone()))
    }
}
