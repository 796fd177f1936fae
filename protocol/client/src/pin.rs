//! Whom to talk to: the server that holds the key of one certificate, known in advance.
//!
//! Guarantee: the handshake ends well only with exactly that certificate, byte for byte, and a signature
//! of its key over this handshake. No CA, no name and no date is looked at.

use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, PeerIncompatible, SignatureScheme};

use crate::identity::read_certificate;
use crate::{ClientError, channel_of, channel_of_pem_file};

/// The appliance's certificate.
#[derive(Clone, Debug)]
pub struct ServerPin {
    certificate: CertificateDer<'static>,
}

impl ServerPin {
    /// Reads the certificate from a PEM file.
    ///
    /// # Errors
    /// When the file cannot be read or has no certificate.
    pub fn from_pem_file(path: &Path) -> Result<Self, ClientError> {
        channel_of_pem_file(path)?;
        Ok(Self { certificate: read_certificate(path)? })
    }

    /// From the certificate's DER.
    ///
    /// # Errors
    /// When it is something else.
    pub fn from_der(certificate: Vec<u8>) -> Result<Self, ClientError> {
        channel_of(&certificate)?;
        Ok(Self { certificate: certificate.into() })
    }

    /// The pin as rustls asks for it, for whoever sets up TLS without this client.
    #[must_use]
    pub fn verifier(&self, provider: &CryptoProvider) -> Arc<dyn ServerCertVerifier> {
        let algorithms = provider.signature_verification_algorithms;
        Arc::new(Pinned { certificate: self.certificate.clone(), algorithms })
    }
}

/// Accepts one certificate.
#[derive(Debug)]
struct Pinned {
    certificate: CertificateDer<'static>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        // A certificate is public: an ordinary comparison reveals nothing.
        if *end_entity == self.certificate {
            return Ok(ServerCertVerified::assertion());
        }
        Err(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure))
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
