//! The token: keys that survive a power cut, and every way in which an HSM goes wrong.
//!
//! Guarantees to the appliance, as the real one: an answer comes within [`CALL_MAX_MS`], a hang is met
//! with a fault then and its late result is seen by nobody; nothing is begun past its deadline.
//! To the checkers: every use of a signer's key is on record here, whatever was reported of it.

mod hsm;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, MutexGuard};

use countersign_anchor::Counted;
use countersign_core::port::{self, CheckpointMessage, Notary, Tray};
use countersign_core::{SignMessage, SignOrder, suite};
use countersign_protocol::anchor::Anchor;
use countersign_protocol::change::Place;
use countersign_protocol::{KeyId, Suite, TransactionId};
use countersign_token::KeyError;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

pub(super) use hsm::secret_of;

use super::{Bug, Chosen, Effect, Machine, cheap, lock};
use crate::marks::{Mark, TokenKind};
use crate::random;

/// How long a call may take before it counts as hanging.
pub const CALL_MAX_MS: u64 = 5_000;
/// What no byte that leaves an appliance may hold: the token's secret begins with it.
pub(crate) const SECRET: &[u8; 16] = b"secret of an HSM";

/// Something that the token does wrong, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenFault {
    /// It fails with this code.
    Fails(u64),
    /// It does what it was asked, and reports this code.
    DoneButFails(u64),
    /// It reports that it has done it, and has not.
    NotDone,
    /// The signature has a bit wrong.
    WrongBit,
    /// The signature is another key's.
    OtherKey,
    /// It does not answer; what it does comes later, if ever.
    Hangs,
    /// It takes so many milliseconds.
    Slow(u32),
    /// It gives the same random bytes again.
    RandomAgain,
}

/// The token of a machine. Clones are handles to the same one.
#[derive(Clone)]
pub struct SimToken(pub(super) Arc<Machine>);

/// One use of a signer's key: for which item of which approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    /// Whose approval it used.
    pub transaction: TransactionId,
    /// Which item.
    pub item: u16,
}

#[derive(Clone)]
struct Key {
    suite: Suite,
    public: Vec<u8>,
    secret: [u8; 32],
}

type Keys = BTreeMap<KeyId, Key>;
type Backup = (Keys, BTreeSet<Anchor>);

/// What is in the token, and what is wrong with it.
pub(super) struct Inside {
    chosen: Chosen,
    keys: Keys,
    own: Option<Key>,
    backup: Option<Backup>,
    /// What was there when a clone was put in its place.
    newest: Option<Backup>,
    /// What the TPM beside it has come to, if there is one.
    pub(super) counted: Option<Counted>,
    pub(super) removed: bool,
    faults: Vec<(Effect, TokenFault)>,
    pub(super) random: fastrand::Rng,
    last_random: Vec<u8>,
    uses: Vec<Use>,
    pub(super) roots: BTreeMap<u64, [u8; 32]>,
    pub(super) given: Vec<[u8; 32]>,
    pub(super) anchors: BTreeSet<Anchor>,
    pub(super) nonces: fastrand::Rng,
}

impl Inside {
    pub(super) fn new(seed: u64, chosen: Chosen) -> Self {
        Self {
            chosen,
            keys: Keys::new(),
            own: None,
            backup: None,
            newest: None,
            counted: None,
            removed: false,
            faults: Vec::new(),
            random: random::stream(seed, "token", 0),
            last_random: Vec::new(),
            uses: Vec::new(),
            roots: BTreeMap::new(),
            given: Vec::new(),
            anchors: BTreeSet::new(),
            nonces: random::stream(seed, "anchors", 0),
        }
    }

    fn key(&mut self, suite: Suite) -> Key {
        let mut secret = [0; 32];
        self.random.fill(&mut secret);
        let length = suite::algorithm(suite).public_key_bytes();
        let public = match self.chosen {
            Chosen::Cheap => cheap::public_key(&secret, length),
            Chosen::Host => {
                real_key(&secret).verifying_key().to_sec1_point(false).as_bytes().to_vec()
            }
        };
        Key { suite, public, secret }
    }

    fn signed(&self, key: &Key, message: &[u8]) -> Vec<u8> {
        match self.chosen {
            Chosen::Cheap => cheap::signature(&key.public, message, key.suite.signature_bytes()),
            Chosen::Host => {
                use p256::ecdsa::signature::hazmat::PrehashSigner as _;
                let signed: Result<p256::ecdsa::Signature, _> =
                    real_key(&key.secret).sign_prehash(message);
                signed.map(|s| s.to_bytes().to_vec()).unwrap_or_default()
            }
        }
    }

