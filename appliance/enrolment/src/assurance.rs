//! What must be known of a device before it is enrolled, and whether it is.
//!
//! Guarantees: an [`Assured`] exists only of a statement that holds and meets what was asked for. For
//! [`Assurance::Certified`], the floor of production, that is: a certified model of the metadata that nothing
//! speaks against, whose own anchors the attestation leads to, and a key that stays in its hardware. A
//! self-made statement, or none, never meets more than [`Assurance::Any`].
//!
//! It does not say whose device it is, and holds on the day on which it is judged: what is reported of a model
//! later suspends its devices.

use countersign_protocol::canonical::NotCanonical;
use countersign_protocol::limits::{ATTESTATION_CERTIFICATES_MAX, ATTESTATION_STATEMENTS_MAX};
use countersign_protocol::ticket::Assurance;
use countersign_protocol::{Aaguid, Sequence, attestation};

use crate::attestation::{Attested, KeyStorage, Trusted};
use crate::fault::Fault;
use crate::metadata::{self, Identity, Level, Model, ModelFault};

/// What a device says of its credential, beside its attestation.
#[derive(Clone, Copy, Debug)]
pub struct Claimed {
    /// Its model.
    pub aaguid: [u8; 16],
    /// Whether the credential may be copied to other devices: the BE flag (WebAuthn L3, 6.1.3).
    pub backup_eligible: bool,
}

/// Whom the appliance trusts to say what a device is.
#[derive(Clone, Copy, Debug)]
pub struct Trust<'t> {
    /// The model in the metadata that the device says it is of, if there is one.
    pub model: Option<&'t Model>,
    /// Anchors (DER) of attestations whose models are in no metadata; they certify nothing.
    pub anchors: &'t [Vec<u8>],
}

/// A device of which enough is known.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Assured {
    attested: Attested,
    assurance: Assurance,
    certification: Option<Level>,
}

impl Assured {
    /// Its statement.
    pub const fn attested(&self) -> &Attested {
        &self.attested
    }

    /// What was asked for, and is met.
    #[must_use]
    pub const fn assurance(&self) -> Assurance {
        self.assurance
    }

    /// How its model is certified, as far as that was asked for.
    #[must_use]
    pub const fn certification(&self) -> Option<Level> {
        self.certification
    }
}

/// Room for what a record keeps of an attestation.
pub const ROOM_BYTES: usize =
    ATTESTATION_STATEMENTS_MAX * ATTESTATION_CERTIFICATES_MAX * (DIGEST_BYTES + 2);
const DIGEST_BYTES: usize = 32;

impl Assured {
    /// What the device's record keeps of it.
    ///
    /// # Errors
    /// [`NotCanonical`] if `room` is less than [`ROOM_BYTES`].
    pub fn record<'r>(
        &self,
        aaguid: Aaguid,
        room: &'r mut [u8],
    ) -> Result<attestation::Attestation<'r>, NotCanonical> {
        let keys: Vec<_> =
            chains(&self.attested).flatten().filter_map(|der| metadata::key_digest(der)).collect();
        Ok(attestation::Attestation {
            aaguid,
            format: self.attested.format(),
            class: self.attested.class(),
            assurance: self.assurance,
            certification: self.certification,
            chain: Sequence::from_values(&keys, room)?,
        })
    }
}

/// Judges a statement that holds, at this time (milliseconds since 1970).
///
/// # Errors
/// The first [`Fault`] that is met: those of chains, and from 1901 on.
pub fn judge(
    attested: Attested,
    claimed: &Claimed,
    asked: Assurance,
    trust: &Trust<'_>,
    utc_ms: u64,
) -> Result<Assured, Fault> {
    let (attested, certification) = match asked {
        Assurance::Certified => certified(attested, claimed, trust, utc_ms)?,
        Assurance::Attested => (of_an_anchor(attested, claimed, trust, utc_ms)?, None),
        Assurance::Any => (attested, None),
    };
    Ok(Assured { attested, assurance: asked, certification })
}

fn certified(
    attested: Attested,
    claimed: &Claimed,
    trust: &Trust<'_>,
    utc_ms: u64,
) -> Result<(Attested, Option<Level>), Fault> {
    // Without a certificate, the model is its own claim only.
    chains(&attested).next().ok_or(Fault::NothingCertified)?;
    let model = named(claimed, trust).ok_or(Fault::ModelUnknown)?;
    model.is_certified(Level::Certified).map_err(of_model)?;
    let attested = of_the_model(attested, model, &[], utc_ms)?;
    if claimed.backup_eligible {
        return Err(Fault::KeyMayBeCopied);
    }
    if !model.hardware {
        return Err(Fault::KeyInSoftware);
    }
    if statements(&attested).any(|statement| statement.storage() == KeyStorage::Software) {
        return Err(Fault::KeyInSoftware);
    }
    Ok((attested, model.certification))
}

fn of_an_anchor(
    attested: Attested,
    claimed: &Claimed,
    trust: &Trust<'_>,
    utc_ms: u64,
) -> Result<Attested, Fault> {
    match named(claimed, trust) {
        Some(model) => of_the_model(attested, model, trust.anchors, utc_ms),
        None => attested.trusted(trust.anchors, utc_ms).map(Trusted::into_attested),
    }
}

/// The model, if it is the one that the device says it is of.
fn named<'t>(claimed: &Claimed, trust: &Trust<'t>) -> Option<&'t Model> {
    trust.model.filter(|model| model.identity == Identity::Aaguid(claimed.aaguid))
}

/// The statement, if nothing speaks against the model, and it leads to one of the model's anchors or of those.
fn of_the_model(
    attested: Attested,
    model: &Model,
    others: &[Vec<u8>],
    utc_ms: u64,
) -> Result<Attested, Fault> {
    let shown: Vec<&Vec<u8>> = chains(&attested).flatten().collect();
    model.is_usable(&shown).map_err(of_model)?;
    let others = others.iter().map(Vec::as_slice);
    let anchors: Vec<&[u8]> = model.sound_anchors().chain(others).collect();
    attested.trusted(&anchors, utc_ms).map(Trusted::into_attested)
}

/// The statement, or the parts of a compound one.
fn statements(attested: &Attested) -> impl Iterator<Item = &Attested> {
    let alone = attested.parts().is_empty().then_some(attested);
    alone.into_iter().chain(attested.parts())
}

/// The chain of each statement that has one.
fn chains(attested: &Attested) -> impl Iterator<Item = &[Vec<u8>]> {
    statements(attested).map(Attested::chain).filter(|chain| !chain.is_empty())
}

const fn of_model(fault: ModelFault) -> Fault {
    match fault {
        ModelFault::Concern(_) => Fault::ModelBarred,
        ModelFault::Compromised => Fault::AttestationKeyCompromised,
        ModelFault::NotCertified { .. } => Fault::ModelNotCertified,
    }
}
