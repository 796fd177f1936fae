//! One connection to the appliance, and the requests on it: a stream each.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use quinn::{Endpoint, VarInt};

use crate::pending::Pending;
use crate::{ClientError, Identity, ServerPin, settings};

/// How long a connection may take to stand.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a request may take to be sent, and its reply to come.
const REPLY_TIMEOUT: Duration = Duration::from_secs(60);
/// How long the last words may take.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
/// TLS wants a name to verify; the pin does not look at it, and it is not sent.
const NAME: &str = "countersign";

/// A connection for one audience.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    endpoint: Endpoint,
    quic: quinn::Connection,
}

impl Connection {
    pub(crate) async fn open(
        address: SocketAddr,
        pin: &ServerPin,
        identity: &Identity,
        alpn: &'static [u8],
    ) -> Result<Self, ClientError> {
        let config = settings::client(pin, identity, alpn)?;
        let endpoint = Endpoint::client(own_address(address)).map_err(ClientError::Socket)?;
        let unreachable = |why: String| ClientError::Unreachable { address, why };
        let connecting = endpoint
            .connect_with(config, address, NAME)
            .map_err(|why| unreachable(why.to_string()))?;
        let quic = tokio::time::timeout(CONNECT_TIMEOUT, connecting)
            .await
            .map_err(|_| unreachable(format!("nothing within {} s", CONNECT_TIMEOUT.as_secs())))?
            .map_err(|why| ClientError::connecting(why, address, text(alpn)))?;
        Ok(Self { endpoint, quic })
    }

    /// Sends a whole frame on a stream of its own.
    pub(crate) async fn begin(&self, frame: &[u8], limit: usize) -> Result<Pending, ClientError> {
        in_time(Pending::send(&self.quic, frame, limit)).await
    }

    /// Sends a whole frame and reads the reply, up to its limit.
    pub(crate) async fn ask(&self, frame: &[u8], limit: usize) -> Result<Vec<u8>, ClientError> {
        in_time(async { Pending::send(&self.quic, frame, limit).await?.read().await }).await
    }

    /// Closes, and waits a moment until the peer knows.
    pub(crate) async fn close(self) {
        self.quic.close(VarInt::from_u32(0), b"");
        // A peer that has gone hears nothing, and needs to hear nothing.
        let _ = tokio::time::timeout(CLOSE_TIMEOUT, self.endpoint.wait_idle()).await;
    }
}

/// Bounds a wait for the appliance.
pub(crate) async fn in_time<T>(
    does: impl Future<Output = Result<T, ClientError>>,
) -> Result<T, ClientError> {
    let timed_out = |_| ClientError::TimedOut(REPLY_TIMEOUT.as_secs());
    tokio::time::timeout(REPLY_TIMEOUT, does).await.map_err(timed_out)?
}

const fn own_address(peer: SocketAddr) -> SocketAddr {
    let any = match peer {
        SocketAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        SocketAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    };
    SocketAddr::new(any, 0)
}

fn text(alpn: &'static [u8]) -> &'static str {
    std::str::from_utf8(alpn).unwrap_or("this protocol")
}
