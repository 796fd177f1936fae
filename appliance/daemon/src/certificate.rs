//! Certificates: they carry a key, and nothing else here is believed of them.
//!
//! Guarantee: a peer that gets through the handshake holds the private key of the certificate that it
//! showed. Who that is, the registry says. No CA, no name, no date and no revocation list is looked
//! at.

use std::sync::Arc;

use countersign_ports::Crypto;
use countersign_protocol::Digest;
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, PeerIncompatible,
    SignatureScheme,
};
use webpki::EndEntityCert;

/// What a channel is known by: SHA-256 of the certificate's SubjectPublicKeyInfo.
pub(crate) fn channel(crypto: &impl Crypto, certificate: &CertificateDer<'_>) -> Option<Digest> {
    let certificate = EndEntityCert::try_from(certificate).ok()?;
    Some(Digest(crypto.sha256(&[&certificate.subject_public_key_info()])))
}

/// Accepts every certificate whose private key the client shows to have.
#[derive(Debug)]
pub(crate) struct AnyKey {
    algorithms: WebPkiSupportedAlgorithms,
}

impl AnyKey {
    pub(crate) fn new(provider: &CryptoProvider) -> Arc<Self> {
        Arc::new(Self { algorithms: provider.signature_verification_algorithms })
    }
}

impl ClientCertVerifier for AnyKey {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        EndEntityCert::try_from(certificate)
            .map(|_| ClientCertVerified::assertion())
            .map_err(|_| Error::InvalidCertificate(CertificateError::BadEncoding))
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::PeerIncompatible(PeerIncompatible::Tls12NotOffered))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
