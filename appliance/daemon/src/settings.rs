//! QUIC and TLS as the appliance speaks them: everything that is too wide by default is narrowed.
//!
//! Guarantees: TLS 1.3 only, X25519MLKEM768 first, certificates on both sides, no 0-RTT, no tickets, no
//! resumption, no migration, no datagrams, no unidirectional streams; every window is bounded.

use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::limits::SIGN_FRAME_BYTES_MAX;
use countersign_protocol::{admin, log, request};
use quinn::crypto::rustls::QuicServerConfig;
use quinn::{IdleTimeout, NoneTokenLog, TransportConfig, ValidationTokenConfig, VarInt};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::NoServerSessionStorage;

use crate::certificate::AnyKey;
use crate::footing::Begin;

/// Requests of one connection at the same time.
const STREAMS_MAX: u32 = 32;
/// Connections whose handshake is not finished.
const INCOMING_MAX: usize = 256;
/// What one connection may have on its way to us.
const RECEIVE_WINDOW_BYTES: u32 = 1024 * 1024;
/// What one connection may make us keep for it.
const SEND_WINDOW_BYTES: u64 = 512 * 1024;
/// How long a connection may be silent.
const IDLE_MS: u32 = 30_000;
/// How long a Retry token is good for.
const RETRY_LIFETIME: Duration = Duration::from_secs(5);

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// TLS does not take the identity.
    #[error("the TLS identity cannot be used: {0}; put back the files that `init` made")]
    Tls(#[from] rustls::Error),
    /// QUIC does not take the cipher suites.
    #[error("no cipher suite for QUIC: {0}")]
    Cipher(#[from] quinn::crypto::rustls::NoInitialCipherSuite),
}

/// The server's configuration with this certificate.
pub(crate) fn server(
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
    cryptography: Arc<CryptoProvider>,
    begin: Begin,
) -> Result<quinn::ServerConfig, SettingsError> {
    let tls = Arc::new(tls(certificate, key, cryptography)?);
    let crypto = QuicServerConfig::try_from(tls)?;
    let mut config = begin(Arc::new(crypto));
    let mut tokens = ValidationTokenConfig::default();
    tokens.sent(0).log(Arc::new(NoneTokenLog));
    config
        .migration(false)
        .max_incoming(INCOMING_MAX)
        .incoming_buffer_size(64 * 1024)
        .incoming_buffer_size_total(4 * 1024 * 1024)
        .retry_token_lifetime(RETRY_LIFETIME)
        .validation_token_config(tokens)
        .transport_config(Arc::new(transport()));
    Ok(config)
}

fn tls(
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
    provider: Arc<CryptoProvider>,
) -> Result<rustls::ServerConfig, SettingsError> {
    let verifier = AnyKey::new(&provider);
    let mut tls = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![certificate], key)?;
    tls.alpn_protocols = [request::ALPN, admin::ALPN, log::ALPN].map(<[u8]>::to_vec).to_vec();
    tls.max_early_data_size = 0;
    tls.send_half_rtt_data = false;
    tls.send_tls13_tickets = 0;
    tls.session_storage = Arc::new(NoServerSessionStorage {});
    Ok(tls)
}

fn transport() -> TransportConfig {
    const _: () = assert!(SIGN_FRAME_BYTES_MAX < RECEIVE_WINDOW_BYTES as usize);
    let mut transport = TransportConfig::default();
    transport
        .max_concurrent_bidi_streams(VarInt::from_u32(STREAMS_MAX))
        .max_concurrent_uni_streams(VarInt::from_u32(0))
        .stream_receive_window(VarInt::from_u32(SIGN_FRAME_BYTES_MAX as u32 + 1024))
        .receive_window(VarInt::from_u32(RECEIVE_WINDOW_BYTES))
        .send_window(SEND_WINDOW_BYTES)
        .max_idle_timeout(Some(IdleTimeout::from(VarInt::from_u32(IDLE_MS))))
        .datagram_receive_buffer_size(None)
        .allow_spin(false);
    transport
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::footing;

    #[test]
    fn what_is_too_wide_by_default_is_narrow() {
        let identity = rcgen::generate_simple_self_signed(vec!["a".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(identity.signing_key.serialize_der()).unwrap();
        let tls = tls(identity.cert.der().clone(), key, footing::cryptography()).unwrap();
        assert_eq!(tls.max_early_data_size, 0, "no 0-RTT");
        assert_eq!(tls.send_tls13_tickets, 0, "no tickets");
        assert!(!tls.session_storage.can_cache(), "no resumption");
        assert!(!tls.send_half_rtt_data);
        assert_eq!(tls.alpn_protocols.len(), 3);
        let groups = &tls.crypto_provider().kx_groups;
        assert_eq!(groups[0].name(), rustls::NamedGroup::X25519MLKEM768);
    }
}
