//! The life of an appliance: founded, serving, dead, started again.

use std::rc::Rc;
use std::sync::Arc;

use countersign_anchor::AnchorError;
use countersign_disk::FaultyDisk;
use countersign_ledger::Damage;
use countersign_protocol::Origin;
use countersign_protocol::change::Profile;
use countersign_selftest::Tested;
use countersign_vault::{Media, VaultError};
use countersignd::boot::{BootError, Disks, Extent, Start, Started, start_from};
use countersignd::init::{Founding, found};
use countersignd::{Ran, RingError, Surroundings as _};
use futures_channel::oneshot;

use super::CoreStage;
use super::twin::Serving;
use crate::machine::{Bug, Machine, Medium, SimDisk, SimGround, SimToken, Stepped};
use crate::marks::Mark;
use crate::people::{ORIGIN, RP_ID, Who};
use crate::time::Side;
use crate::trace::What;
use crate::{random, sometimes};

/// How long a program that ended stays down before it is started again, in microseconds.
const RESTART_US: u64 = 1_000_000;
/// How often a start is tried again soon, and how long it takes until then, in microseconds: twice as long each time, up to
/// the last.
const STARTS_MAX: usize = 2_000;
const AGAIN_US: [u64; 2] = [5_000_000, 300_000_000];

/// What starting an appliance has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tried {
    /// It serves.
    Serves,
    /// The power has failed meanwhile.
    Dark,
    /// A person must help who cannot, or nobody tries any longer.
    InVain,
}

/// The pauses between starts that may be mended soon, in microseconds.
pub(super) fn soon_us() -> impl Iterator<Item = u64> {
    let [first_us, last_us] = AGAIN_US;
    std::iter::successors(Some(first_us), move |us| Some((us * 2).min(last_us)))
}

impl CoreStage {
    /// Makes the appliance: its first day.
    pub async fn found(self: &Rc<Self>) -> bool {
        let (told, tells) = oneshot::channel();
        let stage = Rc::clone(self);
        let machine = self.machine();
        self.spawner.spawn(machine.side(), async move {
            let founding = Founding {
                profile: Profile::Development,
                officer: stage.channel(Who::Officer),
                rp_id: Origin::new(RP_ID).expect("an rpId"),
                origin: Origin::new(ORIGIN).expect("an origin"),
            };
            let founded = found(start(&machine), &founding).await;
            if let Ok((appliance, _)) = founded {
                stage.serve(machine, appliance);
                let _ = told.send(());
            }
        });
        tells.await.is_ok()
    }

    /// Whether it is up.
    pub fn serves(&self) -> bool {
        self.serving.borrow().is_some() && self.machine().power.is_on()
    }

    fn serve(
        self: &Rc<Self>,
        machine: Arc<Machine>,
        appliance: countersignd::Appliance<SimGround>,
    ) {
        let appliance = Arc::new(Stepped::new(appliance, Arc::clone(&machine)));
        self.boots.set(self.boots.get() + 1);
        let start = self.boots.get();
        let is_copy = self.machine.replace(Arc::clone(&machine)).number != machine.number;
        let serving = Serving { appliance: Arc::clone(&appliance), machine, start };
        let before = self.serving.replace(Some(serving));
        if is_copy {
            self.takes_over(before);
        }
        if let Some(door) = &*self.door.borrow() {
            door.opens(Arc::clone(&appliance));
        }
        self.life(|| if is_copy { "the copy serves" } else { "serves" }.to_owned());
        sometimes!(self.marks, BeganAtSnapshot, appliance.began_at_snapshot());
        self.live(&appliance);
    }

    /// What an appliance does by itself, as long as it lives.
    fn live(self: &Rc<Self>, appliance: &Arc<Stepped>) {
        let (machine, keeper) = (self.machine(), Arc::clone(appliance));
        self.spawner.spawn(machine.side(), async move { keeper.keep_snapshots().await });
        let (owner, stage) = (Arc::clone(appliance), Rc::clone(self));
        self.spawner.spawn(machine.side(), async move {
            tokio::select! {
                biased;
                () = stage.over() => {}
                () = owner.keep_anchored() => {}
            }
        });
        let (mortal, stage) = (Arc::clone(appliance), Rc::clone(self));
        self.spawner.spawn(machine.side(), async move {
            mortal.failed().await;
            sometimes!(stage.marks, LedgerStopped);
            let old = machine.number != stage.machine().number;
            let who = if old { "the old copy " } else { "" };
            stage.life(|| format!("{who}stops: its ledger has failed"));
            machine.power.off();
        });
    }

    /// At an instant at which everybody waits: records that wait are committed soon, and a machine that
    /// is down comes back.
    pub fn quiet(self: &Rc<Self>) {
        self.forget_who_stopped();
        self.machines().filter(|machine| machine.power.is_on()).for_each(|m| self.commit_soon(m));
        // Where a copy is being started, nobody starts what was copied before that has come to something.
        if self.machine().power.is_on() || self.has_younger() || self.recovering.replace(true) {
            return;
        }
        let stage = Rc::clone(self);
        self.spawner.spawn(Side::Outside, async move { stage.recover().await });
    }

    fn commit_soon(self: &Rc<Self>, machine: Arc<Machine>) {
        if machine.bug() == Bug::StopsCommitting && machine.power.effects() > 400 {
            return;
        }
        let waiting = machine.committer().as_ref().map_or(0, |c| c.waiting());
        if waiting == 0 || !self.committing.borrow_mut().insert(machine.number) {
            return;
        }
        sometimes!(self.marks, ManyInOneGroup, waiting > 1);
        // In few steps, as whatever people do: what is committed meets what comes.
        let us = machine.checkpoint_us() + 100 * self.random.borrow_mut().u64(1..=4);
        let (stage, sleep) = (Rc::clone(self), machine.timeline.sleep_us(us));
        self.spawner.spawn(machine.side(), async move {
            sleep.await;
            stage.committing.borrow_mut().remove(&machine.number);
            if let Some(committer) = machine.committer().as_mut() {
                committer.step();
            }
        });
    }

