//! A run: a scenario, played once, and what came of it.

mod daemon;

use std::path::PathBuf;
use std::rc::Rc;

use anyhow::{Result, ensure};
use countersign_disk::Loss;

pub use self::daemon::daemon;

use countersign_protocol::Digest;

use crate::machine::{Bug, Chosen, Machine, SECRET, verifies};
use crate::marks::Marks;
use crate::model::{Model, Rule, Violation};
use crate::play::Play;
use crate::scenario::{Cut, Deed, Event, Layer, Scenario};
use crate::sometimes;
use crate::stage::{CoreStage, NetworkStage, Programs, Stage};
use crate::time::{Executor, Side};
use crate::trace::{Line, Trace};

/// How long a world goes on at most after its last event, in microseconds.
const WORLD_END_US: u64 = 3_600_000_000;
/// The number of an event that was put before all others.
const CUT_NUMBER: u64 = 1 << 40;

/// How to run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Which signatures there are.
    pub crypto: Chosen,
    /// A mistake to plant.
    pub bug: Bug,
    /// Whether the trace is kept.
    pub trace: bool,
}

/// What came of a run.
pub struct Run {
    /// Rules that were broken.
    pub violations: Vec<Violation>,
    /// Who did what, when, if it was kept.
    pub trace: Vec<Line>,
    marks: Marks,
    /// Effects on the world, at each of which the power could fail, where they can be counted.
    pub effects: u64,
    /// Requests that were sent.
    pub requests: u64,
    /// `Sign` requests that were decided.
    pub decided: u64,
    /// Signatures that were given.
    pub signed: u64,
    /// Times that the appliance was started.
    pub boots: u64,
    /// How long it took in the world's time, in microseconds.
    pub virtual_us: u64,
    /// Datagrams that were sent, where there is a network.
    pub datagrams: u64,
    /// The most that waited at one place.
    pub most_waiting: usize,
    /// Where everything is that a program has left, if a rule was broken.
    pub left: Option<PathBuf>,
}

impl Run {
    /// What has happened at least once.
    #[must_use]
    pub const fn marks(&self) -> &Marks {
        &self.marks
    }
}

/// Plays a scenario where it says.
///
/// # Errors
/// On the layer `daemon`: when the environment names no programs, or these cannot make an appliance.
pub fn run(scenario: &Scenario, options: Options) -> Result<Run> {
    match scenario.layer {
        Layer::Core => Ok(core(scenario, options)),
        Layer::Network => Ok(network(scenario, options)),
        Layer::Daemon => daemon(scenario, options, &Programs::from_environment()?),
    }
}

/// Whether what is played there again comes to the same again.
///
/// # Errors
/// Why not.
pub fn repeatable(layer: Layer) -> Result<()> {
    let why = "on the layer daemon time is real, and nothing comes to the same twice: choose core or network";
    ensure!(layer != Layer::Daemon, why);
    Ok(())
}

/// A scenario, and what it broke.
pub type Broken = (Scenario, Vec<Violation>);

/// Plays a scenario with the power failing at each of its effects in turn, and gives those moments at
/// which a rule was broken, with how many there were. `progress` hears of each moment, and how many there
/// are.
///
/// # Errors
/// Where a scenario is not [`repeatable`].
pub fn cut_everywhere(
    scenario: &Scenario,
    losses: &[Loss],
    options: Options,
    progress: impl Fn(u64, u64),
) -> Result<(u64, Vec<Broken>)> {
    repeatable(scenario.layer)?;
    let whole = run(scenario, options)?;
    let (mut moments, mut broken) = (0, Vec::new());
    for after in 0..=whole.effects {
        progress(after, whole.effects);
        for loss in losses {
            // What it comes to without a cut says nothing about what it comes to with one.
            let mut cut = scenario.clone();
            cut.events.iter_mut().for_each(|event| event.expect = None);
            let deed = Deed::Cut(Cut { after: Some(after), loss: *loss, ..Cut::default() });
            cut.events.insert(0, Event { at: 0, number: CUT_NUMBER, deed, expect: None });
            let run = run(&cut, options)?;
            moments += u64::from(run.boots > whole.boots);
            if !run.violations.is_empty() {
                broken.push((cut, run.violations));
            }
        }
    }
    Ok((moments, broken))
}

/// Plays a scenario in process.
#[must_use]
pub fn core(scenario: &Scenario, options: Options) -> Run {
    let world = World::new(scenario, options);
    let stage = Rc::clone(&world.core);
    // One waits for the ledger to fail, as long as the appliance lives.
    world.play(scenario, options, stage, 2, || ())
}

/// Plays a scenario over a network.
#[must_use]
pub fn network(scenario: &Scenario, options: Options) -> Run {
    let world = World::new(scenario, options);
    let spawner = world.executor.spawner();
    let stage = NetworkStage::new(Rc::clone(&world.core), spawner, options.trace);
    let (own, goodbye) = (Rc::clone(&stage), Rc::clone(&stage));
    // The same, and one reads the appliance's socket, and one accepts connections.
    let mut run = world.play(scenario, options, stage, 4, move || goodbye.close());
    run.trace.extend(own.datagrams());
    run.trace.sort_by_key(|line| line.at_us);
    (run.datagrams, run.most_waiting) = own.traffic();
    run
}

