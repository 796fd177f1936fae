//! Chromium's device, enrolled as production asks: its model is in metadata that an officer imported, certified,
//! with the anchor that its attestation leads to.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use countersign_authority::Authority;
use countersign_authority::publisher::{Publisher, SIGNER, entry, payload};
use countersign_authority::rcgen::{PKCS_ECDSA_P256_SHA256, date_time_ymd};
use countersign_device::Registration;
use countersign_enrolment::Fault;
use countersign_enrolment::attestation::{self, AttestationObject, Credential};
use countersign_host::Host;
use countersign_ports::Crypto as _;
use countersign_protocol::admin::{Answer, MetadataImport, Order, Trust};
use countersign_protocol::model::Purpose;
use countersign_protocol::reply::Failure;
use countersign_protocol::ticket::Assurance;
use countersign_protocol::{Bounded, Origin};
use countersign_tests::case::Case;
use countersign_tests::enrolment::{Handed, confirmation, fingerprint, register};
use countersign_tests::outcome::Outcome;

use crate::browser::{Browser, Created};
use crate::registration::cose_key;
use crate::{ES256, approved, daemon};

const NAME: &str = "alice's security key";
/// Where a device's AAGUID is in its authenticator data (WebAuthn Level 3, 6.5.1).
const AAGUID_AT: usize = 32 + 1 + 4;

/// The browser's device, registered over a ticket for a certified one.
struct Registered {
    ticket: Handed,
    created: Created,
}

impl Registered {
    async fn with(case: &Case<'_>, browser: &mut Browser, algorithm: i32, how: &str) -> Self {
        let ticket = case.ticket("alice", NAME, Assurance::Certified).await;
        let created = browser.create(algorithm, how, ticket.challenge());
        Self { ticket, created }
    }

    fn registration(&self) -> Registration {
        Registration {
            attestation_object: self.created.attestation_object.clone(),
            client_data_json: self.created.client_data_json.clone(),
        }
    }

    /// The certificate that its statement has.
    fn certificate(&self) -> Vec<u8> {
        let object = AttestationObject::read(&self.created.attestation_object).unwrap();
        let about = Credential {
            aaguid: self.aaguid(),
            credential_id: crate::registration::credential_id(&self.created),
            cose_key: cose_key(&self.created),
        };
        let hash = Host.sha256(&[&self.created.client_data_json]);
        attestation::verify(&Host, &object, &about, &hash).unwrap().chain()[0].clone()
    }

    fn aaguid(&self) -> [u8; 16] {
        self.created.authenticator_data[AAGUID_AT..AAGUID_AT + 16].try_into().unwrap()
    }

    /// What is published of its model: certified, with this anchor.
    async fn is_published(&self, case: &Case<'_>, anchor: &[u8]) {
        let publisher = Publisher::with(&PKCS_ECDSA_P256_SHA256, |signer| {
            signer.not_after = date_time_ymd(2045, 1, 1);
        });
        let purpose = Purpose::Metadata(Origin::new(SIGNER).unwrap());
        let certificate = Bounded::new(&publisher.root).unwrap();
        case.order(&Order::Trust(Trust { purpose, certificate, trusted: true })).await;
        let anchors = [BASE64_STANDARD.encode(anchor)];
        let entry = entry(&self.aaguid(), "Chromium's virtual device", &anchors);
        let blob = publisher.blob(&payload(&[entry])).signed();
        let order = Order::MetadataImport(MetadataImport { blob: Bounded::new(&blob).unwrap() });
        let imported = |answer: &Answer<'_>| matches!(answer, Answer::Imported(_)).then_some(());
        case.engine.house.order(&*case.engine.appliance().await, &order, imported).await;
    }

    /// What comes of it is refused for this reason.
    async fn is_refused(&self, case: &Case<'_>, fault: Fault) {
        let outcome = case.ask(&self.ticket.frame(&self.registration())).await;
        assert_eq!(outcome, Outcome::Failed(Failure::Refused));
        let recorded = case.engine.house.refusals(&case.channel());
        assert_eq!(recorded.last(), Some(&fault.number()), "{fault}");
    }
}

/// It is enrolled, vouched for, confirmed, and approves.
async fn of_algorithm(algorithm: i32) {
    let engine = daemon().await;
    let (mut case, mut browser) = (Case::begin(&engine).await, Browser::start());
    let registered = Registered::with(&case, &mut browser, algorithm, "direct").await;
    registered.is_published(&case, &registered.certificate()).await;
    let appliance = engine.appliance().await;
    let (people, made) = (&mut case.people, registered.registration());
    let phone = Some(&mut people.alice);
    register(&*appliance, &people.front_end, &registered.ticket, &made, phone).await;
    let words = fingerprint(cose_key(&registered.created));
    case.order(&confirmation(&case.people.name(NAME), words)).await;
    case.expect_signatures(&approved(&case, &mut browser).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn es256_is_enrolled() {
    of_algorithm(ES256).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn eddsa_is_enrolled() {
    of_algorithm(-8).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rs256_is_enrolled() {
    of_algorithm(-257).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ml_dsa_44_is_enrolled() {
    of_algorithm(-48).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ml_dsa_65_is_enrolled() {
    of_algorithm(-49).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ml_dsa_87_is_enrolled() {
    of_algorithm(-50).await;
}

/// The browser takes the attestation away, though the page's ticket asks for one.
#[tokio::test(flavor = "multi_thread")]
async fn none_is_refused() {
    let engine = daemon().await;
    let (case, mut browser) = (Case::begin(&engine).await, Browser::start());
    let registered = Registered::with(&case, &mut browser, ES256, "none").await;
    registered.is_refused(&case, Fault::NothingCertified).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_is_in_no_metadata_is_refused() {
    let engine = daemon().await;
    let (case, mut browser) = (Case::begin(&engine).await, Browser::start());
    let registered = Registered::with(&case, &mut browser, ES256, "direct").await;
    registered.is_refused(&case, Fault::ModelUnknown).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_anchor_is_refused() {
    let engine = daemon().await;
    let (case, mut browser) = (Case::begin(&engine).await, Browser::start());
    let registered = Registered::with(&case, &mut browser, ES256, "direct").await;
    registered.is_published(&case, &Authority::new().roots()[0]).await;
    registered.is_refused(&case, Fault::AnchorUnknown).await;
}
