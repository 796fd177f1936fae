//! Asking over HTTP/1.1: one request on a connection, with a bounded answer in bounded time.

use std::time::Duration;

use countersign_tlog::note::NOTE_BYTES_MAX;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{CONTENT_TYPE, HOST};
use hyper::{Method, Request, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long a witness may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// An answer, at most: signature lines.
const ANSWER_BYTES_MAX: usize = NOTE_BYTES_MAX;

/// Where a witness is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    host: String,
    port: u16,
    path: String,
}

/// What a witness answered.
pub(super) struct Answered {
    pub(super) status: u16,
    /// The size that it says it has cosigned, if it says so.
    pub(super) size: Option<u64>,
    pub(super) body: String,
}

impl Place {
    /// The place of a submission prefix, `http://HOST[:PORT][/PREFIX]`.
    pub(super) fn parse(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        let good = uri.scheme_str() == Some("http") && uri.query().is_none();
        let authority =
            uri.authority().filter(|authority| good && !authority.as_str().contains('@'))?;
        let path = format!("{}/add-checkpoint", uri.path().trim_end_matches('/'));
        let host = authority.host().to_owned();
        Some(Self { host, port: authority.port_u16().unwrap_or(80), path })
    }

    /// Sends a request; none if no answer came in time, or none that is one.
    pub(super) async fn ask(&self, body: String) -> Option<Answered> {
        timeout(ANSWER_WITHIN, self.exchange(body)).await.ok()?
    }

    async fn exchange(&self, body: String) -> Option<Answered> {
        // An IPv6 address is in brackets in a URL, and not here.
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        let stream = TcpStream::connect((host, self.port)).await.ok()?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
        let request = Request::builder()
            .method(Method::POST)
            .uri(&self.path)
            .header(HOST, format!("{}:{}", self.host, self.port))
            .header(hyper::header::CONNECTION, "close")
            .body(Full::new(Bytes::from(body)))
            .ok()?;
        let answered = async {
            let response = sender.send_request(request).await.ok()?;
            let status = response.status().as_u16();
            let is_size =
                response.headers().get(CONTENT_TYPE).is_some_and(|v| v == "text/x.tlog.size");
            let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect().await.ok()?;
            let body = String::from_utf8(body.to_bytes().to_vec()).ok()?;
            let size = body.strip_suffix('\n').and_then(|size| size.parse().ok());
            Some(Answered { status, size: size.filter(|_| is_size && status == 409), body })
        };
        // The connection lives as long as its exchange.
        tokio::pin!(answered);
        tokio::select! {
            answered = &mut answered => answered,
            _ = connection => answered.await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn a_prefix_is_a_host_and_where_it_is_asked() {
        let place = |host: &str, port, path: &str| {
            Some(Place { host: host.to_owned(), port, path: path.to_owned() })
        };
        for (url, expected) in [
            ("http://witness.example", place("witness.example", 80, "/add-checkpoint")),
            ("http://127.0.0.1:8080/", place("127.0.0.1", 8080, "/add-checkpoint")),
            ("http://[::1]:8080/w/1/", place("[::1]", 8080, "/w/1/add-checkpoint")),
            ("https://witness.example", None),
            ("http://user@witness.example", None),
            ("http://witness.example/?a", None),
            ("witness.example", None),
            ("/add-checkpoint", None),
        ] {
            assert_eq!(Place::parse(url), expected, "{url}");
        }
    }
}
