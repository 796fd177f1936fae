//! The endpoint: connections, and whose they are.
//!
//! Guarantees: bounded handshakes, connections and requests, in all and for each peer; on shutdown,
//! what was admitted is finished and its reply delivered.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::limits::REFUSALS_MAX;
use countersign_protocol::{Digest, admin, log, request};
use quinn::{Connection, Endpoint, Incoming, Runtime, TokioRuntime, VarInt};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::exchange::{Caller, Counter};
use crate::footing::{Footing, within};
use crate::service::Service;
use crate::settings::SettingsError;
use crate::shares::{Peer, Shares};
use crate::{exchange, reader, settings};

/// Handshakes at the same time.
const HANDSHAKES_MAX: usize = 64;
/// How long a handshake may take.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections at the same time, and those of one peer.
const CONNECTIONS_MAX: usize = 256;
const CONNECTIONS_EACH_MAX: usize = 32;
/// Requests at the same time (fewer than records may wait in the ledger), and those of one peer.
const REQUESTS_MAX: usize = 1_024;
// As many refusals as may wait for one record at most fit into it.
const _: () = assert!(REQUESTS_MAX <= REFUSALS_MAX);
const REQUESTS_EACH_MAX: usize = 256;
/// The same for officers, apart, so that nobody keeps them from revoking.
const ORDERS_MAX: usize = 64;
const OFFICERS_CONNECTIONS_MAX: usize = 16;
/// The same for readers of the log, apart, so that they hold up nobody.
const READERS_CONNECTIONS_MAX: usize = 64;
const READERS_CONNECTIONS_EACH_MAX: usize = 8;
const READS_MAX: usize = 64;
const READS_EACH_MAX: usize = 16;
/// Orders that bring a BLOB at the same time.
const IMPORTS_MAX: usize = 1;
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
    /// The socket, later.
    #[error("cannot use the socket: {0}; choose another `listen`")]
    Socket(std::io::Error),
}

/// A running endpoint.
pub struct Serving {
    endpoint: Endpoint,
    requests: [Arc<Shares>; 3],
    address: SocketAddr,
    runtime: Arc<dyn Runtime>,
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
        let [front_ends, officers, readers] = &self.requests;
        self.requests.iter().for_each(|requests| requests.close());
        let drained =
            async { tokio::join!(front_ends.all_back(), officers.all_back(), readers.all_back()) };
        if within(&*self.runtime, DRAIN_TIMEOUT, drained).await.is_none() {
            tracing::warn!("requests were still running at the end of the shutdown");
        }
        self.endpoint.close(CODE_SHUTDOWN, b"shutdown");
        self.endpoint.wait_idle().await;
    }
}

/// Serves `service` on `listen` with this TLS identity, until [`Serving::stop`].
///
/// # Errors
/// [`EndpointError`].
pub fn serve<S: Service>(
    service: Arc<S>,
    listen: SocketAddr,
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
) -> Result<Serving, EndpointError> {
    let listen_error = |why| EndpointError::Listen { address: listen, why };
    let runtime: Arc<dyn Runtime> = Arc::new(TokioRuntime);
    let socket = UdpSocket::bind(listen).map_err(listen_error)?;
    let socket = runtime.wrap_udp_socket(socket).map_err(listen_error)?;
    serve_on(service, Footing::linux(socket, runtime), certificate, key)
}

/// The same on whatever footing.
///
/// # Errors
/// [`EndpointError`].
pub fn serve_on<S: Service>(
    service: Arc<S>,
    footing: Footing,
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
) -> Result<Serving, EndpointError> {
    let Footing { socket, runtime, quic, cryptography, begin } = footing;
    let address = socket.local_addr().map_err(EndpointError::Socket)?;
    let config = settings::server(certificate, key, cryptography, begin)?;
    let own = Arc::clone(&runtime);
    let endpoint = Endpoint::new_with_abstract_socket(quic, Some(config), socket, own)
        .map_err(EndpointError::Socket)?;
    let front_ends = Room {
        connections: Shares::new(CONNECTIONS_MAX, CONNECTIONS_EACH_MAX),
        requests: Shares::new(REQUESTS_MAX, REQUESTS_EACH_MAX),
    };
    let officers = Room {
        connections: Shares::new(OFFICERS_CONNECTIONS_MAX, OFFICERS_CONNECTIONS_MAX),
        requests: Shares::new(ORDERS_MAX, ORDERS_MAX),
    };
    let readers = Room {
        connections: Shares::new(READERS_CONNECTIONS_MAX, READERS_CONNECTIONS_EACH_MAX),
        requests: Shares::new(READS_MAX, READS_EACH_MAX),
    };
    let requests = [&front_ends, &officers, &readers].map(|room| Arc::clone(&room.requests));
    let imports = Arc::new(Semaphore::new(IMPORTS_MAX));
    let own = Arc::clone(&runtime);
    let house = House { service, front_ends, officers, readers, imports, runtime: own };
    runtime.spawn(Box::pin(accept(endpoint.clone(), Arc::new(house))));
    Ok(Serving { endpoint, requests, address, runtime })
}

