//! An officer's side of `countersign-admin/1`.

use std::net::SocketAddr;

use countersign_protocol::admin::{ALPN, Order};
use countersign_protocol::limits::ADMIN_FRAME_BYTES_MAX;

use crate::connection::Connection;
use crate::{ClientError, Identity, Ordered, Pending, ServerPin};

/// A connection of an officer. Clones share it; the last one dropped closes it.
#[derive(Clone, Debug)]
pub struct Officer {
    connection: Connection,
}

impl Officer {
    /// Connects as `identity` to the server with the pinned certificate.
    ///
    /// # Errors
    /// When nobody or somebody else answers, or the identity cannot be used.
    pub async fn connect(
        address: SocketAddr,
        pin: &ServerPin,
        identity: &Identity,
    ) -> Result<Self, ClientError> {
        let connection = Connection::open(address, pin, identity, ALPN).await?;
        Ok(Self { connection })
    }

    /// Gives an order. That it was declined is an answer.
    ///
    /// # Errors
    /// When there is no answer; [`ClientError::IdentityRefused`] when `identity` is no officer's.
    pub async fn order(&self, order: &Order<'_>) -> Result<Ordered, ClientError> {
        // Into memory that grows: never fails, and an empty frame would be malformed.
        let frame = minicbor::to_vec(order).unwrap_or_default();
        self.request(&frame).await.map(Ordered::new)
    }

    /// Sends any bytes as a frame and gives the answer's bytes: for tests.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn request(&self, frame: &[u8]) -> Result<Vec<u8>, ClientError> {
        self.connection.ask(frame, ADMIN_FRAME_BYTES_MAX).await
    }

    /// Sends any bytes as a frame and leaves the answer to be read or abandoned: for tests.
    ///
    /// # Errors
    /// When the frame cannot be sent.
    pub async fn begin(&self, frame: &[u8]) -> Result<Pending, ClientError> {
        self.connection.begin(frame, ADMIN_FRAME_BYTES_MAX).await
    }

    /// Closes the connection and all its clones, and waits a moment until the appliance knows.
    pub async fn close(self) {
        self.connection.close().await;
    }
}
