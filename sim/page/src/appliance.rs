//! The appliance that the page's requests go to, and the front-end as which they go.

use std::net::SocketAddr;

use countersign_client::{FrontEnd, Identity, ServerPin};

use crate::PageError;

/// Whom to ask, and as whom.
#[derive(Clone, Debug)]
pub struct Appliance {
    address: SocketAddr,
    pin: ServerPin,
    identity: Identity,
}

impl Appliance {
    /// The appliance at this address with the pinned certificate, asked as this front-end.
    #[must_use]
    pub const fn new(address: SocketAddr, pin: ServerPin, identity: Identity) -> Self {
        Self { address, pin, identity }
    }

    /// A connection for one request: an appliance that was started anew is found at once.
    pub(crate) async fn connect(&self) -> Result<FrontEnd, PageError> {
        Ok(FrontEnd::connect(self.address, &self.pin, &self.identity).await?)
    }
}
