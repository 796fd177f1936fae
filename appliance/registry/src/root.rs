//! The registry's root: one value for everything that decides.
//!
//! Guarantees: registries with the same rows have the same root, and under one key nobody finds two others that have; a signature
//! moves no root; a root says nothing of the rows to whoever has not the key.
//!
//! How: a row's *share* is a keyed hash of its bytes (which say what it is called), and the sum (exclusive or) of all shares,
//! which nobody is shown, is hashed with the key again. (Whoever saw sums could solve for rows that cancel out.) So a change
//! costs the same however many rows there are. Where a row is written, and when, is not in it: a registry that is made from the ledger again
//! has the same root.

use std::sync::Arc;

use countersign_core::Now;
use countersign_core::port::Crypto;
use countersign_protocol::canonical::NotCanonical;
use countersign_protocol::minicbor::Decoder;
use countersign_protocol::{Digest, tag};
use zeroize::Zeroizing;

use crate::rows::{Name, Written};
use crate::{ANY_TIME, Registry};

/// What roots are made with: a secret of the token's. It has no `Debug`.
#[derive(Clone)]
pub struct RootKey(Zeroizing<[u8; 32]>);

impl RootKey {
    /// This secret.
    #[must_use]
    pub const fn new(secret: Zeroizing<[u8; 32]>) -> Self {
        Self(secret)
    }

    /// That of a registry whose root nobody keeps.
    #[must_use]
    pub fn nobodys() -> Self {
        Self(Zeroizing::new([0; 32]))
    }
}

/// How many alarms there were is counted, so that the root is not over their row, which says no more than that it is one.
const ROW_OF_ALARMS: [u8; 3] = [0x82, 16, 0x80];

/// The sum of all rows' shares. It has no `Debug`.
pub(crate) struct Root {
    key: RootKey,
    sum: [u8; 32],
}

impl Root {
    pub const fn new(key: RootKey) -> Self {
        Self { key, sum: [0; 32] }
    }

    /// This row is there from now on; if it was, it is not any more.
    pub fn turn(&mut self, crypto: &impl Crypto, row: &[u8]) {
        if row == ROW_OF_ALARMS {
            return;
        }
        // The secret is on both sides: nobody goes on from a share, if one is ever seen.
        let key = &*self.key.0;
        let share = crypto.sha256(&[tag::REGISTRY, b"row\0", key, row, key]);
        self.sum.iter_mut().zip(share).for_each(|(sum, share)| *sum ^= share);
    }

    /// The secret.
    pub fn key(&self) -> &[u8; 32] {
        &self.key.0
    }

    pub fn digest(&self, crypto: &impl Crypto) -> Digest {
        Digest(crypto.sha256(&[tag::REGISTRY, b"root\0", &*self.key.0, &self.sum]))
    }
}

/// Whoever sums up rows that are read, beside whoever takes them ([`crate::Taking`]). It has no `Debug`.
pub struct Summing<C> {
    pub(crate) crypto: Arc<C>,
    pub(crate) root: Root,
}

impl<C: Crypto> Summing<C> {
    /// One more row; none if it is none.
    pub fn add(&mut self, row: &[u8]) -> Option<()> {
        let mut decoder = Decoder::new(row);
        decoder.skip().ok()?;
        self.root.turn(&*self.crypto, row.get(..decoder.position())?);
        Some(())
    }
}

impl<C: Crypto> Registry<C> {
    /// The root over what there is.
    pub fn root(&mut self) -> Digest {
        self.fold();
        self.root.digest(&*self.crypto)
    }

    /// Rows that are not as they were written down last, as they are now; none: it is gone.
    ///
    /// # Errors
    /// [`NotCanonical`] if something in one is past a limit, which records have ruled out.
    pub fn unwritten(&mut self, now: Now) -> Result<Vec<(Name, Option<Written>)>, NotCanonical> {
        self.fold();
        self.unwritten.iter().map(|name| Ok((*name, self.written(name, now)?))).collect()
    }

    /// All rows are written down as they are.
    pub fn is_written(&mut self) {
        self.fold();
        self.unwritten.clear();
    }

    /// Takes in what was changed.
    fn fold(&mut self) {
        for (name, was) in self.changed() {
            // What is past a limit is in no record: there is no such row.
            let is = self.written(&name, ANY_TIME).unwrap_or_default();
            for row in was.iter().chain(&is) {
                self.root.turn(&*self.crypto, row.rooted());
            }
            self.unwritten.insert(name);
        }
        let counted = self.counted();
        self.unwritten.extend(counted);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::Filed as _;

    #[test]
    fn the_row_of_alarms_is_the_one_that_is_left_out() {
        let written = 7_u64.written(&(), ANY_TIME).unwrap();
        assert_eq!(written.rooted(), ROW_OF_ALARMS);
    }
}
