//! One BLOB after another: which follows, and what it changes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_enrolment::metadata::{
    Blob, BlobFault, Change, Concern, Concerns, Edition, Kind, Model, Staleness, Step, changes,
};
use serde_json::{Value, json};

use crate::publisher::{DAY, HOUSE, NOW, Reads as _, entry, payload, report};

fn numbered(no: u32, entries: &[Value]) -> Blob {
    let mut payload = payload(entries);
    payload["no"] = json!(no);
    HOUSE.publish(&payload).unwrap()
}

fn models(entries: &[Value]) -> Vec<Model> {
    numbered(7, entries).models().to_vec()
}

fn with_report(last: u8, report: Value) -> Value {
    let mut entry = entry(last);
    entry["statusReports"].as_array_mut().unwrap().push(report);
    entry
}

#[test]
fn a_number_never_goes_down() {
    let known = numbered(7, &[entry(1)]).edition();
    let follows = |no| numbered(no, &[entry(1)]).follows(Some(known));
    assert_eq!(numbered(1, &[]).follows(None), Ok(Step::First));
    assert_eq!(follows(8), Ok(Step::Newer));
    assert_eq!(follows(9), Ok(Step::Newer), "one may have been missed");
    assert_eq!(follows(6), Err(BlobFault::RolledBack { no: 6, known: 7 }));
}

#[test]
fn the_same_number_is_the_same_content() {
    let Edition { no, digest } = numbered(7, &[entry(1)]).edition();
    let known = Some(Edition { no, digest });
    // Signed anew, with another signature.
    assert_eq!(numbered(7, &[entry(1)]).follows(known), Ok(Step::Again));
    assert_eq!(numbered(7, &[entry(2)]).follows(known), Err(BlobFault::Forked(7)));
}

#[test]
fn a_stale_blob_is_shown_and_imported() {
    let blob = numbered(7, &[entry(1)]);
    assert_eq!(blob.staleness(NOW), Staleness::Fresh);
    assert_eq!(blob.staleness(NOW + 17 * DAY), Staleness::Fresh, "on the day");
    assert_eq!(blob.staleness(NOW + 18 * DAY), Staleness::Stale { days: 1 });
    let jws = HOUSE.blob(&payload(&[entry(1)])).signed();
    let late = HOUSE.read(&jws, NOW + 100 * DAY).unwrap();
    assert_eq!(late.staleness(NOW + 100 * DAY), Staleness::Stale { days: 83 });
}

#[test]
fn only_what_is_not_as_it_was_is_a_change() {
    let known = models(&[entry(1), entry(2), entry(3)]);
    assert_eq!(changes(&known, &models(&[entry(3), entry(1), entry(2)])), [], "another order");
    let mut renamed = entry(2);
    renamed["metadataStatement"]["description"] = json!("Token Two");
    let now = models(&[entry(1), renamed, entry(4)]);
    let changes = changes(&known, &now);
    let kinds: Vec<_> = changes.iter().map(|change| change.kind).collect();
    assert_eq!(kinds, [Kind::Changed, Kind::New, Kind::Gone]);
    assert_eq!((changes[0].before, &changes[0].after), (Some(&known[1]), &now[1]));
    assert_eq!((changes[1].before, &changes[1].after), (None, &now[2]));
    assert!(changes.iter().all(|change| !change.suspends()));
}

#[test]
fn a_model_that_is_gone_keeps_what_was_known_of_it() {
    let known = models(&[with_report(1, report("REVOKED", "2022-01-01"))]);
    let gone = changes(&known, &[]);
    let expected = Model { listed: false, ..known[0].clone() };
    assert_eq!((gone[0].kind, &gone[0].after), (Kind::Gone, &expected));
    assert!(!gone[0].suspends());
    let known = [expected];
    assert_eq!(changes(&known, &[]), [], "it is told once");
    let again = changes(&known, &models(&[with_report(1, report("REVOKED", "2022-01-01"))]));
    assert_eq!((again[0].kind, again[0].after.listed), (Kind::Changed, true));
    assert!(!again[0].suspends(), "its devices are suspended already");
}

/// The one change from model 1 as it was to model 1 with this report.
fn reported(before: Value, report: Value) -> (Concerns, bool) {
    let known = models(&[before]);
    let changes = changes(&known, &models(&[with_report(1, report)]));
    let [Change { raised, .. }] = changes.as_slice() else { panic!("{changes:?}") };
    (*raised, changes[0].suspends())
}

#[test]
fn a_new_concern_suspends_and_one_that_is_only_noted_does_not() {
    let revoked = || report("REVOKED", "2022-01-01");
    let expected = (Concerns::of(&[Concern::Revoked]), true);
    assert_eq!(reported(entry(1), revoked()), expected);
    let retired = Concerns::of(&[Concern::Retired]);
    assert_eq!(reported(entry(1), report("RETIRED", "2022-01-01")), (retired, false));
    let bypassed = with_report(1, report("USER_VERIFICATION_BYPASS", "2022-01-01"));
    assert_eq!(reported(bypassed, revoked()), expected);
    let first = models(&[with_report(1, revoked())]);
    assert!(changes(&[], &first)[0].suspends(), "devices may be older than the metadata");
}

#[test]
fn a_newly_compromised_certificate_suspends() {
    let compromise = json!({
        "status": "ATTESTATION_KEY_COMPROMISE",
        "certificate": STANDARD.encode(&HOUSE.certificate),
    });
    assert_eq!(reported(entry(1), compromise.clone()), (Concerns::default(), true));
    let known = models(&[with_report(1, compromise.clone())]);
    let mut again = with_report(1, compromise);
    again["metadataStatement"]["description"] = json!("Token One");
    assert!(!changes(&known, &models(&[again]))[0].suspends());
}

#[test]
fn a_model_of_attestation_keys_is_known_by_any_of_them() {
    let of = |keys: &[&str]| {
        let mut entry = entry(1);
        entry.as_object_mut().unwrap().remove("aaguid");
        let keys: Vec<_> = keys.iter().map(|key| key.repeat(40)).collect();
        entry["attestationCertificateKeyIdentifiers"] = json!(keys);
        entry
    };
    let known = models(&[of(&["1", "2"]), of(&["3"])]);
    assert_eq!(changes(&known, &models(&[of(&["3"]), of(&["2", "1"])])), []);
    let now = models(&[of(&["2", "3", "4"])]);
    let changes = changes(&known, &now);
    let [change] = changes.as_slice() else { panic!("{changes:?}") };
    assert_eq!((change.kind, change.before), (Kind::Changed, Some(&known[0])));
}
