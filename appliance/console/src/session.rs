//! From the command line to a connection.

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::PathBuf;

use countersign_client::log::LogReader;
use countersign_client::{FrontEnd, Identity, Officer, ServerPin};

use crate::ConsoleError;
use crate::arguments::Server;
use crate::log::FileMemory;
use crate::progress::waiting;

/// Whom to talk to, and as whom.
pub(crate) struct Session {
    address: SocketAddr,
    pin: ServerPin,
    identity: Identity,
    /// Where the certificate is: beside it is remembered what was seen.
    beside: Option<PathBuf>,
}

impl Session {
    /// Reads what the command line names.
    pub(crate) fn new(server: &Server) -> Result<Self, ConsoleError> {
        let certificate = given(server.server_cert.as_ref(), "--server-cert FILE")?;
        let identity = given(server.identity.as_ref(), "--identity FILE")?;
        let key = server.identity_key.clone().unwrap_or_else(|| identity.with_extension("key.pem"));
        Ok(Self {
            address: address(given(server.server.as_ref(), "--server ADDR")?)?,
            pin: ServerPin::from_pem_file(certificate)?,
            identity: Identity::from_pem_files(identity, &key)?,
            beside: Some(identity.clone()),
        })
    }

    #[cfg(test)]
    pub(crate) const fn with(address: SocketAddr, pin: ServerPin, identity: Identity) -> Self {
        Self { address, pin, identity, beside: None }
    }

    /// As whom.
    pub(crate) const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Connects as a front-end.
    pub(crate) async fn front_end(&self) -> Result<FrontEnd, ConsoleError> {
        let connected = FrontEnd::connect(self.address, &self.pin, &self.identity);
        Ok(waiting("connecting to the appliance", connected).await?)
    }

    /// What was seen of logs.
    pub(crate) fn memory(&self) -> Option<FileMemory> {
        self.beside.as_deref().map(FileMemory::beside)
    }

    /// Connects as a reader of the log.
    pub(crate) async fn reader(&self) -> Result<LogReader, ConsoleError> {
        let connected = LogReader::connect(self.address, &self.pin, &self.identity);
        Ok(waiting("connecting to the appliance", connected).await?)
    }

    /// Connects as an officer.
    pub(crate) async fn officer(&self) -> Result<Officer, ConsoleError> {
        let connected = Officer::connect(self.address, &self.pin, &self.identity);
        Ok(waiting("connecting to the appliance", connected).await?)
    }
}

fn given<'a, T>(option: Option<&'a T>, name: &str) -> Result<&'a T, ConsoleError> {
    option.ok_or_else(|| ConsoleError::usage(format!("this command needs {name}")))
}

fn address(text: &str) -> Result<SocketAddr, ConsoleError> {
    let found = text.to_socket_addrs().ok().and_then(|mut all| all.next());
    found.ok_or_else(|| ConsoleError::usage(format!("{text} is no HOST:PORT that can be found")))
}
