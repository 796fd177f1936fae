//! The executor: one thread, and of all tasks that could go on, chance (the seed's) picks the next.
//!
//! Guarantees: the same seed gives the same order; a power cut drops the tasks of the appliance on that machine
//! between two polls and leaves those of the people outside, and those on another machine.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use super::Timeline;

/// Where a task lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// In the appliance on the machine of this number: a power cut there ends it.
    Inside(u64),
    /// With the people: it goes on.
    Outside,
}

struct Task {
    side: Side,
    future: Pin<Box<dyn Future<Output = ()>>>,
    waker: Waker,
    woken: Arc<Woken>,
}

/// Says that a task could go on.
struct Woken {
    place: usize,
    already: AtomicBool,
    ready: Arc<Mutex<Vec<usize>>>,
}

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.already.swap(true, Ordering::Relaxed) {
            self.ready.lock().unwrap_or_else(PoisonError::into_inner).push(self.place);
        }
    }
}

type Born = (Side, Pin<Box<dyn Future<Output = ()>>>);

type FarBorn = (Side, Pin<Box<dyn Future<Output = ()> + Send>>);

/// Starts tasks. Clones start them on the same executor.
#[derive(Clone, Default)]
pub struct Spawner(Rc<RefCell<Vec<Born>>>, Nursery);

impl Spawner {
    /// Starts a task.
    pub fn spawn(&self, side: Side, future: impl Future<Output = ()> + 'static) {
        self.0.borrow_mut().push((side, Box::pin(future)));
    }

    /// The same for who must be ready to be sent to another thread.
    #[must_use]
    pub fn nursery(&self) -> Nursery {
        self.1.clone()
    }

    fn born(&self) -> Vec<Born> {
        // They may start others while they are dropped or polled, not while they are put here.
        let mut born = std::mem::take(&mut *self.0.borrow_mut());
        let far = std::mem::take(&mut *self.1.lock());
        born.extend(far.into_iter().map(|(side, future)| -> Born { (side, future) }));
        born
    }

    fn count(&self) -> usize {
        self.0.borrow().len() + self.1.lock().len()
    }

    fn drop_all(&self, of: Side) {
        let others = self.born().into_iter().filter(|(side, _)| *side != of).collect();
        *self.0.borrow_mut() = others;
    }
}

/// Starts tasks, as a library does that would run them on any thread. There is only one.
#[derive(Clone, Default)]
pub struct Nursery(Arc<Mutex<Vec<FarBorn>>>);

impl Nursery {
    /// Starts a task.
    pub fn spawn(&self, side: Side, future: Pin<Box<dyn Future<Output = ()> + Send>>) {
        self.lock().push((side, future));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<FarBorn>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The executor.
pub struct Executor {
    timeline: Timeline,
    spawner: Spawner,
    tasks: Vec<Option<Task>>,
    free: Vec<usize>,
    ready: Arc<Mutex<Vec<usize>>>,
    random: fastrand::Rng,
}

impl Executor {
    /// With no task yet.
    #[must_use]
    pub fn new(timeline: Timeline, seed: u64) -> Self {
        let (spawner, ready) = (Spawner::default(), Arc::default());
        let random = fastrand::Rng::with_seed(seed);
        Self { timeline, spawner, tasks: Vec::new(), free: Vec::new(), ready, random }
    }

    /// Starts tasks here.
    #[must_use]
    pub fn spawner(&self) -> Spawner {
        self.spawner.clone()
    }

    /// Runs until nobody waits for anything, or `until_us`. `after_poll` says where there is no power any more:
    /// the tasks of these sides are dropped. `quiet` hears of each instant at which everybody waits.
    pub fn run(&mut self, until_us: u64, after_poll: impl Fn() -> Vec<Side>, quiet: impl Fn()) {
        loop {
            while let Some(place) = self.pick() {
                self.poll(place);
                after_poll().into_iter().for_each(|dark| self.drop_all(dark));
            }
            quiet();
            if self.has_ready() {
                continue;
            }
            if self.timeline.now_us() > until_us || !self.timeline.advance() {
                return;
            }
        }
    }

    /// How many tasks have not ended.
    #[must_use]
    pub fn unfinished(&self) -> usize {
        self.tasks.iter().flatten().count() + self.spawner.count()
    }

    /// How many of them are the people's.
    #[must_use]
    pub fn unfinished_outside(&self) -> usize {
        self.tasks.iter().flatten().filter(|task| task.side == Side::Outside).count()
    }

    fn has_ready(&self) -> bool {
        let ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        !ready.is_empty() || self.spawner.count() > 0
    }

    /// One of the tasks that could go on.
    fn pick(&mut self) -> Option<usize> {
        self.take_born();
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        if ready.is_empty() {
            return None;
        }
        let chosen = self.random.usize(..ready.len());
        Some(ready.swap_remove(chosen))
    }

    fn take_born(&mut self) {
        if self.spawner.count() == 0 {
            return;
        }
        for (side, future) in self.spawner.born() {
            let place = self.free.pop().unwrap_or(self.tasks.len());
            let ready = Arc::clone(&self.ready);
            let woken = Arc::new(Woken { place, already: AtomicBool::new(false), ready });
            let waker = Waker::from(Arc::clone(&woken));
            waker.wake_by_ref();
            let task = Some(Task { side, future, waker, woken });
            match self.tasks.get_mut(place) {
                Some(free) => *free = task,
                None => self.tasks.push(task),
            }
        }
    }

    fn poll(&mut self, place: usize) {
        let Some(task) = self.tasks.get_mut(place) else { return };
        let Some(Task { future, waker, woken, .. }) = task else { return };
        woken.already.store(false, Ordering::Relaxed);
        if let Poll::Ready(()) = future.as_mut().poll(&mut Context::from_waker(waker)) {
            self.end(place);
        }
    }

    fn drop_all(&mut self, side: Side) {
        let there = |task: &Option<Task>| task.as_ref().is_some_and(|t| t.side == side);
        let places: Vec<usize> =
            self.tasks.iter().enumerate().filter(|(_, t)| there(t)).map(|(at, _)| at).collect();
        places.into_iter().for_each(|place| self.end(place));
        self.spawner.drop_all(side);
    }

    /// Its place is free once nothing that still wakes it can be mistaken for another task's.
    fn end(&mut self, place: usize) {
        let ended = self.tasks.get_mut(place).and_then(Option::take);
        if let Some(task) = ended {
            // A stale waker of this task finds its flag set and says nothing.
            let was_ready = task.woken.already.swap(true, Ordering::Relaxed);
            if was_ready {
                let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
                ready.retain(|other| *other != place);
            }
            self.free.push(place);
        }
    }
}
