//! A run with the program itself, in real time.

use std::rc::Rc;

use anyhow::{Context as _, Result, ensure};
use tokio::runtime::Builder;
use tokio::task::{LocalSet, spawn_local};

use super::{Options, Run};
use crate::machine::{Bug, Chosen, verifies};
use crate::marks::Marks;
use crate::model::{Model, Rule};
use crate::play::Play;
use crate::scenario::Scenario;
use crate::stage::{DaemonStage, Programs, Stage as _};
use crate::trace::Trace;

/// The program's engine is the host's: people sign as it verifies, whatever the options say.
const CRYPTO: Chosen = Chosen::Host;

/// Plays a scenario with these programs.
///
/// # Errors
/// When they cannot make an appliance, or a mistake is to be planted: there is no place for one.
pub fn daemon(scenario: &Scenario, options: Options, programs: &Programs) -> Result<Run> {
    ensure!(options.bug == Bug::None, "no mistake can be planted in the program itself");
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.context("the system gives no means to wait")?;
    LocalSet::new().block_on(&runtime, played(scenario, options, programs))
}

async fn played(scenario: &Scenario, options: Options, programs: &Programs) -> Result<Run> {
    let trace = Trace::new(options.trace);
    let stage = DaemonStage::new(programs, scenario.seed, trace.clone()).await?;
    let verify = Box::new(|key: &[u8], message: &[u8], signature: &[u8]| {
        verifies(CRYPTO, key, message, signature)
    });
    let model = Model::new(verify, stage.secret());
    let play = Play::new(Rc::clone(&stage), scenario, model, trace.clone(), CRYPTO);
    stage.watched_by(Rc::clone(&play.model));
    let living = spawn_local(Rc::clone(&stage).live());
    if stage.up().await {
        Rc::clone(&play).perform().await;
    } else {
        play.broken(Rule::Progress, "it does not start");
    }
    stage.stop();
    living.await.context("the stage has panicked")?;
    stage.judge();
    play.note_violations();
    Ok(came(&stage, &play, &trace))
}

fn came(stage: &Rc<DaemonStage>, play: &Play<Rc<DaemonStage>>, trace: &Trace) -> Run {
    let (model, marks) = (play.model.borrow(), Marks::default());
    marks.add(stage.marks());
    let violations = model.violations().to_vec();
    Run {
        marks,
        left: (!violations.is_empty()).then(|| stage.keep()),
        violations,
        trace: trace.lines(),
        requests: play.requests(),
        decided: stage.decided(),
        signed: model.released() as u64,
        boots: stage.boots(),
        virtual_us: stage.now_us(),
        effects: 0,
        datagrams: 0,
        most_waiting: 0,
    }
}
