//! A new recovery key: made, split, tried, and its private part forgotten.
//!
//! Guarantee: what is given out works: the shares that come first and those that come last have each opened what was
//! sealed to the key.

use countersign_ports::Crypto;
use countersign_protocol::limits::RECOVERY_SHARES_MAX;
use countersign_protocol::recovery::{Hpke, Quorum, RecoveryKey, Share};
use countersign_protocol::{Bounded, Digest, Name, Sequence, tag};
use zeroize::Zeroizing;

use crate::hpke;
use crate::quorum::{Quorum as Joined, ShareFile};
use crate::sharing::{Secret, split};

/// A recovery key, in files.
pub struct Created {
    /// What it is known by.
    pub fingerprint: Digest,
    /// The public file: the encoding of a [`RecoveryKey`].
    pub key: Vec<u8>,
    /// One file for each officer: the encodings of [`Share`]s, from number 1 on.
    pub shares: Vec<Zeroizing<Vec<u8>>>,
}

/// Why there is no recovery key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CreateError {
    /// It has no name, or none that can be shown.
    #[error("the name is none: 1 to 64 bytes of text on one line")]
    Name,
    /// The quorum is none.
    #[error(
        "the quorum is none: at least 2 shares must be needed, at most as many as there are, and there may be \
         {RECOVERY_SHARES_MAX}"
    )]
    Quorum,
    /// There are no random bytes, or the key that was made does not work.
    #[error("this machine makes no key: no random bytes, or a wrong one; use another machine")]
    NotMade,
}

/// Makes a recovery key.
///
/// # Errors
/// [`CreateError`].
pub fn create<C: Crypto>(
    crypto: &C,
    name: &str,
    threshold: u8,
    shares: u8,
) -> Result<Created, CreateError> {
    let name = Name::new(name).ok_or(CreateError::Name)?;
    if !(2..=shares).contains(&threshold) || usize::from(shares) > RECOVERY_SHARES_MAX {
        return Err(CreateError::Quorum);
    }
    let (public, private) = hpke::generate().ok_or(CreateError::NotMade)?;
    let random = |bytes: &mut [u8; 32]| aws_lc_rs::rand::fill(bytes);
    let values = split(&private, threshold, shares, random).map_err(|_| CreateError::NotMade)?;
    let key = public_part(crypto, name, public, threshold, &values).ok_or(CreateError::NotMade)?;
    let files = (1..).zip(&values).map(|(number, value)| share_file(crypto, &key, number, value));
    let shares = files.collect::<Option<Vec<_>>>().ok_or(CreateError::NotMade)?;
    let fingerprint = fingerprint(crypto, &key);
    let created = Created { fingerprint, key, shares };
    if created.works(crypto, threshold) { Ok(created) } else { Err(CreateError::NotMade) }
}

/// What a recovery key with this encoding is known by.
#[must_use]
pub fn fingerprint(crypto: &impl Crypto, key: &[u8]) -> Digest {
    Digest(crypto.sha256(&[tag::RECOVERY_KEY, key]))
}

fn public_part<C: Crypto>(
    crypto: &C,
    name: Name<'_>,
    public: [u8; 32],
    threshold: u8,
    values: &[Secret],
) -> Option<Vec<u8>> {
    let commitments: Vec<_> =
        (1..).zip(values).map(|(number, value)| commitment(crypto, number, value)).collect();
    let mut room = vec![0; commitments.len() * 34];
    let commitments = Sequence::from_values(&commitments, &mut room).ok()?;
    let quorum = Quorum::new(threshold, commitments)?;
    minicbor::to_vec(RecoveryKey { suite: Hpke::X25519Aes256, name, public, quorum }).ok()
}

pub(crate) fn commitment(crypto: &impl Crypto, number: u8, value: &[u8; 32]) -> Digest {
    Digest(crypto.sha256(&[tag::SHARE, &[number], value]))
}

pub(crate) fn check(crypto: &impl Crypto, key: &[u8], number: u8, value: &[u8]) -> Digest {
    Digest(crypto.sha256(&[tag::SHARE_FILE, key, &[number], value]))
}

fn share_file(
    crypto: &impl Crypto,
    key: &[u8],
    number: u8,
    value: &Secret,
) -> Option<Zeroizing<Vec<u8>>> {
    let check = check(crypto, key, number, &value[..]);
    let share = Share { key: Bounded::new(key)?, number, value: Bounded::new(&value[..])?, check };
    // With room for all of it: what grows leaves copies behind.
    let mut file = Zeroizing::new(Vec::with_capacity(key.len() + 128));
    minicbor::encode(share, &mut *file).ok()?;
    Some(file)
}

impl Created {
    /// Whether the first shares and the last ones make the key.
    fn works(&self, crypto: &impl Crypto, threshold: u8) -> bool {
        let threshold = usize::from(threshold);
        let last = self.shares.len().saturating_sub(threshold);
        [self.shares.get(..threshold), self.shares.get(last..)].into_iter().all(|some| {
            let files = some.unwrap_or_default().iter();
            let files: Vec<_> = files.map(|file| ShareFile { name: "", bytes: file }).collect();
            Joined::join(crypto, &files).is_ok()
        })
    }
}
