//! The appliance in process: frames go straight to the daemon's `answer`, in virtual time.

mod life;
mod request;
mod twin;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::future::Future;
use std::rc::Rc;
use std::sync::Arc;

use countersign_core::Reason;
use countersign_protocol::{Digest, TransactionId};
use futures_channel::oneshot;
use tokio::sync::Notify;

use self::request::inside;
use self::twin::{Beside, Serving};
use super::{Door, Leaves, Sent, Stage};
use crate::machine::{ClockFault, Effect, Machine};
use crate::marks::{Mark, Marks, TokenKind};
use crate::people::Who;
use crate::play::looks;
use crate::scenario::{Call, Cut, Deed, Image, TokenTrouble};
use crate::time::{Side, Spawner};
use crate::trace::Trace;
use crate::{random, sometimes};

/// The stage.
pub struct CoreStage {
    machine: RefCell<Arc<Machine>>,
    marks: Arc<Marks>,
    spawner: Spawner,
    serving: RefCell<Option<Serving>>,
    beside: RefCell<Beside>,
    /// How many copies were started.
    copies: Cell<u64>,
    /// Whom of two somebody gets to.
    chance: RefCell<fastrand::Rng>,
    door: RefCell<Option<Rc<dyn Door>>>,
    trace: Trace,
    random: RefCell<fastrand::Rng>,
    cut: RefCell<Option<Cut>>,
    recovering: Cell<bool>,
    /// The machines on which something is about to be committed.
    committing: RefCell<BTreeSet<u64>>,
    hopeless: Cell<bool>,
    /// Nobody wants anything more.
    over: Cell<bool>,
    ends: Notify,
    boots: Cell<u64>,
    /// What happened to the equal cost of refusals: how.
    unequal: RefCell<Option<String>>,
    /// That an old copy did not stop: how.
    outlived: RefCell<Option<String>>,
    decided: Cell<u64>,
}

impl CoreStage {
    /// With nothing started yet.
    pub fn new(machine: Arc<Machine>, spawner: Spawner, trace: Trace) -> Rc<Self> {
        let random = RefCell::new(random::stream(machine.seed, "delays", 0));
        let chance = RefCell::new(random::stream(machine.seed, "copies", 0));
        Rc::new(Self {
            marks: Arc::clone(&machine.marks),
            machine: RefCell::new(machine),
            spawner,
            serving: RefCell::new(None),
            beside: RefCell::default(),
            copies: Cell::new(0),
            chance,
            door: RefCell::new(None),
            trace,
            random,
            cut: RefCell::new(None),
            recovering: Cell::new(false),
            committing: RefCell::default(),
            hopeless: Cell::new(false),
            over: Cell::new(false),
            ends: Notify::new(),
            boots: Cell::new(0),
            unequal: RefCell::new(None),
            outlived: RefCell::new(None),
            decided: Cell::new(0),
        })
    }

    /// Nobody wants anything more: what is done again and again for ever ends.
    pub fn end(&self) {
        self.over.set(true);
        self.ends.notify_waiters();
    }

    async fn over(&self) {
        while !self.over.get() {
            self.ends.notified().await;
        }
    }

    /// The machine that the newest appliance is on.
    pub fn machine(&self) -> Arc<Machine> {
        Arc::clone(&self.machine.borrow())
    }

    /// That one, and the one beside it, if there are two.
    fn machines(&self) -> impl Iterator<Item = Arc<Machine>> + use<> {
        let beside = self.beside.borrow().machine().cloned();
        std::iter::once(self.machine()).chain(beside)
    }

    /// Where there is no power.
    pub fn dark(&self) -> Vec<Side> {
        self.machines().filter(|m| !m.power.is_on()).map(|machine| machine.side()).collect()
    }

    /// `Sign` requests that the appliance has decided.
    pub fn decided(&self) -> u64 {
        self.decided.get()
    }

    /// One more of them.
    pub(super) fn decides(&self) {
        self.decided.set(self.decided.get() + 1);
    }

    /// Everybody comes through this door from now on.
    pub(super) fn hang(&self, door: Rc<dyn Door>) {
        *self.door.borrow_mut() = Some(door);
    }

    /// The end of the program, or of its power, that comes now is this one.
    pub(super) fn ends_by(&self, cut: &Cut) {
        *self.cut.borrow_mut() = Some(cut.clone());
    }

    /// How a refusal cost more or less than another one, if one did.
    pub fn unequal(&self) -> Option<String> {
        self.unequal.borrow().clone()
    }

    /// How an old copy went on beside a new one for too long, if one did.
    pub fn outlived(&self) -> Option<String> {
        self.outlived.borrow().clone()
    }

