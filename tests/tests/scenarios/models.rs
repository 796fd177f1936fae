//! What is published of a device's model, from its enrolment on. What is imported is everybody's, so each row has
//! an appliance of its own.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use countersign_authority::publisher::{Publisher, SIGNER, entry_of, payload, report};
use countersign_authority::rcgen::{
    BasicConstraints, CertificateParams, IsCa, PKCS_ECDSA_P256_SHA256, date_time_ymd,
};
use countersign_authority::{Authority, Draft, Format, aaguid_extension};
use countersign_core::Reason;
use countersign_device::{Algorithm, Authenticator, Registration};
use countersign_enrolment::Fault;
use countersign_protocol::admin::{Answer, Imported, MetadataImport, Order, SetStanding, Trust};
use countersign_protocol::change::Standing;
use countersign_protocol::model::Purpose;
use countersign_protocol::reply::Failure;
use countersign_protocol::ticket::Assurance;
use countersign_protocol::{Bounded, Name, Origin};
use countersign_tests::case::{Case, approve};
use countersign_tests::draft::SignDraft;
use countersign_tests::engine::{Engine, Kind};
use countersign_tests::enrolment::{Handed, confirmation, fingerprint};
use countersign_tests::house::{ORIGIN, RP_ID};
use countersign_tests::outcome::Outcome;
use serde_json::{Value, json};

use crate::table::on_every_engine;

const TABLET: &str = "alice's tablet";
/// The AAGUID of the authority's devices.
const MODEL: [u8; 16] = *b"a model of tests";

/// Who makes devices, and who publishes what is known of them.
struct World {
    maker: Authority,
    publisher: Publisher,
}

impl World {
    fn new() -> Self {
        let long = |signer: &mut CertificateParams| {
            signer.not_after = date_time_ymd(2045, 1, 1);
        };
        let publisher = Publisher::with(&PKCS_ECDSA_P256_SHA256, long);
        Self { maker: Authority::new(), publisher }
    }

    /// The officer trusts the publisher's root, or no longer.
    async fn trust(&self, case: &Case<'_>, trusted: bool) {
        let signer = Origin::new(SIGNER).unwrap();
        let certificate = Bounded::new(&self.publisher.root).unwrap();
        let purpose = Purpose::Metadata(signer);
        case.order(&Order::Trust(Trust { purpose, certificate, trusted })).await;
    }

    /// The BLOB of this number, in which the model has these reports.
    fn blob(&self, no: u32, reports: &[Value]) -> Vec<u8> {
        let mut entry = entry_of(&self.maker, &MODEL);
        entry["statusReports"].as_array_mut().unwrap().splice(0..0, reports.iter().cloned());
        let mut payload = payload(&[entry]);
        payload["no"] = json!(no);
        self.publisher.blob(&payload).signed()
    }

    /// A device of the model, and its registration over this ticket.
    fn device(&self, ticket: &Handed, seed: u8) -> (Authenticator, Registration) {
        let seed = [seed; 32];
        let registration = made_by(&self.maker, Format::Packed, ticket, |draft| draft.seed = seed);
        (Authenticator::from_seed_of(Algorithm::Es256, &seed, RP_ID, ORIGIN), registration)
    }

    /// A certified device of Alice's, registered, vouched for and confirmed.
    async fn enrolled(&self, case: &mut Case<'_>) -> Authenticator {
        let ticket = case.ticket("alice", TABLET, Assurance::Certified).await;
        self.enrolled_with(case, &ticket).await
    }

    async fn enrolled_with(&self, case: &mut Case<'_>, ticket: &Handed) -> Authenticator {
        let (device, registration) = self.device(ticket, 7);
        let outcome = case.ask(&ticket.frame(&registration)).await;
        let Outcome::Enrolled(Some(invited)) = outcome else { panic!("{outcome:?}") };
        let frame = ticket.vouch(&invited, &mut case.people.alice);
        assert_eq!(case.ask(&frame).await, Outcome::Enrolled(None));
        let words = fingerprint(&device.credential().public_key_cose);
        case.order(&confirmation(&case.people.name(TABLET), words)).await;
        device
    }
}

