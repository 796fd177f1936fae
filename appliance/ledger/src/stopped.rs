//! Why a ledger accepts nothing any more.

use countersign_ports::StorageFault;

/// The first failure: it is final until the ledger is opened again and what the medium holds is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stopped {
    /// The medium did not take a group, or did not make it durable: nobody knows what it holds.
    #[error(transparent)]
    Storage(#[from] StorageFault),
    /// A record was not sealed: its keys, or chance, were not there.
    #[error("a record was not sealed")]
    Sealing,
    /// A group has no checkpoint, or one whose signature does not verify: it was not written.
    #[error("a checkpoint was not signed")]
    Checkpoint,
    /// It belongs to somebody else now.
    #[error("another copy of the appliance goes on, or its token is not what it was")]
    Disowned,
}
