//! The watch: one thread that sees when calls hang, and answers in place of the workers that are in them.
//!
//! Guarantees: a call that takes longer than it may is seen within [`TICK`] after that; whoever waits
//! for it is answered then, and so is whoever waits for a worker when none is left. The watch itself never
//! calls the token, and ends with the handle to it.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use crate::OpenError;
use crate::desk::Desk;
use crate::faults::NO_ANSWER;
use crate::job::Asked;
use crate::queue::Queue;

/// How long a call of the token's library may take. A call that takes longer hangs; to make a key may take
/// six times as long.
pub const CALL_MAX_MS: u64 = 5_000;

/// How often the watch looks.
pub(crate) const TICK: Duration = Duration::from_millis(100);
/// How long anybody waits for a worker while there is one that does not hang. An order is worthless after
/// half of that.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// What the watch looks at.
pub(crate) struct Watched {
    pub queue: Arc<Queue<Asked>>,
    pub desks: Vec<Arc<Desk>>,
    pub call_max: Duration,
}

/// A watch; dropped, it ends.
pub(crate) struct Watch(
    #[expect(dead_code, reason = "its end is the sign to end")] Sender<Infallible>,
);

impl Watch {
    /// Begins to look.
    pub fn begin(watched: Watched) -> Result<Self, OpenError> {
        let (end, ended) = mpsc::channel();
        let look = move || watch(&watched, &ended);
        thread::Builder::new().name("token-watch".into()).spawn(look).map_err(OpenError::Thread)?;
        Ok(Self(end))
    }
}

fn watch(watched: &Watched, ended: &Receiver<Infallible>) {
    while ended.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
        watched.look(Instant::now());
    }
}

impl Watched {
    /// One look: answers whoever has waited too long.
    fn look(&self, now: Instant) {
        for hang in self.desks.iter().filter_map(|desk| desk.look(now)) {
            if let Some(waiting) = hang.waiting {
                waiting.fail(NO_ANSWER);
            }
        }
        let all_hang = self.desks.iter().all(|desk| desk.hanging().is_some());
        let most = if all_hang { self.call_max } else { WAIT_MAX };
        for asked in self.queue.withdraw(|asked| asked.has_waited(now) >= most) {
            asked.fail(NO_ANSWER);
        }
    }
}

#[cfg(test)]
mod tests {
    use countersign_core::port::TokenFault;
    use cryptoki::context::Function;

    use super::*;
    use crate::answer::{Answered, way_back};
    use crate::desk::Timed;
    use crate::job::Job;
    use crate::token::RANDOM_BYTES_MAX;

    const LIMIT: Duration = Duration::from_millis(100);

    type Bytes = Answered<[u8; RANDOM_BYTES_MAX], TokenFault>;

    fn watched(workers: usize) -> Watched {
        let desks = (0..workers).map(|_| Arc::new(Desk::new(LIMIT))).collect();
        Watched { queue: Arc::new(Queue::new(9)), desks, call_max: LIMIT }
    }

    fn ask(watched: &Watched) -> Bytes {
        let (answer, waiting, answered) = way_back();
        assert!(watched.queue.put(Asked::now(Job::Random(answer), waiting)).is_ok());
        answered
    }

    /// What has come, if anything: the fault.
    fn fault(answered: &mut Bytes) -> Option<TokenFault> {
        answered.try_recv().unwrap().map(|answer| answer.unwrap_err())
    }

    fn soon() -> Instant {
        Instant::now() + LIMIT * 2
    }

    #[test]
    fn whoever_waits_for_a_call_that_hangs_is_answered_and_its_late_result_is_not_seen() {
        let watched = watched(1);
        let (answer, waiting, mut answered) = way_back();
        watched.desks[0].serve(waiting);
        let called = watched.desks[0].call(Function::Sign, || watched.look(soon()));
        assert!(matches!(called, Timed::Late("C_Sign", ())));
        assert_eq!(fault(&mut answered), Some(NO_ANSWER));
        answer.give(Ok([7; RANDOM_BYTES_MAX]));
    }

    #[test]
    fn those_in_the_queue_wait_as_long_as_one_worker_is_left() {
        let watched = watched(2);
        let mut waits = ask(&watched);
        let _ = watched.desks[0].call(Function::Sign, || {
            watched.look(soon());
            assert_eq!(fault(&mut waits), None, "the other worker may come");
            let _ = watched.desks[1].call(Function::Login, || watched.look(soon()));
        });
        assert_eq!(fault(&mut waits), Some(NO_ANSWER));
    }

    #[test]
    fn nobody_waits_for_a_worker_for_ever() {
        let watched = watched(1);
        let mut waits = ask(&watched);
        watched.look(Instant::now() + WAIT_MAX / 2);
        assert_eq!(fault(&mut waits), None);
        watched.look(Instant::now() + WAIT_MAX * 2);
        assert_eq!(fault(&mut waits), Some(NO_ANSWER));
    }

    #[test]
    fn the_watch_looks_by_itself_and_ends_with_its_handle() {
        let watched = watched(1);
        let (desk, left) = (Arc::clone(&watched.desks[0]), Arc::downgrade(&watched.queue));
        let watch = Watch::begin(watched).unwrap();
        let called = desk.call(Function::Sign, || {
            thread::sleep(LIMIT + TICK * 3);
            desk.hanging()
        });
        assert!(matches!(called, Timed::Late(_, Some("C_Sign"))));
        drop(watch);
        let begun = Instant::now();
        while left.strong_count() > 0 {
            assert!(begun.elapsed() < TICK * 20, "the watch has not ended");
            thread::yield_now();
        }
    }
}