/// A device's registration over this ticket, by whoever makes such devices, after one change.
fn made_by(
    maker: &Authority,
    format: Format,
    ticket: &Handed,
    change: impl FnOnce(&mut Draft),
) -> Registration {
    let made = maker.register(format, &ticket.challenge(), ORIGIN, RP_ID, change);
    Registration {
        attestation_object: made.attestation_object,
        client_data_json: made.client_data_json,
    }
}

/// Imports a BLOB, or says why it is declined.
async fn import(case: &Case<'_>, blob: &[u8]) -> Result<Imported, String> {
    let order = Order::MetadataImport(MetadataImport { blob: Bounded::new(blob).unwrap() });
    let read = |answer: &Answer<'_>| match answer {
        Answer::Imported(imported) => Some(Ok(*imported)),
        Answer::Declined(declined) => Some(Err(declined.why.to_owned())),
        _ => None,
    };
    case.engine.house.order(&*case.engine.appliance().await, &order, read).await
}

/// The tablet approves alone; the outcome.
async fn approved(case: &Case<'_>, device: &mut Authenticator) -> Outcome {
    let prepared = case.prepared().await;
    let draft = SignDraft::of(&prepared, vec![approve(device, &prepared, |_| ())]);
    case.ask(&draft.frame()).await
}

mod certified_device_is_enrolled_and_approves {
    use super::*;

    async fn run(kind: Kind) {
        let (engine, world) = (Engine::start(kind).await, World::new());
        let mut case = Case::begin(&engine).await;
        world.trust(&case, true).await;
        let imported = import(&case, &world.blob(7, &[])).await.unwrap();
        assert_eq!((imported.metadata.no, imported.changed, imported.stopped), (7, 1, 0));
        let mut device = world.enrolled(&mut case).await;
        case.expect_signatures(&approved(&case, &mut device).await);
        engine.restart().await;
        case.expect_signatures(&approved(&case, &mut device).await);
    }

    on_every_engine!();
}

/// As production asks, each with its reason; GHSA-6hxq-p678-4hr2 is the root that came with the statement.
mod attestation_that_is_wrong_in_one_thing {
    use super::*;

    async fn refused(case: &Case<'_>, ticket: &Handed, registration: &Registration, fault: Fault) {
        let outcome = case.ask(&ticket.frame(registration)).await;
        assert_eq!(outcome, Outcome::Failed(Failure::Refused), "{fault}");
        let recorded = case.engine.house.refusals(&case.channel());
        assert_eq!(recorded.last(), Some(&fault.number()), "{fault}");
    }

    async fn run(kind: Kind) {
        let (engine, world) = (Engine::start(kind).await, World::new());
        let mut case = Case::begin(&engine).await;
        world.trust(&case, true).await;
        import(&case, &world.blob(7, &[])).await.unwrap();
        let (attacker, ticket) =
            (Authority::new(), case.ticket("alice", TABLET, Assurance::Certified).await);
        let packed =
            |change: fn(&mut Draft)| made_by(&world.maker, Format::Packed, &ticket, change);
        let foreign = made_by(&attacker, Format::Packed, &ticket, |_| ());
        refused(&case, &ticket, &foreign, Fault::ChainInvalid).await;
        let own_root = attacker.roots();
        let with_root = made_by(&attacker, Format::Packed, &ticket, |draft| {
            draft.x5c = Box::new(|x5c| x5c.extend(own_root));
        });
        refused(&case, &ticket, &with_root, Fault::ChainInvalid).await;
        let wrong = packed(|draft| {
            draft.leaf.custom_extensions = vec![aaguid_extension(b"another model...")];
        });
        refused(&case, &ticket, &wrong, Fault::PackedAaguidDiffers).await;
        let expired = packed(|draft| draft.leaf.not_after = date_time_ymd(2026, 5, 31));
        refused(&case, &ticket, &expired, Fault::CertificateExpired).await;
        let authority = packed(|draft| {
            draft.leaf.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        });
        refused(&case, &ticket, &authority, Fault::PackedBasicConstraints).await;
        for format in [Format::SelfMade, Format::None] {
            let uncertified = made_by(&world.maker, format, &ticket, |_| ());
            refused(&case, &ticket, &uncertified, Fault::NothingCertified).await;
        }
        let u2f = made_by(&world.maker, Format::FidoU2f, &ticket, |_| ());
        refused(&case, &ticket, &u2f, Fault::ModelUnknown).await;
        // The ticket is good still.
        world.enrolled_with(&mut case, &ticket).await;
    }

