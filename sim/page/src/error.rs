//! Why something was not done: each in one line, with what to do.

use std::io;
use std::net::SocketAddr;

use countersign_client::ClientError;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// Others than this machine would reach it.
    #[error("{0} is not on loopback: this page protects nothing; listen on 127.0.0.1:PORT")]
    NotLoopback(SocketAddr),
    /// No socket.
    #[error("cannot listen on {0}: {1}; choose another port")]
    Listen(SocketAddr, io::Error),
    /// The page's origin.
    #[error(
        "{0} is no origin; give --origin as the appliance has it, such as http://localhost:8080"
    )]
    Origin(String),
    /// The appliance's address.
    #[error("{0} is no HOST:PORT that can be found; give --server the appliance's address")]
    Server(String),
    /// No reply.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The page's request is none.
    #[error("the page's request cannot be passed on: {0}; mend what was typed, or reload the page")]
    Misunderstood(String),
}

impl PageError {
    /// What is past the limit of the protocol, or not as it wants it.
    pub(crate) fn unfit(what: &str) -> impl FnOnce() -> Self {
        move || Self::Misunderstood(format!("the {what} is not within the protocol's limits"))
    }
}
