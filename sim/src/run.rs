//! A run: a scenario, played once, and what came of it.

use std::rc::Rc;
use std::sync::Arc;

use countersign_disk::Loss;

use crate::machine::{Bug, Chosen, Machine, SECRET, verifies};
use crate::marks::Marks;
use crate::model::{Model, Rule, Violation};
use crate::play::Play;
use crate::scenario::{Cut, Deed, Event, Scenario};
use crate::stage::CoreStage;
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
    /// The machine, with its marks.
    pub machine: Arc<Machine>,
    /// `Sign` requests that were decided.
    pub decided: u64,
    /// Signatures that were given.
    pub signed: u64,
    /// Times that the appliance was started.
    pub boots: u64,
    /// Virtual time, in microseconds.
    pub virtual_us: u64,
}

impl Run {
    /// What has happened at least once.
    #[must_use]
    pub fn marks(&self) -> &Marks {
        &self.machine.marks
    }
}

/// Plays a scenario where it says.
///
/// # Panics
/// On layers that need programs of their own: [`crate::scenario::Layer::Daemon`].
#[must_use]
pub fn run(scenario: &Scenario, options: Options) -> Run {
    core(scenario, options)
}

/// Plays a scenario with the power failing at each of its effects in turn, and gives those moments at
/// which a rule was broken, with how many there were.
#[must_use]
pub fn cut_everywhere(
    scenario: &Scenario,
    losses: &[Loss],
    options: Options,
) -> (u64, Vec<(Scenario, Vec<Violation>)>) {
    let whole = run(scenario, options);
    let (mut moments, mut broken) = (0, Vec::new());
    for after in 0..=whole.machine.power.effects() {
        for loss in losses {
            // What it comes to without a cut says nothing about what it comes to with one.
            let mut cut = scenario.clone();
            cut.events.iter_mut().for_each(|event| event.expect = None);
            let deed = Deed::Cut(Cut { after: Some(after), loss: *loss, ..Cut::default() });
            cut.events.insert(0, Event { at: 0, number: CUT_NUMBER, deed, expect: None });
            let run = run(&cut, options);
            moments += u64::from(run.boots > whole.boots);
            if !run.violations.is_empty() {
                broken.push((cut, run.violations));
            }
        }
    }
    (moments, broken)
}

/// Plays a scenario in process.
#[must_use]
pub fn core(scenario: &Scenario, options: Options) -> Run {
    let Options { crypto, bug, trace } = options;
    let machine = Machine::new(scenario.seed, crypto, bug);
    let trace = Trace::new(trace);
    let mut executor = Executor::new(machine.timeline.clone(), scenario.seed);
    let stage = CoreStage::new(Arc::clone(&machine), executor.spawner(), trace.clone());
    let model = Model::new(Box::new(move |k, m, s| verifies(crypto, k, m, s)), SECRET);
    let play = Play::new(Rc::clone(&stage), scenario, model, trace.clone(), crypto);
    executor.spawner().spawn(Side::Outside, begin(Rc::clone(&stage), Rc::clone(&play)));
    let last_us = scenario.events.iter().map(|e| e.at).max().unwrap_or(0).saturating_mul(1_000);
    let end_us = last_us.saturating_add(WORLD_END_US);
    let watched = BootWatch::new(&stage, &play);
    executor.run(
        end_us,
        || machine.power.is_on(),
        || {
            watched.look();
            stage.quiet();
        },
    );
    judge(&stage, &play, &executor);
    play.note_violations();
    let model = play.model.borrow();
    Run {
        violations: model.violations().to_vec(),
        trace: trace.lines(),
        decided: stage.decided(),
        signed: model.released() as u64,
        boots: crate::stage::Stage::boots(&stage),
        virtual_us: machine.timeline.now_us(),
        machine: Arc::clone(&machine),
    }
}

async fn begin(stage: Rc<CoreStage>, play: Rc<Play<Rc<CoreStage>>>) {
    if stage.found().await {
        play.perform().await;
    } else {
        play.broken(Rule::Progress, "no appliance could be made");
    }
}

/// Tells the model of each start, before anybody is answered.
struct BootWatch {
    stage: Rc<CoreStage>,
    play: Rc<Play<Rc<CoreStage>>>,
}

impl BootWatch {
    fn new(stage: &Rc<CoreStage>, play: &Rc<Play<Rc<CoreStage>>>) -> Self {
        Self { stage: Rc::clone(stage), play: Rc::clone(play) }
    }

    fn look(&self) {
        let mut model = self.play.model.borrow_mut();
        if model.boots() < crate::stage::Stage::boots(&self.stage) {
            model.booted();
            model.inspect(self.stage.machine().disk().bytes());
        }
    }
}

/// What can be judged when all is over.
fn judge(stage: &Rc<CoreStage>, play: &Rc<Play<Rc<CoreStage>>>, executor: &Executor) {
    let machine = stage.machine();
    let mut model = play.model.borrow_mut();
    model.inspect(machine.disk().bytes());
    let uses = machine.uses();
    let uses: Vec<_> = uses.iter().map(|u| (u.transaction.0.to_vec(), u.item)).collect();
    model.used(&uses);
    if let Some(how) = stage.unequal() {
        model.broken(Rule::Uniform, how);
    }
    let waiting = machine.committer().as_ref().map_or(0, |c| c.waiting());
    model.require(waiting == 0, Rule::Bounded, || format!("{waiting} records wait for ever"));
    let unfinished = executor.unfinished();
    // One waits for the ledger to fail, as long as the appliance lives.
    model.require(unfinished <= 1, Rule::Progress, || format!("{unfinished} tasks never ended"));
}
