//! The program itself, `countersignd`, on loopback and in real time: it is killed, stopped, started again,
//! and asked by the house's own client; its token is the embedded one behind a module that goes wrong.
//!
//! Guarantees: nothing of the appliance runs in this process; the program is killed by the system and not
//! asked to die; whenever it is down, the model looks at the ledger that it has left.
//!
//! Does not guarantee: that a seed gives the same run twice, for time is real. A kill leaves what the
//! program had written, synced or not: power cuts are for the other layers. The program's effects cannot be
//! counted from here: a cut that is to come at one comes after a delay that chance picks. Disk, clock and
//! network do not fail here. How often the token used a signer's key, and what a refusal cost, is not seen.

mod clients;
mod keys;
mod life;
mod process;
mod programs;
mod record;
mod token;

use std::cell::{Cell, OnceCell, RefCell};
use std::future::Future;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use countersign_protocol::admin::{Order, Status};
use countersign_protocol::{Digest, TransactionId};
use tokio::sync::Notify;

pub use self::keys::print as keys;
pub use self::programs::Programs;

use self::clients::Clients;
use self::process::Place;
use self::token::{HANG_MS, Happens};
use super::{Leaves, Sent, Stage};
use crate::machine::TokenFault;
use crate::marks::{Mark, Marks, TokenKind};
use crate::model::{Keys, Model, Rule};
use crate::people::Who;
use crate::scenario::{Cut, Deed};
use crate::trace::{Trace, What};
use crate::{random, sometimes};

/// How often it is looked whether the daemon serves again.
const LOOK: Duration = Duration::from_millis(20);
/// Within which time a cut comes that is to come at an effect, in microseconds.
const KILL_WITHIN_US: u64 = 100_000;
/// How long a call hangs.
const HANG_US: u64 = HANG_MS as u64 * 1_000;

/// The stage.
pub struct DaemonStage {
    place: Place,
    clients: Clients,
    seed: u64,
    begun: Instant,
    trace: Trace,
    marks: Marks,
    /// Those of its records, as they were when it was down last.
    keys: RefCell<Option<Keys>>,
    /// Who watches, once somebody does.
    model: OnceCell<Rc<RefCell<Model>>>,
    /// How the program is to end next.
    to_end: RefCell<Option<Cut>>,
    ends: Notify,
    /// Whoever still waits for a reply of a program that has ended waits in vain.
    gone: Notify,
    serves: Cell<bool>,
    hopeless: Cell<bool>,
    over: Cell<bool>,
    boots: Cell<u64>,
    /// Cuts that were ordered, and how many of them when all was mended.
    cuts: Cell<u64>,
    mended: Cell<u64>,
    /// Until when a call of the token may hang that has begun, in microseconds.
    hangs_until_us: Cell<u64>,
    decided: Cell<u64>,
}

impl DaemonStage {
    /// With an appliance that was just made, and does not run yet.
    ///
    /// # Errors
    /// When none could be made.
    pub async fn new(programs: &Programs, seed: u64, trace: Trace) -> anyhow::Result<Rc<Self>> {
        let place = Place::make(programs, seed).await?;
        let clients = Clients::of(place.address, place.pin()?, place.officer.clone());
        Ok(Rc::new(Self {
            place,
            clients,
            seed,
            begun: Instant::now(),
            trace,
            marks: Marks::default(),
            keys: RefCell::new(None),
            model: OnceCell::new(),
            to_end: RefCell::new(None),
            ends: Notify::new(),
            gone: Notify::new(),
            serves: Cell::new(false),
            hopeless: Cell::new(false),
            over: Cell::new(false),
            boots: Cell::new(0),
            cuts: Cell::new(0),
            mended: Cell::new(0),
            hangs_until_us: Cell::new(0),
            decided: Cell::new(0),
        }))
    }

    /// What no byte that leaves may hold.
    #[must_use]
    pub fn secret(&self) -> &[u8] {
        self.place.token.secret.as_bytes()
    }

    /// This model hears of every start, and of what is wrong with the program.
    pub fn watched_by(&self, model: Rc<RefCell<Model>>) {
        // The first one stays: there is only one.
        let _ = self.model.set(model);
    }

    /// `Sign` requests that were answered.
    #[must_use]
    pub fn decided(&self) -> u64 {
        self.decided.get()
    }

    /// Leaves what the program has left where it is, to be looked into.
    #[must_use]
    pub fn keep(&self) -> PathBuf {
        self.place.keep()
    }

    /// What can be judged when the program has stopped for good: its last ledger, and its log.
    pub fn judge(&self) {
        self.read_keys();
        let (ledger, log) = (self.place.ledger(), self.place.log());
        self.model(|model| {
            self.keys(|keys| model.inspect(&ledger, keys));
            let panicked = memchr::memmem::find(&log, b"panicked").is_some();
            model.require(!panicked, Rule::Progress, || "the program has panicked".to_owned());
            for (bytes, which) in [(&log, "log"), (&ledger, "ledger")] {
                let tells = memchr::memmem::find(bytes, self.secret()).is_some();
                model.require(!tells, Rule::Secret, || format!("the {which} holds a PIN"));
            }
        });
        self.look_at_token();
        for refused in self.refusals() {
            self.marks.hit(Mark::Reason(refused.reason));
            sometimes!(self.marks, SpentButUnsigned, refused.reason.is_after_reserve());
        }
    }

