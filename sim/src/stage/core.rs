//! The appliance in process: frames go straight to the daemon's `answer`, in virtual time.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

use countersign_core::Reason;
use countersign_disk::FaultyDisk;
use countersign_ledger::Damage;
use countersign_protocol::change::Profile;
use countersign_protocol::{Digest, Origin, TransactionId};
use countersignd::boot::{BootError, Start, boot_from};
use countersignd::init::{Founding, found};
use countersignd::{Surroundings, answer};
use futures_channel::oneshot;

use super::{Door, Leaves, Sent, Stage};
use crate::machine::{Bug, Effect, Machine, SECRET, SimDisk, SimGround, SimToken, Stepped};
use crate::marks::{Mark, Marks, TokenKind};
use crate::people::{ORIGIN, RP_ID, Who};
use crate::scenario::{Call, Cut, Deed, TokenTrouble};
use crate::time::{Side, Spawner};
use crate::trace::{Trace, What};
use crate::{random, sometimes};

/// How long a program that ended stays down before it is started again, in microseconds.
const RESTART_US: u64 = 1_000_000;
/// How often a start is tried again, and how long it takes until then, in microseconds.
const STARTS_MAX: u32 = 2_000;
const AGAIN_US: u64 = 5_000_000;

/// The stage.
pub struct CoreStage {
    machine: Arc<Machine>,
    spawner: Spawner,
    appliance: RefCell<Option<Arc<Stepped>>>,
    door: RefCell<Option<Rc<dyn Door>>>,
    trace: Trace,
    random: RefCell<fastrand::Rng>,
    cut: RefCell<Option<Cut>>,
    recovering: Cell<bool>,
    committing: Cell<bool>,
    hopeless: Cell<bool>,
    boots: Cell<u64>,
    /// What happened to the equal cost of refusals: how.
    unequal: RefCell<Option<String>>,
    decided: Cell<u64>,
}

impl CoreStage {
    /// With nothing started yet.
    pub fn new(machine: Arc<Machine>, spawner: Spawner, trace: Trace) -> Rc<Self> {
        let random = RefCell::new(random::stream(machine.seed, "delays", 0));
        Rc::new(Self {
            machine,
            spawner,
            appliance: RefCell::new(None),
            door: RefCell::new(None),
            trace,
            random,
            cut: RefCell::new(None),
            recovering: Cell::new(false),
            committing: Cell::new(false),
            hopeless: Cell::new(false),
            boots: Cell::new(0),
            unequal: RefCell::new(None),
            decided: Cell::new(0),
        })
    }

