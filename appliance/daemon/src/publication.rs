//! The ledger's public copy: a thread that keeps the folder up to date, and what is read out of it.
//!
//! Guarantees: nothing that decides or commits waits for it or fails with it; while the folder cannot be written,
//! `status` says why, the log once, and it is tried again, at last once a minute. At the end, what is durable is
//! published, unless that takes longer than [`LAST_WORDS`].

use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use countersign_core::port::Crypto;
use countersign_ports::Storage;
use countersign_protocol::limits::{LOG_FILE_BYTES_MAX, PUBLISH_FAULT_BYTES_MAX};
use countersign_protocol::reply::Failure;
use countersign_publisher::{Publisher, Step, SystemDisk};

/// How long after the last look it is looked again whether something is to be published.
const LOOK: Duration = Duration::from_millis(100);
/// How long it waits after a fault, at first and at last.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(60)];
/// How long a shutdown waits for what is not published yet.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// The copy, kept up to date until this is dropped.
pub(crate) struct Publication {
    folder: PathBuf,
    desk: Arc<Desk>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// What the thread and others share.
#[derive(Default)]
struct Desk {
    state: Mutex<State>,
    ends: Condvar,
}

/// How the copy is.
#[derive(Clone, Default)]
pub(crate) struct State {
    /// Records that it has.
    pub(crate) size: u64,
    /// Why it does not go on.
    pub(crate) fault: Option<String>,
    /// When it must come to its end.
    until: Option<Instant>,
}

impl Publication {
    /// Keeps `folder` up to date with what this publishes into it.
    pub(crate) fn start<S, C>(folder: PathBuf, publisher: Publisher<SystemDisk, S, C>) -> Self
    where
        S: Storage + Send + 'static,
        C: Crypto + Send + Sync + 'static,
    {
        let desk = Arc::new(Desk::default());
        let own = Arc::clone(&desk);
        let thread = std::thread::spawn(move || own.keep(publisher));
        Self { folder, desk, thread: Mutex::new(Some(thread)) }
    }

    /// How it is.
    pub(crate) fn state(&self) -> State {
        self.desk.lock().clone()
    }

    /// Where a file of it is.
    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    /// Publishes what is durable by now, and no more.
    pub(crate) fn stop(&self) {
        self.desk.lock().until = Some(Instant::now() + LAST_WORDS);
        self.desk.ends.notify_all();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        thread.map(JoinHandle::join);
    }
}

impl Drop for Publication {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep<S: Storage, C: Crypto>(&self, mut publisher: Publisher<SystemDisk, S, C>) {
        let [first, last] = PAUSES;
        let mut pause = first;
        loop {
            // Looked at before the step: what is durable by then is published by the last one.
            let until = self.lock().until;
            let (done, wait) = match publisher.step() {
                Ok(step) => {
                    pause = first;
                    self.tell(step);
                    (step == Step::Idle, if step == Step::Idle { LOOK } else { Duration::ZERO })
                }
                Err(why) => {
                    self.fault(&why.to_string());
                    let waited = pause;
                    pause = (pause * 2).min(last);
                    (true, waited)
                }
            };
            if until.is_some_and(|until| done || until < Instant::now()) {
                return;
            }
            self.wait(wait);
        }
    }

    fn wait(&self, time: Duration) {
        let state = self.lock();
        if state.until.is_none() && !time.is_zero() {
            drop(self.ends.wait_timeout(state, time));
        }
    }

    fn tell(&self, step: Step) {
        let mut state = self.lock();
        if state.fault.take().is_some() {
            tracing::info!("publishing goes on");
        }
        match step {
            Step::Idle => {}
            Step::Published(size) | Step::Resumed(size) => state.size = size,
            Step::Again(contradiction) => {
                state.size = 0;
                tracing::error!("{contradiction}; the published folder is made again");
            }
        }
    }

    fn fault(&self, why: &str) {
        let mut state = self.lock();
        if state.fault.as_deref() != Some(why) {
            tracing::error!("{why}");
        }
        let whole = |end: &usize| why.is_char_boundary(*end);
        let end = (0..=why.len().min(PUBLISH_FAULT_BYTES_MAX)).rev().find(whole);
        state.fault = why.get(..end.unwrap_or(0)).map(str::to_owned);
    }
}

/// A published file; none if there is none. Waits for the disk.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    let found = path.metadata().map(|metadata| metadata.len());
    if found.as_ref().is_ok_and(|length| *length > LOG_FILE_BYTES_MAX as u64) {
        return Err(Failure::Unavailable);
    }
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(_) => Err(Failure::Unavailable),
    }
}
