//! A front-end's side of `countersign/1`.

use std::net::SocketAddr;

use countersign_protocol::limits::{
    ENROLMENTS_REPLY_BYTES_MAX, PREPARED_REPLY_BYTES_MAX, SIGNED_REPLY_BYTES_MAX,
};
use countersign_protocol::request::{
    ALPN, Enrol, Enrolments, Fetch, Prepare, Request, Sign, Vouch,
};

use crate::connection::Connection;
use crate::{Answered, ClientError, Identity, Pending, ServerPin};

/// A connection of a front-end. Clones share it; the last one dropped closes it.
#[derive(Clone, Debug)]
pub struct FrontEnd {
    connection: Connection,
}

impl FrontEnd {
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

    /// Asks for an activation.
    ///
    /// # Errors
    /// When there is no reply. A refusal is a reply.
    pub async fn prepare(&self, request: &Prepare<'_>) -> Result<Answered, ClientError> {
        self.ask(&Request::Prepare(*request), PREPARED_REPLY_BYTES_MAX).await
    }

    /// Brings the approval.
    ///
    /// # Errors
    /// [`ClientError::OutcomeUnknown`] when the reply was lost: [`FrontEnd::fetch`] has it.
    pub async fn sign(&self, request: &Sign<'_>) -> Result<Answered, ClientError> {
        let asked = self.ask(&Request::Sign(*request), SIGNED_REPLY_BYTES_MAX).await;
        asked.map_err(|why| why.after_sign(request.transaction))
    }

    /// Asks for the reply to an earlier [`FrontEnd::sign`] again.
    ///
    /// # Errors
    /// When there is no reply.
    pub async fn fetch(&self, request: &Fetch) -> Result<Answered, ClientError> {
        self.ask(&Request::Fetch(*request), SIGNED_REPLY_BYTES_MAX).await
    }

    /// Asks how the devices were enrolled that approved a signed transaction.
    ///
    /// # Errors
    /// When there is no reply. A refusal is a reply.
    pub async fn enrolments(&self, request: &Enrolments) -> Result<Answered, ClientError> {
        self.ask(&Request::Enrolments(*request), ENROLMENTS_REPLY_BYTES_MAX).await
    }

    /// Brings a new device's registration. The same again has the same reply.
    ///
    /// # Errors
    /// When there is no reply. A refusal is a reply.
    pub async fn enrol(&self, request: &Enrol<'_>) -> Result<Answered, ClientError> {
        self.ask(&Request::Enrol(*request), PREPARED_REPLY_BYTES_MAX).await
    }

    /// Brings what an enrolled device says of a new one.
    ///
    /// # Errors
    /// When there is no reply. A refusal is a reply.
    pub async fn vouch(&self, request: &Vouch<'_>) -> Result<Answered, ClientError> {
        self.ask(&Request::Vouch(*request), PREPARED_REPLY_BYTES_MAX).await
    }

    /// Sends any bytes as a frame and gives the reply's bytes: for tests.
    ///
    /// # Errors
    /// When there is no reply.
    pub async fn request(&self, frame: &[u8]) -> Result<Vec<u8>, ClientError> {
        self.connection.ask(frame, SIGNED_REPLY_BYTES_MAX).await
    }

    /// Sends any bytes as a frame and leaves the reply to be read or abandoned: for tests.
    ///
    /// # Errors
    /// When the frame cannot be sent.
    pub async fn begin(&self, frame: &[u8]) -> Result<Pending, ClientError> {
        self.connection.begin(frame, SIGNED_REPLY_BYTES_MAX).await
    }

    /// Closes the connection and all its clones, and waits a moment until the appliance knows.
    pub async fn close(self) {
        self.connection.close().await;
    }

    async fn ask(&self, request: &Request<'_>, limit: usize) -> Result<Answered, ClientError> {
        // Into memory that grows: never fails, and an empty frame would be malformed.
        let frame = minicbor::to_vec(request).unwrap_or_default();
        self.connection.ask(&frame, limit).await.map(Answered::new)
    }
}
