//! QUIC and TLS as front-ends and officers speak them: as the house's own client, with chance from the
//! seed.

use std::sync::Arc;

use countersign_client::ServerPin;
use quinn::crypto::rustls::QuicClientConfig;
use quinn::{ClientConfig, IdleTimeout, NoneTokenStore, TransportConfig, VarInt};
use rustls::client::Resumption;
use rustls::pki_types::CertificateDer;

use super::chance;
use super::identity::Identity;

/// How long a connection may be silent.
const IDLE_MS: u32 = 30_000;
/// What an ordinary reader lets come before it reads, and a slow one.
const WINDOW_BYTES: u32 = 1024 * 1024;
const SLOW_WINDOW_BYTES: u32 = 64;

/// How a client reads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// What comes.
    Ordinary,
    /// A few bytes at a time.
    Slow,
}

/// A client's configuration.
pub(super) fn client(
    identity: &Identity,
    server: &CertificateDer<'static>,
    alpn: &[u8],
    pace: Pace,
) -> ClientConfig {
    let provider = chance::cryptography();
    let pin = ServerPin::from_der(server.to_vec()).expect("a certificate");
    let pinned = pin.verifier(&provider);
    let mut tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .expect("TLS 1.3")
        .dangerous()
        .with_custom_certificate_verifier(pinned)
        .with_client_auth_cert(vec![identity.certificate.clone()], identity.key())
        .expect("an identity");
    tls.alpn_protocols = vec![alpn.to_vec()];
    tls.resumption = Resumption::disabled();
    tls.enable_sni = false;
    let crypto = QuicClientConfig::try_from(tls).expect("a cipher suite for QUIC");
    let mut config = ClientConfig::new(Arc::new(crypto));
    config
        .initial_dst_cid_provider(Arc::new(chance::first_id))
        .token_store(Arc::new(NoneTokenStore))
        .transport_config(Arc::new(transport(pace)));
    config
}

fn transport(pace: Pace) -> TransportConfig {
    let window = match pace {
        Pace::Ordinary => WINDOW_BYTES,
        Pace::Slow => SLOW_WINDOW_BYTES,
    };
    let mut transport = TransportConfig::default();
    transport
        .max_concurrent_bidi_streams(VarInt::from_u32(0))
        .max_concurrent_uni_streams(VarInt::from_u32(0))
        .stream_receive_window(VarInt::from_u32(window))
        .receive_window(VarInt::from_u32(window.saturating_mul(8)))
        .max_idle_timeout(Some(IdleTimeout::from(VarInt::from_u32(IDLE_MS))))
        .datagram_receive_buffer_size(None)
        .allow_spin(false);
    transport
}
