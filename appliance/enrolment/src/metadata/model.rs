//! A model of devices, as its metadata describes it, and whether a device of it may be used.
//!
//! Guarantees: a model with a concern that bars it is never usable; one whose attestation keys are
//! compromised in part is usable for other chains only, and what is compromised anchors nothing.
//!
//! Does not guarantee that a device is of this model: that is its attestation's part, by
//! [`Model::sound_anchors`].

use countersign_protocol::Name;
use countersign_protocol::limits::NAME_BYTES_MAX;

use super::Level;
use super::certificate;
use super::date::Date;
use super::fault::{EntryFault, ModelFault};
use super::identity::Identity;
use super::payload::{Entry, Report};
use super::status::{self, Concern, Concerns};
use crate::chain;

/// What stands for a description that says nothing.
const NAMELESS: &str = "(a model without a description)";

/// A model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// What names it.
    pub identity: Identity,
    /// What people call it; a [`Name`] always.
    pub description: String,
    /// Certificates that its devices' attestations lead to, as DER: roots, intermediates, or the leaves
    /// themselves. Sorted.
    pub anchors: Vec<Vec<u8>>,
    /// The highest certification that is in force.
    pub certification: Option<Level>,
    /// What is reported against it.
    pub concerns: Concerns,
    /// Certificates whose keys are compromised, as DER. Sorted.
    pub compromised: Vec<Vec<u8>>,
    /// Whether its keys stay in hardware (FIDO Registry of Predefined Values, 3.2): what is not said does not
    /// hold.
    pub hardware: bool,
    /// Whether the last BLOB has it; if not, this is what was last known of it.
    pub listed: bool,
}

impl Model {
    pub(super) fn read(entry: &Entry, today: Date) -> Result<Self, EntryFault> {
        let reports = entry.status_reports.0.as_slice();
        let (concerns, compromised) = concerns(reports);
        Ok(Self {
            identity: Identity::of(entry)?,
            description: describe(&entry.metadata_statement.description),
            anchors: anchors(&entry.metadata_statement.attestation_root_certificates.0)?,
            certification: status::certification(reports, today),
            concerns,
            compromised,
            hardware: in_hardware(&entry.metadata_statement.key_protection.0),
            listed: true,
        })
    }

    /// Whether a device of this model may be used whose attestation has this chain: the leaf, what came
    /// with it, and the anchor if it is known.
    ///
    /// # Errors
    /// [`ModelFault`]: what speaks against it.
    pub fn is_usable<C: AsRef<[u8]>>(&self, chain: &[C]) -> Result<(), ModelFault> {
        if let Some(concern) = self.concerns.bar() {
            return Err(ModelFault::Concern(concern));
        }
        // Nobody can say that a chain that is not shown has no such certificate.
        let hidden = chain.is_empty() && !self.compromised.is_empty();
        if hidden || chain.iter().any(|shown| self.is_compromised(shown.as_ref())) {
            return Err(ModelFault::Compromised);
        }
        Ok(())
    }

    /// Whether it is certified so highly.
    ///
    /// # Errors
    /// [`ModelFault::NotCertified`].
    pub fn is_certified(&self, least: Level) -> Result<(), ModelFault> {
        let enough = self.certification.is_some_and(|level| level >= least);
        enough.then_some(()).ok_or(ModelFault::NotCertified { least, has: self.certification })
    }

    /// The anchors that its attestations may lead to. Without those that are compromised: a chain need
    /// not show its anchor, so that [`Self::is_usable`] would not see it.
    pub fn sound_anchors(&self) -> impl Iterator<Item = &[u8]> {
        self.anchors.iter().map(Vec::as_slice).filter(|anchor| !self.is_compromised(anchor))
    }

    fn is_compromised(&self, der: &[u8]) -> bool {
        self.compromised.iter().any(|known| certificate::same_key(known, der))
    }
}

fn in_hardware(words: &[String]) -> bool {
    let has = |word: &str| words.iter().any(|one| one == word);
    has("hardware") && !has("software")
}

/// All concerns, and the certificates that compromises name. A compromise concerns the whole model unless
/// it names a certificate that can be told from others.
fn concerns(reports: &[Report]) -> (Concerns, Vec<Vec<u8>>) {
    let (mut concerns, mut compromised) = (Vec::new(), Vec::new());
    for report in reports {
        match status::concern(report) {
            Some(Concern::AttestationKeyCompromise) => match named(report) {
                Some(certificates) => compromised.extend(certificates),
                None => concerns.push(Concern::AttestationKeyCompromise),
            },
            Some(concern) => concerns.push(concern),
            None => {}
        }
    }
    (Concerns::of(&concerns), sorted(compromised))
}

/// The certificates that a report names (FIDO MDS 3.1, 3.1.3); `None` if it names none, or one that
/// cannot be read.
fn named(report: &Report) -> Option<Vec<Vec<u8>>> {
    let texts = [&report.certificate, &report.batch_certificate].into_iter().flatten();
    let read = |text: &String| certificate::read(text).filter(|der| chain::key(der).is_some());
    let certificates: Option<Vec<_>> = texts.map(read).collect();
    certificates.filter(|certificates| !certificates.is_empty())
}

fn anchors(texts: &[String]) -> Result<Vec<Vec<u8>>, EntryFault> {
    let anchors: Option<_> = texts.iter().map(|text| certificate::read(text)).collect();
    anchors.map(sorted).ok_or(EntryFault::Certificate)
}

/// In one order, each once: a BLOB that lists the same in another order changes nothing.
fn sorted(mut certificates: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    certificates.sort_unstable();
    certificates.dedup();
    certificates
}

/// What of a description fits into a [`Name`], without what misleads a reader.
fn describe(text: &str) -> String {
    let mut description = String::new();
    for character in text.trim().chars() {
        let plain = Name::new(character.encode_utf8(&mut [0; 4])).is_some();
        if plain && description.len() + character.len_utf8() > NAME_BYTES_MAX {
            break;
        }
        description.extend(plain.then_some(character));
    }
    let description = description.trim();
    if description.is_empty() { NAMELESS.to_owned() } else { description.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_becomes_a_name() {
        let long = "x".repeat(63);
        let cases = [
            ("Token 2 ", "Token 2"),
            ("Good\u{202e}Bad\n", "GoodBad"),
            ("\u{202e} \t", NAMELESS),
            ("", NAMELESS),
            (&format!("{long}\u{e9}"), &long),
            (&format!("{long}\u{202e}yz"), &format!("{long}y")),
        ];
        for (text, name) in cases {
            assert_eq!(describe(text), name);
            assert!(Name::new(&describe(text)).is_some(), "{text:?}");
        }
    }
}
