//! A model as the ledger keeps it.
//!
//! Guarantees: what is kept reads back as the same model. Only models with an AAGUID are kept: an appliance
//! enrols no others.

use countersign_protocol::canonical::NotCanonical;
use countersign_protocol::limits::HEAD_BYTES_MAX;
use countersign_protocol::model::{self, Certificate};
use countersign_protocol::{Aaguid, Bounded, Name, Sequence};

use super::identity::Identity;
use super::model::Model;
use super::status::Concerns;

/// Room for the certificates of a record.
#[derive(Debug, Default)]
pub struct Room {
    anchors: Vec<u8>,
    compromised: Vec<u8>,
}

impl Model {
    /// Its AAGUID, if that is its name.
    #[must_use]
    pub const fn aaguid(&self) -> Option<Aaguid> {
        match &self.identity {
            Identity::Aaguid(aaguid) => Some(Aaguid(*aaguid)),
            Identity::Aaid(_) | Identity::KeyIdentifiers(_) => None,
        }
    }

    /// The content of its record; none if its name is no AAGUID.
    ///
    /// # Errors
    /// [`NotCanonical`] if it is past a limit, which reading it has ruled out.
    pub fn record<'r>(
        &'r self,
        room: &'r mut Room,
    ) -> Result<Option<model::Model<'r>>, NotCanonical> {
        let Some(aaguid) = self.aaguid() else { return Ok(None) };
        let Room { anchors, compromised } = room;
        Ok(Some(model::Model {
            aaguid,
            description: Name::new(&self.description).ok_or(NotCanonical)?,
            anchors: certificates(&self.anchors, anchors)?,
            certification: self.certification,
            concerns: self.concerns.bits(),
            compromised: certificates(&self.compromised, compromised)?,
            hardware: self.hardware,
            listed: self.listed,
        }))
    }

    /// The model of a record.
    #[must_use]
    pub fn of_record(record: &model::Model<'_>) -> Self {
        Self {
            identity: Identity::Aaguid(record.aaguid.0),
            description: record.description.as_str().to_owned(),
            anchors: record.anchors.iter().map(|der| der.bytes().to_vec()).collect(),
            certification: record.certification,
            concerns: Concerns::from_bits(record.concerns),
            compromised: record.compromised.iter().map(|der| der.bytes().to_vec()).collect(),
            hardware: record.hardware,
            listed: record.listed,
        }
    }
}

fn certificates<'r, const MAX: usize>(
    ders: &[Vec<u8>],
    room: &'r mut Vec<u8>,
) -> Result<Sequence<'r, Certificate<'r>, 0, MAX>, NotCanonical> {
    let bounded: Option<Vec<Certificate<'_>>> = ders.iter().map(|der| Bounded::new(der)).collect();
    room.resize(ders.iter().map(|der| der.len() + HEAD_BYTES_MAX).sum(), 0);
    Sequence::from_values(&bounded.ok_or(NotCanonical)?, room)
}