    on_every_engine!();
}

/// CVE-2024-45678 (EUCLEAK), CVE-2020-27208: a model turned out to be one whose keys can be taken.
mod cve_2024_45678_model_that_is_broken_later {
    use super::*;

    async fn run(kind: Kind) {
        let (engine, world) = (Engine::start(kind).await, World::new());
        let mut case = Case::begin(&engine).await;
        world.trust(&case, true).await;
        import(&case, &world.blob(7, &[])).await.unwrap();
        let mut device = world.enrolled(&mut case).await;
        let prepared = case.prepared().await;
        let broken = [report("USER_KEY_PHYSICAL_COMPROMISE", "2026-10-01")];
        let imported = import(&case, &world.blob(8, &broken)).await.unwrap();
        assert_eq!((imported.changed, imported.stopped), (1, 1));
        // What was asked before it is refused after it, and nobody asks it again, not even tomorrow.
        let draft = SignDraft::of(&prepared, vec![approve(&mut device, &prepared, |_| ())]);
        case.refused(&draft, Reason::DeviceInactive).await;
        engine.restart().await;
        let id = device.credential().credential_id;
        assert!(case.prepared().await.credentials.iter().all(|listed| *listed != id));
        let name = case.people.name(TABLET);
        let (name, standing) = (Name::new(&name).unwrap(), Standing::Active);
        let order = Order::DeviceStanding(SetStanding { name, standing });
        let why = case.declined(&order).await.unwrap();
        assert!(why.contains("the metadata speak against the device's model"), "{why}");
        // Nor is another one enrolled.
        let ticket = case.ticket("bob", "bob's tablet", Assurance::Certified).await;
        let outcome = case.ask(&ticket.frame(&world.device(&ticket, 8).1)).await;
        assert_eq!(outcome, Outcome::Failed(Failure::Refused));
        let recorded = engine.house.refusals(&case.channel());
        assert_eq!(recorded.last(), Some(&Fault::ModelBarred.number()));
    }

    on_every_engine!();
}

/// Devices whose attestation went through the key are suspended, and no others.
mod attestation_key_that_is_compromised {
    use super::*;

    async fn run(kind: Kind) {
        let (engine, world) = (Engine::start(kind).await, World::new());
        let mut case = Case::begin(&engine).await;
        world.trust(&case, true).await;
        import(&case, &world.blob(7, &[])).await.unwrap();
        world.enrolled(&mut case).await;
        let compromised = |der: &[u8]| {
            let mut report = report("ATTESTATION_KEY_COMPROMISE", "2026-10-01");
            report["certificate"] = json!(BASE64_STANDARD.encode(der));
            [report]
        };
        let others = compromised(&Authority::new().intermediate());
        let imported = import(&case, &world.blob(8, &others)).await.unwrap();
        assert_eq!((imported.changed, imported.stopped), (1, 0));
        let own = compromised(&world.maker.intermediate());
        let imported = import(&case, &world.blob(9, &own)).await.unwrap();
        assert_eq!((imported.changed, imported.stopped), (1, 1));
    }

    on_every_engine!();
}

mod pending_device_of_a_model_that_is_broken {
    use super::*;

