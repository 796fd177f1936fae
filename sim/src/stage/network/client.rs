//! Somebody who asks the appliance: a QUIC client that connects when it must, and waits so long.
//!
//! Guarantee: a request is sent once. Whoever does not get its reply has to ask again.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;

use quinn::{Connection, Endpoint, RecvStream, Runtime, VarInt, WriteError};
use rustls::pki_types::CertificateDer;

use super::chance;
use super::identity::Identity;
use super::settings::{self, Pace};
use super::socket::MemorySocket;
use super::wire::{APPLIANCE, Kind, Net};
use crate::time::Timeline;

/// TLS wants a name; the pin does not look at it.
const NAME: &str = "countersign";
/// How long a connection may take to stand, and a reply to come, as in the house's client.
const CONNECT_US: u64 = 10_000_000;
const REPLY_US: u64 = 60_000_000;
/// How often a connection is tried, and the pause between: longer than half a handshake may take.
const TRIES: u32 = 3;
const PAUSE_US: u64 = 6_000_000;
/// Who was silent for so long connects anew; the house's client would have said that it lives.
const SILENT_US: u64 = 20_000_000;
/// Who got no reply for so long asks for everything else over another connection.
const SUSPECT_US: u64 = 3_000_000;
/// No reply is longer.
const REPLY_BYTES_MAX: usize = 8 * 1024 * 1024;

/// A client.
pub(super) struct Client {
    endpoint: Endpoint,
    identity: Rc<Identity>,
    server: CertificateDer<'static>,
    alpn: &'static [u8],
    timeline: Timeline,
    runtime: Arc<dyn Runtime>,
    live: tokio::sync::Mutex<Option<Live>>,
    failed_us: Cell<Option<u64>>,
}

struct Live {
    connection: Connection,
    boot: u64,
    used_us: u64,
}

/// What a client is made with.
pub(super) struct Made<'m> {
    pub(super) net: &'m Arc<Net>,
    pub(super) runtime: &'m Arc<dyn Runtime>,
    pub(super) timeline: &'m Timeline,
    pub(super) server: &'m CertificateDer<'static>,
}

impl Client {
    pub(super) fn new(
        made: &Made<'_>,
        identity: Rc<Identity>,
        alpn: &'static [u8],
        kind: Kind,
    ) -> Option<Rc<Self>> {
        let socket = MemorySocket::bind(made.net, kind);
        let runtime = Arc::clone(made.runtime);
        let own = Arc::clone(&runtime);
        let endpoint =
            Endpoint::new_with_abstract_socket(chance::endpoint(), None, socket, own).ok()?;
        Some(Rc::new(Self {
            endpoint,
            identity,
            server: made.server.clone(),
            alpn,
            timeline: made.timeline.clone(),
            runtime,
            live: tokio::sync::Mutex::new(None),
            failed_us: Cell::new(None),
        }))
    }

    /// Sends a frame over the connection that stands, or a new one, and gives what came back.
    pub(super) async fn ask(&self, frame: &[u8], boot: u64) -> Option<Vec<u8>> {
        let connection = self.connection(boot).await?;
        let mut exchange = pin!(async {
            let mut reply = begin(&connection, frame).await?;
            reply.read_to_end(REPLY_BYTES_MAX).await.ok()
        });
        if let Some(reply) = within(&self.timeline, SUSPECT_US, exchange.as_mut()).await {
            return reply;
        }
        self.suspect(&connection);
        within(&self.timeline, REPLY_US - SUSPECT_US, exchange).await?
    }

    /// Nobody begins anything over this connection any more.
    fn suspect(&self, connection: &Connection) {
        // Somebody who holds it connects anew already.
        let Ok(mut live) = self.live.try_lock() else { return };
        if live.as_ref().is_some_and(|l| l.connection.stable_id() == connection.stable_id()) {
            *live = None;
        }
    }

