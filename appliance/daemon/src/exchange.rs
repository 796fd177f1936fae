//! One stream: a frame there, a decision, a reply back.
//!
//! Guarantees: what has no share is told `Busy` unread; each stream has a task of its own, which nobody
//! cancels: a decision that has begun runs to its end, whatever becomes of the stream; its share is held
//! until the reply has arrived or the peer has had its time, so that a shutdown waits for both.

use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::Digest;
use countersign_protocol::admin::Order;
use countersign_protocol::limits::{
    ADMIN_FRAME_BYTES_MAX, IMPORT_FRAME_BYTES_MAX, LOG_FRAME_BYTES_MAX, SIGN_FRAME_BYTES_MAX,
};
use countersign_protocol::reply::Failure;
use quinn::{RecvStream, Runtime, SendStream, VarInt};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::footing::within;
use crate::requests::Outcome;
use crate::service::Service;
use crate::shares::{Peer, Shares};
use crate::{officer, reader, requests};

/// How long a frame may take to arrive.
const FRAME_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a frame with a BLOB may take.
const IMPORT_TIMEOUT: Duration = Duration::from_secs(60);
/// How long a reply may take to arrive.
const REPLY_TIMEOUT: Duration = Duration::from_secs(20);

/// Application error codes of a stream.
const CODE_REFUSED: VarInt = VarInt::from_u32(1);
const CODE_BUSY: VarInt = VarInt::from_u32(2);

/// Whose stream it is.
#[derive(Clone, Copy)]
pub(crate) struct Caller {
    /// What the registry knows it by.
    pub(crate) channel: Digest,
    /// Whose share it takes.
    pub(crate) peer: Peer,
}

/// Where requests of one connection are taken.
pub(crate) struct Counter<S> {
    pub(crate) service: Arc<S>,
    pub(crate) shares: Arc<Shares>,
    pub(crate) runtime: Arc<dyn Runtime>,
    pub(crate) caller: Caller,
    /// Whose turn it is to bring a long order.
    pub(crate) imports: Arc<Semaphore>,
}

impl<S> Clone for Counter<S> {
    fn clone(&self) -> Self {
        Self {
            service: Arc::clone(&self.service),
            shares: Arc::clone(&self.shares),
            runtime: Arc::clone(&self.runtime),
            caller: self.caller,
            imports: Arc::clone(&self.imports),
        }
    }
}

/// A request of a front-end.
pub(crate) async fn front_end<S: Service>(
    counter: Counter<S>,
    mut send: SendStream,
    mut recv: RecvStream,
) {
    let Counter { service, shares, runtime, caller, .. } = counter;
    let admitted = shares.take(caller.peer).filter(|_| service.admits(&caller.channel));
    let Some(_share) = admitted else {
        let _ = recv.stop(CODE_BUSY);
        return deliver(&*runtime, &mut send, &Outcome::failed(Failure::Busy)).await;
    };
    let outcome = match frame(&*runtime, &mut recv, SIGN_FRAME_BYTES_MAX).await {
        Some(frame) => service.request(caller.channel, &frame).await,
        None => {
            service.count_malformed();
            Outcome::failed(Failure::Malformed)
        }
    };
    deliver(&*runtime, &mut send, &outcome).await;
}

/// An order of an officer.
pub(crate) async fn officer<S: Service>(
    counter: Counter<S>,
    mut send: SendStream,
    mut recv: RecvStream,
) {
    let Counter { service, shares, runtime, caller, imports } = counter;
    let Some(_share) = shares.take(caller.peer) else { return drop(send.reset(CODE_BUSY)) };
    let answer = match order(&*runtime, &mut recv, &imports).await {
        Some((frame, _turn)) => officer::answer(&*service, caller.channel, &frame).await,
        None => None,
    };
    match answer {
        Some(answer) => deliver(&*runtime, &mut send, &Outcome::Whole(answer)).await,
        None => drop(send.reset(CODE_REFUSED)),
    }
}

/// A request of a reader of the log.
pub(crate) async fn reader<S: Service>(
    counter: Counter<S>,
    mut send: SendStream,
    mut recv: RecvStream,
) {
    let Counter { service, shares, runtime, caller, .. } = counter;
    if !reader::may_read(&*service, &caller.channel) {
        return drop(send.reset(CODE_REFUSED));
    }
    let Some(_share) = shares.take(caller.peer) else {
        let _ = recv.stop(CODE_BUSY);
        return deliver(&*runtime, &mut send, &Outcome::Whole(reader::failed(Failure::Busy))).await;
    };
    let frame = frame(&*runtime, &mut recv, LOG_FRAME_BYTES_MAX).await;
    let answer = reader::answer(&*service, frame).await;
    deliver(&*runtime, &mut send, &Outcome::Whole(answer)).await;
}

/// An order, and the turn to read it if it brings a BLOB: one at a time, for it is long. Others wait.
async fn order<'i>(
    runtime: &dyn Runtime,
    recv: &mut RecvStream,
    imports: &'i Semaphore,
) -> Option<(Vec<u8>, Option<SemaphorePermit<'i>>)> {
    let mut head = [0; 2];
    within(runtime, FRAME_TIMEOUT, recv.read_exact(&mut head)).await?.ok()?;
    let is_import = Order::is_import(head);
    let (limit, time) = match is_import {
        true => (IMPORT_FRAME_BYTES_MAX, IMPORT_TIMEOUT),
        false => (ADMIN_FRAME_BYTES_MAX, FRAME_TIMEOUT),
    };
    let turn = match is_import {
        true => Some(within(runtime, time, imports.acquire()).await?.ok()?),
        false => None,
    };
    let rest = within(runtime, time, recv.read_to_end(limit - head.len())).await?.ok()?;
    let mut frame = Vec::with_capacity(head.len() + rest.len());
    frame.extend_from_slice(&head);
    frame.extend_from_slice(&rest);
    Some((frame, turn))
}

/// A whole frame within its limit and time.
async fn frame(runtime: &dyn Runtime, recv: &mut RecvStream, limit: usize) -> Option<Vec<u8>> {
    within(runtime, FRAME_TIMEOUT, recv.read_to_end(limit)).await?.ok()
}

/// Writes a reply and waits until it has arrived. A peer that does not take it has it by `Fetch`.
async fn deliver(runtime: &dyn Runtime, send: &mut SendStream, outcome: &Outcome) {
    let arrived = async {
        requests::write(send, outcome).await.ok()?;
        send.stopped().await.ok()
    };
    if within(runtime, REPLY_TIMEOUT, arrived).await.is_none() {
        let _ = send.reset(CODE_BUSY);
    }
}
