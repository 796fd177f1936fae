//! Those who ask a real daemon: the house's own client, one connection each.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::rc::Rc;

use countersign_client::{ClientError, FrontEnd, Identity, Officer, ServerPin, new_identity};
use tokio::sync::OnceCell;

use crate::people::Who;

/// Everybody, with what they are known by and the connections that stand or are made.
pub(super) struct Clients {
    address: SocketAddr,
    pin: ServerPin,
    identities: RefCell<BTreeMap<Who, Identity>>,
    connections: RefCell<BTreeMap<Who, Rc<OnceCell<Connection>>>>,
}

enum Connection {
    FrontEnd(FrontEnd),
    Officer(Officer),
}

impl Connection {
    async fn ask(&self, frame: &[u8]) -> Result<Vec<u8>, ClientError> {
        match self {
            Self::FrontEnd(front_end) => front_end.request(frame).await,
            Self::Officer(officer) => officer.request(frame).await,
        }
    }
}

impl Clients {
    /// Who may ask the daemon there; the officer is this one.
    pub(super) fn of(address: SocketAddr, pin: ServerPin, officer: Identity) -> Self {
        let identities = RefCell::new(BTreeMap::from([(Who::Officer, officer)]));
        Self { address, pin, identities, connections: RefCell::default() }
    }

    /// What somebody is known by.
    pub(super) fn identity(&self, who: Who) -> Identity {
        let make = || {
            let made = new_identity(&format!("{who:?}")).expect("random bytes");
            Identity::from_pem(&made.certificate_pem, &made.key_pem).expect("an identity")
        };
        self.identities.borrow_mut().entry(who).or_insert_with(make).clone()
    }

    /// Sends a frame and gives what came back.
    pub(super) async fn ask(&self, who: Who, frame: &[u8]) -> Option<Vec<u8>> {
        let cell = Rc::clone(self.connections.borrow_mut().entry(who).or_default());
        let reply = match cell.get_or_try_init(|| self.connect(who)).await {
            Ok(connection) => connection.ask(frame).await,
            Err(why) => Err(why),
        };
        if reply.is_err() {
            self.leave(who, &cell);
        }
        reply.ok()
    }

    /// Nobody has a connection any more.
    pub(super) fn forget(&self) {
        self.connections.borrow_mut().clear();
    }

    /// The next frame goes over another connection, unless somebody has seen to that before.
    fn leave(&self, who: Who, cell: &Rc<OnceCell<Connection>>) {
        let mut connections = self.connections.borrow_mut();
        if connections.get(&who).is_some_and(|standing| Rc::ptr_eq(standing, cell)) {
            connections.remove(&who);
        }
    }

    async fn connect(&self, who: Who) -> Result<Connection, ClientError> {
        let identity = self.identity(who);
        Ok(if who == Who::Officer {
            Connection::Officer(Officer::connect(self.address, &self.pin, &identity).await?)
        } else {
            Connection::FrontEnd(FrontEnd::connect(self.address, &self.pin, &identity).await?)
        })
    }
}
