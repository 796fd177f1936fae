//! The workers: a thread for each session, one queue before them all, and the watch over them.
//!
//! Guarantees: every session has one thread, and no thread another's session; dropped, they end, and those
//! that hang are not waited for: whatever their calls give, nobody sees it.

use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::access::Access;
use crate::desk::{Desk, End};
use crate::health::{Health, Shared};
use crate::job::Asked;
use crate::module::Module;
use crate::queue::Queue;
use crate::seat::Seat;
use crate::watch::{Watch, Watched};
use crate::{OpenError, TokenConfig, slot};

/// The most sessions.
const SESSIONS_MAX: usize = 64;
/// What waits for a worker. A request is here a few times at most, and the daemon admits fewer requests
/// than there are places.
const WAITING_MAX: usize = 4096;

/// Boot time in milliseconds, for deadlines.
pub(crate) type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// The workers at one token.
pub(crate) struct Workers {
    pub queue: Arc<Queue<Asked>>,
    access: Arc<Access>,
    workers: Vec<Worker>,
    _watch: Watch,
}

struct Worker {
    desk: Arc<Desk>,
    thread: JoinHandle<()>,
}

impl Workers {
    /// Loads the module, finds the slot, logs in, starts the threads.
    pub fn start(config: TokenConfig, clock: &Clock) -> Result<Self, OpenError> {
        let TokenConfig { module, token, pin, sessions, call_max_ms } = config;
        if !(1..=SESSIONS_MAX).contains(&sessions) {
            return Err(OpenError::Sessions { sessions, most: SESSIONS_MAX });
        }
        let module = Module::load(&module)?;
        let slot = slot::ready(&module, &token)?;
        let access = Arc::new(Access { module, slot, pin, health: Shared::new() });
        let call_max = Duration::from_millis(call_max_ms);
        let desks: Vec<_> = (0..sessions).map(|_| Arc::new(Desk::new(call_max))).collect();
        let queue = Arc::new(Queue::new(WAITING_MAX));
        let watched = Watched { queue: Arc::clone(&queue), desks: desks.clone(), call_max };
        let mut workers =
            Self { queue, access, workers: Vec::new(), _watch: Watch::begin(watched)? };
        for desk in desks {
            workers.seat(desk, Arc::clone(clock))?;
        }
        Ok(workers)
    }

    /// How the token is.
    pub fn health(&self) -> Health {
        let hanging = self.workers.iter().find_map(|worker| worker.desk.hanging());
        self.access.health.with(hanging)
    }

    /// Takes one more seat at the token, with a thread of its own.
    fn seat(&mut self, desk: Arc<Desk>, clock: Clock) -> Result<(), OpenError> {
        let session = self.access.log_in()?;
        let mut seat = Seat::new(Arc::clone(&self.access), session, Arc::clone(&desk));
        let queue = Arc::clone(&self.queue);
        let work = move || queue.serve(|asked| asked.perform(&mut seat, &*clock));
        let name = format!("token-{}", self.workers.len());
        let thread = thread::Builder::new().name(name).spawn(work).map_err(OpenError::Thread)?;
        self.workers.push(Worker { desk, thread });
        Ok(())
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.queue.close();
        for Worker { desk, thread } in self.workers.drain(..) {
            match desk.wait_for_end() {
                // One that panicked has already taken its answer with it.
                End::Over => drop(thread.join()),
                // It ends by itself when its call returns, or with the process.
                End::Hanging => {}
            }
        }
    }
}
