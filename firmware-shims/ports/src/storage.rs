//! What the ledger asks of its medium: bytes that are only ever appended, and made durable on demand.
//!
//! A medium is trusted to keep data available, never for its integrity or freshness: whoever reads it
//! back checks what it says. What the ledger must know for certain is when bytes are durable: that is
//! an operation of its own, so that one sync can serve many records.

use core::fmt;

/// An append-only medium with one owner.
///
/// Contract, run against every medium by its tests:
/// - bytes are durable when a `sync` that began after their `append` has succeeded, not before;
/// - when the medium fails an `append`, `truncate` or `sync`, nobody knows what is on it: every later
///   write answers a fault too, until the medium is opened again and what it holds is checked;
/// - no argument makes it panic, and none makes it longer but an `append`.
pub trait Storage {
    /// Bytes appended so far, durable or not.
    fn len(&self) -> Result<u64, StorageFault>;

    /// Whether nothing was appended yet.
    fn is_empty(&self) -> Result<bool, StorageFault> {
        Ok(self.len()? == 0)
    }

    /// Fills `into` with the bytes from `offset`. A fault unless all of them are there.
    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), StorageFault>;

    /// Adds `bytes` at the end.
    fn append(&mut self, bytes: &[u8]) -> Result<(), StorageFault>;

    /// Writes `bytes` in the place of others. A fault that touches nothing unless all of those are there.
    ///
    /// A power cut before the next `sync` may leave some of them, and some of what was there.
    fn overwrite(&mut self, offset: u64, bytes: &[u8]) -> Result<(), StorageFault>;

    /// Takes bytes off the end until `len` are left. With fewer there, a fault that touches nothing.
    ///
    /// Only recovery does this: to what a power cut left half written.
    fn truncate(&mut self, len: u64) -> Result<(), StorageFault>;

    /// Writes again, in their place, the bytes from `from` to the end, so that the next `sync` makes them
    /// durable whatever became of an earlier one: an operating system may take what a failed sync could
    /// not write for written. With fewer bytes there, a fault that touches nothing.
    ///
    /// Only recovery does this: to the last thing that somebody may have failed to make durable.
    fn refresh(&mut self, from: u64) -> Result<(), StorageFault>;

    /// Writes zeros in the place of everything that is there, as far as the medium can, for whoever takes it all off next:
    /// nobody shall find it in what the medium has given away. No promise: what stores by copying keeps what was there, and
    /// a medium that cannot do it does nothing.
    fn blank(&mut self) -> Result<(), StorageFault> {
        Ok(())
    }

    /// Makes everything durable that was appended, overwritten, truncated, refreshed or blanked before.
    fn sync(&mut self) -> Result<(), StorageFault>;
}

/// A medium that did not do what it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StorageFault {
    /// What it was asked.
    pub operation: StorageOperation,
    /// The platform's own number for the reason (`errno` on Linux); 0 where it has none.
    pub code: i32,
}

impl fmt::Display for StorageFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "storage failed to {} (code {})", self.operation.verb(), self.code)
    }
}

impl core::error::Error for StorageFault {}

/// The operations of [`Storage`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StorageOperation {
    /// [`Storage::len`].
    Len,
    /// [`Storage::read_at`].
    Read,
    /// [`Storage::append`].
    Append,
    /// [`Storage::overwrite`].
    Overwrite,
    /// [`Storage::truncate`].
    Truncate,
    /// [`Storage::refresh`].
    Refresh,
    /// [`Storage::sync`].
    Sync,
}

impl StorageOperation {
    const fn verb(self) -> &'static str {
        match self {
            Self::Len => "tell its length",
            Self::Read => "read",
            Self::Append => "append",
            Self::Overwrite => "overwrite",
            Self::Truncate => "truncate",
            Self::Refresh => "write again",
            Self::Sync => "sync",
        }
    }
}
