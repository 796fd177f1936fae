//! A front-end's session at a moment when there is much to go wrong: transactions live, foreign,
//! expired, spent and on record, and the signers' approvals of them at hand.
//!
//! Guarantees: it is the same at each frame, for whatever a frame has changed is put back; of all byte
//! strings there are, exactly [`Session::approved`] lead to an order, and exactly [`Session::again`] to
//! a reply that was given before. Which those are, and why no others, is said in `session/drafts.rs`.

mod drafts;

pub(crate) use drafts::SIGNATURE;

use countersign_core::Now;
use countersign_core::port::Crypto;
use countersign_core::prepare::{CREDENTIALS_BYTES, Room, activation_bytes, prepare};
use countersign_core::transactions::Transaction;
use countersign_protocol::{Digest, KeyId, TransactionId};
use pollster::FutureExt as _;

use crate::house::{House, KEY, KEY_OF_OTHERS, KEY_OF_TWO, OTHER_PORTAL, PORTAL, empty};

/// Now, for every frame.
pub(crate) const NOW: Now = Now { boot_ms: 10_000, utc_lo_ms: 2, utc_hi_ms: 3 };
/// When what has expired was prepared.
const BEFORE: Now = Now { boot_ms: 0, ..NOW };
/// The nonce of whatever a frame prepares.
pub(crate) const NONCE: TransactionId = TransactionId([0x77; 32]);

/// The session.
pub struct Session<C> {
    pub(crate) house: House<C>,
    table: Vec<Transaction>,
    approved: Vec<Vec<u8>>,
    again: Vec<Vec<u8>>,
    refused: Vec<Vec<u8>>,
    prepares: Vec<Vec<u8>>,
}

/// What is prepared.
struct Subject {
    transaction: TransactionId,
    activation: Vec<u8>,
    challenge: [u8; 32],
}

impl<C: Crypto + Send + Sync> Session<C> {
    /// With this engine.
    #[must_use]
    pub fn new(crypto: C) -> Self {
        let house = House::new(crypto);
        let (table, none) = (Vec::new(), Vec::new);
        let mut session = Self {
            house,
            table,
            approved: none(),
            again: none(),
            refused: none(),
            prepares: drafts::prepares(),
        };
        let live = session.prepare(1, PORTAL, KEY, NOW);
        let of_two = session.prepare(2, PORTAL, KEY_OF_TWO, NOW);
        let foreign = session.prepare(3, OTHER_PORTAL, KEY_OF_OTHERS, NOW);
        let spent = session.prepare(4, PORTAL, KEY, NOW);
        let recorded = session.prepare(5, PORTAL, KEY, NOW);
        let expired = session.prepare(6, PORTAL, KEY, BEFORE);
        session.house.state().transactions.spend(&spent.transaction, NOW.boot_ms).unwrap();
        session.table =
            [&live, &of_two, &foreign, &spent, &expired].map(|s| session.kept(s)).into();
        session.house.record(drafts::on_record(&recorded));
        session.approved = drafts::approved(&live, &of_two);
        session.again = drafts::again(&recorded);
        session.refused = drafts::refused(&foreign, &spent, &expired);
        session.restore();
        session
    }

    /// The frames that lead to an order, and no others do.
    #[must_use]
    pub fn approved(&self) -> &[Vec<u8>] {
        &self.approved
    }

    /// The frames that are answered from the record, and no others are.
    #[must_use]
    pub fn again(&self) -> &[Vec<u8>] {
        &self.again
    }

    /// Good frames that are refused, for the transaction that they are about.
    pub(crate) fn refused(&self) -> &[Vec<u8>] {
        &self.refused
    }

    /// Frames that prepare, and some that are refused it.
    pub(crate) fn prepares(&self) -> &[Vec<u8>] {
        &self.prepares
    }

    /// All these to begin mutants from: about as many of each kind of request.
    pub fn seeds(&self) -> impl Iterator<Item = Vec<u8>> {
        let brought = self.approved.iter().chain(&self.again).chain(&self.refused);
        brought.chain(std::iter::repeat_n(&self.prepares, 5).flatten()).cloned()
    }

    /// Puts back what a frame has changed.
    pub(crate) fn restore(&self) {
        let mut state = self.house.state();
        state.transactions = empty();
        for transaction in &self.table {
            // As of before: what has expired is still in its place.
            let live = Transaction { spent: false, ..*transaction };
            state.transactions.insert(live, BEFORE.boot_ms).unwrap();
            if transaction.spent {
                state.transactions.spend(&transaction.id, BEFORE.boot_ms).unwrap();
            }
        }
        drop(state);
        self.house.restore_counts();
        self.house.take_traces();
    }

    fn kept(&self, subject: &Subject) -> Transaction {
        self.house.state().transactions.find(&subject.transaction).unwrap()
    }

    fn prepare(&self, n: u8, channel: Digest, key: KeyId, now: Now) -> Subject {
        let (nonce, frame) = (TransactionId([n; 32]), drafts::prepare(key, n));
        let mut activation = vec![0; activation_bytes(frame.len())];
        let mut credentials = vec![0; CREDENTIALS_BYTES];
        let room = Room { activation: &mut activation, credentials: &mut credentials };
        let prepared = prepare(&self.house, &channel, &frame, now, nonce, room).block_on().unwrap();
        Subject {
            transaction: nonce,
            challenge: prepared.challenge.0,
            activation: prepared.activation.bytes().to_vec(),
        }
    }
}
