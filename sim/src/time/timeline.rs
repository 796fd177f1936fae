//! The timeline: now, and who waits for when.
//!
//! Guarantee: those who wait for the same instant are woken in the order in which they began to wait.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// Virtual time, in microseconds since the world began. Clones are the same one.
#[derive(Clone, Default)]
pub struct Timeline(Arc<Mutex<Inside>>);

#[derive(Default)]
struct Inside {
    now_us: u64,
    began: u64,
    waiting: BinaryHeap<Reverse<Alarm>>,
}

/// Somebody who waits: until when, and since how many others have begun to.
struct Alarm(u64, u64, Waker);

impl PartialEq for Alarm {
    fn eq(&self, other: &Self) -> bool {
        (self.0, self.1) == (other.0, other.1)
    }
}
impl Eq for Alarm {}
impl PartialOrd for Alarm {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Alarm {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.0, self.1).cmp(&(other.0, other.1))
    }
}

impl Timeline {
    /// Now.
    #[must_use]
    pub fn now_us(&self) -> u64 {
        self.lock().now_us
    }

    /// Waits so long.
    #[must_use]
    pub fn sleep_us(&self, us: u64) -> Sleep {
        self.sleep_until(self.now_us().saturating_add(us))
    }

    /// Waits until then.
    #[must_use]
    pub fn sleep_until(&self, until_us: u64) -> Sleep {
        Sleep { timeline: self.clone(), until_us, waits: false }
    }

    /// Wakes somebody then.
    pub(crate) fn wake_at(&self, at_us: u64, waker: Waker) {
        let mut inside = self.lock();
        inside.began += 1;
        let alarm = Alarm(at_us, inside.began, waker);
        inside.waiting.push(Reverse(alarm));
    }

    /// Goes on to the next instant at which somebody is woken; false when nobody waits.
    pub(super) fn advance(&self) -> bool {
        let mut inside = self.lock();
        let Some(Reverse(Alarm(until_us, _, waker))) = inside.waiting.pop() else { return false };
        inside.now_us = inside.now_us.max(until_us);
        waker.wake();
        while inside.waiting.peek().is_some_and(|Reverse(next)| next.0 <= inside.now_us) {
            if let Some(Reverse(Alarm(_, _, waker))) = inside.waiting.pop() {
                waker.wake();
            }
        }
        true
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits until an instant.
pub struct Sleep {
    timeline: Timeline,
    until_us: u64,
    waits: bool,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let until_us = self.until_us;
        let mut inside = self.timeline.lock();
        if inside.now_us >= until_us {
            return Poll::Ready(());
        }
        // Each of the house's futures stays with one task: the waker of the first poll is still right.
        let waits = self.waits;
        if !waits {
            inside.began += 1;
            let alarm = Alarm(until_us, inside.began, context.waker().clone());
            inside.waiting.push(Reverse(alarm));
        }
        drop(inside);
        self.waits = true;
        Poll::Pending
    }
}