/// A machine with an appliance, and whoever runs its tasks.
struct World {
    core: Rc<CoreStage>,
    executor: Executor,
    trace: Trace,
}

impl World {
    fn new(scenario: &Scenario, options: Options) -> Self {
        let machine = Machine::new(scenario.seed, options.crypto, options.bug);
        if scenario.house.tpm {
            machine.give_tpm();
        }
        let trace = Trace::new(options.trace);
        let executor = Executor::new(machine.timeline.clone(), scenario.seed);
        let core = CoreStage::new(machine, executor.spawner(), trace.clone());
        Self { core, executor, trace }
    }

    /// Plays it on this stage, to which people say `goodbye` at the end; `residents` tasks live as long
    /// as an appliance.
    fn play<S: Stage>(
        mut self,
        scenario: &Scenario,
        options: Options,
        stage: S,
        residents: usize,
        goodbye: impl FnOnce() + 'static,
    ) -> Run {
        let Options { crypto, .. } = options;
        let model = Model::new(Box::new(move |k, m, s| verifies(crypto, k, m, s)), SECRET);
        let play = Play::new(stage, scenario, model, self.trace.clone(), crypto);
        let begun = begin(Rc::clone(&self.core), Rc::clone(&play), goodbye);
        self.executor.spawner().spawn(Side::Outside, begun);
        self.run(scenario, &play);
        judge(&self, &play, residents);
        play.note_violations();
        self.came(&play)
    }

    fn run<S: Stage>(&mut self, scenario: &Scenario, play: &Rc<Play<S>>) {
        let last_us = scenario.events.iter().map(|e| e.at).max().unwrap_or(0);
        let end_us = last_us.saturating_mul(1_000).saturating_add(WORLD_END_US);
        let core = Rc::clone(&self.core);
        self.executor.run(
            end_us,
            || {
                tell_of_boots(&core, play);
                core.dark()
            },
            || core.quiet(),
        );
    }

    fn came<S: Stage>(&self, play: &Rc<Play<S>>) -> Run {
        let (model, machine) = (play.model.borrow(), self.core.machine());
        let marks = Marks::default();
        marks.add(&machine.marks);
        Run {
            violations: model.violations().to_vec(),
            trace: self.trace.lines(),
            requests: play.requests(),
            decided: self.core.decided(),
            signed: model.released() as u64,
            boots: self.core.boots(),
            virtual_us: machine.timeline.now_us(),
            datagrams: 0,
            most_waiting: 0,
            left: None,
            effects: machine.power.effects(),
            marks,
        }
    }
}

async fn begin<S: Stage>(core: Rc<CoreStage>, play: Rc<Play<S>>, goodbye: impl FnOnce()) {
    if core.found().await {
        play.perform().await;
    } else {
        play.broken(Rule::Progress, "no appliance could be made");
    }
    core.end();
    goodbye();
}

/// Tells the model of each start, before anybody is answered.
fn tell_of_boots<S: Stage>(core: &Rc<CoreStage>, play: &Rc<Play<S>>) {
    let mut model = play.model.borrow_mut();
    if model.boots() < core.boots() {
        model.booted();
        let machine = core.machine();
        model.inspect(machine.disk().bytes(), &machine.record_keys());
    }
}

/// What can be judged when all is over.
fn judge<S: Stage>(world: &World, play: &Rc<Play<S>>, residents: usize) {
    let (core, machine) = (&world.core, world.core.machine());
    let mut model = play.model.borrow_mut();
    model.inspect(machine.disk().bytes(), &machine.record_keys());
    let erased: Vec<_> = model.erased().iter().map(|key| Digest(*key)).collect();
    sometimes!(machine.marks, RefusalsShared, model.has_shared_refusals());
    // One that stands still for ever finishes nothing.
    let destroyed = erased.is_empty() || !core.serves() || machine.has_destroyed(&erased);
    model.require(destroyed, Rule::Erased, || "the key of an erased signer is there".into());
    let recovery = model.recovery().map(Digest);
    let wrapped = recovery.is_none() || !core.serves() || machine.wrapped_for() == recovery;
    model.require(wrapped, Rule::Progress, || "the vault is wrapped for another key".into());
    let uses = machine.uses();
    let uses: Vec<_> = uses.iter().map(|u| (u.transaction.0.to_vec(), u.item)).collect();
    model.used(&uses);
    if let Some(how) = core.unequal() {
        model.broken(Rule::Uniform, how);
    }
    if let Some(how) = core.outlived() {
        model.broken(Rule::OneCopy, how);
    }
    let waiting = machine.committer().as_ref().map_or(0, |c| c.waiting());
    model.require(waiting == 0, Rule::Bounded, || format!("{waiting} records wait for ever"));
    let unfinished = world.executor.unfinished();
    let ended = unfinished <= residents;
    model.require(ended, Rule::Progress, || format!("{unfinished} tasks never ended"));
}
