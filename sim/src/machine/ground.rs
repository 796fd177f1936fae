//! The ground of a simulated appliance: its machine, no thread, no clock but the machine's.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use countersign_core::Now;
use countersign_ledger::{Committer, Instruments, Ledger, Settled};
use countersign_ports::{Beside, InTurn};
use countersignd::{Ground, Ring};

use super::anchors::SimAnchors;
use super::{Machine, SimCrypto, SimDisk, SimToken};

/// The ground.
pub struct SimGround(pub Arc<Machine>);

/// A ledger's committer, to be stepped.
pub trait Commit: Send {
    /// Commits one group of what has arrived.
    fn step(&mut self);
    /// Records that wait.
    fn waiting(&self) -> usize;
}

impl Commit for Committer<SimDisk, SimCrypto, Ring<SimGround>, SimToken> {
    fn step(&mut self) {
        Self::step(self);
    }

    fn waiting(&self) -> usize {
        Self::waiting(self)
    }
}

impl Ground for SimGround {
    type Crypto = SimCrypto;
    type Storage = SimDisk;
    type Token = SimToken;
    type Anchors = SimAnchors;

    fn anchors(&self, token: &SimToken) -> SimAnchors {
        SimAnchors(token.clone())
    }

    fn now(&self) -> Now {
        self.0.now()
    }

    /// A quarter of a small table is enough for the quotas that a scenario reaches.
    fn transaction_places(&self) -> usize {
        4_096
    }

    /// Few, so that most boots have one; more of a large ledger, where each costs more.
    fn snapshot_records(&self) -> u64 {
        let bytes = self.0.disk().bytes().len() as u64;
        24.max(bytes / 16_384)
    }

    /// Few, so that a scenario meets more.
    fn refusals_burst(&self) -> u64 {
        16
    }

    /// There are no threads.
    fn beside(&self) -> impl Beside {
        InTurn
    }

    async fn pause(&self, ms: u64) {
        self.0.timeline.sleep_us(ms * 1_000).await;
    }

    fn start(
        &self,
        settled: Settled<SimDisk>,
        with: Instruments<SimCrypto, Ring<Self>, SimToken>,
    ) -> Ledger<SimDisk> {
        let (ledger, committer) = Ledger::open(settled, with);
        *self.0.committer() = Some(Box::new(committer));
        ledger
    }

    /// There are no threads: others may go first, then it is done.
    async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        OthersFirst::default().await;
        Some(work())
    }
}

/// Lets whoever could go on go first, if chance wants it so.
#[derive(Default)]
pub(super) struct OthersFirst(bool);

impl Future for OthersFirst {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}
