//! The witness over HTTP/1.1: `POST /add-checkpoint`, and nothing else.
//!
//! Guarantees: a body is at most as long as a request can be; a request that is not there in time ends its
//! connection; connections are few, and each ends some day. There is no TLS: nothing here is secret, and what
//! is answered verifies by its key.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use countersign_ports::Storage;
use countersign_tlog::witness::REQUEST_BYTES_MAX;
use countersign_witness::Answer;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::{Desk, WitnessingError};

/// Connections at the same time; further ones wait.
const CONNECTIONS_MAX: usize = 32;
/// How long a connection may be.
const CONNECTION_WITHIN: Duration = Duration::from_secs(600);
/// How long a connection may be silent, and how long the head of a request may take.
const HEAD_WITHIN: Duration = Duration::from_secs(15);
/// How long a body may take.
const BODY_WITHIN: Duration = Duration::from_secs(10);
/// Of a request, before its body: the least that hyper takes.
const HEADERS_BYTES_MAX: usize = 8 * 1024;
/// How long it is waited after a connection could not be accepted.
const PAUSE: Duration = Duration::from_millis(100);

type Reply = Response<Full<Bytes>>;

/// Listens, and answers until the task is ended.
pub(super) async fn serve<S: Storage + Send + 'static>(
    desk: Arc<Desk<S>>,
    address: SocketAddr,
) -> Result<(SocketAddr, JoinHandle<()>), WitnessingError> {
    let failed = |why| WitnessingError::Listen { address, why };
    let socket = TcpListener::bind(address).await.map_err(failed)?;
    let address = socket.local_addr().map_err(failed)?;
    Ok((address, tokio::spawn(accept(desk, socket))))
}

async fn accept<S: Storage + Send + 'static>(desk: Arc<Desk<S>>, socket: TcpListener) {
    let free = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    while let Ok(place) = Arc::clone(&free).acquire_owned().await {
        // One that is gone again, or no more files: the next one may be better.
        let Ok((stream, _)) = socket.accept().await else {
            sleep(PAUSE).await;
            continue;
        };
        let desk = Arc::clone(&desk);
        tokio::spawn(async move {
            let _ = timeout(CONNECTION_WITHIN, converse(stream, desk)).await;
            drop(place);
        });
    }
}

/// One connection. One that ends badly concerns its peer alone.
async fn converse<S: Storage + Send + 'static>(stream: TcpStream, desk: Arc<Desk<S>>) {
    let service = service_fn(|request| answer(request, Arc::clone(&desk)));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .max_buf_size(HEADERS_BYTES_MAX)
        .half_close(false);
    let _ = http.serve_connection(TokioIo::new(stream), service).await;
}

async fn answer<S: Storage + Send + 'static>(
    request: Request<Incoming>,
    desk: Arc<Desk<S>>,
) -> Result<Reply, Infallible> {
    if request.uri().path() != "/add-checkpoint" {
        return Ok(plain(StatusCode::NOT_FOUND, "there is nothing here but /add-checkpoint\n"));
    }
    if request.method() != Method::POST {
        return Ok(plain(StatusCode::METHOD_NOT_ALLOWED, "only POST\n"));
    }
    let body = Limited::new(request.into_body(), REQUEST_BYTES_MAX).collect();
    let Ok(Ok(body)) = timeout(BODY_WITHIN, body).await else {
        return Ok(plain(StatusCode::BAD_REQUEST, "too long, or too late\n"));
    };
    let body = body.to_bytes();
    // It waits for the disk and the token, and runs to its end whatever becomes of the connection.
    let decided = tokio::task::spawn_blocking(move || decide(&desk, &body)).await;
    Ok(reply(&decided.unwrap_or(Answer::Unavailable)))
}

/// One request at a time.
fn decide<S: Storage + Send + 'static>(desk: &Desk<S>, body: &[u8]) -> Answer {
    // A panic aborts the process: what a poisoned lock holds is not looked at again.
    let mut witness = desk.witness.lock().unwrap_or_else(PoisonError::into_inner);
    let answer = witness.add_checkpoint(&*desk.appliance.crypto, desk, body);
    tracing::info!(status = answer.status(), "asked to witness");
    answer
}

fn reply(answer: &Answer) -> Reply {
    let status = StatusCode::from_u16(answer.status());
    of(status.unwrap_or(StatusCode::SERVICE_UNAVAILABLE), answer.content_type(), answer.body())
}

fn plain(status: StatusCode, what: &'static str) -> Reply {
    of(status, "text/plain; charset=utf-8", what)
}

fn of(status: StatusCode, media: &'static str, body: impl Into<Bytes>) -> Reply {
    let mut reply = Response::new(Full::new(body.into()));
    *reply.status_mut() = status;
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media));
    reply
}
