//! Where the page is served.
//!
//! Guarantee: a [`Listener`] is on loopback; there is no other.

use std::net::{SocketAddr, TcpListener};

use crate::PageError;

/// A socket on loopback that listens.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    port: u16,
}

impl Listener {
    /// Listens there; port 0 takes one that is free.
    ///
    /// # Errors
    /// When the address is not on loopback, or taken.
    pub fn bind(address: SocketAddr) -> Result<Self, PageError> {
        if !address.ip().is_loopback() {
            return Err(PageError::NotLoopback(address));
        }
        let failed = |why| PageError::Listen(address, why);
        let socket = TcpListener::bind(address).map_err(failed)?;
        socket.set_nonblocking(true).map_err(failed)?;
        let port = socket.local_addr().map_err(failed)?.port();
        Ok(Self { socket, port })
    }

    /// Its port.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The page's origin, where nothing is before it. Browsers make no credentials for an address: it is by
    /// this name alone.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    pub(crate) fn into_socket(self) -> TcpListener {
        self.socket
    }
}

#[cfg(test)]
mod tests {
    use super::Listener;

    #[test]
    fn nobody_else_reaches_it() {
        for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
            let why = Listener::bind(address.parse().unwrap()).unwrap_err().to_string();
            assert!(why.contains("not on loopback"), "{address}: {why}");
        }
        let listener = Listener::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        assert_ne!(listener.port(), 0);
    }

    #[test]
    fn a_port_that_is_taken_is_said_so() {
        let listener = Listener::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let taken = ([127, 0, 0, 1], listener.port()).into();
        let why = Listener::bind(taken).unwrap_err().to_string();
        assert!(why.ends_with("choose another port"), "{why}");
    }
}