    /// The machine.
    pub fn machine(&self) -> &Arc<Machine> {
        &self.machine
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

    /// Makes the appliance: its first day.
    pub async fn found(self: &Rc<Self>) -> bool {
        let (told, tells) = oneshot::channel();
        let stage = Rc::clone(self);
        self.spawner.spawn(Side::Inside, async move {
            let founding = Founding {
                profile: Profile::Development,
                officer: stage.channel(Who::Officer),
                rp_id: Origin::new(RP_ID).expect("an rpId"),
                origin: Origin::new(ORIGIN).expect("an origin"),
            };
            let founded = found(stage.start(), &founding).await;
            if let Ok((appliance, _)) = founded {
                stage.serve(appliance);
                let _ = told.send(());
            }
        });
        tells.await.is_ok()
    }

    fn start(&self) -> Start<SimGround> {
        let machine = || Arc::clone(&self.machine);
        Start {
            ground: SimGround(machine()),
            crypto: Arc::clone(self.machine.engine()),
            token: SimToken::of(machine()),
            storage: SimDisk::of(machine()),
        }
    }

    fn serve(self: &Rc<Self>, appliance: countersignd::Appliance<SimGround>) {
        let appliance = Arc::new(Stepped::new(appliance, Arc::clone(&self.machine)));
        *self.appliance.borrow_mut() = Some(Arc::clone(&appliance));
        if let Some(door) = &*self.door.borrow() {
            door.opens(Arc::clone(&appliance));
        }
        self.boots.set(self.boots.get() + 1);
        self.life(|| "serves".to_owned());
        let stage = Rc::clone(self);
        self.spawner.spawn(Side::Inside, async move {
            appliance.failed().await;
            sometimes!(stage.machine.marks, LedgerStopped);
            stage.life(|| "stops: its ledger has failed".to_owned());
            stage.machine.power.off();
        });
    }

    fn life(&self, text: impl FnOnce() -> String) {
        let at_us = self.machine.timeline.now_us();
        self.trace.add(at_us, What::Life, || ("appliance".to_owned(), text()));
    }

    /// At an instant at which everybody waits: records that wait are committed soon, and a machine that
    /// is down comes back.
    pub fn quiet(self: &Rc<Self>) {
        if !self.machine.power.is_on() {
            if !self.recovering.replace(true) {
                let stage = Rc::clone(self);
                self.spawner.spawn(Side::Outside, async move { stage.recover().await });
            }
            return;
        }
        if self.machine.bug() == Bug::StopsCommitting && self.machine.power.effects() > 400 {
            return;
        }
        let waiting = self.machine.committer().as_ref().map_or(0, |c| c.waiting());
        if waiting == 0 || self.committing.replace(true) {
            return;
        }
        sometimes!(self.machine.marks, ManyInOneGroup, waiting > 1);
        let us = self.machine.checkpoint_us() + self.random.borrow_mut().u64(50..400);
        let (stage, sleep) = (Rc::clone(self), self.machine.timeline.sleep_us(us));
        self.spawner.spawn(Side::Inside, async move {
            sleep.await;
            stage.committing.set(false);
            if let Some(committer) = stage.machine.committer().as_mut() {
                committer.step();
            }
        });
    }

    /// What a cut, or the end of the program, leaves; then the machine, or the program, starts again.
    async fn recover(self: Rc<Self>) {
        let cut = self.cut.take();
        *self.appliance.borrow_mut() = None;
        if let Some(door) = &*self.door.borrow() {
            door.closes();
        }
        *self.machine.committer() = None;
        let down_us = match &cut {
            Some(cut) if !cut.orderly => {
                let image = self.machine.disk().cut(cut.loss);
                let seed = random::derived(self.machine.seed, "disk", self.boots.get());
                self.machine.insert(FaultyDisk::holding(image, seed));
                self.life(|| {
                    format!("the power has failed ({:?} of what was not synced lost)", cut.loss)
                });
                u64::from(cut.down_ms) * 1_000
            }
            _ => RESTART_US,
        };
        self.machine.timeline.sleep_us(down_us).await;
        if let Some(effect) = self.machine.power.back() {
            self.machine.marks.hit(Mark::Cut(effect));
        }
        if cut.is_some_and(|cut| !cut.orderly) {
            self.machine.restart_clock();
        }
        self.committing.set(false);
        self.boot_again().await;
        self.recovering.set(false);
    }

    /// Starts until it serves, the power fails, or nobody would try any longer.
    async fn boot_again(self: &Rc<Self>) {
        for again_us in (1..=STARTS_MAX).map(|start| AGAIN_US * u64::from(start.min(12))) {
            self.machine.disk().reopen();
            let (told, tells) = oneshot::channel();
            let stage = Rc::clone(self);
            self.spawner.spawn(Side::Inside, async move {
                let booted = boot_from(stage.start()).await;
                let why = booted.map(|appliance| stage.serve(appliance)).err();
                let _ = told.send(why);
            });
            match tells.await {
                Ok(None) => return,
                Ok(Some(why)) => {
                    self.life(|| format!("does not start: {why}"));
                    if self.is_hopeless(&why) {
                        return self.hopeless.set(true);
                    }
                }
                // The power has failed meanwhile.
                Err(_) => return,
            }
            self.machine.timeline.sleep_us(again_us).await;
        }
        self.hopeless.set(true);
    }

    /// Whether a person must help: the ledger or a key is not as it was.
    fn is_hopeless(&self, why: &BootError) -> bool {
        let damage = match why {
            BootError::Damage(Damage::Storage(_)) => false,
            BootError::Damage(_) | BootError::Empty => true,
            _ => false,
        };
        sometimes!(self.machine.marks, BootStopped, damage);
        sometimes!(self.machine.marks, BootWithoutKey, matches!(why, BootError::Key { .. }));
        damage
    }

    fn delay(&self) -> impl Future<Output = ()> + use<> {
        // In few steps, so that much comes at the same instant.
        let us = 100 * self.random.borrow_mut().u64(1..=20);
        self.machine.timeline.sleep_us(us)
    }

    fn token(&self, trouble: &TokenTrouble) {
        match trouble {
            TokenTrouble::At { call, fault, times } => {
                let call = match call {
                    Call::Sign => Effect::Sign,
                    Call::Checkpoint => Effect::Checkpoint,
                    Call::Random => Effect::Random,
                };
                (0..(*times).min(64)).for_each(|_| self.machine.token_fault(call, *fault));
            }
            TokenTrouble::Removed => self.machine.remove_token(true),
            TokenTrouble::BackedUp => self.machine.back_up_token(),
            TokenTrouble::Restored => {
                self.machine.marks.hit(Mark::Token(TokenKind::Restored));
                self.machine.restore_token();
            }
        }
    }
}

/// One request inside the appliance: the daemon's answer, as its endpoint would ask for it.
async fn inside(stage: Rc<CoreStage>, appliance: Arc<Stepped>, sent: Sent) -> Option<Vec<u8>> {
    let channel = stage.channel(sent.who);
    let bug = stage.machine.bug();
    if sent.who == Who::Officer {
        // The answer to an order that was carried out, at index 0 of the ledger.
        if bug == Bug::AcknowledgesNothing
            && sent.frame.get(1).is_some_and(|kind| [4, 6, 10].contains(kind))
        {
            return Some(vec![0x82, 2, 0xa1, 0, 0]);
        }
        return appliance.order(&channel, &sent.frame).await;
    }
    if !appliance.admits(&channel) {
        return Some(vec![0x81, 19]);
    }
    let assertions = sent.assertions;
    let deciding = Box::pin(answer(&*appliance, channel, &sent.frame));
    let (outcome, verified) = FirstPoll::of(deciding, &stage.machine).await;
    let reply = meddled(bug, outcome.into_bytes());
    if bug == Bug::NeverAnswers && reply.last().is_some_and(|byte| byte % 8 == 1) {
        std::future::pending::<()>().await;
    }
    if assertions > 0 {
        stage.decides();
    }
    let malformed = reply == [0x81, 18];
    sometimes!(stage.machine.marks, MalformedFrame, malformed);
    if assertions > 0 && !malformed && verified != assertions {
        let how =
            format!("{verified} signatures checked of {assertions}, reply {:02x?}", reply.get(..2));
        stage.unequal.borrow_mut().get_or_insert(how);
    }
    Some(reply)
}

/// A reply as a mistaken appliance gives it.
fn meddled(bug: Bug, mut reply: Vec<u8>) -> Vec<u8> {
    match bug {
        Bug::TellsMore if reply.len() == 2 => reply.push(0),
        Bug::LeaksSecret => reply.extend_from_slice(SECRET),
        _ => {}
    }
    reply
}

/// Counts the signatures that are checked up to the first wait: all checks of the path are before it.
struct FirstPoll<F> {
    future: F,
    machine: Arc<Machine>,
    verified: Option<u64>,
}

impl<F> FirstPoll<F> {
    fn of(future: F, machine: &Arc<Machine>) -> Self {
        Self { future, machine: Arc::clone(machine), verified: None }
    }
}

impl<F: Future + Unpin> Future for FirstPoll<F> {
    type Output = (F::Output, u64);

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let before = self.machine.engine().verified();
        let polled = Pin::new(&mut self.future).poll(context);
        let now = self.machine.engine().verified().saturating_sub(before);
        let verified = *self.verified.get_or_insert(now);
        polled.map(|output| (output, verified))
    }
}

