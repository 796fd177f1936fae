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
/// The same for officers, apart, so that nobody keeps them from revoking.
const ORDERS_MAX: usize = 64;
const OFFICERS_CONNECTIONS_MAX: usize = 16;
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
    requests: [Arc<Shares>; 2],
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
        let [front_ends, officers] = &self.requests;
        front_ends.close();
        officers.close();
        let drained = async { tokio::join!(front_ends.all_back(), officers.all_back()) };
        if tokio::time::timeout(DRAIN_TIMEOUT, drained).await.is_err() {
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
    let front_ends = Room {
        connections: Shares::new(CONNECTIONS_MAX, CONNECTIONS_EACH_MAX),
        requests: Shares::new(REQUESTS_MAX, REQUESTS_EACH_MAX),
    };
    let officers = Room {
        connections: Shares::new(OFFICERS_CONNECTIONS_MAX, OFFICERS_CONNECTIONS_MAX),
        requests: Shares::new(ORDERS_MAX, ORDERS_MAX),
    };
    let requests = [&front_ends, &officers].map(|room| Arc::clone(&room.requests));
    let house = House { platform, front_ends, officers };
    tokio::spawn(accept(endpoint.clone(), Arc::new(house)));
    Ok(Serving { endpoint, requests, address })
}

/// What all connections share.
struct House<P> {
    platform: Arc<P>,
    front_ends: Room,
    officers: Room,
}

/// How many of one audience.
struct Room {
    connections: Arc<Shares>,
    requests: Arc<Shares>,
}

impl<P: Surroundings> House<P> {
    /// The audience's room, and whose share of it a channel takes; none for who pretends to be an
    /// officer.
    fn place(&self, audience: Audience, channel: Digest) -> Option<(&Room, Peer)> {
        let known = Peer::Known(channel);
        match audience {
            Audience::Officer if self.platform.is_officer(&channel) => {
                Some((&self.officers, known))
            }
            Audience::Officer => None,
            Audience::FrontEnd if self.platform.is_front_end(&channel) => {
                Some((&self.front_ends, known))
            }
            Audience::FrontEnd => Some((&self.front_ends, Peer::Strangers)),
        }
    }
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
    let caller = audience(&connection).zip(channel(&*house.platform, &connection));
    let place = caller.and_then(|(audience, channel)| house.place(audience, channel).zip(caller));
    let Some(((room, peer), (audience, channel))) = place else {
        return connection.close(CODE_REFUSED, b"");
    };
    match room.connections.take(peer) {
        Some(_share) => {
            let (caller, requests) = (Caller { channel, peer }, &room.requests);
            streams(&connection, &house.platform, requests, audience, caller).await;
        }
        None => connection.close(CODE_BUSY, b""),
    }
}

/// Each stream is a task of its own.
async fn streams<P: Surroundings>(
    connection: &Connection,
    platform: &Arc<P>,
    requests: &Arc<Shares>,
    audience: Audience,
    caller: Caller,
) {
    while let Ok((send, recv)) = connection.accept_bi().await {
        let (platform, requests) = (Arc::clone(platform), Arc::clone(requests));
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
