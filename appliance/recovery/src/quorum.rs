//! Officers who have come together: their shares, checked, and the private key that these make.
//!
//! Guarantees: a share that is damaged, another key's, or brought twice is named, and too few are counted; whoever has a
//! [`Quorum`] can open what was sealed to its key. The key is cleared when it is dropped.

use countersign_ports::Crypto;
use countersign_protocol::limits::SHARE_FILE_BYTES_MAX;
use countersign_protocol::recovery::{RecoveryKey, Share};
use countersign_protocol::{ApplianceId, Digest, canonical};
use countersign_vault::{EpochName, Unwrapping, Wrapping as _};
use rustls::crypto::hpke::HpkeOpener;
use zeroize::Zeroizing;

use crate::created::{check, commitment, fingerprint};
use crate::hpke::{self, Recipient};
use crate::sharing::{Secret, join};

/// A file with a share.
#[derive(Clone, Copy)]
pub struct ShareFile<'f> {
    /// What to call it in an error.
    pub name: &'f str,
    /// What is in it.
    pub bytes: &'f [u8],
}

/// Why shares make no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuorumError {
    /// Too few.
    #[error("shares here: {have}, needed: {needed}; bring more of them together")]
    TooFew {
        /// So many are here.
        have: usize,
        /// So many are needed.
        needed: u8,
    },
    /// Nothing to begin with.
    #[error("no share is here")]
    NoShare,
    /// A file is not as it was written.
    #[error("{file} is no share, or is damaged: take another copy, or another officer's")]
    Damaged {
        /// Which.
        file: String,
    },
    /// Two that do not belong together.
    #[error("{file} is a share of the recovery key {found}, and {first} one of {expected}")]
    OtherKey {
        /// Which.
        file: String,
        /// Its key.
        found: Digest,
        /// The one that came first.
        first: String,
        /// Its key.
        expected: Digest,
    },
    /// A file that says what it is not.
    #[error(
        "{file} is not the share that it says: its recovery key knows another one of number {number}"
    )]
    Wrong {
        /// Which.
        file: String,
        /// The number that it says.
        number: u8,
    },
    /// The same one again.
    #[error("{file} and {first} are the same share, number {number}: bring another officer's")]
    Twice {
        /// Which.
        file: String,
        /// The one that came first.
        first: String,
        /// Their number.
        number: u8,
    },
    /// They are all right, and make no key.
    #[error("the shares make another key than their recovery key: it was not made as it must be")]
    NoKey,
}

/// A quorum of officers. It has no `Debug`.
pub struct Quorum {
    fingerprint: Digest,
    name: String,
    threshold: u8,
    private: Secret,
}

/// A share that is whole.
struct Whole<'f> {
    file: &'f str,
    encoded: &'f [u8],
    key: RecoveryKey<'f>,
    number: u8,
    value: Secret,
}

impl Quorum {
    /// Puts shares together. More than are needed are welcome, and checked too.
    ///
    /// # Errors
    /// [`QuorumError`].
    pub fn join<C: Crypto>(crypto: &C, files: &[ShareFile<'_>]) -> Result<Self, QuorumError> {
        let shares: Vec<_> =
            files.iter().map(|file| Whole::read(crypto, file)).collect::<Result<_, _>>()?;
        let first = shares.first().ok_or(QuorumError::NoShare)?;
        for (nth, share) in shares.iter().enumerate() {
            share.belongs_to(crypto, first)?;
            share.is_committed(crypto)?;
            share.is_new(shares.get(..nth).unwrap_or_default())?;
        }
        let needed = first.key.quorum.threshold();
        if shares.len() < usize::from(needed) {
            return Err(QuorumError::TooFew { have: shares.len(), needed });
        }
        let values: Vec<_> =
            shares.iter().map(|share| (share.number, share.value.clone())).collect();
        let quorum = Self {
            fingerprint: fingerprint(crypto, first.encoded),
            name: first.key.name.as_str().to_owned(),
            threshold: needed,
            private: join(&values),
        };
        if quorum.opens(&first.key) { Ok(quorum) } else { Err(QuorumError::NoKey) }
    }

    /// What their recovery key is known by.
    #[must_use]
    pub const fn fingerprint(&self) -> Digest {
        self.fingerprint
    }

    /// What officers call it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many of its shares are needed.
    #[must_use]
    pub const fn threshold(&self) -> u8 {
        self.threshold
    }

    /// Whoever opens a stream that begins with this sender's public key.
    pub(crate) fn opener(&self, encapsulated: &[u8; 32]) -> Option<Box<dyn HpkeOpener>> {
        hpke::opener(&self.private, &self.fingerprint, encapsulated)
    }

    /// Whether what is sealed to the key is opened.
    fn opens(&self, key: &RecoveryKey<'_>) -> bool {
        let somewhere = EpochName { appliance: ApplianceId([0; 16]), epoch: 0 };
        let recipient = Recipient::of(self.fingerprint, key);
        let sealed = recipient.and_then(|recipient| recipient.wrap(&somewhere, &[1; 32]).ok());
        let opened = sealed.and_then(|sealed| self.unwrap(&somewhere, &sealed));
        opened.is_some_and(|opened| *opened == [1; 32])
    }
}

impl Unwrapping for Quorum {
    fn recipient(&self) -> Digest {
        self.fingerprint
    }

    fn unwrap(&self, epoch: &EpochName, sealed: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
        hpke::unwrap(&self.private, &self.fingerprint, epoch, sealed)
    }
}

impl<'f> Whole<'f> {
    fn read(crypto: &impl Crypto, file: &ShareFile<'f>) -> Result<Self, QuorumError> {
        let damaged = || QuorumError::Damaged { file: file.name.to_owned() };
        if file.bytes.len() > SHARE_FILE_BYTES_MAX {
            return Err(damaged());
        }
        let share: Share<'f> = canonical::decode(file.bytes).map_err(|_| damaged())?;
        let (encoded, number) = (share.key.bytes(), share.number);
        let is_whole = check(crypto, encoded, number, share.value.bytes()) == share.check;
        let value = share.value.bytes().try_into().ok().filter(|_| is_whole);
        let key = canonical::decode(encoded).map_err(|_| damaged())?;
        let value = Zeroizing::new(value.ok_or_else(damaged)?);
        Ok(Self { file: file.name, encoded, key, number, value })
    }

    fn belongs_to(&self, crypto: &impl Crypto, first: &Self) -> Result<(), QuorumError> {
        if self.encoded == first.encoded {
            return Ok(());
        }
        Err(QuorumError::OtherKey {
            file: self.file.to_owned(),
            found: fingerprint(crypto, self.encoded),
            first: first.file.to_owned(),
            expected: fingerprint(crypto, first.encoded),
        })
    }

    fn is_committed(&self, crypto: &impl Crypto) -> Result<(), QuorumError> {
        let number = self.number;
        let known = self.key.quorum.commitment(number);
        let is_it = known == Some(commitment(crypto, number, &self.value));
        is_it.then_some(()).ok_or_else(|| QuorumError::Wrong { file: self.file.to_owned(), number })
    }

    fn is_new(&self, before: &[Self]) -> Result<(), QuorumError> {
        let number = self.number;
        let twice = before.iter().find(|other| other.number == number);
        twice.map_or(Ok(()), |other| {
            let (file, first) = (self.file.to_owned(), other.file.to_owned());
            Err(QuorumError::Twice { file, first, number })
        })
    }
}
