//! The network: who is where, which datagrams are on their way, and what becomes of them.
//!
//! Guarantees: whatever happens to a datagram follows from the seed and from the order in which they are
//! sent; without faults, those from one place to another arrive in order. What has no room is lost.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use fastrand::Rng;
use sha2::{Digest as _, Sha256};

use crate::machine::{Effect, Machine};
use crate::marks::{Mark, NetworkKind};
use crate::random;
use crate::scenario::NetworkFault;
use crate::trace::{Line, What};

/// Where the appliance is.
pub(super) const APPLIANCE: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)), 4433);
/// Datagrams that wait at one place, as a socket's buffer holds them.
const WAITING_MAX: usize = 1_024;
/// How long a datagram is under way, and how much later one comes that is late, in microseconds.
const DELAY_US: std::ops::Range<u64> = 100..2_000;
const LATE_US: std::ops::Range<u64> = 1_000..100_000;

/// Whose a place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The appliance's.
    Appliance,
    /// A front-end's, which may change.
    Portal,
    /// An officer's.
    Fixed,
    /// Of somebody who hears so many datagrams, and then nothing more.
    Deaf(u32),
}

/// A datagram that arrived: from where, and its bytes.
pub(super) type Arrived = (SocketAddr, Vec<u8>);

/// The network.
pub(super) struct Net {
    machine: Arc<Machine>,
    inside: Mutex<Inside>,
}

struct Inside {
    nodes: Vec<Node>,
    places: BTreeMap<SocketAddr, usize>,
    /// When the last one from here to there arrives.
    last_us: BTreeMap<(SocketAddr, SocketAddr), u64>,
    chance: Rng,
    permille: Permille,
    partition_until_us: u64,
    slow: bool,
    sent: u64,
    copies: u64,
    most_waiting: usize,
    log: Option<Vec<Line>>,
}

/// How many of a thousand.
#[derive(Default)]
struct Permille {
    loss: u16,
    duplicate: u16,
    reorder: u16,
    corrupt: u16,
}

struct Node {
    address: SocketAddr,
    kind: Kind,
    heard: u32,
    arriving: BTreeMap<(u64, u64), Arrived>,
    reader: Option<Waker>,
}

impl Net {
    /// With nobody on it.
    pub(super) fn new(machine: Arc<Machine>, log: bool) -> Arc<Self> {
        let inside = Inside {
            nodes: Vec::new(),
            places: BTreeMap::new(),
            last_us: BTreeMap::new(),
            chance: random::stream(machine.seed, "network", 0),
            permille: Permille::default(),
            partition_until_us: 0,
            slow: false,
            sent: 0,
            copies: 0,
            most_waiting: 0,
            log: log.then(Vec::new),
        };
        Arc::new(Self { machine, inside: Mutex::new(inside) })
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody new; the appliance is always at the same place.
    pub(super) fn join(&self, kind: Kind) -> usize {
        let mut inside = self.lock();
        let node = inside.nodes.len();
        let address = if kind == Kind::Appliance { APPLIANCE } else { own(node, 0) };
        let arriving = BTreeMap::new();
        inside.nodes.push(Node { address, kind, heard: 0, arriving, reader: None });
        inside.places.insert(address, node);
        node
    }

    /// Somebody is not there any more.
    pub(super) fn leave(&self, node: usize) {
        let mut inside = self.lock();
        inside.places.retain(|_, there| *there != node);
        if let Some(node) = inside.nodes.get_mut(node) {
            node.arriving.clear();
            node.reader = None;
        }
    }

    /// Where somebody is.
    pub(super) fn address(&self, node: usize) -> SocketAddr {
        self.lock().nodes.get(node).map_or(APPLIANCE, |node| node.address)
    }

    /// A datagram is sent.
    pub(super) fn send(&self, node: usize, to: SocketAddr, bytes: &[u8]) {
        let now_us = self.machine.timeline.now_us();
        let mut inside = self.lock();
        let Some((from, kind)) = inside.nodes.get(node).map(|node| (node.address, node.kind))
        else {
            return;
        };
        if kind == Kind::Appliance && !inside.is_powered(&self.machine) {
            return;
        }
        let (mut bytes, mut fate) = (bytes.to_vec(), Vec::new());
        let copies = inside.fate(&mut bytes, now_us, &mut fate);
        fate.iter().for_each(|kind| self.machine.marks.hit(Mark::Network(*kind)));
        inside.note(now_us, (from, to), &bytes, &fate);
        for late in copies {
            let at_us = inside.arrives(now_us, (from, to), late);
            inside.put(at_us, (from, to), bytes.clone(), |waker| {
                self.machine.timeline.wake_at(at_us, waker);
            });
        }
    }

    /// What has arrived here; whoever reads is woken when more does.
    pub(super) fn read(&self, node: usize, reader: &Waker) -> Option<Arrived> {
        let now_us = self.machine.timeline.now_us();
        let mut inside = self.lock();
        let node = inside.nodes.get_mut(node)?;
        if node.reader.is_none() {
            // It has not been told of what was sent before it began to read.
            let due = node.arriving.keys().map(|(at_us, _)| *at_us);
            due.for_each(|at_us| self.machine.timeline.wake_at(at_us, reader.clone()));
        }
        node.reader = Some(reader.clone());
        while let Some(first) = node.arriving.first_entry() {
            if first.key().0 > now_us {
                return None;
            }
            let arrived = first.remove();
            node.heard += 1;
            if !matches!(node.kind, Kind::Deaf(hears) if node.heard > hears) {
                return Some(arrived);
            }
        }
        None
    }

    /// Something goes wrong.
    pub(super) fn fault(&self, fault: NetworkFault) {
        let now_us = self.machine.timeline.now_us();
        let mut inside = self.lock();
        match fault {
            NetworkFault::Loss(of) => inside.permille.loss = of,
            NetworkFault::Duplicate(of) => inside.permille.duplicate = of,
            NetworkFault::Reorder(of) => inside.permille.reorder = of,
            NetworkFault::Corrupt(of) => inside.permille.corrupt = of,
            NetworkFault::Partition(ms) => {
                inside.partition_until_us = now_us.saturating_add(u64::from(ms) * 1_000);
            }
            NetworkFault::Migrate => {
                self.machine.marks.hit(Mark::Network(NetworkKind::Migrated));
                inside.migrate();
            }
            NetworkFault::SlowReaders => inside.slow = true,
            NetworkFault::Flood(_) => {}
        }
    }

    /// All is well again.
    pub(super) fn mend(&self) {
        let mut inside = self.lock();
        (inside.permille, inside.partition_until_us) = (Permille::default(), 0);
        inside.slow = false;
    }

    /// Whether front-ends read slowly.
    pub(super) fn is_slow(&self) -> bool {
        self.lock().slow
    }

    /// Datagrams that were sent, and the most that waited at one place.
    pub(super) fn traffic(&self) -> (u64, usize) {
        let inside = self.lock();
        (inside.sent, inside.most_waiting)
    }

    /// A line for each datagram, if they are kept.
    pub(super) fn lines(&self) -> Vec<Line> {
        self.lock().log.clone().unwrap_or_default()
    }
}

/// A place for a node: each time that it moves, another one.
fn own(node: usize, moved: u16) -> SocketAddr {
    let [.., high, low] = (node as u64).to_be_bytes();
    SocketAddr::from((Ipv4Addr::new(10, 1, high, low), 20_000_u16.wrapping_add(moved)))
}

impl Inside {
    fn happens(&mut self, permille: u16) -> bool {
        permille > 0 && self.chance.u16(..1_000) < permille
    }

