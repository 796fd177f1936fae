//! The registry's root: one value for everything that decides.
//!
//! Guarantees: registries with the same rows have the same root, and under one key nobody finds two others that have; a signature
//! moves no root; a root says nothing of the rows to whoever has not the key.
//!
//! How: a row's *share* is a keyed hash of its name and its bytes, and the sum (exclusive or) of all shares, which nobody is
//! shown, is hashed with the key again. (Whoever saw sums could solve for rows that cancel out.) So a change costs the same
//! however many rows there are. Where a row is written, and when, is not in it: a registry that is made from the ledger again
//! has the same root.

use std::collections::HashMap;

use countersign_core::Now;
use countersign_core::port::Crypto;
use countersign_protocol::canonical::NotCanonical;
use countersign_protocol::{Digest, tag};
use zeroize::Zeroizing;

use crate::Registry;
use crate::rows::{Name, Written};
use crate::tracked::As;

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

/// All rows' shares.
pub(crate) struct Root {
    key: RootKey,
    shares: HashMap<Name, [u8; 32]>,
    sum: [u8; 32],
}

impl Root {
    pub fn new(key: RootKey) -> Self {
        Self { key, shares: HashMap::new(), sum: [0; 32] }
    }

    /// A row is this now, or gone.
    pub fn note(&mut self, crypto: &impl Crypto, name: Name, row: Option<&[u8]>) {
        let old = match row {
            Some(row) => {
                let share = self.share(crypto, &name, row);
                toggle(&mut self.sum, &share);
                self.shares.insert(name, share)
            }
            None => self.shares.remove(&name),
        };
        if let Some(old) = old {
            toggle(&mut self.sum, &old);
        }
    }

    /// The secret.
    pub fn key(&self) -> &[u8; 32] {
        &self.key.0
    }

    pub fn digest(&self, crypto: &impl Crypto) -> Digest {
        Digest(crypto.sha256(&[tag::REGISTRY, b"root\0", &*self.key.0, &self.sum]))
    }

    fn share(&self, crypto: &impl Crypto, name: &Name, row: &[u8]) -> [u8; 32] {
        // Of fixed length behind the key, so that the secret in front is safe with SHA-256.
        let row = crypto.sha256(&[&name.key(), row]);
        crypto.sha256(&[tag::REGISTRY, b"row\0", &*self.key.0, &row])
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

    pub(crate) fn note(&mut self, name: Name, row: Option<&[u8]>) {
        // How many alarms there were is counted.
        if name != Name::Alarms {
            self.root.note(&*self.crypto, name, row);
        }
    }

    /// Takes in what was changed.
    fn fold(&mut self) {
        const ANY_TIME: Now = Now { boot_ms: 0, utc_lo_ms: 0, utc_hi_ms: 0 };
        for name in self.noted(As::Changed) {
            // What is past a limit is in no record: there is no such row.
            let row = self.written(&name, ANY_TIME).unwrap_or_default();
            self.note(name, row.as_ref().map(Written::rooted));
            self.unwritten.insert(name);
        }
        let counted = self.noted(As::Counted);
        self.unwritten.extend(counted);
    }
}

fn toggle(sum: &mut [u8; 32], share: &[u8; 32]) {
    sum.iter_mut().zip(share).for_each(|(sum, share)| *sum ^= share);
}
