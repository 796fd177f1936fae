//! The sealed parts of records: closed for the disk, and opened again as long as their keys are there.
//!
//! Guarantees: what opens is what was sealed, for this very leaf; a record about signers is closed for ever
//! once the evidence key of one of them is destroyed, and whom it is about nobody can change who has only the
//! disk: around the layer under the signers' keys there is one under the appliance's own; no nonce is used twice with a key, because a record's
//! nonce comes from its salt, which no other record has.
//!
//! It does not guarantee that nobody kept what was open once: whoever was given a receipt has its opening.

use countersign_ports::{Crypto, Sealing};
use countersign_protocol::record::Seal;
use countersign_protocol::{Digest, tag};
use zeroize::Zeroizing;

/// What a sealed part has more than its opening: two layers, at most.
pub(crate) const OVERHEAD_BYTES: usize = 2 * LAYER_BYTES;
const LAYER_BYTES: usize = NONCE_BYTES + TAG_BYTES;
const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;
/// Records that share a key of the appliance's own: far fewer than AES-GCM allows with random nonces (2^32, NIST
/// SP 800-38D, 8.3).
const OWN_KEY_RECORDS_LOG2: u32 = 20;

/// The keys that records are sealed under.
pub trait Keys {
    /// The appliance's own: there for ever.
    fn own(&self) -> &[u8; 32];

    /// A signer's, as the vault knows it.
    ///
    /// # Errors
    /// [`NoKey`].
    fn of_signer(&self, id: &Digest) -> Result<Zeroizing<[u8; 32]>, NoKey>;
}

/// Why there is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoKey {
    /// There is none (any more).
    Gone,
    /// Nobody knows: the vault failed.
    Failed,
}

/// Whose keys a record is sealed under: none means the appliance's own.
pub type Signers = [Digest];

/// Why a sealed part stays closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Closed {
    /// This key is gone.
    Gone(Digest),
    /// The vault failed.
    Failed,
    /// It is not what was sealed.
    NotAuthentic,
}

/// The opening sealed for its leaf; none if a key is not there or the engine fails.
pub(crate) fn seal<C: Crypto + Sealing>(
    crypto: &C,
    keys: &impl Keys,
    signers: &Signers,
    index: u64,
    open: &Open<'_>,
) -> Option<Vec<u8>> {
    let hash = crypto.sha256(&[tag::RECORD_NONCE, &open.salt.0]);
    let nonce = hash.first_chunk::<NONCE_BYTES>()?;
    let associated = associated(signers, open.leaf);
    let layer = |key: &[u8; 32], bytes: &[u8]| {
        let mut sealed = Vec::with_capacity(bytes.len() + LAYER_BYTES);
        sealed.extend_from_slice(nonce);
        sealed.extend_from_slice(bytes);
        let text = sealed.get_mut(NONCE_BYTES..)?;
        let tag = crypto.seal_in_place(key, nonce, &associated, text).ok()?;
        sealed.extend_from_slice(&tag);
        Some(sealed)
    };
    let own = own_key(crypto, keys, index);
    if signers.is_empty() {
        return layer(&own, open.opening);
    }
    let theirs = signers_key(crypto, keys, signers).ok()?;
    layer(&own, &layer(&theirs, open.opening)?)
}

/// A record before it is sealed.
pub(crate) struct Open<'r> {
    pub(crate) leaf: &'r [u8],
    pub(crate) salt: &'r Digest,
    pub(crate) opening: &'r [u8],
}

/// The opening of a record. That a key is gone is said only of a record that the appliance has sealed under it.
pub(crate) fn unseal<C: Crypto + Sealing>(
    crypto: &C,
    keys: &impl Keys,
    signers: &Signers,
    index: u64,
    (leaf, sealed): (&[u8], &[u8]),
) -> Result<Vec<u8>, Closed> {
    let associated = associated(signers, leaf);
    let layer = |key: &[u8; 32], sealed: &[u8]| {
        let (nonce, rest) =
            sealed.split_first_chunk::<NONCE_BYTES>().ok_or(Closed::NotAuthentic)?;
        let (text, tag) = rest.split_last_chunk::<TAG_BYTES>().ok_or(Closed::NotAuthentic)?;
        let mut bytes = text.to_vec();
        let opened = crypto.open_in_place(key, nonce, &associated, &mut bytes, tag);
        opened.map(|()| bytes).map_err(|_| Closed::NotAuthentic)
    };
    let inner = layer(&own_key(crypto, keys, index), sealed)?;
    if signers.is_empty() {
        return Ok(inner);
    }
    let theirs = signers_key(crypto, keys, signers)?;
    layer(&theirs, &inner)
}

/// What a sealed part is bound to: whom it is about, and the leaf. The ids are of fixed length, and counted.
fn associated(signers: &Signers, leaf: &[u8]) -> Vec<u8> {
    let ids = signers.iter().flat_map(|id| id.0);
    [count(signers)].into_iter().chain(ids).chain(leaf.iter().copied()).collect()
}

fn count(signers: &Signers) -> u8 {
    u8::try_from(signers.len()).unwrap_or(u8::MAX)
}

/// `SHA-256(tag::RECORD_KEY || 0 || the appliance's key || which million of records)`. All of it is of fixed length, so
/// that the secret in front is safe with SHA-256.
fn own_key(crypto: &impl Crypto, keys: &impl Keys, index: u64) -> Zeroizing<[u8; 32]> {
    let million = (index >> OWN_KEY_RECORDS_LOG2).to_be_bytes();
    Zeroizing::new(crypto.sha256(&[tag::RECORD_KEY, &[0], &keys.own()[..], &million]))
}

/// `SHA-256(tag::RECORD_KEY || number of signers || their keys)`.
fn signers_key(
    crypto: &impl Crypto,
    keys: &impl Keys,
    signers: &Signers,
) -> Result<Zeroizing<[u8; 32]>, Closed> {
    let key = |id: &Digest| {
        keys.of_signer(id).map_err(|why| match why {
            NoKey::Gone => Closed::Gone(*id),
            NoKey::Failed => Closed::Failed,
        })
    };
    let keys = signers.iter().map(key).collect::<Result<Vec<_>, _>>()?;
    let count = [count(signers)];
    let parts = [tag::RECORD_KEY, &count].into_iter().chain(keys.iter().map(|key| &key[..]));
    Ok(Zeroizing::new(crypto.sha256(&parts.collect::<Vec<_>>())))
}

/// Whose keys a record on disk says that it is sealed under.
pub(crate) fn signers_of(seal: &Seal<'_>) -> Vec<Digest> {
    match seal {
        Seal::Own => Vec::new(),
        Seal::Signers(ids) => ids.iter().collect(),
    }
}
