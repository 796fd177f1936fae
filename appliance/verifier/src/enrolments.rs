//! How the devices that approved were enrolled: whose each is, and that it is the device of its enrolment, registered over
//! its own ticket.

use countersign_core::assertion::Expected;
use countersign_core::assertion::registration::{self, NewCredential};
use countersign_enrolment::attestation::AttestationObject;
use countersign_ports::Crypto;
use countersign_protocol::enrolment::Enrolment;
use countersign_protocol::receipt::Enrolled;
use countersign_protocol::record::{Approval, Kind, Leaf, Opening};
use countersign_protocol::{Bounded, Digest, canonical, tag};
use countersign_tlog::{Hash, inclusion, leaf_hash};

use crate::activation::Approved;
use crate::findings::Held;
use crate::log::Logged;
use crate::ticket;

/// What is known of a device that approved.
pub(crate) struct Known<'e> {
    /// Its enrolment, as it was recorded.
    pub(crate) enrolment: Enrolment<'e>,
    /// The registration in it, read.
    pub(crate) object: AttestationObject<'e>,
    pub(crate) credential: NewCredential<'e>,
}

/// Each approval's device was enrolled before, as this signer's, with this key, by a record of the same ledger.
pub(crate) fn recorded<'e>(
    crypto: &impl Crypto,
    logged: &Logged<'e>,
    approved: &Approved<'e>,
) -> Held<Vec<Known<'e>>> {
    let (enrolments, approvals) = (&logged.evidence.enrolments, &approved.content.approvals);
    if enrolments.iter().count() != approvals.iter().count() {
        return Err("there is not one for each approval".into());
    }
    let mut known = Vec::new();
    for (approval, enrolled) in approvals.iter().zip(enrolments.iter()) {
        let why = |why: String| format!("device {}: {why}", approval.slot);
        included(logged, &enrolled).map_err(why)?;
        let enrolment = opened(crypto, approved, &enrolled).map_err(why)?;
        known.push(judged(crypto, approved, &approval, enrolment).map_err(why)?);
    }
    let places: Vec<_> = enrolments.iter().map(|enrolled| enrolled.index.to_string()).collect();
    Ok((known, format!("{} devices, by the records {}", places.len(), places.join(", "))))
}

/// It is in the tree of the receipt's checkpoint, before the signature.
fn included(logged: &Logged<'_>, enrolled: &Enrolled<'_>) -> Result<(), String> {
    let Enrolled { index, leaf, path, .. } = enrolled;
    if *index >= logged.receipt.index {
        return Err("it was enrolled after it approved".into());
    }
    let path: Vec<Hash> = path.iter().map(|hash| hash.0).collect();
    let head = logged.receipt.checkpoint.head();
    inclusion::verify(&leaf_hash(leaf.bytes()), *index, &path, &head).map_err(|why| why.to_string())
}

/// It is an enrolment's, of the same tenant, and commits to the opening.
fn opened<'e>(
    crypto: &impl Crypto,
    approved: &Approved<'_>,
    enrolled: &Enrolled<'e>,
) -> Result<Enrolment<'e>, String> {
    let unread = |_| "its record cannot be read".to_owned();
    let leaf: Leaf<'_> = canonical::decode(enrolled.leaf.bytes()).map_err(unread)?;
    if leaf.kind != Kind::Enrolment || leaf.tenant != Some(approved.activation.tenant) {
        return Err("its record is no enrolment of this tenant".into());
    }
    if crypto.sha256(&[tag::COMMITMENT, enrolled.opening.bytes()]) != leaf.commitment.0 {
        return Err("its leaf commits to something else".into());
    }
    let opening: Opening<'e> = canonical::decode(enrolled.opening.bytes()).map_err(unread)?;
    canonical::decode(opening.content.bytes()).map_err(unread)
}

/// It is the device that approved, and the one that was registered then.
fn judged<'e>(
    crypto: &impl Crypto,
    approved: &Approved<'_>,
    approval: &Approval<'_>,
    enrolment: Enrolment<'e>,
) -> Result<Known<'e>, String> {
    let device = &enrolment.device;
    let same = device.slot == approval.slot && device.cose_key == approval.cose_key;
    if !same || device.signer != approval.signer {
        return Err("it was enrolled as another one, or another signer's".into());
    }
    ticket::judged(approved, &enrolment)?;
    let object = AttestationObject::read(enrolment.attestation_object.bytes())
        .map_err(|fault| fault.text().to_owned())?;
    let credential = registered(crypto, approved, &enrolment, &object)?;
    let same = credential.id() == device.credential.bytes()
        && credential.cose_key() == device.cose_key.bytes()
        && credential.backup_eligible() == device.backup_eligible;
    same.then_some(Known { enrolment, object, credential })
        .ok_or_else(|| "another credential was registered".into())
}

/// The credential that the device made over its ticket, on the appliance's page.
fn registered<'e>(
    crypto: &impl Crypto,
    approved: &Approved<'_>,
    enrolment: &Enrolment<'e>,
    object: &AttestationObject<'e>,
) -> Result<NewCredential<'e>, String> {
    let data = Bounded::new(object.auth_data()).ok_or("its authenticator data are too long")?;
    let challenge = Digest(crypto.sha256(&[tag::ENROLMENT, enrolment.ticket.bytes()]));
    let rp_id_hash = Digest(crypto.sha256(&[approved.appliance.rp_id.as_bytes()]));
    let origin = &approved.appliance.origin;
    let expected = Expected { challenge: &challenge, origin, rp_id_hash: &rp_id_hash };
    registration::verify(crypto, &expected, &enrolment.client_data, &data)
        .map_err(|fault| fault.text().to_owned())
}
