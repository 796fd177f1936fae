//! One request inside the appliance, and whether it cost what every other one costs.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

use countersign_core::port::{Guarded as _, Platform as _};
use countersign_protocol::change::Hold;
use countersign_protocol::{OfficerId, SignerId};
use countersign_registry::Change;
use countersignd::Service as _;

use super::CoreStage;
use crate::machine::{Bug, Machine, SECRET, Stepped};
use crate::people::Who;
use crate::sometimes;
use crate::stage::Sent;

/// One request inside the appliance: the daemon's answer, as its endpoint would ask for it.
pub(super) async fn inside(
    stage: Rc<CoreStage>,
    appliance: Arc<Stepped>,
    sent: Sent,
) -> Option<Vec<u8>> {
    let channel = stage.channel(sent.who);
    let machine = stage.machine();
    let bug = machine.bug();
    if sent.who == Who::Officer {
        // The answer to an order that was carried out, at index 0 of the ledger.
        if bug == Bug::AcknowledgesNothing
            && sent.frame.get(1).is_some_and(|kind| [4, 6, 10].contains(kind))
        {
            return Some(vec![0x82, 2, 0xa1, 0, 0]);
        }
        let answer = appliance.order(&channel, &sent.frame).await;
        if bug == Bug::DecidesOtherwise {
            let hold =
                Hold { signer: SignerId(1), held: true, officer: OfficerId(1), utc_lo_ms: 0 };
            // Whoever is not there cannot be held.
            let _ = appliance.state().with(|state| state.registry.apply(0, &Change::Hold(hold)));
        }
        return answer;
    }
    if !appliance.admits(&channel) {
        return Some(vec![0x81, 19]);
    }
    let assertions = sent.assertions;
    let deciding = Box::pin(appliance.request(channel, &sent.frame));
    let (outcome, verified) = FirstPoll::of(deciding, &machine).await;
    let reply = meddled(bug, outcome.into_bytes());
    if bug == Bug::NeverAnswers && reply.last().is_some_and(|byte| byte % 8 == 1) {
        std::future::pending::<()>().await;
    }
    if assertions > 0 {
        stage.decides();
    }
    let malformed = reply == [0x81, 18];
    sometimes!(stage.marks, MalformedFrame, malformed);
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
