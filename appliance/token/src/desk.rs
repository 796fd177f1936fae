//! A worker's desk: which call it is in, since when, and who waits for it.
//!
//! Guarantees: a call either returns in time or counts as hanging, never both; from then on its result is
//! [`Timed::Late`], and whoever waited has been handed to the watch.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use cryptoki::context::Function;

use crate::answer::Waiting;
use crate::faults::name;

/// How many times as long as any other call the making of a key may take: to look for the primes of RSA
/// takes seconds, and now and then many.
const GENERATION_TIMES: u32 = 6;

/// What is shared between a worker and the watch.
pub(crate) struct Desk {
    inside: Mutex<Inside>,
    changed: Condvar,
    call_max: Duration,
}

struct Inside {
    call: Call,
    waiting: Option<Waiting>,
}

/// What the worker is doing.
enum Call {
    None,
    UnderWay {
        function: Function,
        begun: Instant,
    },
    Hanging(&'static str),
    /// The worker is no more.
    Over,
}

/// What a call gave, and when.
pub(crate) enum Timed<T> {
    InTime(T),
    /// Nobody waits for it any more.
    Late(&'static str, T),
}

/// A call that has begun to count as hanging, and who waited for it.
pub(crate) struct Hang {
    pub waiting: Option<Waiting>,
}

/// How a worker was found at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// It has closed its session.
    Over,
    /// It is in a call that does not return.
    Hanging,
}

impl Desk {
    /// A desk where a call may take so long.
    pub const fn new(call_max: Duration) -> Self {
        let inside = Mutex::new(Inside { call: Call::None, waiting: None });
        Self { inside, changed: Condvar::new(), call_max }
    }

    /// Takes note of who waits from now on.
    pub fn serve(&self, waiting: Waiting) {
        self.lock().waiting = Some(waiting);
    }

    /// Makes a call, with the watch looking.
    pub fn call<T>(&self, function: Function, call: impl FnOnce() -> T) -> Timed<T> {
        self.lock().call = Call::UnderWay { function, begun: Instant::now() };
        let result = call();
        match std::mem::replace(&mut self.lock().call, Call::None) {
            Call::Hanging(function) => Timed::Late(function, result),
            Call::None | Call::UnderWay { .. } | Call::Over => Timed::InTime(result),
        }
    }

    /// The watch's look: a call that has been under way for too long at `now` hangs from now on.
    pub fn look(&self, now: Instant) -> Option<Hang> {
        let mut inside = self.lock();
        let Call::UnderWay { function, begun } = inside.call else { return None };
        if now.saturating_duration_since(begun) < self.patience(function) {
            return None;
        }
        inside.call = Call::Hanging(name(function));
        self.changed.notify_all();
        Some(Hang { waiting: inside.waiting.take() })
    }

    /// The function that hangs.
    pub fn hanging(&self) -> Option<&'static str> {
        match self.lock().call {
            Call::Hanging(function) => Some(function),
            Call::None | Call::UnderWay { .. } | Call::Over => None,
        }
    }

    /// The worker leaves.
    pub fn leave(&self) {
        self.lock().call = Call::Over;
        self.changed.notify_all();
    }

    /// Waits until the worker has left or hangs.
    pub fn wait_for_end(&self) -> End {
        let works = |inside: &mut Inside| matches!(inside.call, Call::None | Call::UnderWay { .. });
        // The watch makes this end; the limit is for a watch that is no more.
        let limit = self.call_max.saturating_mul(GENERATION_TIMES);
        let waited = self.changed.wait_timeout_while(self.lock(), limit, works);
        let (inside, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if matches!(inside.call, Call::Over) { End::Over } else { End::Hanging }
    }

    /// How long a call may take.
    fn patience(&self, function: Function) -> Duration {
        match function {
            Function::GenerateKey | Function::GenerateKeyPair => {
                self.call_max.saturating_mul(GENERATION_TIMES)
            }
            _ => self.call_max,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_millis(100);

    fn after(times: u32) -> Instant {
        Instant::now() + LIMIT * times
    }

    #[test]
    fn a_call_that_returns_in_time_is_as_good_as_ever() {
        let desk = Desk::new(LIMIT);
        let called = desk.call(Function::Sign, || {
            assert!(desk.look(Instant::now()).is_none());
            7
        });
        assert!(matches!(called, Timed::InTime(7)));
        assert!(desk.look(after(9)).is_none(), "between calls nothing hangs");
    }

    #[test]
    fn a_call_that_takes_too_long_hangs_once_and_returns_late() {
        let desk = Desk::new(LIMIT);
        let called = desk.call(Function::Sign, || {
            assert!(desk.look(after(2)).is_some());
            assert!(desk.look(after(3)).is_none(), "it was seen before");
            assert_eq!(desk.hanging(), Some("C_Sign"));
        });
        assert!(matches!(called, Timed::Late("C_Sign", ())));
        assert_eq!(desk.hanging(), None);
    }

    #[test]
    fn to_make_a_key_may_take_longer() {
        let desk = Desk::new(LIMIT);
        let called = desk.call(Function::GenerateKeyPair, || {
            assert!(desk.look(after(GENERATION_TIMES - 1)).is_none());
            assert!(desk.look(after(GENERATION_TIMES + 1)).is_some());
        });
        assert!(matches!(called, Timed::Late("C_GenerateKeyPair", ())));
    }

    #[test]
    fn the_end_is_not_waited_for_where_there_is_none() {
        let desk = Desk::new(LIMIT);
        let called = desk.call(Function::Sign, || {
            desk.look(after(2));
            desk.wait_for_end()
        });
        assert!(matches!(called, Timed::Late(_, End::Hanging)));
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| desk.wait_for_end());
            desk.leave();
            assert_eq!(waiting.join().unwrap(), End::Over);
        });
    }
}
