//! The appliance behind its own endpoint: QUIC, TLS and all, over a network in memory.
//!
//! Guarantees: everything between the frame of whoever asks and the appliance is the daemon's own code
//! (accept, Retry, handshakes, shares, streams, time limits) over quinn; all of it in virtual time and by
//! chance of the seed, so that the same seed gives the same datagrams, byte for byte.
//!
//! Does not guarantee: the kernel's socket, and keys that are secret (see [`chance`]).

mod chance;
mod client;
mod identity;
mod runtime;
mod settings;
mod socket;
mod wire;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::Future;
use std::rc::Rc;
use std::sync::Arc;

use countersign_protocol::{Digest, TransactionId, admin, request};
use countersignd::{Footing, Serving, serve_on};
use quinn::Runtime;

use self::client::{Client, Made};
use self::identity::Identity;
use self::runtime::SimRuntime;
use self::socket::MemorySocket;
use self::wire::{Kind, Net};
use super::{CoreStage, Door, Leaves, Sent, Stage};
use crate::machine::{Machine, Stepped};
use crate::marks::{Mark, Marks, NetworkKind};
use crate::people::Who;
use crate::scenario::{Cut, Deed, Image, NetworkFault};
use crate::time::{Side, Spawner};
use crate::trace::Line;
use crate::{random, sometimes};

/// How often it is looked whether the appliance can be reached again, and how far apart, in
/// microseconds.
const LOOKS: u32 = 100;
const LOOK_US: u64 = 1_000_000;
/// How long a stranger who has connected stays at most, in microseconds.
const STRANGER_US: u64 = 60_000_000;
/// Strangers of one flood.
const STRANGERS_MAX: u32 = 400;

/// The stage.
pub struct NetworkStage {
    core: Rc<CoreStage>,
    spawner: Spawner,
    people: Rc<People>,
    clients: RefCell<BTreeMap<Who, Rc<Client>>>,
    outside: Arc<dyn Runtime>,
    /// The start that everybody has heard of.
    heard_boot: Cell<u64>,
    random: RefCell<fastrand::Rng>,
}

/// The network, with who is known by what and the appliance's door on it.
struct People {
    net: Arc<Net>,
    server: Identity,
    known: RefCell<BTreeMap<Who, Rc<Identity>>>,
    inside: Arc<dyn Runtime>,
    serving: RefCell<Option<Serving>>,
    machine: Arc<Machine>,
}

impl People {
    fn identity(&self, who: Who) -> Rc<Identity> {
        let mut known = self.known.borrow_mut();
        let made = || Rc::new(Identity::new(self.machine.seed, &format!("{who:?}")));
        Rc::clone(known.entry(who).or_insert_with(made))
    }
}

impl Door for People {
    fn channel(&self, who: Who) -> Digest {
        self.identity(who).channel
    }

    fn opens(&self, appliance: Arc<Stepped>) {
        let footing = Footing {
            socket: MemorySocket::bind(&self.net, Kind::Appliance),
            runtime: Arc::clone(&self.inside),
            quic: chance::endpoint(),
            cryptography: chance::cryptography(),
            begin: chance::server(&self.machine),
        };
        let Identity { certificate, .. } = &self.server;
        let serving = serve_on(appliance, footing, certificate.clone(), self.server.key());
        *self.serving.borrow_mut() = Some(serving.expect("an endpoint"));
    }

    fn closes(&self) {
        *self.serving.borrow_mut() = None;
    }
}

impl NetworkStage {
    /// Around the appliance of `core`; whether a line is kept for each datagram.
    pub fn new(core: Rc<CoreStage>, spawner: Spawner, log: bool) -> Rc<Self> {
        let machine = core.machine();
        chance::begin(machine.seed);
        let runtime = |side| -> Arc<dyn Runtime> {
            Arc::new(SimRuntime::new(side, spawner.nursery(), machine.timeline.clone()))
        };
        let (inside, outside) = (runtime(machine.side()), runtime(Side::Outside));
        let people = Rc::new(People {
            net: Net::new(Arc::clone(&machine), log),
            server: Identity::new(machine.seed, "appliance"),
            known: RefCell::default(),
            inside,
            serving: RefCell::new(None),
            machine: Arc::clone(&machine),
        });
        core.hang(Rc::clone(&people) as Rc<dyn Door>);
        Rc::new(Self {
            core,
            spawner,
            people,
            clients: RefCell::default(),
            outside,
            heard_boot: Cell::new(0),
            random: RefCell::new(random::stream(machine.seed, "readers", 0)),
        })
    }

    /// The appliance and its machine.
    pub fn core(&self) -> &Rc<CoreStage> {
        &self.core
    }

    /// Everybody says good-bye.
    pub fn close(&self) {
        let clients = std::mem::take(&mut *self.clients.borrow_mut());
        clients.values().for_each(|client| client.close());
    }

    /// A line for each datagram, if they are kept.
    pub fn datagrams(&self) -> Vec<Line> {
        self.people.net.lines()
    }

    /// Datagrams that were sent, and the most that waited at one place.
    pub fn traffic(&self) -> (u64, usize) {
        self.people.net.traffic()
    }