    fn delay(&self) -> impl Future<Output = ()> + use<> {
        // In few steps, so that much comes at the same instant.
        let us = 100 * self.random.borrow_mut().u64(1..=20);
        self.machine().timeline.sleep_us(us)
    }

    fn token(&self, trouble: &TokenTrouble) {
        let machine = self.machine();
        match trouble {
            TokenTrouble::At { call, fault, times } => {
                let call = match call {
                    Call::Sign => Effect::Sign,
                    Call::Checkpoint => Effect::Checkpoint,
                    Call::Random => Effect::Random,
                };
                (0..(*times).min(64)).for_each(|_| machine.token_fault(call, *fault));
            }
            TokenTrouble::Removed => machine.remove_token(true),
            TokenTrouble::BackedUp => machine.back_up_token(),
            TokenTrouble::Restored => {
                self.marks.hit(Mark::Token(TokenKind::Restored));
                machine.restore_token();
            }
        }
    }
}

impl Stage for Rc<CoreStage> {
    fn now_us(&self) -> u64 {
        self.machine().timeline.now_us()
    }

    fn utc_ms(&self) -> u64 {
        self.machine().true_utc_ms()
    }

    fn sleep_us(&self, us: u64) -> impl Future<Output = ()> {
        self.machine().timeline.sleep_us(us)
    }

    fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        self.spawner.spawn(Side::Outside, task);
    }

    fn channel(&self, who: Who) -> Digest {
        CoreStage::channel(self, who)
    }

    async fn ask(&self, sent: Sent, leaves: Leaves) -> Option<Vec<u8>> {
        self.delay().await;
        let Serving { appliance, machine, start } = self.asked()?;
        let (told, tells) = oneshot::channel();
        let stage = Rc::clone(self);
        self.spawner.spawn(machine.side(), async move {
            let Some(reply) = inside(stage, appliance, sent).await else { return };
            if machine.power.allows(Effect::Reply) {
                leaves(&reply, Some(start));
                let _ = told.send(reply);
            }
        });
        let reply = tells.await.ok();
        sometimes!(self.marks, LostInFlight, reply.is_none());
        self.delay().await;
        reply
    }

    fn fault(&self, deed: &Deed) -> bool {
        let machine = self.machine();
        match deed {
            Deed::Token(trouble) => self.token(trouble),
            Deed::Disk(fault) => {
                self.marks.hit(Mark::Disk(*fault));
                machine.disk().fault(*fault);
            }
            Deed::Image(Image::Kept) => machine.keep_images(),
            Deed::Image(Image::PutBack) => {
                machine.put_back_images();
                machine.power.off();
            }
            Deed::Image(Image::Twin) => return self.copy(),
            Deed::Clock(fault) => {
                let kinds = ClockFault::KINDS;
                let place = kinds.iter().position(|kind| *kind == fault.kind());
                place.into_iter().for_each(|place| self.marks.hit(Mark::Clock(place)));
                self.machines().for_each(|machine| machine.clock_fault(*fault));
            }
            Deed::Mend => {
                machine.mend_token();
                for machine in self.machines() {
                    machine.mend_clock();
                    machine.power.steady();
                    machine.disk().mend();
                }
            }
            _ => return false,
        }
        true
    }

    fn cut(&self, cut: &Cut) {
        self.ends_by(cut);
        match (cut.after, cut.at) {
            (None, None) => self.machine().power.off(),
            (after, at) => self.machine().power.fail_after(after.unwrap_or(0), at),
        }
    }

    async fn up(&self) -> bool {
        let down = || !self.serves() || self.are_two();
        let mut looks_us = looks();
        while let Some(us) = looks_us.next().filter(|_| down() && !self.hopeless.get()) {
            self.machine().timeline.sleep_us(us).await;
        }
        !self.hopeless.get()
    }

    fn boots(&self) -> u64 {
        self.boots.get()
    }

    fn reason(&self, channel: &Digest, transaction: Option<TransactionId>) -> Option<u16> {
        self.machine().refused(channel, transaction).map(Reason::number)
    }

    fn marks(&self) -> &Marks {
        &self.marks
    }

    fn is_exact(&self) -> bool {
        true
    }
}

impl CoreStage {
    fn channel(&self, who: Who) -> Digest {
        if let Some(door) = &*self.door.borrow() {
            return door.channel(who);
        }
        let byte = |kind: u8, number: u32| {
            let mut channel = [kind; 32];
            for (to, from) in channel.iter_mut().zip(number.to_be_bytes()) {
                *to = from;
            }
            Digest(channel)
        };
        match who {
            Who::Portal(number) => byte(0x70, number),
            Who::Stranger => byte(0x71, 0),
            Who::Officer => byte(0x72, 0),
        }
    }
}
