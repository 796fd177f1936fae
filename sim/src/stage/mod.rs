//! Where a scenario is played: in process, over a network in memory, or with the real program.

mod core;
mod daemon;
mod door;
mod network;

use std::future::Future;

pub use self::core::CoreStage;
pub use self::daemon::{DaemonStage, Programs, keys};
pub use self::door::Door;
pub use self::network::NetworkStage;

use crate::marks::Marks;
use crate::people::Who;
use crate::scenario::{Cut, Deed};

use countersign_protocol::{Digest, TransactionId};

/// A frame to send, and what a stage must know of it.
pub struct Sent {
    /// Who sends it.
    pub who: Who,
    /// Its bytes.
    pub frame: Vec<u8>,
    /// How many approvals of documents are in it: so many signatures must be checked, whatever else is wrong.
    pub assertions: u64,
}

/// Hears of a reply at the moment at which it leaves the appliance, and which start of it gives it, counted from 1, where
/// that is not the newest anyway.
pub type Leaves = Box<dyn FnOnce(&[u8], Option<u64>)>;

/// A stage.
pub trait Stage: 'static {
    /// How long the world exists, in microseconds.
    fn now_us(&self) -> u64;

    /// UTC as it is, in milliseconds since 1970.
    fn utc_ms(&self) -> u64;

    /// Waits so long.
    fn sleep_us(&self, us: u64) -> impl Future<Output = ()>;

    /// Starts a task of the people.
    fn spawn(&self, task: impl Future<Output = ()> + 'static);

    /// What the appliance knows somebody by.
    fn channel(&self, who: Who) -> Digest;

    /// Sends a frame and waits for the reply, of which `leaves` hears first; none if it was lost.
    fn ask(&self, sent: Sent, leaves: Leaves) -> impl Future<Output = Option<Vec<u8>>>;

    /// Lets something of the machine go wrong, or mends all; false if nothing here can go wrong like this.
    fn fault(&self, deed: &Deed) -> bool;

    /// Lets the power fail.
    fn cut(&self, cut: &Cut);

    /// Waits until the appliance serves again; false if it never will.
    fn up(&self) -> impl Future<Output = bool>;

    /// How often it has started.
    fn boots(&self) -> u64;

    /// The reason for which the appliance refused, where that can be seen: the last one about this
    /// transaction, or about this channel.
    fn reason(&self, channel: &Digest, transaction: Option<TransactionId>) -> Option<u16>;

    /// What has happened at least once.
    fn marks(&self) -> &Marks;

    /// Whether every request that was sent before a revocation was acknowledged is answered by then, or may
    /// still be on its way.
    fn is_exact(&self) -> bool;
}
