//! What each assurance takes: a device that meets it, and one that differs in one thing.

mod registered;

use countersign_authority::{Authority, Draft, Format, NOW_MS};
use countersign_enrolment::Fault;
use countersign_enrolment::assurance::{Assured, Claimed, Trust, judge};
use countersign_enrolment::metadata::{Concern, Concerns, Identity, Level, Model};
use countersign_protocol::ticket::Assurance;
use registered::{register, verified};

/// A registration, and what is known of it.
struct Case {
    authority: Authority,
    format: Format,
    asked: Assurance,
    backup_eligible: bool,
    model: Option<Model>,
    anchors: Vec<Vec<u8>>,
}

impl Case {
    /// A device of a certified model.
    fn certified() -> Self {
        let authority = Authority::new();
        let registration = register(&authority, Format::Packed, |_| ());
        let model = Model {
            identity: Identity::Aaguid(registration.aaguid),
            description: "A key".to_owned(),
            anchors: authority.roots(),
            certification: Some(Level::L1),
            concerns: Concerns::default(),
            compromised: Vec::new(),
            hardware: true,
            listed: true,
        };
        Self {
            authority,
            format: Format::Packed,
            asked: Assurance::Certified,
            backup_eligible: false,
            model: Some(model),
            anchors: Vec::new(),
        }
    }

    fn with_model(self, change: impl FnOnce(&mut Model)) -> Self {
        let changed = |mut model: Model| {
            change(&mut model);
            model
        };
        Self { model: self.model.map(changed), ..self }
    }

    fn judged(&self) -> Result<Assured, Fault> {
        self.judged_of(|_| ())
    }

    fn judged_of(&self, change: impl FnOnce(&mut Draft)) -> Result<Assured, Fault> {
        let registration = register(&self.authority, self.format, change);
        let claimed =
            Claimed { aaguid: registration.aaguid, backup_eligible: self.backup_eligible };
        let trust = Trust { model: self.model.as_ref(), anchors: &self.anchors };
        judge(verified(&registration)?, &claimed, self.asked, &trust, NOW_MS)
    }

    fn fault(&self) -> Option<Fault> {
        self.judged().err()
    }
}

#[test]
fn a_device_of_a_certified_model_is_certified() {
    let assured = Case::certified().judged().unwrap();
    assert_eq!(assured.assurance(), Assurance::Certified);
    assert_eq!(assured.certification(), Some(Level::L1));
}

#[test]
fn production_refuses_what_vouches_for_itself() {
    for format in [Format::None, Format::SelfMade] {
        let case = Case { format, ..Case::certified() };
        assert_eq!(case.fault(), Some(Fault::NothingCertified));
    }
}

/// A U2F device names no model, and verified no user.
#[test]
fn production_refuses_u2f() {
    let case = Case { format: Format::FidoU2f, ..Case::certified() };
    assert_eq!(case.fault(), Some(Fault::ModelUnknown));
}

/// An attestation of Apple's is anonymous.
#[test]
fn production_refuses_what_is_in_no_metadata() {
    let case = Case { model: None, ..Case::certified() };
    assert_eq!(case.fault(), Some(Fault::ModelUnknown));
    let other = |model: &mut Model| model.identity = Identity::Aaguid([0xee; 16]);
    assert_eq!(Case::certified().with_model(other).fault(), Some(Fault::ModelUnknown));
    // Anchors of others certify nothing.
    let case = Case::certified();
    let anchors = case.authority.roots();
    assert_eq!(Case { model: None, anchors, ..case }.fault(), Some(Fault::ModelUnknown));
}

#[test]
fn production_refuses_a_model_that_is_not_certified() {
    let case = Case::certified().with_model(|model| model.certification = None);
    assert_eq!(case.fault(), Some(Fault::ModelNotCertified));
}

#[test]
fn what_speaks_against_a_model_speaks_against_its_devices() {
    for concern in Concern::ALL {
        let case = Case::certified().with_model(|model| model.concerns = Concerns::of(&[concern]));
        let expected = concern.bars().then_some(Fault::ModelBarred);
        assert_eq!(case.fault(), expected, "{concern}");
    }
}

#[test]
fn a_compromised_certificate_leads_to_nothing() {
    let case = Case::certified();
    let intermediate = case.authority.intermediate();
    let case = case.with_model(|model| model.compromised = vec![intermediate]);
    assert_eq!(case.fault(), Some(Fault::AttestationKeyCompromised));
}

/// The attestation of one maker says nothing of another's model.
#[test]
fn the_anchors_are_the_models_own() {
    let case = Case::certified().with_model(|model| model.anchors.clear());
    assert_eq!(case.fault(), Some(Fault::AnchorUnknown));
    let case = Case { anchors: case.authority.roots(), ..case };
    assert_eq!(case.fault(), Some(Fault::AnchorUnknown));
}

/// A passkey that is copied is in the hand of whoever has the account.
#[test]
fn production_refuses_synced_passkeys() {
    let case = Case { backup_eligible: true, ..Case::certified() };
    assert_eq!(case.fault(), Some(Fault::KeyMayBeCopied));
}

#[test]
fn production_refuses_a_key_in_software() {
    let by_the_model = Case::certified().with_model(|model| model.hardware = false);
    assert_eq!(by_the_model.fault(), Some(Fault::KeyInSoftware));
    let case = Case { format: Format::AndroidKey, ..Case::certified() };
    assert!(case.judged().is_ok());
    let in_software = case.judged_of(|draft| {
        draft.description = Box::new(|description| {
            description.level = 0;
            description.software = std::mem::take(&mut description.hardware);
        });
    });
    assert_eq!(in_software.err(), Some(Fault::KeyInSoftware));
}

#[test]
fn attested_is_what_leads_to_any_anchor() {
    let case = Case { asked: Assurance::Attested, ..Case::certified() };
    assert_eq!(case.judged().unwrap().certification(), None);
    let anchors = case.authority.roots();
    let case = Case { model: None, anchors, ..case };
    assert_eq!(case.fault(), None);
    assert_eq!(Case { anchors: Vec::new(), ..case }.fault(), Some(Fault::AnchorUnknown));
}

#[test]
fn attested_is_no_device_of_a_barred_model() {
    let revoked = |model: &mut Model| model.concerns = Concerns::of(&[Concern::Revoked]);
    let case = Case { asked: Assurance::Attested, ..Case::certified().with_model(revoked) };
    let case = Case { anchors: case.authority.roots(), ..case };
    assert_eq!(case.fault(), Some(Fault::ModelBarred));
}

#[test]
fn anything_goes_where_nothing_is_asked() {
    for format in [Format::None, Format::SelfMade, Format::FidoU2f, Format::Packed] {
        let case = Case { format, asked: Assurance::Any, model: None, ..Case::certified() };
        assert_eq!(case.judged().unwrap().assurance(), Assurance::Any);
    }
}
