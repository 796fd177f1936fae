//! What reports say of a model, and which of its devices may be used.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_enrolment::metadata::{Concern, Concerns, Level, Model, ModelFault};
use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value, json};

use crate::publisher::{HOUSE, RSA, Reads as _, entry, payload, report};

/// The model of which this is reported.
fn reported(reports: &[Value]) -> Model {
    let mut entry = entry(1);
    entry["statusReports"] = json!(reports);
    HOUSE.publish(&payload(&[entry])).unwrap().models()[0].clone()
}

fn certification(reports: &[(&str, &str)]) -> Option<Level> {
    let reports: Vec<_> = reports.iter().map(|(status, date)| report(status, date)).collect();
    reported(&reports).certification
}

/// A chain that shows the signer's certificate, which stands for a device's.
fn chain() -> [&'static [u8]; 1] {
    [&HOUSE.certificate]
}

fn usable(model: &Model) -> Result<(), ModelFault> {
    model.is_usable(&chain())
}

#[test]
fn a_certified_model_is_usable() {
    let model = reported(&[report("FIDO_CERTIFIED_L2", "2020-01-01")]);
    assert_eq!(usable(&model), Ok(()));
    assert_eq!(model.concerns, Concerns::default());
    assert_eq!(model.is_certified(Level::L2), Ok(()));
    let fault = ModelFault::NotCertified { least: Level::L2Plus, has: Some(Level::L2) };
    assert_eq!(model.is_certified(Level::L2Plus), Err(fault));
    assert_eq!(model.sound_anchors().collect::<Vec<_>>(), [HOUSE.root.as_slice()]);
}

#[test]
fn each_bad_status_bars_the_model_wherever_it_stands() {
    let cases = [
        ("REVOKED", Concern::Revoked),
        ("USER_VERIFICATION_BYPASS", Concern::UserVerificationBypass),
        ("ATTESTATION_KEY_COMPROMISE", Concern::AttestationKeyCompromise),
        ("USER_KEY_REMOTE_COMPROMISE", Concern::UserKeyRemoteCompromise),
        ("USER_KEY_PHYSICAL_COMPROMISE", Concern::UserKeyPhysicalCompromise),
        ("SOMETHING_NEW", Concern::Unknown),
    ];
    let around = ["FIDO_CERTIFIED", "UPDATE_AVAILABLE", "NOT_FIDO_CERTIFIED"];
    for (status, concern) in cases {
        for place in 0..4 {
            let mut reports = around.map(|status| report(status, "2022-01-01")).to_vec();
            // Older than all others, without a date, and in a time that has not come.
            let date = ["2019-01-01", "2022-01-01", "", "2099-01-01"][place];
            reports.insert(place, report(status, date));
            let model = reported(&reports);
            assert_eq!(usable(&model), Err(ModelFault::Concern(concern)), "{status} at {place}");
            let expected = Concerns::of(&[concern, Concern::UpdateAvailable]);
            assert_eq!(model.concerns, expected);
        }
    }
}

#[test]
fn revoked_first_and_not_certified_last_is_revoked() {
    let reports = [report("REVOKED", "2023-12-20"), report("NOT_FIDO_CERTIFIED", "2023-11-07")];
    assert_eq!(usable(&reported(&reports)), Err(ModelFault::Concern(Concern::Revoked)));
    assert_eq!(usable(&reported(&reports[1..])), Ok(()), "and without it, is not");
}

/// What is not said of its keys does not hold.
#[test]
fn a_model_keeps_keys_in_hardware_if_it_says_so_and_nothing_else() {
    let cases = [
        (json!(["hardware"]), true),
        (json!(["hardware", "tee"]), true),
        (json!(["software"]), false),
        (json!(["hardware", "software"]), false),
        (json!(["remote_handle"]), false),
        (json!([]), false),
        (json!(null), false),
    ];
    for (said, hardware) in cases {
        let mut entry = entry(1);
        let statement = entry["metadataStatement"].as_object_mut().unwrap();
        match said.is_null() {
            true => drop(statement.remove("keyProtection")),
            false => drop(statement.insert("keyProtection".to_owned(), said.clone())),
        }
        let blob = HOUSE.publish(&payload(&[entry])).unwrap();
        assert_eq!(blob.models()[0].hardware, hardware, "{said}");
    }
}

/// As records and countersign.cddl have them.
#[test]
fn each_concern_has_its_bit_for_ever() {
    let bits = [
        Concern::Revoked,
        Concern::UserVerificationBypass,
        Concern::AttestationKeyCompromise,
        Concern::UserKeyRemoteCompromise,
        Concern::UserKeyPhysicalCompromise,
        Concern::Unknown,
        Concern::Retired,
        Concern::UpdateAvailable,
    ];
    for (place, concern) in bits.into_iter().enumerate() {
        assert_eq!(Concerns::of(&[concern]).bits(), 1 << place, "{concern}");
    }
}

#[test]
fn what_is_only_noted_bars_nothing() {
    for (status, concern) in
        [("RETIRED", Concern::Retired), ("UPDATE_AVAILABLE", Concern::UpdateAvailable)]
    {
        let model = reported(&[report(status, "2022-01-01")]);
        assert_eq!(usable(&model), Ok(()));
        assert_eq!(model.concerns.each().collect::<Vec<_>>(), [concern]);
    }
    for status in ["SELF_ASSERTION_SUBMITTED", "FIPS140_CERTIFIED_L2"] {
        assert_eq!(reported(&[report(status, "2022-01-01")]).concerns, Concerns::default());
    }
}

