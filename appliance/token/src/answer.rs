//! The way back to whoever asked: one answer, given by whoever is first.
//!
//! Guarantees: of the worker that does the work and the watch that sees it hang, the first to answer is
//! heard; what comes after that is dropped unseen, and a signature in it zeroized. If nobody is left who
//! could answer, whoever waits is told so.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use countersign_core::port::TokenFault;
use futures_channel::oneshot;

/// Where the answer comes out.
pub(crate) type Answered<T, E> = oneshot::Receiver<Result<T, E>>;

/// The worker's end. It goes with the message: when both are gone without an answer, nobody will answer.
pub(crate) struct Answer<T, E = TokenFault>(Arc<Slot<T, E>>);

/// The sender, until somebody has used it.
struct Slot<T, E>(Mutex<Option<oneshot::Sender<Result<T, E>>>>);

/// Somebody who waits, whatever for: all that the watch knows of an answer.
#[derive(Clone)]
pub(crate) struct Waiting(Weak<dyn Fail>);

trait Fail: Send + Sync {
    fn fail(&self, fault: TokenFault);
}

/// A new way back: the worker's end, the watch's, and the one where the answer comes out.
pub(crate) fn way_back<T: Send + 'static, E: Send + From<TokenFault> + 'static>()
-> (Answer<T, E>, Waiting, Answered<T, E>) {
    let (sender, answered) = oneshot::channel();
    let slot = Arc::new(Slot(Mutex::new(Some(sender))));
    let weak = Arc::downgrade(&slot);
    (Answer(slot), Waiting(weak), answered)
}

impl<T, E> Answer<T, E> {
    /// Whether somebody still waits.
    pub fn is_wanted(&self) -> bool {
        let sender = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        sender.as_ref().is_some_and(|sender| !sender.is_canceled())
    }

    /// Answers, if nobody has.
    pub fn give(self, result: Result<T, E>) {
        self.0.give(result);
    }
}

impl Waiting {
    /// Answers with a fault, if nobody has answered.
    pub fn fail(&self, fault: TokenFault) {
        if let Some(slot) = self.0.upgrade() {
            slot.fail(fault);
        }
    }
}

impl<T, E> Slot<T, E> {
    fn give(&self, result: Result<T, E>) {
        let sender = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(sender) = sender {
            // Whoever has left does without: a signature in the answer is zeroized.
            let _ = sender.send(result);
        }
    }
}

impl<T: Send, E: Send + From<TokenFault>> Fail for Slot<T, E> {
    fn fail(&self, fault: TokenFault) {
        self.give(Err(fault.into()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::NO_ANSWER;

    type Ends = (Answer<u8>, Waiting, Answered<u8, TokenFault>);

    #[test]
    fn the_first_answer_is_heard_and_the_second_is_not() {
        let (answer, waiting, mut answered): Ends = way_back();
        waiting.fail(NO_ANSWER);
        assert!(!answer.is_wanted());
        answer.give(Ok(7));
        assert_eq!(answered.try_recv(), Ok(Some(Err(NO_ANSWER))));

        let (answer, waiting, mut answered): Ends = way_back();
        answer.give(Ok(7));
        waiting.fail(NO_ANSWER);
        assert_eq!(answered.try_recv(), Ok(Some(Ok(7))));
    }

    #[test]
    fn nobody_waits_for_ever_for_a_worker_that_is_gone() {
        let (answer, waiting, mut answered): Ends = way_back();
        assert!(answer.is_wanted());
        drop(answer);
        assert!(answered.try_recv().is_err());
        // The watch keeps nobody waiting.
        waiting.fail(NO_ANSWER);
    }

    #[test]
    fn nothing_is_wanted_by_those_who_have_left() {
        let (answer, _, answered): Ends = way_back();
        drop(answered);
        assert!(!answer.is_wanted());
    }
}
