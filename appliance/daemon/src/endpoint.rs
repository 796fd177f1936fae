//! The endpoint: connections, streams, and how many of them.
//!
//! Guarantees: bounded connections, streams and requests; a request past the bound is told `Busy`
//! before it is decoded; on shutdown, what was admitted is finished and answered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use countersign_core::port::Platform;
use countersign_protocol::limits::{ADMIN_FRAME_BYTES_MAX, SIGN_FRAME_BYTES_MAX};
use countersign_protocol::reply::Failure;
use countersign_protocol::{Digest, admin, request};
use quinn::{Connection, Endpoint, Incoming, RecvStream, SendStream, VarInt};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::platform::Surroundings;
use crate::requests::Outcome;
use crate::settings::SettingsError;
use crate::{certificate, officer, requests, settings};

/// Connections at the same time.
const CONNECTIONS_MAX: usize = 256;
/// Requests at the same time: fewer than records may wait in the ledger.
const REQUESTS_MAX: u32 = 1_024;
/// How long a frame may take to arrive.
const FRAME_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a handshake may take.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a shutdown waits for what was admitted.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(35);

/// Application error codes of a closed connection or stream.
const CODE_SHUTDOWN: VarInt = VarInt::from_u32(0);
const CODE_REFUSED: VarInt = VarInt::from_u32(1);
const CODE_FRAME: VarInt = VarInt::from_u32(2);

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
    requests: Arc<Semaphore>,
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
        let drained = self.requests.acquire_many(REQUESTS_MAX);
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
    let requests = Arc::new(Semaphore::new(REQUESTS_MAX as usize));
    let connections = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    tokio::spawn(accept(endpoint.clone(), platform, connections, Arc::clone(&requests)));
    Ok(Serving { endpoint, requests, address })
}

async fn accept<P: Surroundings>(
    endpoint: Endpoint,
    platform: Arc<P>,
    connections: Arc<Semaphore>,
    requests: Arc<Semaphore>,
) {
    while let Some(incoming) = endpoint.accept().await {
        if !incoming.remote_address_validated() {
            // It may retry unless it came with a token, and then it is validated.
            let _ = incoming.retry();
            continue;
        }
        match Arc::clone(&connections).try_acquire_owned() {
            Ok(permit) => {
                let (platform, requests) = (Arc::clone(&platform), Arc::clone(&requests));
                tokio::spawn(converse(incoming, platform, requests, permit));
            }
            Err(_) => incoming.refuse(),
        }
    }
}

/// One connection: from its handshake to its end.
async fn converse<P: Surroundings>(
    incoming: Incoming,
    platform: Arc<P>,
    requests: Arc<Semaphore>,
    _permit: OwnedSemaphorePermit,
) {
    let peer = incoming.remote_address();
    let handshake = async { incoming.accept().ok()?.await.ok() };
    let Ok(Some(connection)) = tokio::time::timeout(HANDSHAKE_TIMEOUT, handshake).await else {
        tracing::debug!(%peer, "handshake failed");
        return;
    };
    let Some((audience, channel)) = audience(&connection).zip(channel(&*platform, &connection))
    else {
        connection.close(CODE_REFUSED, b"");
        return;
    };
    while let Ok((send, recv)) = connection.accept_bi().await {
        let (platform, requests) = (Arc::clone(&platform), Arc::clone(&requests));
        match audience {
            Audience::FrontEnd => {
                tokio::spawn(serve_front_end(platform, requests, channel, send, recv));
            }
            Audience::Officer => {
                tokio::spawn(serve_officer(platform, requests, channel, send, recv));
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

async fn serve_front_end<P: Surroundings>(
    platform: Arc<P>,
    requests: Arc<Semaphore>,
    channel: Digest,
    mut send: SendStream,
    mut recv: RecvStream,
) {
    let permit = requests.try_acquire_owned().ok().filter(|_| platform.admits(&channel));
    let Some(permit) = permit else {
        let _ = recv.stop(CODE_FRAME);
        let _ = requests::write(&mut send, &Outcome::failed(Failure::Busy)).await;
        return;
    };
    let outcome = match frame(&mut recv, SIGN_FRAME_BYTES_MAX).await {
        Some(frame) => {
            let decided = requests::answer(Arc::clone(&platform), channel, frame);
            finish(decided, permit).await.unwrap_or_else(|| Outcome::failed(Failure::Unavailable))
        }
        None => {
            platform.count_malformed();
            Outcome::failed(Failure::Malformed)
        }
    };
    // A peer that left has its reply by `Fetch`.
    let _ = requests::write(&mut send, &outcome).await;
}

async fn serve_officer<P: Surroundings>(
    platform: Arc<P>,
    requests: Arc<Semaphore>,
    channel: Digest,
    mut send: SendStream,
    mut recv: RecvStream,
) {
    let Ok(permit) = requests.try_acquire_owned() else { return };
    let Some(frame) = frame(&mut recv, ADMIN_FRAME_BYTES_MAX).await else { return };
    let decided = officer::answer(platform, channel, frame);
    match finish(decided, permit).await.flatten() {
        Some(answer) => drop(requests::write(&mut send, &Outcome::Whole(answer)).await),
        None => drop(send.reset(CODE_REFUSED)),
    }
}

/// Runs a decision to its end as a task of its own, and keeps its permit as long.
async fn finish<T: Send + 'static>(
    decision: impl Future<Output = T> + Send + 'static,
    permit: OwnedSemaphorePermit,
) -> Option<T> {
    let task = tokio::spawn(async move {
        let decided = decision.await;
        drop(permit);
        decided
    });
    task.await.ok()
}

/// A whole frame within its limit and time.
async fn frame(recv: &mut RecvStream, limit: usize) -> Option<Vec<u8>> {
    tokio::time::timeout(FRAME_TIMEOUT, recv.read_to_end(limit)).await.ok()?.ok()
}
