//! What is published of models, and whom the appliance trusts to say so.
//!
//! Guarantees: a BLOB's number never goes down; a model of which something bars its use is barred until a
//! later BLOB says otherwise; which devices a change of a model stops is said here.

use std::collections::{BTreeMap, BTreeSet};

use countersign_core::port::Crypto;
use countersign_enrolment::metadata::{self, Date, Edition, Model};
use countersign_protocol::admin::MetadataStatus;
use countersign_protocol::change::Standing;
use countersign_protocol::model::{self, Metadata, Purpose, Trust};
use countersign_protocol::{Aaguid, Digest, SlotId};

use crate::attestation::Attestation;
use crate::devices::DeviceRow;
use crate::{Conflict, Registry};

/// A certificate that is trusted.
#[derive(Clone)]
pub(crate) struct Trusted {
    /// For BLOBs of the signer with this host name; none: for attestations of models that are in no metadata.
    pub(crate) signer: Option<String>,
    pub(crate) der: Vec<u8>,
}

impl<C: Crypto> Registry<C> {
    pub(crate) fn apply_trust(&mut self, new: &Trust<'_>) {
        let der = new.certificate.bytes().to_vec();
        let signer = match new.purpose {
            Purpose::Attestation => None,
            Purpose::Metadata(signer) => Some(signer.as_str().to_owned()),
        };
        let host = self.crypto.sha256(&[signer.as_deref().unwrap_or_default().as_bytes()]);
        let known_by = Digest(self.crypto.sha256(&[&host, &der]));
        if new.trusted {
            self.trusted.put(known_by, Trusted { signer, der });
        } else {
            drop(self.trusted.take(known_by));
        }
    }

    pub(crate) fn apply_model(&mut self, new: &model::Model<'_>) {
        self.models.put(new.aaguid, Model::of_record(new));
    }

    pub(crate) fn apply_metadata(&mut self, new: &Metadata) -> Result<(), Conflict> {
        if self.metadata.only().is_some_and(|known| new.no <= known.no) {
            return Err(Conflict::MetadataOlder);
        }
        self.metadata.put((), *new);
        Ok(())
    }

    /// Anchors of attestations whose models are in no metadata.
    pub fn attestation_anchors(&self) -> Vec<Vec<u8>> {
        let of_attestation = self.trusted.values().filter(|trusted| trusted.signer.is_none());
        of_attestation.map(|trusted| trusted.der.clone()).collect()
    }

    /// Roots of BLOBs, each signer with its own.
    pub fn metadata_roots(&self) -> Vec<(String, Vec<Vec<u8>>)> {
        let mut roots: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
        for Trusted { signer, der } in self.trusted.values() {
            if let Some(signer) = signer {
                roots.entry(signer.clone()).or_default().push(der.clone());
            }
        }
        roots.into_iter().collect()
    }

    /// The model of this name, if the metadata have it.
    pub fn model(&self, aaguid: &Aaguid) -> Option<&Model> {
        self.models.get(aaguid)
    }

    /// All models.
    pub fn models(&self) -> impl ExactSizeIterator<Item = &Model> {
        self.models.values()
    }

    /// Which BLOB was imported last.
    pub fn edition(&self) -> Option<Edition> {
        self.metadata.only().map(|known| Edition { no: known.no, digest: known.digest })
    }

    /// What is known of models, and how old that is at this time; none if nothing was imported.
    pub fn metadata_status(&self, utc_ms: u64) -> Option<MetadataStatus> {
        let Metadata { no, next_update_day, .. } = *self.metadata.only()?;
        let models = u32::try_from(self.models.len()).unwrap_or(u32::MAX);
        let stale_days = Date::of(utc_ms).days_after(Date::from_days(next_update_day));
        Some(MetadataStatus { no, models, stale_days })
    }

    /// Whether the metadata speak against devices with this attestation.
    pub(crate) fn is_barred(&self, attestation: &Attestation) -> bool {
        let model = self.model(&attestation.aaguid);
        model.is_some_and(|model| {
            let compromised = keys(&model.compromised);
            let concerns = model.concerns.bar().is_some();
            concerns || attestation.chain.iter().any(|key| compromised.contains(key))
        })
    }

    /// The devices that this change of a model stops, and how: active ones are suspended, and pending ones,
    /// which nobody has relied on, are revoked.
    pub fn stopped_by(&self, change: &metadata::Change<'_>) -> Vec<(SlotId, Standing)> {
        let aaguid = change.after.aaguid().filter(|_| change.suspends());
        let compromised = keys(&change.compromised);
        // A chain need not show its anchor: any device of the model may lead to a compromised one.
        let anchors = keys(&change.after.anchors);
        let all = change.raised.bar().is_some() || !compromised.is_disjoint(&anchors);
        let is_hit = |row: &&DeviceRow| {
            let attestation = &row.attestation;
            let shown = || attestation.chain.iter().any(|key| compromised.contains(key));
            Some(attestation.aaguid) == aaguid && (all || shown())
        };
        let stopped = |row: &DeviceRow| {
            let standing = match row.entry.standing {
                Standing::Active => Standing::Suspended,
                Standing::Pending => Standing::Revoked,
                Standing::Suspended | Standing::Revoked => return None,
            };
            Some((row.entry.slot, standing))
        };
        self.devices.iter().filter(is_hit).filter_map(stopped).collect()
    }
}

/// The keys in certificates.
fn keys(ders: &[Vec<u8>]) -> BTreeSet<Digest> {
    ders.iter().filter_map(|der| metadata::key_digest(der)).collect()
}
