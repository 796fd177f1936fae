//! Who asks: a certificate, and the private key that it carries the public half of.
//!
//! Guarantee: the two belong together. The certificate's names and dates mean nothing: the appliance
//! knows the key alone.

use std::path::Path;
use std::sync::Arc;

use countersign_protocol::Digest;
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};
use rustls::SignatureScheme;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use zeroize::Zeroizing;

use crate::{ClientError, channel_of, settings};

/// A front-end's or officer's certificate and private key.
#[derive(Clone)]
pub struct Identity {
    certified: Arc<CertifiedKey>,
    channel: Digest,
}

impl Identity {
    /// Reads both from PEM files.
    ///
    /// # Errors
    /// When a file cannot be read, is something else, or the two do not belong together.
    pub fn from_pem_files(certificate: &Path, key: &Path) -> Result<Self, ClientError> {
        let certificate = read_certificate(certificate)?;
        let pem = Zeroizing::new(read(key)?);
        let der = PrivateKeyDer::from_pem_slice(&pem).map_err(|_| {
            ClientError::Identity(format!("{} has no private key in PEM", key.display()))
        })?;
        Self::new(certificate, der)
    }

    /// From an X.509 certificate and a private key (PKCS #8, SEC 1 or PKCS #1) in DER.
    ///
    /// # Errors
    /// When one is something else, or the two do not belong together.
    pub fn from_der(certificate: Vec<u8>, key: Vec<u8>) -> Result<Self, ClientError> {
        let key = PrivateKeyDer::try_from(key).map_err(|why| ClientError::Identity(why.into()))?;
        Self::new(certificate.into(), key)
    }

    /// From the text of both PEM files.
    ///
    /// # Errors
    /// Those of [`Identity::from_der`].
    pub fn from_pem(certificate: &str, key: &str) -> Result<Self, ClientError> {
        let none = |what: &str| ClientError::Identity(format!("no {what} in PEM"));
        let certificate = CertificateDer::from_pem_slice(certificate.as_bytes());
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes());
        Self::new(
            certificate.map_err(|_| none("certificate"))?,
            key.map_err(|_| none("private key"))?,
        )
    }

    fn new(
        certificate: CertificateDer<'static>,
        key: PrivateKeyDer<'static>,
    ) -> Result<Self, ClientError> {
        let key = Zeroizing::new(key);
        let channel = channel_of(&certificate)?;
        // The library takes a copy to load from, which it does not zeroize.
        let loaded =
            CertifiedKey::from_der(vec![certificate], key.clone_key(), &settings::provider());
        let certified = loaded.map_err(|why| ClientError::Identity(why.to_string()))?;
        Ok(Self { certified: Arc::new(certified), channel })
    }

    /// What the appliance's registry knows this identity by.
    #[must_use]
    pub const fn channel(&self) -> Digest {
        self.channel
    }

    /// Its public key: the SubjectPublicKeyInfo in DER, whose SHA-256 is the channel.
    #[must_use]
    pub fn public_key(&self) -> Option<Vec<u8>> {
        self.certified.key.public_key().map(|spki| spki.as_ref().to_vec())
    }

    /// Signs what is meant for others than the appliance: with ECDSA on P-256 and SHA-256 (in DER), or Ed25519.
    /// None if the key is of another kind.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let schemes = [SignatureScheme::ECDSA_NISTP256_SHA256, SignatureScheme::ED25519];
        self.certified.key.choose_scheme(&schemes)?.sign(message).ok()
    }

    #[cfg(test)]
    pub(crate) fn certificate(&self) -> &[u8] {
        self.certified.cert.first().unwrap()
    }

    pub(crate) fn resolver(&self) -> Arc<SingleCertAndKey> {
        Arc::new(SingleCertAndKey::from(Arc::clone(&self.certified)))
    }
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "identity {}", self.channel)
    }
}

/// A new identity, as the text of two PEM files.
pub struct NewIdentity {
    /// The self-signed certificate.
    pub certificate_pem: String,
    /// The private key (PKCS #8).
    pub key_pem: Zeroizing<String>,
}

/// Makes a P-256 key and a certificate that it signs itself, with `name` as common name.
///
/// # Errors
/// When the name does not fit into a certificate, or there are no random bytes.
pub fn new_identity(name: &str) -> Result<NewIdentity, ClientError> {
    let failed = |why: rcgen::Error| ClientError::NewIdentity(why.to_string());
    let key = KeyPair::generate().map_err(failed)?;
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, name);
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name = subject;
    let certificate = parameters.self_signed(&key).map_err(failed)?;
    let key_pem = Zeroizing::new(key.serialize_pem());
    Ok(NewIdentity { certificate_pem: certificate.pem(), key_pem })
}

pub(crate) fn read_certificate(path: &Path) -> Result<CertificateDer<'static>, ClientError> {
    let none = || ClientError::Certificate(path.display().to_string());
    CertificateDer::from_pem_slice(&read(path)?).map_err(|_| none())
}

fn read(path: &Path) -> Result<Vec<u8>, ClientError> {
    std::fs::read(path).map_err(|why| ClientError::File { path: path.to_owned(), why })
}