    fn made(&self, who: Who, kind: Kind) -> Option<Rc<Client>> {
        let made = Made {
            net: &self.people.net,
            runtime: &self.outside,
            timeline: &self.people.machine.timeline,
            server: &self.people.server.certificate,
        };
        let alpn = if who == Who::Officer { admin::ALPN } else { request::ALPN };
        Client::new(&made, self.people.identity(who), alpn, kind)
    }

    fn client(&self, who: Who) -> Option<Rc<Client>> {
        if let Some(client) = self.clients.borrow().get(&who) {
            return Some(Rc::clone(client));
        }
        let kind = if who == Who::Officer { Kind::Fixed } else { Kind::Portal };
        let client = self.made(who, kind)?;
        self.clients.borrow_mut().insert(who, Rc::clone(&client));
        Some(client)
    }

    /// How a front-end reads this reply, if slowly: so many bytes, after such a pause each time.
    fn slowly(&self, who: Who) -> Option<(usize, u64)> {
        let slow = self.people.net.is_slow() && matches!(who, Who::Portal(_));
        slow.then(|| {
            let mut random = self.random.borrow_mut();
            match random.u8(..4) {
                // Not at all, as long as anybody waits.
                0 => (1, 120_000_000),
                _ => (random.usize(16..2_048), random.u64(1..500_000)),
            }
        })
    }

    /// Strangers begin handshakes: some from addresses that are not theirs, some only to occupy a place.
    fn strangers(&self, count: u32) {
        self.people.machine.marks.hit(Mark::Network(NetworkKind::Flooded));
        for _ in 0..count.min(STRANGERS_MAX) {
            let hears = *self.random.borrow_mut().choice(&[0, 0, 1, 2, u32::MAX]).unwrap_or(&0);
            if let Some(stranger) = self.made(Who::Stranger, Kind::Deaf(hears)) {
                let knocking = async move { stranger.knock(STRANGER_US).await };
                self.spawner.spawn(Side::Outside, knocking);
            }
        }
    }

    /// The program is told to stop: it finishes what it was asked before.
    fn stop(&self, cut: &Cut) {
        let Some(serving) = self.people.serving.take() else { return self.core.cut(cut) };
        self.core.ends_by(cut);
        let machine = Arc::clone(&self.people.machine);
        self.spawner.spawn(machine.side(), async move {
            serving.stop().await;
            machine.power.off();
        });
    }
}

impl Stage for Rc<NetworkStage> {
    fn now_us(&self) -> u64 {
        self.core.now_us()
    }

    fn utc_ms(&self) -> u64 {
        self.core.utc_ms()
    }

    fn sleep_us(&self, us: u64) -> impl Future<Output = ()> {
        self.core.sleep_us(us)
    }

    fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        self.core.spawn(task);
    }

    fn channel(&self, who: Who) -> Digest {
        self.people.channel(who)
    }

    async fn ask(&self, sent: Sent, leaves: Leaves) -> Option<Vec<u8>> {
        let client = self.client(sent.who)?;
        let marks = &self.people.machine.marks;
        let reply = match self.slowly(sent.who) {
            Some(way) => {
                marks.hit(Mark::Network(NetworkKind::Slow));
                client.ask_slowly(&sent.frame, way).await
            }
            None => client.ask(&sent.frame, self.heard_boot.get()).await,
        };
        sometimes!(marks, LostInFlight, reply.is_none());
        let reply = reply?;
        sometimes!(marks, MalformedFrame, reply == [0x81, 18]);
        if sent.assertions > 0 {
            self.core.decides();
        }
        leaves(&reply, None);
        Some(reply)
    }

    fn fault(&self, deed: &Deed) -> bool {
        match deed {
            Deed::Network(NetworkFault::Flood(count)) => self.strangers(*count),
            Deed::Network(fault) => self.people.net.fault(*fault),
            // One address leads to one appliance.
            Deed::Image(Image::Twin) => return false,
            Deed::Mend => {
                self.people.net.mend();
                return self.core.fault(deed);
            }
            _ => return self.core.fault(deed),
        }
        true
    }

    fn cut(&self, cut: &Cut) {
        if cut.orderly { self.stop(cut) } else { self.core.cut(cut) }
    }

    /// It serves, and an officer gets through to it.
    async fn up(&self) -> bool {
        for _ in 0..LOOKS {
            if !self.core.up().await {
                return false;
            }
            self.heard_boot.set(self.core.boots());
            let Some(officer) = self.client(Who::Officer) else { return false };
            if officer.connection(self.heard_boot.get()).await.is_some() {
                return true;
            }
            self.sleep_us(LOOK_US).await;
        }
        false
    }

    fn boots(&self) -> u64 {
        self.core.boots()
    }

    fn reason(&self, channel: &Digest, transaction: Option<TransactionId>) -> Option<u16> {
        self.core.reason(channel, transaction)
    }

    fn marks(&self) -> &Marks {
        self.core.marks()
    }

    /// A reply may be on its way when a revocation is acknowledged.
    fn is_exact(&self) -> bool {
        false
    }
}
