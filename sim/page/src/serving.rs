//! The HTTP server: one request on a connection, each within its bounds.
//!
//! Guarantees: a body is at most as long as the protocol's longest frame in base64; an exchange ends after
//! [`EXCHANGE_WITHIN`]; at most [`CONNECTIONS_MAX`] are under way; the browser runs nothing but the page's own
//! files, and shows it in no other page.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::limits::SIGN_FRAME_BYTES_MAX;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use crate::door::{Door, Turned};
use crate::files::{self, File};
use crate::told::Told;
use crate::{Appliance, Listener, PageError, enrolling, signing};

/// From the first byte to the last: longer than the appliance may take (70 s).
const EXCHANGE_WITHIN: Duration = Duration::from_secs(100);
/// Exchanges under way; further ones wait.
const CONNECTIONS_MAX: usize = 64;
/// A frame in base64, with its names.
const BODY_BYTES_MAX: usize = SIGN_FRAME_BYTES_MAX / 3 * 4 + 4096;
/// Of a request, before its body.
const HEADERS_BYTES_MAX: usize = 16 * 1024;

const JSON: &str = "application/json";
const PLAIN: &str = "text/plain; charset=utf-8";
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

/// On everything that is sent.
const HEADERS: [(HeaderName, &str); 4] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (CACHE_CONTROL, "no-store"),
    (hyper::header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (hyper::header::REFERRER_POLICY, "no-referrer"),
];

type Page = Response<Full<Bytes>>;

/// What every exchange needs.
struct House {
    appliance: Appliance,
    door: Door,
}

/// Serves the page, which browsers reach at this origin, until it is dropped.
///
/// # Errors
/// When the origin is none, or the socket cannot be used.
pub async fn serve(
    listener: Listener,
    origin: &str,
    appliance: Appliance,
) -> Result<Infallible, PageError> {
    let address = ([127, 0, 0, 1], listener.port()).into();
    let house = Arc::new(House { appliance, door: Door::of(origin)? });
    let free = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let failed = |why| PageError::Listen(address, why);
    let socket = TcpListener::from_std(listener.into_socket()).map_err(failed)?;
    loop {
        let place = Arc::clone(&free).acquire_owned().await;
        let (stream, _) = socket.accept().await.map_err(failed)?;
        let house = Arc::clone(&house);
        tokio::spawn(async move {
            exchange(stream, house).await;
            drop(place);
        });
    }
}

/// One request and its answer. One that ends badly or late concerns the browser alone.
async fn exchange(stream: TcpStream, house: Arc<House>) {
    let service = service_fn(|request| answer(request, &house));
    let mut http = http1::Builder::new();
    http.keep_alive(false).max_buf_size(HEADERS_BYTES_MAX);
    let connection = http.serve_connection(TokioIo::new(stream), service);
    let _ = tokio::time::timeout(EXCHANGE_WITHIN, connection).await;
}

async fn answer(request: Request<Incoming>, house: &House) -> Result<Page, Infallible> {
    let entered = house.door.enter(request.method(), request.headers());
    let answered = match (entered, request.method()) {
        (Err(turned), _) => Err(turned),
        (Ok(()), &Method::GET) => file(request.uri().path()),
        (Ok(()), &Method::POST) => asked(request, &house.appliance).await,
        _ => Err((StatusCode::METHOD_NOT_ALLOWED, "only GET and POST\n".to_owned())),
    };
    Ok(answered.unwrap_or_else(|(status, what)| page(status, PLAIN, what)))
}

fn file(path: &str) -> Result<Page, Turned> {
    let File { media, text, .. } = files::at(path).ok_or_else(nothing_here)?;
    Ok(page(StatusCode::OK, media, *text))
}

async fn asked(request: Request<Incoming>, appliance: &Appliance) -> Result<Page, Turned> {
    let path = request.uri().path().to_owned();
    let body = Limited::new(request.into_body(), BODY_BYTES_MAX).collect().await;
    let body = body.map_err(|why| (StatusCode::PAYLOAD_TOO_LARGE, format!("{why}\n")))?.to_bytes();
    let answered = match path.as_str() {
        "/prepare" => signing::prepare(appliance, &body).await,
        "/sign" => signing::sign(appliance, &body).await,
        "/fetch" => signing::fetch(appliance, &body).await,
        "/enrol" => enrolling::enrol(appliance, &body).await,
        "/vouch" => enrolling::vouch(appliance, &body).await,
        _ => return Err(nothing_here()),
    };
    let told = serde_json::to_vec(&Told::of(answered));
    let told = told.map_err(|why| (StatusCode::INTERNAL_SERVER_ERROR, format!("{why}\n")))?;
    Ok(page(StatusCode::OK, JSON, told))
}

fn nothing_here() -> Turned {
    (StatusCode::NOT_FOUND, "there is nothing here: open /\n".to_owned())
}

fn page(status: StatusCode, media: &'static str, body: impl Into<Bytes>) -> Page {
    let mut page = Response::new(Full::new(body.into()));
    *page.status_mut() = status;
    for (name, value) in HEADERS.into_iter().chain([(CONTENT_TYPE, media)]) {
        page.headers_mut().insert(name, hyper::header::HeaderValue::from_static(value));
    }
    page
}
