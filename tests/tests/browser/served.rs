//! An origin that a server on this machine serves, and Chromium's way to it.
//!
//! It stands where TLS ends: the browser takes the origin for https, the server hears plain HTTP. Of both,
//! everything is passed on as it is, unless a test makes the server a liar.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

const ANSWER_WITHIN: Duration = Duration::from_secs(60);

/// What a front-end that lies makes of what it tells the page.
pub type Lie = fn(&mut Value);

/// An https origin, and the port of 127.0.0.1 where its server hears.
pub struct Served {
    /// The origin.
    pub origin: String,
    /// The port.
    pub port: u16,
    /// What it tells otherwise than it should.
    pub lie: Option<Lie>,
}

impl Served {
    /// The server's answer to this request as `Fetch.fulfillRequest` takes it; none if it is of another origin.
    pub fn answer(&self, request: &Value) -> Option<Value> {
        let path = request["url"].as_str()?.strip_prefix(&self.origin)?;
        path.starts_with('/').then(|| self.told(read(&self.exchange(request, path))))
    }

    /// The page's files are never lied about: they are what is tested.
    fn told(&self, mut answer: Value) -> Value {
        let body = BASE64_STANDARD.decode(answer["body"].as_str().unwrap()).unwrap();
        if let (Some(lie), Ok(mut told)) = (self.lie, serde_json::from_slice(&body)) {
            lie(&mut told);
            answer["body"] = json!(BASE64_STANDARD.encode(told.to_string()));
        }
        answer
    }

    fn exchange(&self, request: &Value, path: &str) -> Vec<u8> {
        let mut server = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        server.set_read_timeout(Some(ANSWER_WITHIN)).unwrap();
        server.write_all(self.written(request, path).as_bytes()).unwrap();
        let mut answer = Vec::new();
        server.read_to_end(&mut answer).unwrap();
        answer
    }

    /// Chromium adds Host and Origin later than it shows a request: they are the page's own.
    fn written(&self, request: &Value, path: &str) -> String {
        let method = request["method"].as_str().unwrap();
        let body = request["postData"].as_str().unwrap_or_default();
        let host = self.origin.strip_prefix("https://").unwrap();
        let (origin, length) = (&self.origin, body.len());
        format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\norigin: {origin}\r\n\
             content-length: {length}\r\n\r\n{body}"
        )
    }
}

/// An HTTP/1.1 answer that ends with its connection.
fn read(answer: &[u8]) -> Value {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("headers");
    let mut lines = std::str::from_utf8(&answer[..end]).unwrap().split("\r\n");
    let status: u16 = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let header = |line: &str| {
        let (name, value) = line.split_once(": ").expect("a header");
        json!({ "name": name, "value": value })
    };
    json!({
        "responseCode": status,
        "responseHeaders": lines.map(header).collect::<Vec<_>>(),
        "body": BASE64_STANDARD.encode(&answer[end + 4..]),
    })
}
