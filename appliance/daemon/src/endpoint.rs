//! The endpoint: connections, and whose they are.
//!
//! Guarantees: bounded handshakes, connections and requests, in all and for each peer; on shutdown,
//! what was admitted is finished and its reply delivered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use countersign_core::port::Platform;
use countersign_protocol::{Digest, admin, request};
use quinn::{Connection, Endpoint, Incoming, VarInt};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::exchange::Caller;
use crate::platform::Surroundings;
use crate::settings::SettingsError;
use crate::shares::{Peer, Shares};
use crate::{certificate, exchange, settings};

/// Handshakes at the same time.
const HANDSHAKES_MAX: usize = 64;
/// How long a handshake may take.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections at the same time, and those of one peer.
const CONNECTIONS_MAX: usize = 256;
const CONNECTIONS_EACH_MAX: usize = 32;
/// Requests at the same time (fewer than records may wait in the ledger), and those of one peer.
const REQUESTS_MAX: usize = 1_024;
const REQUESTS_EACH_MAX: usize = 256;
/// How long a shutdown waits for what was admitted.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(60);

/// Application error codes of a closed connection.
const CODE_SHUTDOWN: VarInt = VarInt::from_u32(0);
const CODE_REFUSED: VarInt = VarInt::from_u32(1);
const CODE_BUSY: VarInt = VarInt::from_u32(2);

/// Why there is no endpoint.
#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    /// What the endpoint shall speak.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The socket.
    #[error("cannot listen on {address}: {why}; choose another `listen`")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        why: std::io::Error,
    },
}

/// A running endpoint.
pub struct Serving {
    endpoint: Endpoint,
    requests: Arc<Shares>,
    address: SocketAddr,
}

impl Serving {
    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Accepts nothing more, finishes what was admitted, and closes.
    pub async fn stop(self) {
        self.endpoint.set_server_config(None);
        if tokio::time::timeout(DRAIN_TIMEOUT, self.requests.all_back()).await.is_err() {
            tracing::warn!("requests were still running at the end of the shutdown");
        }
        self.endpoint.close(CODE_SHUTDOWN, b"shutdown");
        self.endpoint.wait_idle().await;
    }
}

/// Serves `platform` on `listen` with this TLS identity, until [`Serving::stop`].
///
/// # Errors
/// [`EndpointError`].
pub fn serve<P: Surroundings>(
    platform: Arc<P>,
    listen: SocketAddr,
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
) -> Result<Serving, EndpointError> {
    let listen_error = |why| EndpointError::Listen { address: listen, why };
    let config = settings::server(certificate, key)?;
    let endpoint = Endpoint::server(config, listen).map_err(listen_error)?;
    let address = endpoint.local_addr().map_err(listen_error)?;
    let requests = Shares::new(REQUESTS_MAX, REQUESTS_EACH_MAX);
    let connections = Shares::new(CONNECTIONS_MAX, CONNECTIONS_EACH_MAX);
    let house = House { platform, connections, requests: Arc::clone(&requests) };
    tokio::spawn(accept(endpoint.clone(), Arc::new(house)));
    Ok(Serving { endpoint, requests, address })
}

/// What all connections share.
struct House<P> {
    platform: Arc<P>,
    connections: Arc<Shares>,
    requests: Arc<Shares>,
}

async fn accept<P: Surroundings>(endpoint: Endpoint, house: Arc<House<P>>) {
    let handshakes = Arc::new(Semaphore::new(HANDSHAKES_MAX));
    while let Some(incoming) = endpoint.accept().await {
        if !incoming.remote_address_validated() {
            // It may retry unless it came with a token, and then it is validated.
            let _ = incoming.retry();
            continue;
        }
        match Arc::clone(&handshakes).try_acquire_owned() {
            Ok(permit) => drop(tokio::spawn(converse(incoming, Arc::clone(&house), permit))),
            Err(_) => incoming.refuse(),
        }
    }
}

/// One connection: from its handshake to its end.
async fn converse<P: Surroundings>(
    incoming: Incoming,
    house: Arc<House<P>>,
    handshaking: OwnedSemaphorePermit,
) {
    let remote = incoming.remote_address();
    let handshake = async { incoming.accept().ok()?.await.ok() };
    let Ok(Some(connection)) = tokio::time::timeout(HANDSHAKE_TIMEOUT, handshake).await else {
        tracing::debug!(%remote, "handshake failed");
        return;
    };
    drop(handshaking);
    let Some((audience, channel)) =
        audience(&connection).zip(channel(&*house.platform, &connection))
    else {
        return connection.close(CODE_REFUSED, b"");
    };
    let known = house.platform.knows(&channel);
    let peer = if known { Peer::Known(channel) } else { Peer::Strangers };
    match house.connections.take(peer) {
        Some(_share) => streams(&connection, &house, audience, Caller { channel, peer }).await,
        None => connection.close(CODE_BUSY, b""),
    }
}

/// Each stream is a task of its own.
async fn streams<P: Surroundings>(
    connection: &Connection,
    house: &House<P>,
    audience: Audience,
    caller: Caller,
) {
    while let Ok((send, recv)) = connection.accept_bi().await {
        let (platform, requests) = (Arc::clone(&house.platform), Arc::clone(&house.requests));
        match audience {
            Audience::FrontEnd => {
                tokio::spawn(exchange::front_end(platform, requests, caller, send, recv));
            }
            Audience::Officer => {
                tokio::spawn(exchange::officer(platform, requests, caller, send, recv));
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Audience {
    FrontEnd,
    Officer,
}

fn audience(connection: &Connection) -> Option<Audience> {
    let data = connection.handshake_data()?;
    let data = data.downcast::<quinn::crypto::rustls::HandshakeData>().ok()?;
    match data.protocol.as_deref()? {
        protocol if protocol == request::ALPN => Some(Audience::FrontEnd),
        protocol if protocol == admin::ALPN => Some(Audience::Officer),
        _ => None,
    }
}

fn channel<P: Platform>(platform: &P, connection: &Connection) -> Option<Digest> {
    let identity = connection.peer_identity()?;
    let certificates = identity.downcast::<Vec<CertificateDer<'static>>>().ok()?;
    certificate::channel(platform.crypto(), certificates.first()?)
}
