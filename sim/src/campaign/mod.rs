//! A campaign: many seeds on all cores, until the time is over; what fails is shrunk and kept.
//!
//! Guarantee: it has failed when a rule was broken, or when something that must happen never did.

mod meta;
mod shrink;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;
use serde::Serialize;

pub use meta::meta;
pub use shrink::shrink;

use crate::machine::Chosen;
use crate::marks::{Mark, Marks};
use crate::model::Violation;
use crate::run::{self, Options, Run};
use crate::scenario::{Adversary, Layer, Scenario, draw};

/// Failures that are shrunk and told one by one.
const TOLD_MAX: usize = 20;

/// What to run.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The first seed.
    pub from: u64,
    /// How many seeds; none: until the time is over.
    pub seeds: Option<u64>,
    /// How long.
    pub time: Duration,
    /// On how many threads.
    pub threads: usize,
    /// Who is against the appliance.
    pub adversary: Adversary,
    /// Where it is played.
    pub layer: Layer,
    /// How.
    pub options: Options,
}

/// A seed that failed.
#[derive(Debug)]
pub struct Failure {
    /// The scenario as it was drawn.
    pub scenario: Scenario,
    /// What was broken.
    pub violations: Vec<Violation>,
    /// Where everything is that a program has left.
    pub left: Option<PathBuf>,
}

/// What came of a campaign.
pub struct Tally {
    /// Seeds that were run.
    pub seeds: u64,
    /// Requests that were sent.
    pub requests: u64,
    /// `Sign` requests that were decided.
    pub decided: u64,
    /// Signatures that were given.
    pub signed: u64,
    /// Times that an appliance was started.
    pub boots: u64,
    /// Effects on the world, at each of which the power could fail.
    pub effects: u64,
    /// Virtual time, in microseconds.
    pub virtual_us: u64,
    /// How long it took, times threads.
    pub cpu: Duration,
    /// What has happened, how often.
    pub marks: Marks,
    /// What failed, the first ones.
    pub failures: Vec<Failure>,
    /// How many failed.
    pub failed: u64,
}

/// A mark with its count, for reports.
#[derive(Clone, Debug, Serialize)]
pub struct Counted {
    /// Its family.
    pub family: &'static str,
    /// Its name.
    pub name: String,
    /// How often it was hit.
    pub count: u64,
    /// Whether it must be.
    pub due: bool,
}

impl Tally {
    /// Every mark, and how often it was hit.
    #[must_use]
    pub fn counted(&self, settings: &Settings) -> Vec<Counted> {
        let only = settings.adversary == Adversary::Only;
        let counted = |mark: Mark| Counted {
            family: mark.family(),
            name: mark.name(),
            count: self.marks.count(mark),
            // Real signatures are too slow for what is rare.
            due: settings.options.crypto == Chosen::Cheap && mark.is_due(settings.layer, only),
        };
        Mark::all().map(counted).collect()
    }

    /// What must happen and never did.
    #[must_use]
    pub fn never(&self, settings: &Settings) -> Vec<Counted> {
        self.counted(settings).into_iter().filter(|mark| mark.due && mark.count == 0).collect()
    }

    /// Faults that came about, of whatever kind.
    #[must_use]
    pub fn faults(&self) -> u64 {
        Mark::all().filter(|mark| mark.is_fault()).map(|mark| self.marks.count(mark)).sum()
    }

    /// Decisions a second and core.
    #[must_use]
    pub fn per_second(&self) -> f64 {
        self.decided as f64 / self.cpu.as_secs_f64().max(f64::EPSILON)
    }

    fn none() -> Self {
        Self {
            seeds: 0,
            requests: 0,
            decided: 0,
            signed: 0,
            boots: 0,
            effects: 0,
            virtual_us: 0,
            cpu: Duration::ZERO,
            marks: Marks::default(),
            failures: Vec::new(),
            failed: 0,
        }
    }

    fn add(&mut self, scenario: Scenario, run: &Run) {
        self.seeds += 1;
        self.requests += run.requests;
        self.decided += run.decided;
        self.signed += run.signed;
        self.boots += run.boots;
        self.effects += run.effects;
        self.virtual_us += run.virtual_us;
        self.marks.add(run.marks());
        if run.violations.is_empty() {
            return;
        }
        self.failed += 1;
        if self.failures.len() < TOLD_MAX {
            let (violations, left) = (run.violations.clone(), run.left.clone());
            self.failures.push(Failure { scenario, violations, left });
        }
    }

    fn join(&mut self, other: Self) {
        self.seeds += other.seeds;
        self.requests += other.requests;
        self.decided += other.decided;
        self.signed += other.signed;
        self.boots += other.boots;
        self.effects += other.effects;
        self.virtual_us += other.virtual_us;
        self.cpu += other.cpu;
        self.marks.add(&other.marks);
        self.failed += other.failed;
        self.failures.extend(other.failures);
        self.failures.truncate(TOLD_MAX);
    }
}

/// A campaign under way.
struct Course<'s> {
    settings: &'s Settings,
    begun: Instant,
    end: u64,
    next: AtomicU64,
    decided: AtomicU64,
}

/// Runs a campaign. `progress` hears several times a second how many seeds were run, and of how many decisions.
///
/// # Errors
/// When a scenario cannot be played here: [`run::run`].
pub fn campaign(settings: &Settings, progress: impl Fn(u64, u64) + Sync) -> Result<Tally> {
    let course = Course {
        settings,
        begun: Instant::now(),
        end: settings.seeds.map_or(u64::MAX, |seeds| settings.from.saturating_add(seeds)),
        next: AtomicU64::new(settings.from),
        decided: AtomicU64::new(0),
    };
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let work = || course.work();
        let workers: Vec<_> = (0..settings.threads.max(1)).map(|_| scope.spawn(work)).collect();
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(200));
                course.tell(&progress);
            }
        });
        let mut total = Ok(Tally::none());
        for worker in workers {
            let own = worker.join().expect("a world does not panic");
            total = total.and_then(|mut total| {
                total.join(own?);
                Ok(total)
            });
        }
        over.store(true, Ordering::Relaxed);
        total
    })
}

impl Course<'_> {
    /// One seed after the other, as one thread does it.
    fn work(&self) -> Result<Tally> {
        let Settings { adversary, layer, options, time, .. } = *self.settings;
        let mut own = Tally::none();
        while self.begun.elapsed() < time {
            let seed = self.next.fetch_add(1, Ordering::Relaxed);
            if seed >= self.end {
                break;
            }
            let scenario = draw(seed, adversary, layer);
            let run = run::run(&scenario, options)?;
            self.decided.fetch_add(run.decided, Ordering::Relaxed);
            own.add(scenario, &run);
        }
        own.cpu = self.begun.elapsed();
        Ok(own)
    }

    fn tell(&self, progress: &impl Fn(u64, u64)) {
        let seeds = self.next.load(Ordering::Relaxed).min(self.end) - self.settings.from;
        progress(seeds, self.decided.load(Ordering::Relaxed));
    }
}
