//! The house that frames come to: the real registry and table of transactions, with one transaction that the real
//! `prepare` has made; and what may change in it before the approval comes.
//!
//! Guarantees: every house has the same people, keys and records in the same order, so that looking something up
//! is as much work in one as in the other, and cases differ in what they say alone.

mod people;
mod platform;

use std::sync::{Mutex, MutexGuard, PoisonError};

use countersign_core::port::{self, Guarded, Registry as _};
use countersign_core::prepare::{CREDENTIALS_BYTES, Room, activation_bytes, prepare};
use countersign_core::transactions::Place;
use countersign_core::{Now, State};
use countersign_protocol::change::Standing;
use countersign_protocol::limits::LOCKOUT_REFUSED;
use countersign_protocol::{SignerId, SlotId, TransactionId};
use countersign_registry::{Registry, RootKey};
use pollster::FutureExt as _;

pub use people::{CHANNEL, People, RP_ID, RP_ORIGIN, SIGN_COUNT};

use self::people::FRONT_END;
use crate::stub::Stub;

/// When everything is prepared.
pub const NOW: Now = Now { boot_ms: 10_000, utc_lo_ms: 1_000, utc_hi_ms: 1_010 };
/// The transaction.
pub const NONCE: TransactionId = TransactionId([0x77; 32]);

/// What decides and what is outstanding.
pub type Inside<R> = State<R, Places>;

/// The table's memory: as many places as a name leads to.
pub type Places = [Place; 16];

/// No transaction.
pub const NOTHING: Places = [None; 16];

/// The same behind its lock.
pub struct Behind<R>(Mutex<Inside<R>>);

impl<R> Behind<R> {
    /// Puts it there.
    pub const fn new(inside: Inside<R>) -> Self {
        Self(Mutex::new(inside))
    }

    /// Takes it out again.
    pub fn into_inside(self) -> Inside<R> {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, Inside<R>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<R: port::Registry + Send> Guarded for Behind<R> {
    type Registry = R;
    type Memory = Places;

    fn with<T>(&self, section: impl FnOnce(&mut Inside<R>) -> T) -> T {
        section(&mut self.lock())
    }
}

/// The house.
pub struct House {
    state: Behind<Registry<Stub>>,
    people: People,
    changes: u64,
}

/// What was prepared.
pub struct Prepared {
    /// The activation.
    pub activation: Vec<u8>,
    /// What the devices sign.
    pub challenge: [u8; 32],
    /// The place of the first device in the list: classical ones come before the others.
    pub first: u8,
}

impl House {
    /// With these people registered, and nothing asked for.
    pub fn of(people: People) -> Self {
        let (registry, changes) = registry_of(&people);
        let state = Behind::new(State::new(registry, NOTHING));
        Self { state, people, changes }
    }

    /// Makes the transaction.
    pub fn prepare(&self) -> Prepared {
        let frame = people::prepare_frame();
        let mut room = (vec![0; activation_bytes(frame.len())], vec![0; CREDENTIALS_BYTES]);
        let room = Room { activation: &mut room.0, credentials: &mut room.1 };
        let prepared = prepare(self, &CHANNEL, &frame, NOW, NONCE, room).block_on().unwrap();
        let (activation, challenge) = (prepared.activation.bytes().to_vec(), prepared.challenge.0);
        let mut credentials = prepared.credentials.iter();
        let first = credentials.position(|id| id.bytes() == people::credential(0)).unwrap();
        Prepared { activation, challenge, first: u8::try_from(first).unwrap() }
    }

    /// Gives the device in this place of the transaction another standing.
    pub fn change_device(&mut self, place: usize, standing: Standing) {
        self.change(|_, registry, at| people::change_device(registry, at, place, standing));
    }

    /// Changes the key's record.
    pub fn change_key(&mut self, change: impl FnOnce(&mut People)) {
        change(&mut self.people);
        self.change(People::register_key);
    }

    /// Puts another registry in its place, where the key was given to these approvers: a record cannot give it
    /// to others than it had.
    pub fn always_belonged_to(&mut self, approvers: [SignerId; 2]) {
        self.people.approvers = approvers;
        self.state.lock().registry = registry_of(&self.people).0;
    }

    /// Changes the front-end's record.
    pub fn change_front_end(&mut self, standing: Standing) {
        self.people.front_end = standing;
        self.change(People::register_front_end);
    }

    /// Takes the key away from the front-end.
    pub fn withdraw(&mut self) {
        self.people.granted = false;
        self.change(People::register_grant);
    }

    fn change(&mut self, apply: impl FnOnce(&People, &mut Registry<Stub>, u64)) {
        apply(&self.people, &mut self.state.lock().registry, self.changes);
        self.changes += 1;
    }

    /// A later approval of the first device has come first.
    pub fn count(&self, count: u32) {
        self.state.lock().registry.accept_sign_count(SlotId(1), count);
    }

    /// So many assertions of the first device were refused that it is locked out.
    pub fn lock_out(&self) {
        for _ in 0..LOCKOUT_REFUSED {
            self.state.lock().registry.count_refused(SlotId(1), FRONT_END, NOW.boot_ms);
        }
    }

    /// The transaction's approval was used.
    pub fn spend(&self) {
        self.state.lock().transactions.spend(&NONCE, NOW.boot_ms).unwrap();
    }

    /// What is left when nothing happens any more.
    pub fn closed(self) -> Behind<Registry<Stub>> {
        self.state
    }
}

/// A registry with these people, and how many records made it.
fn registry_of(people: &People) -> (Registry<Stub>, u64) {
    let mut registry = Registry::new(Stub { verifies: false }.into(), RootKey::nobodys());
    let changes = people.register(&mut registry);
    (registry, changes)
}
