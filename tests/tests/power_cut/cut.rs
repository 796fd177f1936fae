//! Cuts, restarts, and what must be there after them.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use countersign_disk::{Disk, History};
use countersign_host::Host;
use countersign_ports::{Crypto as _, Storage as _};
use countersign_tests::engine::in_process;
use countersign_tests::outcome::Outcome;
use countersign_tests::remembered::Remembered;
use countersign_vault::Media;
use countersignd::boot::{Disks, Extent, boot_on};
use tokio::runtime::Runtime;

use crate::day::{Day, Knowledge, Told};
use crate::recorded::{LOST, Recorded};

/// Restarts at the same time.
const WORKERS: usize = 2;
/// The newest replies that are asked for again after each restart.
const ASKED_AGAIN: usize = 2;

/// What came of all cuts.
pub struct Cuts {
    /// Moments at which the power failed.
    pub moments: usize,
    /// Disks after them.
    pub images: usize,
    /// Restarts of the whole appliance on them.
    pub restarts: usize,
    /// What was not as it must be.
    pub broken: Vec<String>,
}

/// The ledgers that a whole appliance was started on, each with how much was told then: what it does is the same on any
/// disk that comes to the same ledger.
type Started = Mutex<HashSet<([u8; 32], usize)>>;

#[derive(Default)]
struct Counts {
    images: AtomicUsize,
    restarts: AtomicUsize,
}

/// Cuts the power at every moment of the day, `deep` times: once, or again while it recovers.
pub fn after(day: &Day, deep: usize) -> Cuts {
    let (next, counts) = (AtomicUsize::new(0), Counts::default());
    let (broken, started) = (Mutex::new(Vec::new()), Started::default());
    let moments = day.history.operations().len() + 1;
    let work = || {
        let runtime = Runtime::new().unwrap();
        loop {
            let moment = next.fetch_add(1, Ordering::Relaxed);
            if moment >= moments {
                return;
            }
            let known = known_at(day, moment);
            let remembered = remembered_at(day, moment);
            let (counts, broken, started) = (&counts, &broken, &started);
            let cut = Cut { day, known, remembered, counts, broken, started };
            runtime.block_on(cut.all(&day.history, moment, deep, ""));
        }
    };
    std::thread::scope(|scope| (0..WORKERS).for_each(|_| drop(scope.spawn(work))));
    let Counts { images, restarts } = counts;
    let (images, restarts) = (images.into_inner(), restarts.into_inner());
    Cuts { moments, images, restarts, broken: broken.into_inner().unwrap() }
}

/// What was told before the power failed.
fn known_at(day: &Day, moment: usize) -> &[Told] {
    let known = day.told.iter().take_while(|told| told.operations <= moment).count();
    &day.told[..known]
}

/// What the token knew when somebody was told something last.
fn remembered_at(day: &Day, moment: usize) -> &Remembered {
    let known = day.remembered.iter().take_while(|(operations, _)| *operations <= moment);
    &known.last().expect("it had one from the first day on").1
}

/// What a power cut left, and what was told before it.
struct Cut<'d> {
    day: &'d Day,
    known: &'d [Told],
    /// What the token knew then.
    remembered: &'d Remembered,
    counts: &'d Counts,
    broken: &'d Mutex<Vec<String>>,
    started: &'d Started,
}

impl Cut<'_> {
    /// Every image that the disk may hold after `done` operations of this history. The torn ones first:
    /// of those that come to the same ledger, the appliance is started on the first.
    async fn all(&self, history: &History, done: usize, deep: usize, before: &str) {
        for (loss, image) in history.images(done).into_iter().rev() {
            let moment = format!("{before}cut after {done} operations, {loss:?} lost: ");
            let new = self.look_at(&image).map(|ledger| deep > 1 || self.is_new(&ledger));
            let disk = Disk::holding(image);
            let outcome = match new {
                Ok(true) => self.restart(disk.clone()).await,
                Ok(false) => Ok(()),
                Err(why) => Err(why),
            };
            if let Err(why) = outcome {
                self.broken.lock().unwrap().push(format!("{moment}{why}"));
            }
            if deep > 1 {
                let recovery = disk.history();
                for done in 0..=recovery.operations().len() {
                    Box::pin(self.all(&recovery, done, deep - 1, &moment)).await;
                }
            }
        }
    }

    /// Opens the ledger alone, with everything that a boot checks of the disk, and looks for everything that
    /// was told; gives what the disk holds then.
    fn look_at(&self, image: &[u8]) -> Result<Vec<u8>, String> {
        self.counts.images.fetch_add(1, Ordering::Relaxed);
        let disk = Disk::holding(image.to_vec());
        let (recorded, replayed) = Recorded::of(disk.clone(), &self.day.own_key, self.known)?;
        let settled = replayed.settle(&Host, &self.day.checkpoint_key);
        settled.map_err(|why| format!("no restart: {why}"))?;
        recorded.has(self.known)?;
        Ok(bytes(&disk))
    }

    /// Whether no appliance was started yet on what comes to this ledger, when as much had been told.
    fn is_new(&self, ledger: &[u8]) -> bool {
        self.started.lock().unwrap().insert((Host.sha256(&[ledger]), self.known.len()))
    }

    /// Boots on the disk as it is, without a person, and looks for everything that was told.
    async fn restart(&self, disk: Disk) -> Result<(), String> {
        self.counts.restarts.fetch_add(1, Ordering::Relaxed);
        let Day { house, token, people, vault, .. } = self.day;
        let _turn = self.day.turn.lock().await;
        self.remembered.put_back(token);
        let Media { even, odd } = vault;
        let vault = Media { even: Disk::holding(even.clone()), odd: Disk::holding(odd.clone()) };
        let snapshot = Media { even: Disk::holding(Vec::new()), odd: Disk::holding(Vec::new()) };
        let disks = Disks { ledger: disk.clone(), vault, snapshot };
        let booted = boot_on(&house.config(), token.clone(), disks, Extent::SinceSnapshot).await;
        let appliance = booted.map_err(|why| format!("no restart: {why}"))?;
        let newest = self.known.iter().rev().filter_map(signed).take(ASKED_AGAIN);
        for (frame, reply) in newest {
            let again = in_process(&appliance, &people.front_end, frame).await;
            if Outcome::read(&again) != *reply {
                return Err(format!("the same Sign is not answered with the same reply: {LOST}"));
            }
        }
        appliance.close();
        Recorded::of(disk, &**appliance.ring(), self.known)?.0.has(self.known)
    }
}

fn bytes(disk: &Disk) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(disk.len().unwrap()).unwrap()];
    disk.read_at(0, &mut bytes).unwrap();
    bytes
}

fn signed(told: &Told) -> Option<(&[u8], &Outcome)> {
    match &told.what {
        Knowledge::Signed(signed) => Some((&signed.frame, &signed.reply)),
        _ => None,
    }
}
