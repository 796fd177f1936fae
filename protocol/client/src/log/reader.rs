//! A reader's side of `countersign-log/1`.

use std::net::SocketAddr;

use countersign_protocol::limits::LOG_FILE_BYTES_MAX;
use countersign_protocol::log::{ALPN, Given, Wanted};

use super::{LogError, Source};
use crate::connection::Connection;
use crate::{ClientError, Identity, ServerPin};

/// A connection of a reader. Clones share it; the last one dropped closes it.
#[derive(Clone, Debug)]
pub struct LogReader {
    connection: Connection,
}

impl LogReader {
    /// Connects as `identity` to the server with the pinned certificate.
    ///
    /// # Errors
    /// When nobody or somebody else answers, or the identity cannot be used.
    pub async fn connect(
        address: SocketAddr,
        pin: &ServerPin,
        identity: &Identity,
    ) -> Result<Self, ClientError> {
        Ok(Self { connection: Connection::open(address, pin, identity, ALPN).await? })
    }

    /// Sends any bytes as a frame and gives the reply's bytes: for tests.
    ///
    /// # Errors
    /// When there is no reply.
    pub async fn request(&self, frame: &[u8]) -> Result<Vec<u8>, ClientError> {
        self.connection.ask(frame, 1 + LOG_FILE_BYTES_MAX).await
    }

    /// Closes the connection and all its clones, and waits a moment until the appliance knows.
    pub async fn close(self) {
        self.connection.close().await;
    }
}

impl Source for LogReader {
    async fn file(&self, wanted: &Wanted) -> Result<Option<Vec<u8>>, LogError> {
        let reply = self.request(wanted.to_string().as_bytes()).await?;
        match Given::parse(&reply).ok_or(ClientError::NotCanonical)? {
            Given::File(bytes) => Ok(Some(bytes.to_vec())),
            Given::Absent => Ok(None),
            Given::Failed(failure) => Err(LogError::Failed(failure)),
        }
    }
}
