//! The keys of one slot file, and what is done with them.

use std::sync::Arc;

use countersign_ports::{Crypto, Entropy, NotAuthentic, Sealing};
use countersign_protocol::{ApplianceId, tag};
use zeroize::Zeroizing;

use crate::NotWritten;
use crate::place::Place;

/// 32 bytes that no other slot file under the same key has.
pub type Seed = [u8; 32];
/// 96 random bits.
pub(crate) type Nonce = [u8; 12];
/// What speaks for sealed bytes.
pub(crate) type Tag = [u8; 16];
/// What a record is known by in its file.
pub(crate) type Name = [u8; 16];

/// The keys of one file: nothing else is sealed under them. It has no `Debug`.
pub(crate) struct Cover<C> {
    pub seed: Seed,
    crypto: Arc<C>,
    appliance: ApplianceId,
    sealing: Zeroizing<[u8; 32]>,
    summing: Zeroizing<[u8; 32]>,
}

/// What bytes are sealed as.
#[derive(Clone, Copy)]
pub(crate) enum Sealed<'b> {
    /// The head.
    Head,
    /// A slot there, with this in clear before it.
    Slot(Place, &'b [u8]),
    /// Nothing: the tag alone speaks for a batch.
    Batch(&'b [u8]),
}

impl<C: Crypto + Sealing> Cover<C> {
    pub fn new(crypto: &Arc<C>, key: &[u8; 32], appliance: ApplianceId, seed: Seed) -> Self {
        // All of fixed length, so that the secret in front is safe with SHA-256.
        let derived = |tag: &[u8]| Zeroizing::new(crypto.sha256(&[tag, key, &appliance.0, &seed]));
        let (sealing, summing) = (derived(tag::SLOTS), derived(tag::SLOT_SUM));
        Self { seed, crypto: Arc::clone(crypto), appliance, sealing, summing }
    }

    /// Seals bytes in their place.
    pub fn seal(
        &self,
        chance: &mut impl Entropy,
        what: Sealed<'_>,
        bytes: &mut [u8],
    ) -> Result<(Nonce, Tag), NotWritten> {
        let mut nonce = Nonce::default();
        chance.fill(&mut nonce)?;
        let beside = self.beside(what);
        let tag = self.crypto.seal_in_place(&self.sealing, &nonce, &beside, bytes)?;
        Ok((nonce, tag))
    }

    /// Opens bytes in their place, if they were sealed as that.
    pub fn open(
        &self,
        what: Sealed<'_>,
        (nonce, tag): (&Nonce, &Tag),
        bytes: &mut [u8],
    ) -> Result<(), NotAuthentic> {
        self.crypto.open_in_place(&self.sealing, nonce, &self.beside(what), bytes, tag)
    }

    /// What a record is known by.
    pub fn name(&self, table: u8, key: &[u8]) -> Name {
        let digest = self.crypto.sha256(&[tag::SLOT_NAME, &*self.summing, &[table], key]);
        let mut name = Name::default();
        name.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        name
    }

    /// What a slot adds to the file's sum.
    pub fn share(&self, place: Place, nonce: &Nonce) -> [u8; 32] {
        let number = place.number.to_be_bytes();
        self.crypto.sha256(&[tag::SLOT_SUM, &*self.summing, &number, nonce])
    }

    fn beside(&self, what: Sealed<'_>) -> Vec<u8> {
        let number;
        let (word, place, clear): (&[u8], &[u8], &[u8]) = match what {
            Sealed::Head => (b"head\0", &[], &[]),
            Sealed::Slot(place, clear) => {
                number = place.number.to_be_bytes();
                (b"slot\0", &number, clear)
            }
            Sealed::Batch(bytes) => (b"batch\0", &[], bytes),
        };
        [tag::SLOTS, word, &self.appliance.0, &self.seed, place, clear].concat()
    }
}
