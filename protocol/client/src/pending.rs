//! A request that is on its way.

use quinn::{Connection, RecvStream, SendStream, WriteError};

use crate::ClientError;
use crate::connection::in_time;

/// A sent frame whose reply nobody has read yet. Dropping it is [`Pending::abandon`].
#[derive(Debug)]
#[must_use = "a dropped request has no reader for its reply"]
pub struct Pending {
    sent: SendStream,
    reply: RecvStream,
    limit: usize,
}

impl Pending {
    pub(crate) async fn send(
        connection: &Connection,
        frame: &[u8],
        limit: usize,
    ) -> Result<Self, ClientError> {
        let (mut sent, reply) = connection.open_bi().await?;
        match sent.write_all(frame).await {
            // An appliance that wants no more of the frame has its reply ready: it is busy, or the
            // frame too long.
            Ok(()) | Err(WriteError::Stopped(_)) => {}
            Err(why) => return Err(why.into()),
        }
        // Fails only where the peer stopped us, and then nothing is left to finish.
        let _ = sent.finish();
        Ok(Self { sent, reply, limit })
    }

    pub(crate) async fn read(mut self) -> Result<Vec<u8>, ClientError> {
        let read = self.reply.read_to_end(self.limit).await;
        let reply = read.map_err(|why| ClientError::reading(why, self.limit))?;
        if reply.is_empty() { Err(ClientError::NoAnswer) } else { Ok(reply) }
    }

    /// Waits for the reply.
    ///
    /// # Errors
    /// When there is none, or it is past its limit.
    pub async fn finish(self) -> Result<Vec<u8>, ClientError> {
        in_time(self.read()).await
    }

    /// Waits until the appliance's machine has the whole frame, or wants no more of it.
    ///
    /// # Errors
    /// When the connection is lost.
    pub async fn delivered(&mut self) -> Result<(), ClientError> {
        let lost = |why: quinn::StoppedError| ClientError::Lost(why.to_string());
        in_time(async { self.sent.stopped().await.map(drop).map_err(lost) }).await
    }

    /// Tells the appliance that nobody will read the reply. The frame is delivered all the same,
    /// as long as the connection stands.
    pub fn abandon(self) {}
}
