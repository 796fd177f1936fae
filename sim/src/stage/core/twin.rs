//! Two copies of one appliance at once: somebody copies all disks while it serves, and starts the copy beside it, on a
//! second machine at the same token.
//!
//! Guarantees: the copy boots as any appliance does. From when it serves it is what goes on, and its machine and disks are
//! those of the stage; the elder one finishes what it was asked, and is asked now and then, until it has stopped. To the
//! judge: an elder one that could ask the token all that time and has not stopped by then is told.
//!
//! Does not guarantee: a third copy. Nobody starts one while there are two.

use std::rc::Rc;
use std::sync::Arc;

use super::CoreStage;
use super::life::{Tried, soon_us};
use crate::machine::{Machine, Stepped};
use crate::sometimes;
use crate::time::Side;

/// How long the elder one may go on once the other has taken the token, in microseconds: what it saw counts for two
/// looks, and it looks once more.
const STOPS_WITHIN_US: u64 = 3_000_000;
/// How often it is looked whether it has stopped, in microseconds.
const STEP_US: u64 = 50_000;
/// How often a copy is started before it is given up.
const STARTS_MAX: usize = 6;

/// An appliance that serves.
#[derive(Clone)]
pub(super) struct Serving {
    pub(super) appliance: Arc<Stepped>,
    pub(super) machine: Arc<Machine>,
    /// Which start it is, counted from 1.
    pub(super) start: u64,
}

/// Who else has the token of the appliance.
#[derive(Default)]
pub(super) enum Beside {
    #[default]
    Nobody,
    /// A copy that is being started.
    Younger(Arc<Machine>),
    /// The one that was copied, and has not stopped yet.
    Elder(Serving),
}

impl Beside {
    pub(super) fn machine(&self) -> Option<&Arc<Machine>> {
        match self {
            Self::Nobody => None,
            Self::Younger(machine) | Self::Elder(Serving { machine, .. }) => Some(machine),
        }
    }
}

impl CoreStage {
    /// Copies all disks and starts the copy; false if nobody serves, or there are two already.
    pub(super) fn copy(self: &Rc<Self>) -> bool {
        if !self.serves() || self.are_two() {
            return false;
        }
        self.copies.set(self.copies.get() + 1);
        let old = self.machine();
        let twin = old.twin(self.copies.get());
        *self.beside.borrow_mut() = Beside::Younger(Arc::clone(&twin));
        self.life(|| "all disks are copied, and the copy is started beside it".to_owned());
        let stage = Rc::clone(self);
        self.spawner.spawn(Side::Outside, Rc::clone(self).start_beside(Arc::clone(&twin)));
        self.spawner.spawn(Side::Outside, async move { stage.watch(&old, &twin).await });
        true
    }

    /// Whether a second copy is there, or is being started.
    pub(super) fn are_two(&self) -> bool {
        self.beside.borrow().machine().is_some()
    }

    /// Whether a copy is being started.
    pub(super) fn has_younger(&self) -> bool {
        matches!(*self.beside.borrow(), Beside::Younger(_))
    }

    /// A copy that does not start is given up.
    async fn start_beside(self: Rc<Self>, twin: Arc<Machine>) {
        let tried = self.start_on(&twin, twin.seed, soon_us().take(STARTS_MAX)).await;
        if tried != Tried::Serves {
            self.life(|| "the copy is given up".to_owned());
            twin.power.off();
        }
    }

    /// A copy serves: it is what goes on.
    pub(super) fn takes_over(&self, elder: Option<Serving>) {
        let Some(elder) = elder else { return };
        self.machine().power.succeeds(&elder.machine.power);
        if elder.machine.power.is_on() {
            sometimes!(self.marks, TwoCopies);
        } else {
            // That cut was the elder one's.
            self.cut.take();
        }
        *self.beside.borrow_mut() = Beside::Elder(elder);
    }

    /// Whom somebody gets to who asks now: one of both, while there are two.
    pub(super) fn asked(&self) -> Option<Serving> {
        match &*self.beside.borrow() {
            Beside::Elder(elder)
                if elder.machine.power.is_on() && self.chance.borrow_mut().bool() =>
            {
                Some(elder.clone())
            }
            _ => self.serving.borrow().clone(),
        }
    }

    /// Whoever has stopped beside the appliance is gone, with the machine.
    pub(super) fn forget_who_stopped(&self) {
        let dark = self.beside.borrow().machine().filter(|m| !m.power.is_on()).cloned();
        if let Some(machine) = dark {
            *self.beside.borrow_mut() = Beside::Nobody;
            *machine.committer() = None;
            self.committing.borrow_mut().remove(&machine.number);
        }
    }

    /// Stops the old one if it does not stop by itself.
    async fn watch(&self, old: &Machine, twin: &Machine) {
        let mut heard_us = 0;
        while self.are_two() && old.power.is_on() && heard_us <= STOPS_WITHIN_US {
            let could_hear = twin.has_taken() && old.has_token();
            if could_hear {
                // Here nobody looks while nothing happens; that the token is taken is something.
                old.power.stir();
            }
            old.timeline.sleep_us(STEP_US).await;
            heard_us = if could_hear { heard_us + STEP_US } else { 0 };
        }
        if heard_us > STOPS_WITHIN_US {
            let how = format!("the old copy goes on {heard_us} us after another took the token");
            self.life(|| how.clone());
            self.outlived.borrow_mut().get_or_insert(how);
            old.power.off();
        }
    }
}