#[test]
fn concerns_are_kept_as_a_number() {
    for (place, concern) in Concern::ALL.into_iter().enumerate() {
        let concerns = Concerns::of(&[concern]);
        assert_eq!(concerns.bits(), 1 << place);
        assert_eq!(Concerns::from_bits(concerns.bits()).each().next(), Some(concern));
    }
}

#[test]
fn the_highest_certification_in_force_counts() {
    let levels = [
        ("FIDO_CERTIFIED", Level::Certified),
        ("FIDO_CERTIFIED_L1", Level::L1),
        ("FIDO_CERTIFIED_L1plus", Level::L1Plus),
        ("FIDO_CERTIFIED_L2", Level::L2),
        ("FIDO_CERTIFIED_L2plus", Level::L2Plus),
        ("FIDO_CERTIFIED_L3", Level::L3),
        ("FIDO_CERTIFIED_L3plus", Level::L3Plus),
    ];
    for (place, (status, level)) in levels.into_iter().enumerate() {
        assert_eq!(certification(&[(status, "2020-01-01")]), Some(level));
        let (below, _) = levels[place / 2];
        let both = [(status, "2020-01-01"), (below, "2021-01-01")];
        assert_eq!(certification(&both), Some(level));
    }
    assert_eq!(certification(&[]), None);
}

#[test]
fn not_certified_takes_away_what_is_not_later() {
    let l1 = |date| ("FIDO_CERTIFIED_L1", date);
    let taken = |date| ("NOT_FIDO_CERTIFIED", date);
    let (early, late) = ("2020-01-01", "2021-01-01");
    assert_eq!(certification(&[l1(late), taken(early)]), Some(Level::L1));
    assert_eq!(certification(&[taken(early), l1(late)]), Some(Level::L1));
    assert_eq!(certification(&[l1(early), taken(late)]), None);
    assert_eq!(certification(&[taken(late), l1(early)]), None);
    assert_eq!(certification(&[taken(early), l1(early)]), None, "the same day");
    assert_eq!(certification(&[l1(early), taken("")]), None, "taken on no day");
    assert_eq!(certification(&[l1("later"), taken(early)]), None, "given on no day");
    assert_eq!(certification(&[l1("")]), Some(Level::L1), "never taken");
    let partly = [("FIDO_CERTIFIED_L3", early), taken(late), l1("2022-01-01")];
    assert_eq!(certification(&partly), Some(Level::L1));
}

#[test]
fn a_certification_begins_on_its_day() {
    assert_eq!(certification(&[("FIDO_CERTIFIED_L1", "2026-10-15")]), Some(Level::L1));
    assert_eq!(certification(&[("FIDO_CERTIFIED_L1", "2026-10-16")]), None);
}

/// A model with these certificates reported as compromised, in this member.
fn compromised(member: &str, certificates: &[String]) -> Model {
    let of = |text: &String| json!({ "status": "ATTESTATION_KEY_COMPROMISE", "effectiveDate": "2022-01-01", member: text });
    reported(&certificates.iter().map(of).collect::<Vec<_>>())
}

#[test]
fn a_compromise_that_names_a_certificate_concerns_chains_with_it() {
    for member in ["certificate", "batchCertificate"] {
        let model = compromised(member, &[STANDARD.encode(&HOUSE.certificate)]);
        assert_eq!(model.concerns, Concerns::default());
        assert_eq!(model.compromised, std::slice::from_ref(&HOUSE.certificate));
        assert_eq!(usable(&model), Err(ModelFault::Compromised));
        let longer = [RSA.certificate.as_slice(), &HOUSE.certificate];
        assert_eq!(model.is_usable(&longer), Err(ModelFault::Compromised));
        assert_eq!(model.is_usable(&[&RSA.certificate]), Ok(()));
        let hidden: [&[u8]; 0] = [];
        assert_eq!(model.is_usable(&hidden), Err(ModelFault::Compromised));
    }
}

#[test]
fn a_compromise_without_a_certificate_that_can_be_told_concerns_all() {
    let whole = Err(ModelFault::Concern(Concern::AttestationKeyCompromise));
    let nobodys = [String::new(), "*".to_owned(), STANDARD.encode([0x30; 64])];
    for text in nobodys {
        assert_eq!(usable(&compromised("certificate", &[text])), whole);
    }
    let other = STANDARD.encode(&RSA.certificate);
    assert_eq!(usable(&compromised("certificate", std::slice::from_ref(&other))), Ok(()));
    assert_eq!(usable(&compromised("certificate", &[other, String::new()])), whole);
}

#[test]
fn a_compromised_anchor_anchors_nothing() {
    let model = compromised("certificate", &[STANDARD.encode(&HOUSE.root)]);
    assert_eq!(model.anchors, std::slice::from_ref(&HOUSE.root));
    assert_eq!(model.sound_anchors().count(), 0);
}

#[test]
fn a_compromised_key_is_so_under_every_certificate() {
    let key = KeyPair::generate().unwrap();
    let certificate = |name: &str| {
        let parameters = CertificateParams::new(vec![name.to_owned()]).unwrap();
        parameters.self_signed(&key).unwrap().der().to_vec()
    };
    let model = compromised("certificate", &[STANDARD.encode(certificate("one"))]);
    assert_eq!(model.is_usable(&[certificate("another")]), Err(ModelFault::Compromised));
}
