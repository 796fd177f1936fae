//! Records on their way into a group.
//!
//! Guarantees: a record that is alone waits for nobody; a group waits a little where more are on their way
//! than it has, so that many share one sync and one checkpoint.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Receiver;
use std::time::Instant;

use countersign_protocol::record::Kind;
use countersign_protocol::{Digest, TenantId};

use crate::bounds::Bounds;

/// A record to be written.
#[derive(Clone, Debug)]
pub struct Submission {
    /// What it is about.
    pub kind: Kind,
    /// Whose it is; none: the appliance's own.
    pub tenant: Option<TenantId>,
    /// The evidence keys of the signers that it is about, ascending, as the vault knows them: it is sealed under
    /// all of them. None: under the appliance's own key.
    pub signers: Vec<Digest>,
    /// Its content, encoded.
    pub content: Vec<u8>,
}

/// Somebody is about to submit a record, until this is dropped.
#[must_use = "a record is expected as long as this lives"]
pub struct Expected(Arc<AtomicUsize>);

impl Expected {
    pub(crate) fn one(expected: &Arc<AtomicUsize>) -> Self {
        expected.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(expected))
    }
}

impl Drop for Expected {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Records that have been submitted, each with who waits for it, and how many more are on their way.
pub(crate) struct Arriving<W> {
    queue: Receiver<(Submission, W)>,
    expected: Arc<AtomicUsize>,
    waiting: Arc<AtomicUsize>,
    bounds: Bounds,
}

impl<W> Arriving<W> {
    /// `waiting` is one more for each record that was put into the queue.
    pub(crate) const fn new(
        queue: Receiver<(Submission, W)>,
        expected: Arc<AtomicUsize>,
        waiting: Arc<AtomicUsize>,
        bounds: Bounds,
    ) -> Self {
        Self { queue, expected, waiting, bounds }
    }

    /// Records that nobody has taken yet.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Waits for a record, and takes with it what else there is or comes soon, as far as one group goes;
    /// none when nothing can come any more.
    pub(crate) fn gather(&self) -> Option<Gathered<W>> {
        let first = self.queue.recv().ok()?;
        let until = Instant::now() + self.bounds.delay;
        let next = |gathered| self.next(gathered, until);
        Some(self.taken(Gathered::from(first, self.bounds, next)))
    }

    /// Takes what there is, as far as one group goes.
    pub(crate) fn gather_ready(&self) -> Option<Gathered<W>> {
        let first = self.queue.try_recv().ok()?;
        let next = |_| self.queue.try_recv().ok();
        Some(self.taken(Gathered::from(first, self.bounds, next)))
    }

    fn taken(&self, gathered: Gathered<W>) -> Gathered<W> {
        self.waiting.fetch_sub(gathered.waiting.len(), Ordering::Relaxed);
        gathered
    }

    /// The next record: one that is there, or one that comes in time while more others are on their way
    /// than are `gathered`. (Those who wait for this group are expected, too.)
    fn next(&self, gathered: usize, until: Instant) -> Option<(Submission, W)> {
        if self.expected.load(Ordering::Relaxed) <= gathered.saturating_mul(2) {
            return self.queue.try_recv().ok();
        }
        self.queue.recv_timeout(until.saturating_duration_since(Instant::now())).ok()
    }
}

/// The records of one group, and who waits for each.
pub(crate) struct Gathered<W> {
    pub(crate) submissions: Vec<Submission>,
    pub(crate) waiting: Vec<W>,
}

impl<W> Gathered<W> {
    /// The first record and those that `next` gives (it is told how many there are), up to the bounds.
    fn from(
        first: (Submission, W),
        bounds: Bounds,
        next: impl Fn(usize) -> Option<(Submission, W)>,
    ) -> Self {
        let mut gathered = Self { submissions: Vec::new(), waiting: Vec::new() };
        let (mut bytes, mut coming) = (0, Some(first));
        while let Some((submission, waiting)) = coming {
            bytes += submission.content.len();
            gathered.submissions.push(submission);
            gathered.waiting.push(waiting);
            let more = bytes < bounds.bytes && gathered.waiting.len() < bounds.records;
            coming = if more { next(gathered.waiting.len()) } else { None };
        }
        gathered
    }
}
