//! What can go wrong on the way to the appliance and back: each in one line, with what to do.

use std::net::SocketAddr;
use std::path::PathBuf;

use countersign_protocol::TransactionId;
use quinn::{ConnectionError, ReadError, ReadToEndError, VarInt, WriteError};

/// The appliance closes or resets with this code when it does not take who asks.
const CODE_REFUSED: VarInt = VarInt::from_u32(1);
/// The alert of a certificate that is not the pinned one (RFC 8446, 6.2: access_denied).
const ACCESS_DENIED: u64 = tls_alert(49);
/// The alert of a protocol that the server does not speak (RFC 7301, 3.2).
const NO_APPLICATION_PROTOCOL: u64 = tls_alert(120);
/// The first code that carries a TLS alert (RFC 9001, 4.8).
const TLS_ALERTS: u64 = tls_alert(0);
/// Past the last one.
const TLS_ALERTS_END: u64 = TLS_ALERTS + 256;

const fn tls_alert(alert: u8) -> u64 {
    0x100 + alert as u64
}

/// Why there is no reply.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// A file cannot be read.
    #[error("cannot read {}: {why}; check the path and its owner", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        why: std::io::Error,
    },
    /// Something is no certificate.
    #[error("{0} is no X.509 certificate; give the PEM file of one")]
    Certificate(String),
    /// A certificate and key cannot be used together.
    #[error("the identity cannot be used: {0}; give a certificate and its own private key")]
    Identity(String),
    /// No identity was made.
    #[error("no identity was made: {0}; choose a plain name and try again")]
    NewIdentity(String),
    /// No socket.
    #[error("cannot open a UDP socket: {0}; check the system's limits and firewall")]
    Socket(std::io::Error),
    /// Nobody answers.
    #[error("no appliance answers at {address} ({why}); check the address and that it runs")]
    Unreachable {
        /// Where.
        address: SocketAddr,
        /// How it failed.
        why: String,
    },
    /// Somebody else answers.
    #[error(
        "the server's certificate is not the pinned one; nothing was sent: ask an officer for the \
         appliance's certificate"
    )]
    NotPinned,
    /// The server does not speak this protocol.
    #[error("the server does not speak {0}; use a client of the appliance's version")]
    Alpn(&'static str),
    /// The server does not take who asks.
    #[error("the appliance refuses this identity; use one that its officers have put on record")]
    IdentityRefused,
    /// The connection ended without a reply.
    #[error("the connection was lost: {0}; try again")]
    Lost(String),
    /// No reply in time.
    #[error("no reply within {0} s; try again")]
    TimedOut(u64),
    /// The appliance ended the stream without a word.
    #[error("the appliance gave no answer: it stops, or has too much to do; try again later")]
    NoAnswer,
    /// The reply is too long.
    #[error("the reply is longer than {0} bytes; use a client of the appliance's version")]
    TooLong(usize),
    /// The reply is no reply.
    #[error("the reply is not canonical; use a client of the appliance's version")]
    NotCanonical,
    /// A `Sign` got no reply: the documents may be signed, the approval may be spent.
    #[error(
        "whether the appliance signed is not known ({why}); use `fetch` with transaction \
         {transaction}, and sign anew only if it is still stale when the approval has expired"
    )]
    OutcomeUnknown {
        /// What to fetch.
        transaction: TransactionId,
        /// What happened.
        why: String,
    },
}

impl ClientError {
    /// Why there is no connection to `address`.
    pub(crate) fn connecting(
        error: ConnectionError,
        address: SocketAddr,
        alpn: &'static str,
    ) -> Self {
        match &error {
            ConnectionError::TransportError(own) if u64::from(own.code) == ACCESS_DENIED => {
                Self::NotPinned
            }
            ConnectionError::ConnectionClosed(close)
                if u64::from(close.error_code) == NO_APPLICATION_PROTOCOL =>
            {
                Self::Alpn(alpn)
            }
            _ => match Self::from(error) {
                Self::Lost(why) => Self::Unreachable { address, why },
                other => other,
            },
        }
    }

    /// The same, of a `Sign` that may have arrived.
    pub(crate) fn after_sign(self, transaction: TransactionId) -> Self {
        let why = match self {
            Self::Lost(why) => format!("the connection was lost: {why}"),
            Self::TimedOut(seconds) => format!("no reply within {seconds} s"),
            Self::NoAnswer => "no reply".to_owned(),
            other => return other,
        };
        Self::OutcomeUnknown { transaction, why }
    }
}

impl From<ConnectionError> for ClientError {
    fn from(error: ConnectionError) -> Self {
        match &error {
            // The server looks at our certificate after our side of the handshake is done.
            ConnectionError::ConnectionClosed(close)
                if (TLS_ALERTS..TLS_ALERTS_END).contains(&u64::from(close.error_code)) =>
            {
                Self::IdentityRefused
            }
            ConnectionError::ApplicationClosed(close) if close.error_code == CODE_REFUSED => {
                Self::IdentityRefused
            }
            _ => Self::Lost(error.to_string()),
        }
    }
}

impl From<WriteError> for ClientError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::ConnectionLost(error) => error.into(),
            other => Self::Lost(other.to_string()),
        }
    }
}

impl From<ReadError> for ClientError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::ConnectionLost(error) => error.into(),
            ReadError::Reset(CODE_REFUSED) => Self::IdentityRefused,
            other => Self::Lost(other.to_string()),
        }
    }
}

impl ClientError {
    /// Why a reply of at most `limit` bytes was not read.
    pub(crate) fn reading(error: ReadToEndError, limit: usize) -> Self {
        match error {
            ReadToEndError::TooLong => Self::TooLong(limit),
            ReadToEndError::Read(error) => error.into(),
        }
    }
}
