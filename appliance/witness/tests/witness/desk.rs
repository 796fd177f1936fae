//! A witness at work: with a key, a clock and a memory that can fail.

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;

use countersign_host::Host;
use countersign_tlog::key::{Key, Kind};
use countersign_tlog::note::Note;
use countersign_tlog::{Claim, cosignature};
use countersign_witness::{Answer, Cosigner, Logs, Memory, Witness, begin};
use ed25519_dalek::{Signature, Signer as _, SigningKey, Verifier as _};

use crate::log::Log;

pub const NAME: &str = "witness.example/w1";

/// A medium: what a witness that is opened again finds.
#[derive(Clone, Default)]
pub struct Medium {
    text: Rc<RefCell<Option<String>>>,
    /// The next write says that it failed, and this is whether it was done.
    pub fails: Rc<Cell<Option<bool>>>,
}

impl Medium {
    pub fn text(&self) -> String {
        self.text.borrow().clone().unwrap_or_default()
    }

    pub fn put(&self, text: &str) {
        *self.text.borrow_mut() = Some(text.to_owned());
    }
}

impl Memory for Medium {
    fn read(&self) -> io::Result<Option<String>> {
        Ok(self.text.borrow().clone())
    }

    fn keep(&mut self, text: &str) -> io::Result<()> {
        let failed = self.fails.take();
        if failed != Some(false) {
            self.put(text);
        }
        failed.map_or(Ok(()), |_| Err(io::Error::other("the disk")))
    }
}

/// How a token signs.
pub type Signs = fn(&SigningKey, &[u8]) -> Option<[u8; 64]>;

/// The key, and what the token does with it.
pub struct Hand {
    pub key: SigningKey,
    pub time_s: Cell<u64>,
    /// What the memory held each time that something was signed.
    pub held: RefCell<Vec<String>>,
    pub medium: Medium,
    pub token: Cell<Signs>,
}

pub fn honest(key: &SigningKey, message: &[u8]) -> Option<[u8; 64]> {
    Some(key.sign(message).to_bytes())
}

impl Cosigner for Hand {
    fn time_s(&self) -> u64 {
        self.time_s.get()
    }

    fn sign(&self, time_s: u64, checkpoint: &str) -> Option<[u8; 64]> {
        self.held.borrow_mut().push(self.medium.text());
        self.token.get()(&self.key, &cosignature::ed25519(time_s, checkpoint).unwrap())
    }
}

/// A witness with all that it needs.
pub struct Desk {
    pub witness: Witness<Medium>,
    pub hand: Hand,
    pub medium: Medium,
    logs: Vec<String>,
}

impl Desk {
    pub fn of(logs: &[String]) -> Self {
        let mut medium = Medium::default();
        begin(&mut medium).unwrap();
        let hand = Hand {
            key: SigningKey::from_bytes(&[9; 32]),
            time_s: Cell::new(1_700_000_000),
            held: RefCell::default(),
            medium: medium.clone(),
            token: Cell::new(honest),
        };
        let witness = open(&hand, logs, &medium);
        Self { witness, hand, medium, logs: logs.to_vec() }
    }

    /// Of the honest log, which was cosigned at these sizes one after the other.
    pub fn at(sizes: &[u64]) -> Self {
        let log = Log::honest();
        let mut desk = Self::of(&[log.vkey()]);
        let mut old = 0;
        for size in sizes {
            desk.expect_cosigned(&log, old, *size);
            old = *size;
        }
        desk
    }

    pub fn reopen(&mut self) {
        self.witness = open(&self.hand, &self.logs, &self.medium);
    }

    pub fn ask(&mut self, body: &[u8]) -> Answer {
        self.witness.add_checkpoint(&Host, &self.hand, body)
    }

    /// Asks with a good request, and looks at the cosignature; gives its time.
    pub fn expect_cosigned(&mut self, log: &Log, old: u64, new: u64) -> u64 {
        let answer = self.ask(&log.request(old, new).body());
        self.check(&log.text(new), &answer)
    }

    /// The answer is a cosignature over this text.
    pub fn check(&self, text: &str, answer: &Answer) -> u64 {
        let Answer::Cosigned(line) = answer else { panic!("{answer:?}") };
        let key = Key::parse(self.witness.key()).unwrap();
        let note = format!("{text}\n{line}");
        let claim = Claim::of(&key, &Note::parse(&note).unwrap()).unwrap().unwrap();
        let signature = Signature::from_slice(&claim.signature).unwrap();
        self.hand.key.verifying_key().verify(claim.message.as_bytes(), &signature).unwrap();
        claim.time_s
    }
}

fn open(hand: &Hand, logs: &[String], medium: &Medium) -> Witness<Medium> {
    let public = hand.key.verifying_key();
    let key = Key::new(NAME, Kind::Ed25519Cosignature, public.as_bytes()).unwrap();
    Witness::open(key.to_string(), Logs::new(logs).unwrap(), medium.clone()).unwrap()
}