impl Stage for Rc<CoreStage> {
    fn now_us(&self) -> u64 {
        self.machine.timeline.now_us()
    }

    fn utc_ms(&self) -> u64 {
        self.machine.true_utc_ms()
    }

    fn sleep_us(&self, us: u64) -> impl Future<Output = ()> {
        self.machine.timeline.sleep_us(us)
    }

    fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        self.spawner.spawn(Side::Outside, task);
    }

    fn channel(&self, who: Who) -> Digest {
        CoreStage::channel(self, who)
    }

    async fn ask(&self, sent: Sent, leaves: Leaves) -> Option<Vec<u8>> {
        self.delay().await;
        let appliance = self.appliance.borrow().clone()?;
        let (told, tells) = oneshot::channel();
        let stage = Rc::clone(self);
        self.spawner.spawn(Side::Inside, async move {
            let reply = inside(Rc::clone(&stage), appliance, sent).await;
            let Some(reply) = reply else { return };
            if stage.machine.power.allows(Effect::Reply) {
                leaves(&reply);
                let _ = told.send(reply);
            }
        });
        let reply = tells.await.ok();
        sometimes!(self.machine.marks, LostInFlight, reply.is_none());
        self.delay().await;
        reply
    }

    fn fault(&self, deed: &Deed) {
        match deed {
            Deed::Token(trouble) => self.token(trouble),
            Deed::Disk(fault) => {
                self.machine.marks.hit(Mark::Disk(*fault));
                self.machine.disk().fault(*fault);
            }
            Deed::Clock(fault) => {
                let kinds = crate::machine::ClockFault::KINDS;
                let place = kinds.iter().position(|kind| *kind == fault.kind());
                place.into_iter().for_each(|place| self.machine.marks.hit(Mark::Clock(place)));
                self.machine.clock_fault(*fault);
            }
            Deed::Mend => {
                self.machine.mend_token();
                self.machine.mend_clock();
                self.machine.power.steady();
                self.machine.disk().mend();
            }
            _ => {}
        }
    }

    fn cut(&self, cut: &Cut) {
        self.ends_by(cut);
        match (cut.after, cut.at) {
            (None, None) => self.machine.power.off(),
            (after, at) => self.machine.power.fail_after(after.unwrap_or(0), at),
        }
    }

    async fn up(&self) -> bool {
        let down = || self.appliance.borrow().is_none() || !self.machine.power.is_on();
        while down() && !self.hopeless.get() {
            self.machine.timeline.sleep_us(50_000).await;
        }
        !self.hopeless.get()
    }

    fn boots(&self) -> u64 {
        self.boots.get()
    }

    fn reason(&self, channel: &Digest, transaction: Option<TransactionId>) -> Option<u16> {
        self.machine.refused(channel, transaction).map(Reason::number)
    }

    fn marks(&self) -> &Marks {
        &self.machine.marks
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
