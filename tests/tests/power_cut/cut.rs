//! Cuts, restarts, and what must be there after them.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use countersign_core::Reason;
use countersign_disk::{Disk, History};
use countersign_host::Host;
use countersign_ledger::Keys;
use countersign_protocol::TransactionId;
use countersign_protocol::record::{Kind, RefusalContent, SignatureContent};
use countersign_protocol::{activation::Activation, canonical};
use countersign_tests::engine::in_process;
use countersign_tests::outcome::Outcome;
use countersign_vault::Media;
use countersignd::boot::boot_on;
use tokio::runtime::Runtime;

use crate::day::{Day, Knowledge, Told};

/// Restarts at the same time.
const WORKERS: usize = 2;
/// The newest replies that are asked for again after each restart.
const ASKED_AGAIN: usize = 2;

/// What is worst.
pub const LOST: &str = "a signature that was given is not in the ledger";

/// What came of all cuts.
pub struct Cuts {
    /// Moments at which the power failed.
    pub moments: usize,
    /// Restarts after them.
    pub restarts: usize,
    /// What was not as it must be.
    pub broken: Vec<String>,
}

/// Cuts the power at every moment of the day, `deep` times: once, or again while it recovers.
pub fn after(day: &Day, deep: usize) -> Cuts {
    let (next, restarts) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let broken = Mutex::new(Vec::new());
    let moments = day.history.operations().len() + 1;
    let work = || {
        let runtime = Runtime::new().unwrap();
        loop {
            let moment = next.fetch_add(1, Ordering::Relaxed);
            if moment >= moments {
                return;
            }
            let known = known_at(day, moment);
            let cut = Cut { day, known, restarts: &restarts, broken: &broken };
            runtime.block_on(cut.all(&day.history, moment, deep, ""));
        }
    };
    std::thread::scope(|scope| (0..WORKERS).for_each(|_| drop(scope.spawn(work))));
    Cuts { moments, restarts: restarts.into_inner(), broken: broken.into_inner().unwrap() }
}

/// What was told before the power failed.
fn known_at(day: &Day, moment: usize) -> &[Told] {
    let known = day.told.iter().take_while(|told| told.operations <= moment).count();
    &day.told[..known]
}

struct Cut<'d> {
    day: &'d Day,
    known: &'d [Told],
    restarts: &'d AtomicUsize,
    broken: &'d Mutex<Vec<String>>,
}

impl Cut<'_> {
    /// Every image that the disk may hold after `done` operations of this history.
    async fn all(&self, history: &History, done: usize, deep: usize, before: &str) {
        for (loss, image) in history.images(done) {
            let moment = format!("{before}cut after {done} operations, {loss:?} lost: ");
            let disk = Disk::holding(image);
            self.restarts.fetch_add(1, Ordering::Relaxed);
            if let Err(why) = self.restart(disk.clone()).await {
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

    /// Boots on the disk as it is, without a person, and looks for everything that was told.
    async fn restart(&self, disk: Disk) -> Result<(), String> {
        let Day { house, token, people, vault, .. } = self.day;
        let Media { even, odd } = vault;
        let vault = Media { even: Disk::holding(even.clone()), odd: Disk::holding(odd.clone()) };
        let booted = boot_on(&house.config(), token.clone(), disk.clone(), vault).await;
        let appliance = booted.map_err(|why| format!("no restart: {why}"))?;
        let newest = self.known.iter().rev().filter_map(signed).take(ASKED_AGAIN);
        for (frame, reply) in newest {
            let again = in_process(&appliance, &people.front_end, frame).await;
            if Outcome::read(&again) != *reply {
                return Err(format!("the same Sign is not answered with the same reply: {LOST}"));
            }
        }
        appliance.close();
        Recorded::of(disk, &**appliance.ring()).has(self.known)
    }
}

fn signed(told: &Told) -> Option<(&[u8], &Outcome)> {
    match &told.what {
        Knowledge::Signed(frame, reply, _) => Some((frame, reply)),
        _ => None,
    }
}

/// What a ledger says.
struct Recorded {
    size: u64,
    signatures: HashMap<TransactionId, Vec<Vec<u8>>>,
    refusals: HashMap<u16, usize>,
}

impl Recorded {
    fn of(disk: Disk, keys: &impl Keys) -> Self {
        let mut all = Self { size: 0, signatures: HashMap::new(), refusals: HashMap::new() };
        let opened = countersign_ledger::open(disk, &Host, keys, |seen| {
            all.size = seen.index + 1;
            all.take(seen.leaf.kind, seen.content.open().expect("nobody is erased"));
            Ok(())
        });
        opened.expect("it was booted");
        all
    }

    fn take(&mut self, kind: Kind, content: &[u8]) {
        match kind {
            Kind::Signature => {
                let content: SignatureContent<'_> = canonical::decode(content).unwrap();
                let activation: Activation<'_> =
                    canonical::decode(content.activation.bytes()).unwrap();
                let signatures = content.signatures.iter().map(|s| s.bytes().to_vec()).collect();
                self.signatures.insert(activation.transaction, signatures);
            }
            Kind::Refusal => {
                let content: RefusalContent<'_> = canonical::decode(content).unwrap();
                *self.refusals.entry(content.reason).or_default() += 1;
            }
            _ => {}
        }
    }

    fn has(&self, known: &[Told]) -> Result<(), String> {
        known.iter().try_for_each(|told| match &told.what {
            Knowledge::Signed(_, reply, transaction) => self.has_signed(reply, transaction),
            Knowledge::Refused(reason, count) => self.has_refused(*reason, *count),
            Knowledge::Done(index) if *index < self.size => Ok(()),
            Knowledge::Done(index) => Err(format!("order {index} is not in the ledger")),
        })
    }

    fn has_signed(&self, reply: &Outcome, transaction: &TransactionId) -> Result<(), String> {
        let Outcome::Signed { signatures, .. } = reply else { return Err("no signature".into()) };
        let recorded = self.signatures.get(transaction);
        let same = recorded == Some(signatures);
        same.then_some(()).ok_or_else(|| LOST.into())
    }

    fn has_refused(&self, reason: Reason, count: usize) -> Result<(), String> {
        let recorded = self.refusals.get(&reason.number()).copied().unwrap_or(0);
        let enough = recorded >= count;
        enough.then_some(()).ok_or_else(|| format!("{recorded} of {count} refusals in the ledger"))
    }
}
