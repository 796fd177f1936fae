//! Registrations that Chromium and its virtual device made: read, verified, and judged by what is known of
//! their model.

use countersign_core::assertion::Expected;
use countersign_core::assertion::registration::{self, NewCredential};
use countersign_enrolment::Fault;
use countersign_enrolment::assurance::{Assured, Claimed, Trust, judge};
use countersign_enrolment::attestation::{self, AttestationObject, Attested, Credential, Format};
use countersign_enrolment::metadata::{Concerns, Identity, Level, Model};
use countersign_host::Host;
use countersign_ports::Crypto as _;
use countersign_protocol::ticket::Assurance;
use countersign_protocol::{Bounded, Digest};
use countersign_tests::house::{ORIGIN, RP_ID};

use crate::browser::{Browser, Created};

/// What the page asks the device to sign.
const CHALLENGE: [u8; 32] = [1; 32];

/// A registration whose statement holds.
struct Verified {
    attested: Attested,
    claimed: Claimed,
}

fn verified(created: &Created) -> Result<Verified, Fault> {
    let object = AttestationObject::read(&created.attestation_object)?;
    let credential = credential(created, &object);
    let about = Credential {
        aaguid: credential.aaguid(),
        credential_id: credential.id(),
        cose_key: credential.cose_key(),
    };
    let hash = Host.sha256(&[&created.client_data_json]);
    let attested = attestation::verify(&Host, &object, &about, &hash)?;
    let (aaguid, backup_eligible) = (credential.aaguid(), credential.backup_eligible());
    Ok(Verified { attested, claimed: Claimed { aaguid, backup_eligible } })
}

/// What the browser made is a registration over what was asked, on this page.
fn credential<'o>(created: &Created, object: &AttestationObject<'o>) -> NewCredential<'o> {
    let expected = Expected {
        challenge: &Digest(CHALLENGE),
        origin: ORIGIN,
        rp_id_hash: &Digest(Host.sha256(&[RP_ID.as_bytes()])),
    };
    let client_data = Bounded::new(&created.client_data_json).unwrap();
    let data = Bounded::new(object.auth_data()).unwrap();
    registration::verify(&Host, &expected, &client_data, &data).unwrap()
}

impl Verified {
    /// Judged as production does, by metadata that know the device's model.
    fn in_production(self, anchors: Vec<Vec<u8>>) -> Result<Assured, Fault> {
        let model = Model {
            identity: Identity::Aaguid(self.claimed.aaguid),
            description: "Chromium's virtual device".to_owned(),
            anchors,
            certification: Some(Level::L1),
            concerns: Concerns::default(),
            compromised: Vec::new(),
            hardware: true,
            listed: true,
        };
        let trust = Trust { model: Some(&model), anchors: &[] };
        judge(self.attested, &self.claimed, Assurance::Certified, &trust, now_ms())
    }
}

fn now_ms() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    u64::try_from(now.as_millis()).unwrap()
}

/// A device of this algorithm is attested, and its certificate is the model's anchor.
fn is_attested(algorithm: i32) {
    let verified = verified(&Browser::start().create(algorithm, "direct", CHALLENGE)).unwrap();
    assert_eq!(verified.attested.format(), Format::Packed);
    let certificate = verified.attested.chain()[0].clone();
    let assured = verified.in_production(vec![certificate]).unwrap();
    assert_eq!(assured.certification(), Some(Level::L1));
}

#[test]
fn every_algorithm_is_attested() {
    for algorithm in [-7, -8, -257, -48, -49, -50] {
        is_attested(algorithm);
    }
}

#[test]
fn none_is_refused_in_production() {
    let verified = verified(&Browser::start().create(-7, "none", CHALLENGE)).unwrap();
    assert_eq!(verified.attested.format(), Format::None);
    assert_eq!(verified.in_production(Vec::new()).err(), Some(Fault::NothingCertified));
}

#[test]
fn a_foreign_anchor_says_nothing_of_it() {
    let mut browser = Browser::start();
    let verified = verified(&browser.create(-7, "direct", CHALLENGE)).unwrap();
    assert_eq!(verified.in_production(Vec::new()).err(), Some(Fault::AnchorUnknown));
}

/// Another client data than what the device's certificate signed.
#[test]
fn an_attestation_is_of_its_own_registration() {
    let mut created = Browser::start().create(-7, "direct", CHALLENGE);
    created.client_data_json.pop();
    created.client_data_json.extend_from_slice(br#","more":""}"#);
    assert_eq!(verified(&created).err(), Some(Fault::SignatureInvalid));
}