    /// Whether the appliance still sends this one. Some of them count as effects: were it all, the power
    /// would hardly ever fail at another one.
    fn is_powered(&mut self, machine: &Machine) -> bool {
        match self.chance.u8(..8) {
            0 => machine.power.allows(Effect::Reply),
            _ => machine.power.is_on(),
        }
    }

    /// What becomes of a datagram: for each copy that arrives, whether it is late.
    fn fate(&mut self, bytes: &mut [u8], now_us: u64, fate: &mut Vec<NetworkKind>) -> Vec<bool> {
        self.sent += 1;
        if now_us < self.partition_until_us {
            fate.push(NetworkKind::Partition);
            return Vec::new();
        }
        if self.happens(self.permille.loss) {
            fate.push(NetworkKind::Lost);
            return Vec::new();
        }
        if self.happens(self.permille.corrupt) && !bytes.is_empty() {
            fate.push(NetworkKind::Corrupt);
            let at = self.chance.usize(..bytes.len());
            bytes[at] ^= self.chance.u8(1..);
        }
        let twice = self.happens(self.permille.duplicate);
        fate.extend(twice.then_some(NetworkKind::Twice));
        (0..=usize::from(twice))
            .map(|_| {
                let late = self.happens(self.permille.reorder);
                fate.extend(late.then_some(NetworkKind::Late));
                late
            })
            .collect()
    }

    fn arrives(&mut self, now_us: u64, way: (SocketAddr, SocketAddr), late: bool) -> u64 {
        let at_us = now_us + self.chance.u64(DELAY_US);
        if late {
            return at_us + self.chance.u64(LATE_US);
        }
        let last_us = self.last_us.entry(way).or_default();
        *last_us = at_us.max(*last_us);
        *last_us
    }

    fn put(
        &mut self,
        at_us: u64,
        (from, to): (SocketAddr, SocketAddr),
        bytes: Vec<u8>,
        wake: impl FnOnce(Waker),
    ) {
        let Some(node) = self.places.get(&to).and_then(|node| self.nodes.get_mut(*node)) else {
            return;
        };
        if node.arriving.len() < WAITING_MAX {
            self.copies += 1;
            node.arriving.insert((at_us, self.copies), (from, bytes));
            node.reader.clone().map(wake);
        }
        self.most_waiting = self.most_waiting.max(node.arriving.len());
    }

    fn migrate(&mut self) {
        for (number, node) in self.nodes.iter_mut().enumerate() {
            let there = self.places.get(&node.address) == Some(&number);
            if node.kind == Kind::Portal && there {
                self.places.remove(&node.address);
                node.address = own(number, node.address.port().wrapping_sub(19_999));
                self.places.insert(node.address, number);
            }
        }
    }

    fn note(
        &mut self,
        at_us: u64,
        (from, to): (SocketAddr, SocketAddr),
        bytes: &[u8],
        fate: &[NetworkKind],
    ) {
        let Some(log) = &mut self.log else { return };
        let hash = hex::encode(Sha256::digest(bytes).get(..4).unwrap_or_default());
        let fate: String = fate.iter().map(|kind| format!(", {}", kind.text())).collect();
        let text = format!("to {to}: {} bytes {hash}{fate}", bytes.len());
        log.push(Line { at_us, who: from.to_string(), what: What::Datagram, text });
    }
}
