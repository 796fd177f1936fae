//! Who is let in: the page itself, and no other page of the same browser.
//!
//! Guarantee to the front-end's owner: a page of another origin cannot ask the appliance in the front-end's
//! name, neither by its own address nor by a name that it points to this machine.

use hyper::header::{HOST, HeaderMap, HeaderName, ORIGIN};
use hyper::{Method, StatusCode};

use crate::PageError;

/// The page's own origin.
#[derive(Clone, Debug)]
pub(crate) struct Door {
    host: String,
    origin: String,
}

/// Why somebody is not let in.
pub(crate) type Turned = (StatusCode, String);

impl Door {
    /// For the page at this origin, `http://HOST[:PORT]` or `https://HOST[:PORT]`.
    pub(crate) fn of(origin: &str) -> Result<Self, PageError> {
        let host = ["http://", "https://"].iter().find_map(|scheme| origin.strip_prefix(scheme));
        let host = host.filter(|host| !host.is_empty() && !host.contains('/'));
        let host = host.ok_or_else(|| PageError::Origin(origin.to_owned()))?;
        Ok(Self { host: host.to_owned(), origin: origin.to_owned() })
    }

    /// Lets in who asks by the page's name, and for more than files only the page.
    pub(crate) fn enter(&self, method: &Method, headers: &HeaderMap) -> Result<(), Turned> {
        if !says(headers, HOST, &self.host) {
            let what = format!("this page is at {} alone: open that\n", self.origin);
            return Err((StatusCode::MISDIRECTED_REQUEST, what));
        }
        if *method != Method::GET && !says(headers, ORIGIN, &self.origin) {
            let what = format!("only the page at {} may ask this\n", self.origin);
            return Err((StatusCode::FORBIDDEN, what));
        }
        Ok(())
    }
}

/// Whether this header is there once, with this value.
fn says(headers: &HeaderMap, name: HeaderName, value: &str) -> bool {
    let mut all = headers.get_all(name).iter();
    all.next().is_some_and(|first| first == value) && all.next().is_none()
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    fn turned(method: &Method, host: &'static str, origin: Option<&'static str>) -> Option<u16> {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static(host));
        if let Some(origin) = origin {
            headers.insert(ORIGIN, HeaderValue::from_static(origin));
        }
        Door::of("http://localhost:80")
            .unwrap()
            .enter(method, &headers)
            .err()
            .map(|(status, _)| status.as_u16())
    }

    #[test]
    fn an_origin_is_a_scheme_and_a_host() {
        for wrong in ["localhost:80", "http://", "https://localhost/", "ftp://localhost"] {
            assert!(Door::of(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_page_is_let_in() {
        assert_eq!(turned(&Method::GET, "localhost:80", None), None);
        assert_eq!(turned(&Method::POST, "localhost:80", Some("http://localhost:80")), None);
    }

    #[test]
    fn another_name_of_this_machine_is_not() {
        for host in ["evil.example:80", "127.0.0.1:80", "localhost"] {
            assert_eq!(turned(&Method::GET, host, None), Some(421), "{host}");
        }
    }

    #[test]
    fn another_page_is_not() {
        for origin in [None, Some("null"), Some("http://evil.example"), Some("http://localhost")] {
            assert_eq!(turned(&Method::POST, "localhost:80", origin), Some(403), "{origin:?}");
        }
    }
}
