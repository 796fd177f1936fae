//! What is published of models: a BLOB of the FIDO Metadata Service 3 (FIDO MDS 3.1).
//!
//! Guarantees to whoever imports one: a [`Blob`] exists only if the expected signer signed it under a root
//! that the caller pinned, and if everything in it that is used here could be read, within its limits. One that
//! is older than what is known, or another one of the same number, does not follow. A stale BLOB is shown as
//! such and never refused for that: what it says against a model holds.
//!
//! Does not guarantee: that there is no newer one, nor that the signer's certificate is not revoked. An appliance
//! asks no network; officers bring the file.

mod bounded;
mod certificate;
mod changes;
mod date;
mod fault;
mod identity;
mod jws;
mod model;
mod payload;
mod signature;
mod status;
mod stored;

use std::collections::HashSet;

use countersign_protocol::Digest;
pub use countersign_protocol::attestation::Level;
use sha2::{Digest as _, Sha256};

pub use self::certificate::key_digest;
pub use self::changes::{Change, Kind, changes};
pub use self::date::Date;
pub use self::fault::{BlobFault, EntryFault, ModelFault};
pub use self::identity::{Identity, Key};
pub use self::model::Model;
use self::payload::{Entry, Payload};
pub use self::status::{Concern, Concerns};
pub use self::stored::Room;

/// Whose BLOBs are read: pinned by the caller, never taken from a BLOB.
#[derive(Clone, Copy, Debug)]
pub struct MdsRoot<'r, A> {
    /// Certificates of the roots, as DER.
    pub anchors: &'r [A],
    /// The host name in the signer's certificate: the roots of the public service certify others too.
    pub signer: &'r str,
}

/// Which BLOB: its number, and SHA-256 of its payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edition {
    /// The number that rises with each.
    pub no: u32,
    /// Of the payload: the same content signed anew is the same BLOB.
    pub digest: Digest,
}

/// How a BLOB follows what is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing was known.
    First,
    /// It is the very one that is known.
    Again,
    /// It is newer.
    Newer,
}

/// Whether there should be a newer BLOB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Staleness {
    /// Not yet.
    Fresh,
    /// Since so many days.
    Stale {
        /// Days after the one on which the next was announced.
        days: u32,
    },
}

/// A BLOB that was signed as it must be.
#[derive(Clone, Debug)]
pub struct Blob {
    edition: Edition,
    next_update: Date,
    legal_header: String,
    models: Vec<Model>,
}

impl Blob {
    /// Reads a BLOB as it is published, at this time (milliseconds since 1970).
    ///
    /// # Errors
    /// [`BlobFault`].
    pub fn read<A: AsRef<[u8]>>(
        jws: &[u8],
        root: &MdsRoot<'_, A>,
        utc_ms: u64,
    ) -> Result<Self, BlobFault> {
        let payload = jws::open(jws, root, utc_ms)?;
        let digest = Digest(Sha256::digest(&payload).into());
        let payload: Payload =
            serde_json::from_slice(&payload).map_err(|why| BlobFault::Payload(why.to_string()))?;
        Ok(Self {
            edition: Edition { no: payload.no, digest },
            next_update: Date::read(&payload.next_update).ok_or(BlobFault::NextUpdate)?,
            legal_header: payload.legal_header,
            models: models(&payload.entries.0, Date::of(utc_ms))?,
        })
    }

    /// Which one it is.
    #[must_use]
    pub const fn edition(&self) -> Edition {
        self.edition
    }

    /// What it obliges its reader to.
    #[must_use]
    pub fn legal_header(&self) -> &str {
        &self.legal_header
    }

    /// The day on which the next one was announced.
    #[must_use]
    pub const fn next_update(&self) -> Date {
        self.next_update
    }

    /// All models, in its order.
    #[must_use]
    pub fn models(&self) -> &[Model] {
        &self.models
    }

    /// Whether it may be imported after the one that was imported last. A number never goes down (FIDO MDS
    /// 3.1, 3.2).
    ///
    /// # Errors
    /// [`BlobFault::RolledBack`] or [`BlobFault::Forked`].
    pub fn follows(&self, previous: Option<Edition>) -> Result<Step, BlobFault> {
        let Edition { no, digest } = self.edition;
        match previous {
            None => Ok(Step::First),
            Some(known) if no > known.no => Ok(Step::Newer),
            Some(known) if no < known.no => Err(BlobFault::RolledBack { no, known: known.no }),
            Some(known) if digest == known.digest => Ok(Step::Again),
            Some(_) => Err(BlobFault::Forked(no)),
        }
    }

    /// Whether it is past the day of its announced successor. On that day it is fresh still.
    #[must_use]
    pub fn staleness(&self, utc_ms: u64) -> Staleness {
        match Date::of(utc_ms).days_after(self.next_update) {
            0 => Staleness::Fresh,
            days => Staleness::Stale { days },
        }
    }
}

fn models(entries: &[Entry], today: Date) -> Result<Vec<Model>, BlobFault> {
    let read = |(place, entry): (usize, &Entry)| {
        Model::read(entry, today).map_err(|fault| BlobFault::Entry { number: place + 1, fault })
    };
    let models: Vec<_> = entries.iter().enumerate().map(read).collect::<Result<_, _>>()?;
    let mut seen = HashSet::new();
    let twice =
        models.iter().flat_map(|model| model.identity.keys()).find(|key| !seen.insert(*key));
    let twice = twice.map(|key| key.to_string());
    twice.map_or(Ok(models), |key| Err(BlobFault::Twice(key)))
}
