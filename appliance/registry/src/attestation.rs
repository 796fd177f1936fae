//! What is kept of a device's attestation, owned.

use countersign_protocol::attestation::{self, Class, Format, Level};
use countersign_protocol::canonical::NotCanonical;
use countersign_protocol::ticket::Assurance;
use countersign_protocol::{Aaguid, Digest, Sequence};

/// As in the record, owned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attestation {
    pub(crate) aaguid: Aaguid,
    format: Format,
    class: Class,
    assurance: Assurance,
    certification: Option<Level>,
    pub(crate) chain: Vec<Digest>,
}

impl Attestation {
    pub(crate) const fn nobodys() -> Self {
        Self {
            aaguid: Aaguid([0; 16]),
            format: Format::None,
            class: Class::None,
            assurance: Assurance::Any,
            certification: None,
            chain: Vec::new(),
        }
    }

    /// As a record has it.
    pub(crate) fn record<'r>(
        &self,
        room: &'r mut Vec<u8>,
    ) -> Result<attestation::Attestation<'r>, NotCanonical> {
        // A digest has 32 bytes and a head of two.
        room.resize(self.chain.len() * 34, 0);
        Ok(attestation::Attestation {
            aaguid: self.aaguid,
            format: self.format,
            class: self.class,
            assurance: self.assurance,
            certification: self.certification,
            chain: Sequence::from_values(&self.chain, room)?,
        })
    }
}

impl From<&attestation::Attestation<'_>> for Attestation {
    fn from(record: &attestation::Attestation<'_>) -> Self {
        let attestation::Attestation { aaguid, format, class, assurance, certification, chain } =
            *record;
        let chain = chain.iter().collect();
        Self { aaguid, format, class, assurance, certification, chain }
    }
}