/// What all connections share.
struct House<S> {
    service: Arc<S>,
    front_ends: Room,
    officers: Room,
    readers: Room,
    imports: Arc<Semaphore>,
    runtime: Arc<dyn Runtime>,
}

/// How many of one audience.
struct Room {
    connections: Arc<Shares>,
    requests: Arc<Shares>,
}

impl<S: Service> House<S> {
    /// The audience's room, and whose share of it a channel takes; none for who pretends to be an
    /// officer, and for strangers among readers.
    fn place(&self, audience: Audience, channel: Digest) -> Option<(&Room, Peer)> {
        let known = Peer::Known(channel);
        match audience {
            Audience::Officer if self.service.is_officer(&channel) => Some((&self.officers, known)),
            Audience::Reader if reader::may_read(&*self.service, &channel) => {
                Some((&self.readers, known))
            }
            Audience::Officer | Audience::Reader => None,
            Audience::FrontEnd if self.service.is_front_end(&channel) => {
                Some((&self.front_ends, known))
            }
            Audience::FrontEnd => Some((&self.front_ends, Peer::Strangers)),
        }
    }
}

async fn accept<S: Service>(endpoint: Endpoint, house: Arc<House<S>>) {
    let handshakes = Arc::new(Semaphore::new(HANDSHAKES_MAX));
    while let Some(incoming) = endpoint.accept().await {
        if !incoming.remote_address_validated() {
            // It may retry unless it came with a token, and then it is validated.
            let _ = incoming.retry();
            continue;
        }
        match Arc::clone(&handshakes).try_acquire_owned() {
            Ok(permit) => {
                let conversation = converse(incoming, Arc::clone(&house), permit);
                house.runtime.spawn(Box::pin(conversation));
            }
            Err(_) => incoming.refuse(),
        }
    }
}

/// One connection: from its handshake to its end.
async fn converse<S: Service>(
    incoming: Incoming,
    house: Arc<House<S>>,
    handshaking: OwnedSemaphorePermit,
) {
    let remote = incoming.remote_address();
    let handshake = async { incoming.accept().ok()?.await.ok() };
    let handshaken = within(&*house.runtime, HANDSHAKE_TIMEOUT, handshake).await;
    let Some(Some(connection)) = handshaken else {
        tracing::debug!(%remote, "handshake failed");
        return;
    };
    drop(handshaking);
    let caller = audience(&connection).zip(channel(&*house.service, &connection));
    let place = caller.and_then(|(audience, channel)| house.place(audience, channel).zip(caller));
    let Some(((room, peer), (audience, channel))) = place else {
        return connection.close(CODE_REFUSED, b"");
    };
    match room.connections.take(peer) {
        Some(_share) => {
            let counter = Counter {
                service: Arc::clone(&house.service),
                shares: Arc::clone(&room.requests),
                runtime: Arc::clone(&house.runtime),
                caller: Caller { channel, peer },
                imports: Arc::clone(&house.imports),
            };
            streams(&connection, &counter, audience).await;
        }
        None => connection.close(CODE_BUSY, b""),
    }
}

/// Each stream is a task of its own.
async fn streams<S: Service>(connection: &Connection, counter: &Counter<S>, audience: Audience) {
    while let Ok((send, recv)) = connection.accept_bi().await {
        let own = counter.clone();
        counter.runtime.spawn(match audience {
            Audience::FrontEnd => Box::pin(exchange::front_end(own, send, recv)),
            Audience::Officer => Box::pin(exchange::officer(own, send, recv)),
            Audience::Reader => Box::pin(exchange::reader(own, send, recv)),
        });
    }
}

#[derive(Clone, Copy)]
enum Audience {
    FrontEnd,
    Officer,
    Reader,
}

fn audience(connection: &Connection) -> Option<Audience> {
    let data = connection.handshake_data()?;
    let data = data.downcast::<quinn::crypto::rustls::HandshakeData>().ok()?;
    match data.protocol.as_deref()? {
        protocol if protocol == request::ALPN => Some(Audience::FrontEnd),
        protocol if protocol == admin::ALPN => Some(Audience::Officer),
        protocol if protocol == log::ALPN => Some(Audience::Reader),
        _ => None,
    }
}

fn channel(service: &impl Service, connection: &Connection) -> Option<Digest> {
    let identity = connection.peer_identity()?;
    let certificates = identity.downcast::<Vec<CertificateDer<'static>>>().ok()?;
    service.channel(certificates.first()?)
}