    fn next_fault(&mut self, call: Effect) -> Option<TokenFault> {
        let at = self.faults.iter().position(|(on, _)| *on == call)?;
        Some(self.faults.remove(at).1)
    }
}

fn real_key(secret: &[u8; 32]) -> p256::ecdsa::SigningKey {
    use p256::elliptic_curve::ops::Reduce as _;
    p256::NonZeroScalar::reduce(&p256::FieldBytes::from(*secret)).into()
}

const REMOVED: u64 = 0x032;
const NO_SUCH_KEY: port::TokenFault = port::TokenFault { function: "C_FindObjects", code: 0x082 };
const HANGS: port::TokenFault =
    port::TokenFault { function: "C_Sign", code: port::TokenFault::NO_CODE };

const fn failed(function: &'static str, code: u64) -> port::TokenFault {
    port::TokenFault { function, code }
}

impl Machine {
    /// Lets the token do this at its next call of this kind.
    pub fn token_fault(&self, call: Effect, fault: TokenFault) {
        lock(&self.token).faults.push((call, fault));
    }

    /// Pulls the token out, or puts it in again.
    pub fn remove_token(&self, removed: bool) {
        lock(&self.token).removed = removed;
    }

    /// Makes a backup of the signers' keys and the anchors, as they are now.
    pub fn back_up_token(&self) {
        let mut token = lock(&self.token);
        token.backup = Some((token.keys.clone(), token.anchors.clone()));
    }

    /// Puts a clone in its place, restored from the backup. Keys and anchors made since are not in it.
    pub fn restore_token(&self) {
        let mut token = lock(&self.token);
        if let Some((keys, anchors)) = token.backup.clone() {
            let today = (
                std::mem::replace(&mut token.keys, keys),
                std::mem::replace(&mut token.anchors, anchors),
            );
            token.newest.get_or_insert(today);
        }
    }

    /// Puts the newest one back, if a clone is in its place; whether that was so.
    pub fn newest_token(&self) -> bool {
        let mut token = lock(&self.token);
        let Some((keys, anchors)) = token.newest.take() else { return false };
        (token.keys, token.anchors) = (keys, anchors);
        true
    }

    /// A TPM beside the token, which no fault befalls.
    pub fn give_tpm(&self) {
        lock(&self.token).counted = Some(Counted::Never);
    }

    /// No more faults, and it is there. A key that is lost stays lost.
    pub fn mend_token(&self) {
        let mut token = lock(&self.token);
        token.faults.clear();
        token.removed = false;
    }

    /// Every use of a signer's key.
    pub fn uses(&self) -> Vec<Use> {
        lock(&self.token).uses.clone()
    }

    /// How long the next checkpoint takes, in microseconds.
    pub fn checkpoint_us(&self) -> u64 {
        let token = lock(&self.token);
        let next = token.faults.iter().find(|(on, _)| *on == Effect::Checkpoint);
        match next {
            Some((_, TokenFault::Hangs)) => CALL_MAX_MS * 1_000,
            Some((_, TokenFault::Slow(ms))) => u64::from(*ms).min(CALL_MAX_MS) * 1_000,
            _ => 100,
        }
    }
}

impl SimToken {
    /// The token of this machine.
    #[must_use]
    pub const fn of(machine: Arc<Machine>) -> Self {
        Self(machine)
    }

