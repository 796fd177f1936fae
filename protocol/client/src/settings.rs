//! QUIC and TLS as this client speaks them: everything that is too wide by default is narrowed.

use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::limits::SIGN_FRAME_BYTES_MAX;
use quinn::crypto::rustls::QuicClientConfig;
use quinn::{ClientConfig, IdleTimeout, TransportConfig, VarInt};
use rustls::client::Resumption;
use rustls::crypto::CryptoProvider;

use crate::{ClientError, Identity, ServerPin};

/// How long a connection may be silent.
const IDLE_MS: u32 = 30_000;
/// How often a silent connection says that it lives.
const KEEP_ALIVE: Duration = Duration::from_secs(3);
/// What one reply may have on its way to us.
const STREAM_WINDOW_BYTES: u32 = 1024 * 1024;
/// What all replies may have on their way to us.
const RECEIVE_WINDOW_BYTES: u32 = 8 * 1024 * 1024;
/// What we keep of requests on their way.
const SEND_WINDOW_BYTES: u64 = 1024 * 1024;

/// The one cryptography in use: aws-lc-rs, X25519MLKEM768 first.
pub(crate) fn provider() -> CryptoProvider {
    rustls::crypto::aws_lc_rs::default_provider()
}

/// The client's configuration for one audience.
pub(crate) fn client(
    pin: &ServerPin,
    identity: &Identity,
    alpn: &[u8],
) -> Result<ClientConfig, ClientError> {
    let unusable = |why: String| ClientError::Identity(why);
    let tls = tls(pin, identity, alpn).map_err(|why| unusable(why.to_string()))?;
    let crypto = QuicClientConfig::try_from(tls).map_err(|why| unusable(why.to_string()))?;
    let mut config = ClientConfig::new(Arc::new(crypto));
    config.transport_config(Arc::new(transport()));
    Ok(config)
}

fn tls(
    pin: &ServerPin,
    identity: &Identity,
    alpn: &[u8],
) -> Result<rustls::ClientConfig, rustls::Error> {
    let provider = Arc::new(provider());
    let verifier = pin.verifier(&provider);
    let mut tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_client_cert_resolver(identity.resolver());
    tls.alpn_protocols = vec![alpn.to_vec()];
    tls.enable_early_data = false;
    tls.resumption = Resumption::disabled();
    // The server is known by its certificate: its name is nobody's business.
    tls.enable_sni = false;
    Ok(tls)
}

fn transport() -> TransportConfig {
    const _: () = assert!((SIGN_FRAME_BYTES_MAX as u64) < SEND_WINDOW_BYTES);
    let mut transport = TransportConfig::default();
    transport
        .max_concurrent_bidi_streams(VarInt::from_u32(0))
        .max_concurrent_uni_streams(VarInt::from_u32(0))
        .stream_receive_window(VarInt::from_u32(STREAM_WINDOW_BYTES))
        .receive_window(VarInt::from_u32(RECEIVE_WINDOW_BYTES))
        .send_window(SEND_WINDOW_BYTES)
        .max_idle_timeout(Some(IdleTimeout::from(VarInt::from_u32(IDLE_MS))))
        .keep_alive_interval(Some(KEEP_ALIVE))
        .datagram_receive_buffer_size(None)
        .allow_spin(false);
    transport
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{identity, pin_of};

    #[test]
    fn what_is_too_wide_by_default_is_narrow() {
        let identity = identity("portal");
        let tls = tls(&pin_of(&identity), &identity, b"a").unwrap();
        assert!(!tls.enable_early_data, "no 0-RTT");
        assert!(!tls.enable_sni);
        assert_eq!(tls.alpn_protocols, [b"a"]);
        let groups = &tls.crypto_provider().kx_groups;
        assert_eq!(groups[0].name(), rustls::NamedGroup::X25519MLKEM768);
    }
}
