//! What QUIC runs on here: the executor's tasks, and virtual time.

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use quinn::{AsyncTimer, AsyncUdpSocket, Runtime};

use crate::time::{Nursery, Side, Timeline};

/// One side's runtime.
#[derive(Clone)]
pub(super) struct SimRuntime {
    side: Side,
    nursery: Nursery,
    timeline: Timeline,
    /// An instant cannot be made, only moved: all of them are told from this one, and nobody can see it.
    begin: Instant,
}

impl SimRuntime {
    pub(super) fn new(side: Side, nursery: Nursery, timeline: Timeline) -> Self {
        Self { side, nursery, timeline, begin: Instant::now() }
    }
}

impl fmt::Debug for SimRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SimRuntime({:?})", self.side)
    }
}

impl Runtime for SimRuntime {
    fn new_timer(&self, instant: Instant) -> Pin<Box<dyn AsyncTimer>> {
        let (timeline, begin) = (self.timeline.clone(), self.begin);
        Box::pin(Timer { until_us: since_us(begin, instant), alarm_us: None, timeline, begin })
    }

    fn spawn(&self, future: Pin<Box<dyn Future<Output = ()> + Send>>) {
        self.nursery.spawn(self.side, future);
    }

    fn wrap_udp_socket(&self, _: std::net::UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn now(&self) -> Instant {
        self.begin + Duration::from_micros(self.timeline.now_us())
    }
}

/// Rounded up: who is woken must find that it is time.
fn since_us(begin: Instant, instant: Instant) -> u64 {
    let nanos = instant.saturating_duration_since(begin).as_nanos();
    u64::try_from(nanos.div_ceil(1_000)).unwrap_or(u64::MAX)
}

struct Timer {
    timeline: Timeline,
    begin: Instant,
    until_us: u64,
    /// When it is woken next; it may be too early, and then it waits again.
    alarm_us: Option<u64>,
}

impl fmt::Debug for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timer({} us)", self.until_us)
    }
}

impl AsyncTimer for Timer {
    fn reset(mut self: Pin<&mut Self>, instant: Instant) {
        self.until_us = since_us(self.begin, instant);
    }

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let now_us = self.timeline.now_us();
        if now_us >= self.until_us {
            return Poll::Ready(());
        }
        let is_woken = self.alarm_us.is_some_and(|at| now_us < at && at <= self.until_us);
        if !is_woken {
            self.alarm_us = Some(self.until_us);
            self.timeline.wake_at(self.until_us, context.waker().clone());
        }
        Poll::Pending
    }
}