    /// The same over a connection of its own, of which so many bytes are read at a time, with such a
    /// pause before each.
    pub(super) async fn ask_slowly(
        &self,
        frame: &[u8],
        (chunk, pause_us): (usize, u64),
    ) -> Option<Vec<u8>> {
        let connection = self.connect(Pace::Slow).await?;
        let exchange = async {
            let mut reply = begin(&connection, frame).await?;
            let (mut bytes, mut some) = (Vec::new(), vec![0; chunk]);
            loop {
                self.timeline.sleep_us(pause_us).await;
                match reply.read(&mut some).await.ok()? {
                    Some(read) => bytes.extend_from_slice(&some[..read]),
                    None => return Some(bytes),
                }
            }
        };
        let reply = within(&self.timeline, REPLY_US, exchange).await.flatten();
        connection.close(VarInt::from_u32(0), b"");
        reply
    }

    /// The connection that stands, if it is one with this start of the appliance or a later one, or a
    /// new one.
    pub(super) async fn connection(&self, boot: u64) -> Option<Connection> {
        let since_us = self.timeline.now_us();
        let mut live = self.live.lock().await;
        let now_us = self.timeline.now_us();
        if let Some(Live { connection, boot: own, used_us }) = live.as_mut() {
            let fresh = now_us.saturating_sub(*used_us) < SILENT_US && *own >= boot;
            if fresh && connection.close_reason().is_none() {
                *used_us = now_us;
                return Some(connection.clone());
            }
            connection.close(VarInt::from_u32(0), b"");
        }
        *live = None;
        // Those who waited for this one have waited for its failure too.
        if self.failed_us.get().is_some_and(|failed_us| failed_us >= since_us) {
            return None;
        }
        for _ in 0..TRIES {
            if let Some(connection) = self.connect(Pace::Ordinary).await {
                let used_us = self.timeline.now_us();
                *live = Some(Live { connection: connection.clone(), boot, used_us });
                return Some(connection);
            }
            self.timeline.sleep_us(PAUSE_US).await;
        }
        self.failed_us.set(Some(self.timeline.now_us()));
        None
    }

    async fn connect(&self, pace: Pace) -> Option<Connection> {
        let config = settings::client(&self.identity, &self.server, self.alpn, pace);
        let connecting = self.endpoint.connect_with(config, APPLIANCE, NAME).ok()?;
        let mut connecting = Box::pin(connecting);
        match within(&self.timeline, CONNECT_US, connecting.as_mut()).await {
            Some(connected) => connected.ok(),
            // A handshake that is dropped says so, again whenever anything arrives, and a server that has
            // not heard of it answers each time with a Retry: it would go on so, each round trip, for
            // three times as long as a packet may take. That is tried by strangers, who are fewer.
            None => {
                self.runtime.spawn(Box::pin(async move { drop(connecting.await) }));
                None
            }
        }
    }

    /// Begins a handshake, and stays while it stands and for at most so long.
    pub(super) async fn knock(&self, stay_us: u64) {
        let knocking = async {
            let connection = self.connect(Pace::Ordinary).await?;
            Some(connection.closed().await)
        };
        within(&self.timeline, stay_us, knocking).await;
        self.endpoint.close(VarInt::from_u32(0), b"");
    }

    /// Says good-bye.
    pub(super) fn close(&self) {
        if let Some(Live { connection, .. }) = self.live.try_lock().ok().and_then(|mut l| l.take())
        {
            connection.close(VarInt::from_u32(0), b"");
        }
    }
}

async fn begin(connection: &Connection, frame: &[u8]) -> Option<RecvStream> {
    let (mut send, receive) = connection.open_bi().await.ok()?;
    match send.write_all(frame).await {
        // Who does not want to read a frame may still answer it.
        Ok(()) | Err(WriteError::Stopped(_)) => {}
        Err(_) => return None,
    }
    let _ = send.finish();
    Some(receive)
}

/// What came of `future`, if it came in time.
async fn within<F: Future>(timeline: &Timeline, us: u64, future: F) -> Option<F::Output> {
    let (mut late, mut future) = (timeline.sleep_us(us), pin!(future));
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => pin!(&mut late).poll(context).map(|()| None),
    })
    .await
}