    /// Reads the keys of its records, while it is down: without them nobody can say what is on record.
    fn read_keys(&self) {
        match keys::ask(&self.place) {
            Ok(read) => *self.keys.borrow_mut() = Some(read),
            Err(why) => self.model(|model| model.broken(Rule::OnRecord, format!("{why:#}"))),
        }
    }

    /// What is done with the keys as they were read last.
    fn keys<T>(&self, work: impl FnOnce(&Keys) -> T) -> Option<T> {
        self.keys.borrow().as_ref().map(work)
    }

    fn refusals(&self) -> Vec<record::Refused> {
        self.keys(|keys| record::refusals(self.place.ledger(), keys)).unwrap_or_default()
    }

    /// What comes back to a frame, as long as this program lives.
    async fn reply(&self, who: Who, frame: &[u8]) -> Option<Vec<u8>> {
        let gone = self.gone.notified();
        tokio::select! {
            biased;
            reply = self.clients.ask(who, frame) => reply,
            () = gone => None,
        }
    }

    /// Whether an officer gets through to it.
    async fn answers(&self) -> bool {
        // Writing into memory that grows cannot fail.
        let status = minicbor::to_vec(Order::Status(Status {})).unwrap_or_default();
        self.reply(Who::Officer, &status).await.is_some()
    }

    fn model(&self, tell: impl FnOnce(&mut Model)) {
        if let Some(model) = self.model.get() {
            tell(&mut model.borrow_mut());
        }
    }

    /// Notes what the token did wrong.
    fn look_at_token(&self) {
        match self.place.token.look() {
            Ok(happened) => happened.into_iter().for_each(|happens| self.happened(happens)),
            Err(why) => self.life(|| format!("its token does not tell: {why}")),
        }
    }

    /// From now on the token does what is planned.
    fn begin_plan(&self) {
        if let Err(why) = self.place.token.begin() {
            self.life(|| format!("its token takes no plan: {why}"));
        }
    }

    fn happened(&self, happens: Happens) {
        match happens {
            Happens::Fault(fault) => self.marks.token(fault),
            Happens::Removed => self.marks.hit(Mark::Token(TokenKind::Removed)),
        }
        if happens == Happens::Fault(TokenFault::Hangs) {
            self.hangs_until_us.set(self.now_us().saturating_add(HANG_US));
        }
    }

    fn life(&self, text: impl FnOnce() -> String) {
        let at_us = self.now_us();
        self.trace.add(at_us, What::Life, || ("daemon".to_owned(), text()));
    }

    fn now_us(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

impl Stage for Rc<DaemonStage> {
    fn now_us(&self) -> u64 {
        DaemonStage::now_us(self)
    }

    fn utc_ms(&self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    fn sleep_us(&self, us: u64) -> impl Future<Output = ()> {
        tokio::time::sleep(Duration::from_micros(us))
    }

    fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        tokio::task::spawn_local(task);
    }

    fn channel(&self, who: Who) -> Digest {
        self.clients.identity(who).channel()
    }

    async fn ask(&self, sent: Sent, leaves: Leaves) -> Option<Vec<u8>> {
        if !self.serves.get() {
            return None;
        }
        let reply = self.reply(sent.who, &sent.frame).await;
        sometimes!(self.marks, LostInFlight, reply.is_none());
        let reply = reply?;
        sometimes!(self.marks, MalformedFrame, reply == [0x81, 18]);
        if sent.assertions > 0 {
            self.decided.set(self.decided.get() + 1);
        }
        leaves(&reply, None);
        Some(reply)
    }

    fn fault(&self, deed: &Deed) -> bool {
        // What happened until now happened by the plan as it was.
        self.look_at_token();
        let possible = match deed {
            Deed::Token(trouble) => self.place.token.trouble(trouble),
            Deed::Mend => {
                self.place.token.mend();
                // What was to come does not come any more.
                self.mended.set(self.cuts.get());
                true
            }
            _ => false,
        };
        self.begin_plan();
        possible
    }

    fn cut(&self, cut: &Cut) {
        let number = self.cuts.replace(self.cuts.get() + 1);
        let at_once = (cut.after, cut.at) == (None, None);
        let mut chance = random::stream(self.seed, "kill", number);
        let delay_us = if at_once { 0 } else { chance.u64(..KILL_WITHIN_US) };
        let (stage, cut) = (Rc::clone(self), cut.clone());
        self.spawn(async move {
            stage.sleep_us(delay_us).await;
            if number >= stage.mended.get() {
                stage.end(cut);
            }
        });
    }

    /// It serves, no call hangs any more that could still stop it, and it answers an officer: one that is
    /// about to end does not.
    async fn up(&self) -> bool {
        while !self.hopeless.get() {
            let calm = self.now_us() >= self.hangs_until_us.get();
            if calm && self.serves.get() && self.answers().await {
                return true;
            }
            tokio::time::sleep(LOOK).await;
        }
        false
    }

    fn boots(&self) -> u64 {
        self.boots.get()
    }

    /// As it stands in the ledger.
    fn reason(&self, channel: &Digest, transaction: Option<TransactionId>) -> Option<u16> {
        let refusals = self.refusals();
        let about = |refused: &&record::Refused| match transaction {
            Some(_) => refused.transaction == transaction,
            None => refused.channel == *channel,
        };
        refusals.iter().rev().find(about).map(|refused| refused.reason.number())
    }

    fn marks(&self) -> &Marks {
        &self.marks
    }

    /// A reply may be on its way when a revocation is acknowledged.
    fn is_exact(&self) -> bool {
        false
    }
}
