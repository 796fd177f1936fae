//! An epoch: its number, its key, and everything that is sealed or marked under that.
//!
//! Guarantees: each use of the key begins its associated data with a word of its own, and what differs in
//! appliance, epoch, place or kind does not open.

use countersign_ports::{Entropy, NotSealed, Sealing};
use countersign_protocol::ApplianceId;
use zeroize::Zeroizing;

use crate::VaultError;
use crate::entry::{Entry, Known, VERSION};

/// An open epoch. It has no `Debug`.
pub(crate) struct Epoch {
    pub appliance: ApplianceId,
    pub number: u64,
    pub key: Zeroizing<[u8; 32]>,
}

/// A nonce, and the tag that was made with it.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    pub nonce: [u8; 12],
    pub tag: [u8; 16],
}

/// What a mark speaks for.
#[derive(Clone, Copy)]
pub(crate) enum Word {
    Head,
    Wrapped,
    Content,
    Foot,
}

impl Word {
    const fn bytes(self) -> &'static [u8] {
        match self {
            Self::Head => b"head\0",
            Self::Wrapped => b"wrapped\0",
            Self::Content => b"content\0",
            Self::Foot => b"foot\0",
        }
    }
}

/// A nonce that the key has not met: by chance.
pub(crate) fn nonce(entropy: &mut impl Entropy) -> Result<[u8; 12], VaultError> {
    let mut nonce = [0; 12];
    entropy.fill(&mut nonce)?;
    Ok(nonce)
}

impl Epoch {
    /// Speaks for these bytes, in this epoch.
    pub fn mark(
        &self,
        engine: &impl Sealing,
        entropy: &mut impl Entropy,
        word: Word,
        bytes: &[u8],
    ) -> Result<Mark, VaultError> {
        let nonce = nonce(entropy)?;
        let tag = engine.seal_in_place(&self.key, &nonce, &self.marked(word, bytes), &mut [])?;
        Ok(Mark { nonce, tag })
    }

    /// Whether the mark speaks for these bytes.
    pub fn is_marked(&self, engine: &impl Sealing, word: Word, bytes: &[u8], by: &Mark) -> bool {
        let associated = self.marked(word, bytes);
        engine.open_in_place(&self.key, &by.nonce, &associated, &mut [], &by.tag).is_ok()
    }

    fn marked(&self, word: Word, bytes: &[u8]) -> Vec<u8> {
        [word.bytes(), &self.appliance.0, &self.number.to_be_bytes(), bytes].concat()
    }

    /// The entry's key, sealed for its place.
    pub fn seal(
        &self,
        engine: &impl Sealing,
        nonce: &[u8; 12],
        index: u32,
        entry: &Entry,
    ) -> Result<([u8; 32], [u8; 16]), NotSealed> {
        let known = Known { id: entry.id, kind: entry.kind, index };
        let mut sealed = Zeroizing::new(*entry.key);
        let tag = engine.seal_in_place(&self.key, nonce, &self.beside(&known), &mut *sealed)?;
        Ok((*sealed, tag))
    }

    /// The key of an entry; nothing if this was not sealed for this place.
    pub fn open(
        &self,
        engine: &impl Sealing,
        known: &Known,
        sealed: &[u8],
        by: &Mark,
    ) -> Option<Zeroizing<[u8; 32]>> {
        let mut key = Zeroizing::new(<[u8; 32]>::try_from(sealed).ok()?);
        let associated = self.beside(known);
        let opened = engine.open_in_place(&self.key, &by.nonce, &associated, &mut *key, &by.tag);
        opened.is_ok().then_some(key)
    }

    /// What an entry's key is sealed beside.
    fn beside(&self, known: &Known) -> Vec<u8> {
        let Known { id, kind, index } = known;
        let (version, epoch) = (VERSION.to_be_bytes(), self.number.to_be_bytes());
        let place = index.to_be_bytes();
        [b"entry\0", &version[..], &self.appliance.0, &epoch, &place, &[kind.byte()], &id.0]
            .concat()
    }
}
