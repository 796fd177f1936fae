//! The keys that records are sealed under, as the model has them, and its own way of opening one.

use std::collections::BTreeMap;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

use super::reading::hash;

/// What a record's key is made with.
const TAG: &[u8] = b"countersign/record-key/1\0";

/// How the vault knows a key.
type KeyId = [u8; 32];

/// The keys.
#[derive(Clone, Debug)]
pub struct Keys {
    own: [u8; 32],
    signers: BTreeMap<KeyId, [u8; 32]>,
}

/// A record as it is on the disk.
pub(super) struct Sealed<'b> {
    pub(super) index: u64,
    /// The signers that it is about.
    pub(super) about: Vec<KeyId>,
    pub(super) leaf: &'b [u8],
    pub(super) sealed: &'b [u8],
}

impl Keys {
    /// The appliance's own key, and those of signers.
    #[must_use]
    pub fn new(own: [u8; 32], signers: impl IntoIterator<Item = [u8; 32]>) -> Self {
        let id = |key: [u8; 32]| (hash(&[b"countersign/evidence-key/1\0", &key]), key);
        Self { own, signers: signers.into_iter().map(id).collect() }
    }

    /// The appliance's own.
    pub(crate) const fn own(&self) -> &[u8; 32] {
        &self.own
    }

    /// The key of those whom a record is about.
    fn of_signers(&self, about: &[KeyId]) -> Option<[u8; 32]> {
        let keys = about.iter().map(|id| self.signers.get(id).copied());
        let keys = keys.collect::<Option<Vec<_>>>()?.concat();
        Some(hash(&[TAG, &[u8::try_from(about.len()).ok()?], &keys]))
    }

    /// What is in a record: under the appliance's key, and inside that under those of whom it is about.
    pub(super) fn open(&self, record: &Sealed<'_>) -> Option<Vec<u8>> {
        let own = hash(&[TAG, &[0], &self.own, &(record.index >> 20).to_be_bytes()]);
        let count = u8::try_from(record.about.len()).ok()?;
        let associated = [&[count], &record.about.concat()[..], record.leaf].concat();
        let inner = layer(&own, &associated, record.sealed)?;
        match record.about.is_empty() {
            true => Some(inner),
            false => layer(&self.of_signers(&record.about)?, &associated, &inner),
        }
    }
}

fn layer(key: &[u8; 32], associated: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, rest) = sealed.split_first_chunk::<12>()?;
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).ok()?);
    let (nonce, mut bytes) = (Nonce::assume_unique_for_key(*nonce), rest.to_vec());
    let opened = key.open_in_place(nonce, Aad::from(associated), &mut bytes).ok()?.len();
    bytes.truncate(opened);
    Some(bytes)
}
