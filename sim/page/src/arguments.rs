//! What the program is told.

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::PathBuf;

use clap::Parser;
use countersign_client::{Identity, ServerPin};
use countersign_page::{Appliance, PageError};

/// Serves a page on this machine that enrols a device and approves a document: for development and tests. It
/// protects nothing.
#[derive(Parser)]
#[command(name = "countersign-page", version)]
pub(crate) struct Arguments {
    /// Where the page is served: on loopback only.
    #[arg(long, value_name = "127.0.0.1:PORT")]
    pub(crate) listen: SocketAddr,
    /// Where browsers reach the page, if something before it speaks TLS; else http://localhost:PORT. It is the
    /// origin that the appliance was made with.
    #[arg(long, value_name = "ORIGIN")]
    pub(crate) origin: Option<String>,
    /// The appliance's address and UDP port.
    #[arg(long, value_name = "ADDR", env = "COUNTERSIGN_SERVER")]
    server: String,
    /// The appliance's certificate, PEM: no other is accepted.
    #[arg(long, value_name = "FILE", env = "COUNTERSIGN_SERVER_CERT")]
    server_cert: PathBuf,
    /// The front-end's certificate, PEM.
    #[arg(long, value_name = "FILE", env = "COUNTERSIGN_IDENTITY")]
    identity: PathBuf,
    /// Its private key, PEM; when left out, NAME.key.pem beside a certificate NAME.pem.
    #[arg(long, value_name = "FILE")]
    identity_key: Option<PathBuf>,
}

impl Arguments {
    /// The appliance and the front-end that they name.
    pub(crate) fn appliance(&self) -> Result<Appliance, PageError> {
        let beside = || self.identity.with_extension("key.pem");
        let key = self.identity_key.clone().unwrap_or_else(beside);
        let found = self.server.to_socket_addrs().ok().and_then(|mut all| all.next());
        let address = found.ok_or_else(|| PageError::Server(self.server.clone()))?;
        let pin = ServerPin::from_pem_file(&self.server_cert)?;
        Ok(Appliance::new(address, pin, Identity::from_pem_files(&self.identity, &key)?))
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Arguments;

    #[test]
    fn the_grammar_holds_together() {
        Arguments::command().debug_assert();
    }
}
