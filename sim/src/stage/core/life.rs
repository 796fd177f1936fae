//! The life of an appliance: founded, serving, dead, started again.

use std::rc::Rc;
use std::sync::Arc;

use countersign_anchor::AnchorError;
use countersign_disk::FaultyDisk;
use countersign_ledger::Damage;
use countersign_protocol::Origin;
use countersign_protocol::change::Profile;
use countersign_selftest::Tested;
use countersign_vault::Media;
use countersignd::boot::{BootError, Disks, Extent, Start, Started, start_from};
use countersignd::init::{Founding, found};
use countersignd::{Ran, Surroundings as _};
use futures_channel::oneshot;

use super::CoreStage;
use crate::machine::{Bug, Medium, SimDisk, SimGround, SimToken, Stepped};
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

impl CoreStage {
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

    /// Whether it is up.
    pub fn serves(&self) -> bool {
        self.appliance.borrow().is_some() && self.machine.power.is_on()
    }

    fn start(&self) -> Start<SimGround> {
        let machine = || Arc::clone(&self.machine);
        Start {
            ground: SimGround(machine()),
            crypto: Tested::new(Arc::clone(self.machine.engine())).expect("the known answers"),
            token: SimToken::of(machine()),
            disks: Disks {
                ledger: SimDisk::of(machine(), Medium::Ledger),
                vault: Media {
                    even: SimDisk::of(machine(), Medium::VaultEven),
                    odd: SimDisk::of(machine(), Medium::VaultOdd),
                },
                snapshot: Media {
                    even: SimDisk::of(machine(), Medium::SnapshotEven),
                    odd: SimDisk::of(machine(), Medium::SnapshotOdd),
                },
            },
            extent: Extent::SinceSnapshot,
            ran: Ran::default(),
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
        sometimes!(self.machine.marks, BeganAtSnapshot, appliance.began_at_snapshot());
        let keeper = Arc::clone(&appliance);
        self.spawner.spawn(Side::Inside, async move { keeper.keep_snapshots().await });
        let (owner, stage) = (Arc::clone(&appliance), Rc::clone(self));
        self.spawner.spawn(Side::Inside, async move {
            tokio::select! {
                biased;
                () = stage.over() => {}
                () = owner.keep_anchored() => {}
            }
        });
        let stage = Rc::clone(self);
        self.spawner.spawn(Side::Inside, async move {
            appliance.failed().await;
            sometimes!(stage.machine.marks, LedgerStopped);
            stage.life(|| "stops: its ledger has failed".to_owned());
            stage.machine.power.off();
        });
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
        // In few steps, as whatever people do: what is committed meets what comes.
        let us = self.machine.checkpoint_us() + 100 * self.random.borrow_mut().u64(1..=4);
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
                let seed = random::derived(self.machine.seed, "disk", self.boots.get());
                for medium in Medium::ALL {
                    let mut disk = self.machine.medium(medium);
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
        self.machine.timeline.sleep_us(down_us).await;
        if let Some(effect) = self.machine.power.back() {
            self.machine.marks.hit(Mark::Cut(effect));
        }
        if cut.is_some_and(|cut| !cut.orderly) {
            self.machine.restart_clock();
        }
        self.committing.set(false);
        let seed = random::derived(self.machine.seed, "older disk", self.boots.get());
        if self.machine.swapped(seed) {
            self.life(|| "an older disk is put back".to_owned());
        }
        self.boot_again(seed).await;
        self.recovering.set(false);
    }

    /// Starts until it serves, the power fails, or nobody would try any longer.
    async fn boot_again(self: &Rc<Self>, seed: u64) {
        let [first_us, last_us] = AGAIN_US;
        let soon_us = std::iter::successors(Some(first_us), |us| Some((us * 2).min(last_us)));
        // What has gone wrong for a week may be mended in a month.
        let seldom_us = std::iter::successors(Some(last_us), |us| us.checked_mul(2));
        for again_us in soon_us.take(STARTS_MAX).chain(seldom_us) {
            Medium::ALL.iter().for_each(|medium| self.machine.medium(*medium).reopen());
            let (told, tells) = oneshot::channel();
            let stage = Rc::clone(self);
            self.spawner.spawn(Side::Inside, async move {
                let booted = start_from(stage.start()).await.and_then(Started::open);
                let why = booted.map(|appliance| stage.serve(appliance)).err();
                let _ = told.send(why);
            });
            match tells.await {
                Ok(None) => return self.machine.copy_goes_on(),
                Ok(Some(why)) => {
                    self.life(|| format!("does not start: {why}"));
                    if self.is_hopeless(&why) && !self.helped(&why, seed) {
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

    /// A person puts back today's disk, or the newest token where the TPM told; whether there was one.
    fn helped(&self, why: &BootError, seed: u64) -> bool {
        let put_back = matches!(why, BootError::Anchor(AnchorError::PutBack { .. }));
        sometimes!(self.machine.marks, TokenPutBack, put_back);
        if put_back && self.machine.newest_token() {
            self.life(|| "a person puts back the newest token".to_owned());
            return true;
        }
        let helped = self.machine.put_back_today(seed);
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
            _ => false,
        };
        sometimes!(self.machine.marks, BootStopped, damage);
        sometimes!(self.machine.marks, BootWithoutKey, matches!(why, BootError::Key { .. }));
        damage
    }

    fn life(&self, text: impl FnOnce() -> String) {
        let at_us = self.machine.timeline.now_us();
        self.trace.add(at_us, What::Life, || ("appliance".to_owned(), text()));
    }
}