    /// What a cut, or the end of the program, leaves; then the machine, or the program, starts again.
    async fn recover(self: Rc<Self>) {
        let (cut, machine) = (self.cut.take(), self.machine());
        *self.serving.borrow_mut() = None;
        if let Some(door) = &*self.door.borrow() {
            door.closes();
        }
        *machine.committer() = None;
        let down_us = match &cut {
            Some(cut) if !cut.orderly => {
                let seed = random::derived(machine.seed, "disk", self.boots.get());
                for medium in Medium::ALL {
                    let mut disk = machine.medium(medium);
                    let image = disk.cut(cut.loss);
                    *disk = FaultyDisk::holding(image, seed);
                }
                self.life(|| {
                    format!("the power has failed ({:?} of what was not synced lost)", cut.loss)
                });
                u64::from(cut.down_ms) * 1_000
            }
            _ => RESTART_US,
        };
        machine.timeline.sleep_us(down_us).await;
        if let Some(effect) = machine.power.back() {
            self.marks.hit(Mark::Cut(effect));
        }
        if cut.is_some_and(|cut| !cut.orderly) {
            machine.restart_clock();
        }
        self.committing.borrow_mut().remove(&machine.number);
        let seed = random::derived(machine.seed, "older disk", self.boots.get());
        if machine.swapped(seed) {
            self.life(|| "an older disk is put back".to_owned());
        }
        // What has gone wrong for a week may be mended in a month.
        let seldom_us = std::iter::successors(Some(AGAIN_US[1]), |us| us.checked_mul(2));
        let pauses_us = soon_us().take(STARTS_MAX).chain(seldom_us);
        if self.start_on(&machine, seed, pauses_us).await == Tried::InVain {
            self.hopeless.set(true);
        }
        self.recovering.set(false);
    }

    /// Starts on this machine until it serves, the power fails, or nobody would try any longer.
    pub(super) async fn start_on(
        self: &Rc<Self>,
        machine: &Arc<Machine>,
        seed: u64,
        pauses_us: impl Iterator<Item = u64>,
    ) -> Tried {
        for again_us in pauses_us {
            Medium::ALL.iter().for_each(|medium| machine.medium(*medium).reopen());
            let (told, tells) = oneshot::channel();
            let (stage, on) = (Rc::clone(self), Arc::clone(machine));
            self.spawner.spawn(machine.side(), async move {
                let booted = start_from(start(&on)).await.and_then(Started::open);
                let why = booted.map(|appliance| stage.serve(on, appliance)).err();
                let _ = told.send(why);
            });
            match tells.await {
                Ok(None) => {
                    machine.copy_goes_on();
                    return Tried::Serves;
                }
                Ok(Some(why)) => {
                    self.life(|| format!("does not start: {why}"));
                    if self.is_hopeless(&why) && !self.helped(machine, &why, seed) {
                        return Tried::InVain;
                    }
                }
                Err(_) => return Tried::Dark,
            }
            machine.timeline.sleep_us(again_us).await;
        }
        Tried::InVain
    }

    /// A person puts back today's disk, or the newest token where the TPM told; whether there was one.
    fn helped(&self, machine: &Machine, why: &BootError, seed: u64) -> bool {
        let put_back = matches!(why, BootError::Anchor(AnchorError::PutBack { .. }));
        sometimes!(self.marks, TokenPutBack, put_back);
        if put_back && machine.newest_token() {
            self.life(|| "a person puts back the newest token".to_owned());
            return true;
        }
        let helped = machine.put_back_today(seed);
        if helped {
            self.life(|| "a person puts back today's disk".to_owned());
        }
        helped
    }

    /// Whether a person must help: the ledger or a key is not as it was.
    fn is_hopeless(&self, why: &BootError) -> bool {
        let damage = match why {
            BootError::Damage(Damage::Storage(_)) => false,
            BootError::Damage(_) | BootError::Empty => true,
            BootError::Anchor(why) => why.is_final(),
            BootError::Ring(RingError::Vault(VaultError::OlderCopy { .. })) => true,
            _ => false,
        };
        sometimes!(self.marks, BootStopped, damage);
        sometimes!(self.marks, BootWithoutKey, matches!(why, BootError::Key { .. }));
        damage
    }

    pub(super) fn life(&self, text: impl FnOnce() -> String) {
        let at_us = self.machine().timeline.now_us();
        self.trace.add(at_us, What::Life, || ("appliance".to_owned(), text()));
    }
}

/// What an appliance is started from on this machine.
fn start(machine: &Arc<Machine>) -> Start<SimGround> {
    let disk = |medium| SimDisk::of(Arc::clone(machine), medium);
    Start {
        ground: SimGround(Arc::clone(machine)),
        crypto: Tested::new(Arc::clone(machine.engine())).expect("the known answers"),
        token: SimToken::of(Arc::clone(machine)),
        disks: Disks {
            ledger: disk(Medium::Ledger),
            vault: Media { even: disk(Medium::VaultEven), odd: disk(Medium::VaultOdd) },
            snapshot: Media { even: disk(Medium::SnapshotEven), odd: disk(Medium::SnapshotOdd) },
        },
        extent: Extent::SinceSnapshot,
        ran: Ran::default(),
    }
}
