//! A small server with one behaviour. Unlike the appliance it offers tickets and early data.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use countersign_protocol::{admin, request};
use quinn::crypto::rustls::QuicServerConfig;
use quinn::{Connection, Endpoint, Incoming, VarInt};
use rustls::RootCertStore;
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;

use super::{identity, pin_of};
use crate::{Identity, ServerPin};

/// What the server does with each request.
#[derive(Clone)]
pub enum Behaviour {
    Reply(Vec<u8>),
    StopThenReply(Vec<u8>),
    CloseAsRefused,
    CloseAsShutdown,
    ResetAsRefused,
}

/// A server that runs until it is dropped.
pub struct Server {
    pub address: SocketAddr,
    identity: Identity,
    frames: Arc<AtomicUsize>,
    endpoint: Endpoint,
}

impl Server {
    pub fn start(behaviour: Behaviour) -> Self {
        Self::speaking(&[request::ALPN, admin::ALPN], behaviour)
    }

    pub fn speaking(alpn: &[&[u8]], behaviour: Behaviour) -> Self {
        Self::with(alpn, behaviour, WebPkiClientVerifier::no_client_auth())
    }

    /// It takes no client but this one.
    pub fn trusting_only(client: &Identity) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(client.certificate().to_vec().into()).unwrap();
        let provider = Arc::new(crate::settings::provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        Self::with(&[request::ALPN], Behaviour::CloseAsShutdown, verifier.build().unwrap())
    }

    fn with(alpn: &[&[u8]], behaviour: Behaviour, clients: Arc<dyn ClientCertVerifier>) -> Self {
        let identity = identity("server");
        let provider = Arc::new(crate::settings::provider());
        let mut tls = rustls::ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .with_client_cert_verifier(clients)
            .with_cert_resolver(identity.resolver());
        tls.alpn_protocols = alpn.iter().map(|a| a.to_vec()).collect();
        tls.max_early_data_size = u32::MAX;
        let crypto = QuicServerConfig::try_from(Arc::new(tls)).unwrap();
        let config = quinn::ServerConfig::with_crypto(Arc::new(crypto));
        let endpoint = Endpoint::server(config, ([127, 0, 0, 1], 0).into()).unwrap();
        let address = endpoint.local_addr().unwrap();
        let frames = Arc::new(AtomicUsize::new(0));
        tokio::spawn(accept(endpoint.clone(), behaviour, Arc::clone(&frames)));
        Self { address, identity, frames, endpoint }
    }

    pub fn pin(&self) -> ServerPin {
        pin_of(&self.identity)
    }

    /// How many frames have arrived.
    pub fn frames(&self) -> usize {
        self.frames.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.endpoint.close(VarInt::from_u32(0), b"");
    }
}

async fn accept(endpoint: Endpoint, behaviour: Behaviour, frames: Arc<AtomicUsize>) {
    while let Some(incoming) = endpoint.accept().await {
        tokio::spawn(converse(incoming, behaviour.clone(), Arc::clone(&frames)));
    }
}

async fn converse(incoming: Incoming, behaviour: Behaviour, frames: Arc<AtomicUsize>) {
    let Ok(connection) = incoming.await else { return };
    while let Ok(stream) = connection.accept_bi().await {
        serve(&connection, stream, &behaviour, &frames).await;
    }
}

async fn serve(
    connection: &Connection,
    (mut send, mut receive): (quinn::SendStream, quinn::RecvStream),
    behaviour: &Behaviour,
    frames: &AtomicUsize,
) {
    if let Behaviour::StopThenReply(reply) = behaviour {
        receive.stop(VarInt::from_u32(2)).unwrap();
        send.write_all(reply).await.unwrap();
        return;
    }
    receive.read_to_end(1_000_000).await.unwrap();
    frames.fetch_add(1, Ordering::SeqCst);
    match behaviour {
        // A client that abandoned the request has stopped us.
        Behaviour::Reply(reply) | Behaviour::StopThenReply(reply) => {
            let _ = send.write_all(reply).await;
        }
        Behaviour::CloseAsRefused => connection.close(VarInt::from_u32(1), b""),
        Behaviour::CloseAsShutdown => connection.close(VarInt::from_u32(0), b""),
        Behaviour::ResetAsRefused => send.reset(VarInt::from_u32(1)).unwrap(),
    }
}