    async fn run(kind: Kind) {
        let (engine, world) = (Engine::start(kind).await, World::new());
        let case = Case::begin(&engine).await;
        world.trust(&case, true).await;
        import(&case, &world.blob(7, &[])).await.unwrap();
        let ticket = case.ticket("alice", TABLET, Assurance::Certified).await;
        let (device, registration) = world.device(&ticket, 7);
        case.ask(&ticket.frame(&registration)).await;
        let revoked = [report("REVOKED", "2026-10-01")];
        import(&case, &world.blob(8, &revoked)).await.unwrap();
        let words = fingerprint(&device.credential().public_key_cose);
        let why = case.declined(&confirmation(&case.people.name(TABLET), words)).await.unwrap();
        assert!(why.contains("not pending"), "{why}");
    }

    on_every_engine!();
}

/// Its number never goes down, at no restart either.
mod blob_that_is_older {
    use super::*;

    async fn run(kind: Kind) {
        let (engine, world) = (Engine::start(kind).await, World::new());
        let case = Case::begin(&engine).await;
        world.trust(&case, true).await;
        let seventh = world.blob(7, &[]);
        import(&case, &seventh).await.unwrap();
        engine.restart().await;
        let why = import(&case, &world.blob(6, &[])).await.unwrap_err();
        assert!(why.contains("number 6, older than the imported 7"), "{why}");
        let forked = import(&case, &world.blob(7, &[report("RETIRED", "2026-10-01")])).await;
        assert!(forked.is_err());
        let again = import(&case, &seventh).await.unwrap();
        assert_eq!((again.changed, again.stopped), (0, 0));
        assert_eq!(import(&case, &world.blob(8, &[])).await.unwrap().metadata.no, 8);
    }

    on_every_engine!();
}

/// GHSA-p653-gg6c-rrjw: a BLOB was accepted without a root that anybody had pinned.
mod ghsa_p653_gg6c_rrjw_blob_under_no_trusted_root {
    use super::*;

    async fn run(kind: Kind) {
        let (engine, world) = (Engine::start(kind).await, World::new());
        let case = Case::begin(&engine).await;
        let blob = world.blob(7, &[]);
        let why = import(&case, &blob).await.unwrap_err();
        assert!(why.contains("no root is trusted for metadata"), "{why}");
        World::new().trust(&case, true).await;
        let why = import(&case, &blob).await.unwrap_err();
        assert!(why.contains("the BLOB's signer is not trusted"), "{why}");
        world.trust(&case, true).await;
        world.trust(&case, false).await;
        assert!(import(&case, &blob).await.is_err());
        let nonsense = Bounded::new(b"nonsense").unwrap();
        let trust = Trust { purpose: Purpose::Attestation, certificate: nonsense, trusted: true };
        let why = case.declined(&Order::Trust(trust)).await.unwrap();
        assert!(why.contains("not readable as one in DER"), "{why}");
    }

    on_every_engine!();
}

/// An anchor of one's own, for devices in no metadata.
mod attested_device_of_an_own_anchor {
    use super::*;

    async fn run(kind: Kind) {
        let (engine, world) = (Engine::start(kind).await, World::new());
        let case = Case::begin(&engine).await;
        let ticket = case.ticket("alice", TABLET, Assurance::Attested).await;
        let frame = ticket.frame(&world.device(&ticket, 7).1);
        assert_eq!(case.ask(&frame).await, Outcome::Failed(Failure::Refused));
        let recorded = engine.house.refusals(&case.channel());
        assert_eq!(recorded.last(), Some(&Fault::AnchorUnknown.number()));
        let root = &world.maker.roots()[0];
        let certificate = Bounded::new(root).unwrap();
        let trust = Trust { purpose: Purpose::Attestation, certificate, trusted: true };
        case.order(&Order::Trust(trust)).await;
        assert!(matches!(case.ask(&frame).await, Outcome::Enrolled(Some(_))));
    }

    on_every_engine!();
}