    pub(super) fn inside(&self) -> MutexGuard<'_, Inside> {
        lock(&self.0.token)
    }

    pub(super) fn bug(&self) -> Bug {
        self.0.bug()
    }

    pub(super) fn has_power(&self, effect: Effect) -> bool {
        self.0.power.allows(effect)
    }

    /// Power is on and the token is there; which fault it has at this call.
    pub(super) fn call(
        &self,
        call: Effect,
        function: &'static str,
    ) -> Result<Option<TokenFault>, port::TokenFault> {
        if !self.0.power.allows(call) {
            return Err(failed(function, port::TokenFault::NO_CODE));
        }
        let mut inside = self.inside();
        if inside.removed {
            self.0.marks.hit(Mark::Token(TokenKind::Removed));
            return Err(failed(function, REMOVED));
        }
        let fault = inside.next_fault(call);
        if let Some(fault) = fault {
            self.0.marks.token(fault);
        }
        Ok(fault)
    }

    /// Power is on and the token is there; that it was asked is no effect.
    pub(super) fn is_there(&self, function: &'static str) -> Result<(), port::TokenFault> {
        let there = self.0.power.is_on() && !self.inside().removed;
        if there { Ok(()) } else { Err(failed(function, REMOVED)) }
    }

    /// [`Self::call`], where whatever is wrong is that it says so.
    pub(super) fn heeds(
        &self,
        call: Effect,
        function: &'static str,
    ) -> Result<(), port::TokenFault> {
        match self.call(call, function)? {
            Some(TokenFault::Fails(code) | TokenFault::DoneButFails(code)) => {
                Err(failed(function, code))
            }
            Some(TokenFault::Hangs) => Err(HANGS),
            _ => Ok(()),
        }
    }

    async fn one(
        &self,
        transaction: TransactionId,
        message: &SignMessage<'_>,
    ) -> Result<Vec<u8>, port::TokenFault> {
        let fault = self.call(Effect::Sign, "C_Sign")?;
        let took_us = match fault {
            Some(TokenFault::Slow(ms)) => u64::from(ms) * 1_000,
            Some(TokenFault::Hangs) => CALL_MAX_MS * 1_000,
            _ => 80,
        };
        self.0.timeline.sleep_us(took_us.min(CALL_MAX_MS * 1_000)).await;
        if !self.0.power.is_on() || self.0.now().boot_ms > message.deadline_boot_ms() {
            return Err(HANGS);
        }
        let signature = match fault {
            Some(TokenFault::Fails(code)) => return Err(failed("C_Sign", code)),
            Some(TokenFault::NotDone) => return Ok(vec![0; message.suite().signature_bytes()]),
            _ => self.signed(transaction, message)?,
        };
        self.reported(fault, message, signature)
    }

    /// Signs, and keeps that it was done.
    fn signed(
        &self,
        transaction: TransactionId,
        message: &SignMessage<'_>,
    ) -> Result<Vec<u8>, port::TokenFault> {
        let mut inside = self.inside();
        let Place::Resident(id) = message.place();
        let key = inside.keys.get(&id).cloned().ok_or(NO_SUCH_KEY)?;
        let times = if self.0.bug() == Bug::SignsTwice { 2 } else { 1 };
        for _ in 0..times {
            inside.uses.push(Use { transaction, item: message.index() });
        }
        Ok(inside.signed(&key, message.dtbsr()))
    }

    /// What the token says of a signature that it has made.
    fn reported(
        &self,
        fault: Option<TokenFault>,
        message: &SignMessage<'_>,
        mut signature: Vec<u8>,
    ) -> Result<Vec<u8>, port::TokenFault> {
        match fault {
            Some(TokenFault::DoneButFails(code)) => return Err(failed("C_Sign", code)),
            Some(TokenFault::Hangs) => return Err(HANGS),
            Some(TokenFault::Slow(ms)) if u64::from(ms) >= CALL_MAX_MS => return Err(HANGS),
            Some(TokenFault::WrongBit) => flip(&mut signature),
            Some(TokenFault::OtherKey) => {
                let mut inside = self.inside();
                let other = inside.key(message.suite());
                signature = inside.signed(&other, message.dtbsr());
            }
            _ => {}
        }
        Ok(signature)
    }

    fn checked(&self, id: KeyId, expected: &[u8]) -> Result<(), KeyError> {
        let inside = self.inside();
        let key = inside.keys.get(&id).ok_or(KeyError::Fault(NO_SUCH_KEY))?;
        if key.public == expected { Ok(()) } else { Err(KeyError::OtherPublicPart) }
    }
}

fn flip(signature: &mut [u8]) {
    if let Some(byte) = signature.get_mut(40) {
        *byte ^= 2;
    }
}

impl port::Token for SimToken {
    async fn sign<T: Tray>(
        &self,
        order: SignOrder<'_>,
        tray: &mut T,
    ) -> Result<(), port::TokenFault> {
        let transaction = order.transaction();
        let mut made = Vec::with_capacity(order.len());
        for message in order.into_messages() {
            made.push(Zeroizing::new(self.one(transaction, &message).await?));
        }
        made.iter().try_for_each(|signature| tray.put(signature)).map_err(|_| HANGS)
    }
}

impl Notary for SimToken {
    fn checkpoint(&self, message: &CheckpointMessage) -> Result<[u8; 64], port::TokenFault> {
        let fault = self.call(Effect::Checkpoint, "C_Sign")?;
        match fault {
            Some(TokenFault::Fails(code) | TokenFault::DoneButFails(code)) => {
                return Err(failed("C_Sign", code));
            }
            Some(TokenFault::Hangs) => return Err(HANGS),
            Some(TokenFault::NotDone) => return Ok([0; 64]),
            _ => {}
        }
        let inside = self.inside();
        let own = inside.own.as_ref().ok_or(NO_SUCH_KEY)?;
        let mut signature = inside.signed(own, message.data());
        if matches!(fault, Some(TokenFault::WrongBit | TokenFault::OtherKey)) {
            flip(&mut signature);
        }
        signature.try_into().map_err(|_| HANGS)
    }
}
