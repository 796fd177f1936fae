//! The bounded queue between whoever asks and the workers.
//!
//! Guarantees: what is put is taken once, in order, but for what everybody waits for, which comes first;
//! nothing waits for room; after closing nothing is put, and whoever takes is told at once.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A queue that refuses when it is full.
pub(crate) struct Queue<T> {
    inside: Mutex<Inside<T>>,
    changed: Condvar,
    capacity: usize,
}

struct Inside<T> {
    waiting: VecDeque<T>,
    open: bool,
}

impl<T> Queue<T> {
    pub fn new(capacity: usize) -> Self {
        let waiting = VecDeque::with_capacity(capacity);
        Self {
            inside: Mutex::new(Inside { waiting, open: true }),
            changed: Condvar::new(),
            capacity,
        }
    }

    /// Puts one thing at the end, or gives it back.
    pub fn put(&self, thing: T) -> Result<(), T> {
        let mut inside = self.lock();
        if !inside.open || inside.waiting.len() >= self.capacity {
            return Err(thing);
        }
        inside.waiting.push_back(thing);
        self.changed.notify_one();
        Ok(())
    }

    /// Puts one thing before all others, whether there is room or not: for a committer that has one at a
    /// time.
    pub fn put_first(&self, thing: T) -> Result<(), T> {
        let mut inside = self.lock();
        if !inside.open {
            return Err(thing);
        }
        inside.waiting.push_front(thing);
        self.changed.notify_one();
        Ok(())
    }

    /// Waits for the first thing; `None` once the queue is closed.
    fn take(&self) -> Option<T> {
        let idle = |inside: &mut Inside<T>| inside.open && inside.waiting.is_empty();
        let inside = self.changed.wait_while(self.lock(), idle);
        let mut inside = inside.unwrap_or_else(PoisonError::into_inner);
        if inside.open { inside.waiting.pop_front() } else { None }
    }

    /// Takes things until the queue is closed, and closes it when `each` panics: what waits for one
    /// who is no more would wait for ever.
    pub fn serve(&self, mut each: impl FnMut(T)) {
        let _closing = Closing(self);
        while let Some(thing) = self.take() {
            each(thing);
        }
    }

    /// Takes back all that waits and is so.
    pub fn withdraw(&self, is_so: impl Fn(&T) -> bool) -> VecDeque<T> {
        let mut inside = self.lock();
        let waiting = std::mem::take(&mut inside.waiting);
        let (withdrawn, kept) = waiting.into_iter().partition(is_so);
        inside.waiting = kept;
        withdrawn
    }

    /// Closes the queue and forgets what waits in it.
    pub fn close(&self) {
        let mut inside = self.lock();
        inside.open = false;
        inside.waiting.clear();
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Inside<T>> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Closing<'a, T>(&'a Queue<T>);

impl<T> Drop for Closing<'_, T> {
    fn drop(&mut self) {
        self.0.close();
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    #[test]
    fn things_leave_in_the_order_they_came() {
        let queue = Queue::new(2);
        queue.put(1).unwrap();
        queue.put(2).unwrap();
        assert_eq!((queue.take(), queue.take()), (Some(1), Some(2)));
    }

    #[test]
    fn what_everybody_waits_for_comes_first_also_into_a_full_queue() {
        let queue = Queue::new(1);
        queue.put(1).unwrap();
        queue.put_first(2).unwrap();
        assert_eq!((queue.take(), queue.take()), (Some(2), Some(1)));
        queue.close();
        assert_eq!(queue.put_first(3), Err(3));
    }

    #[test]
    fn a_full_queue_refuses_instead_of_growing() {
        let queue = Queue::new(1);
        queue.put(1).unwrap();
        assert_eq!(queue.put(2), Err(2));
    }

    #[test]
    fn what_is_withdrawn_is_not_taken_and_the_rest_keeps_its_order() {
        let queue = Queue::new(3);
        for number in 1..=3 {
            queue.put(number).unwrap();
        }
        assert_eq!(queue.withdraw(|number| *number == 2), [2]);
        assert_eq!((queue.take(), queue.take()), (Some(1), Some(3)));
    }

    #[test]
    fn closing_wakes_those_who_wait_and_forgets_the_rest() {
        let queue = Queue::new(2);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| queue.take());
            queue.close();
            assert_eq!(waiting.join().unwrap(), None);
        });
        assert_eq!(queue.put(1), Err(1));
        assert_eq!(queue.take(), None);
    }

    #[test]
    fn a_panic_while_serving_closes() {
        let queue = Queue::new(2);
        queue.put(1).unwrap();
        queue.put(2).unwrap();
        let served = catch_unwind(AssertUnwindSafe(|| queue.serve(|_| panic!("as a test"))));
        assert!(served.is_err());
        assert_eq!((queue.put(3), queue.take()), (Err(3), None));
    }
}
