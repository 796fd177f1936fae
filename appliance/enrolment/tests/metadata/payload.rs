//! The payload: what an entry must have, what is passed over, and what makes a BLOB contradict itself.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_enrolment::metadata::{BlobFault, EntryFault, Identity};
use serde_json::{Value, json};

use crate::publisher::{HOUSE, Reads as _, entry, payload};

/// How a BLOB with this second entry is refused.
fn refused(second: Value) -> BlobFault {
    HOUSE.publish(&payload(&[entry(1), second])).unwrap_err()
}

/// Model 2's entry with a member changed; `null` takes it out.
fn with(member: &str, value: Value) -> Value {
    let mut entry = entry(2);
    entry[member] = value;
    entry.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    entry
}

fn under(identity: Value) -> Value {
    let mut entry = with("aaguid", Value::Null);
    entry.as_object_mut().unwrap().extend(identity.as_object().unwrap().clone());
    entry
}

fn keys(keys: &[String]) -> Value {
    under(json!({ "attestationCertificateKeyIdentifiers": keys }))
}

/// What JSON's reader says.
fn unreadable(payload: &Value) -> String {
    match HOUSE.publish(payload) {
        Err(BlobFault::Payload(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_model_has_one_name_of_three_kinds() {
    let key = "2806df6c60b1656a78f97a28e168e5ec8d2937b4".to_owned();
    let upper = key.to_ascii_uppercase();
    let entries = [entry(1), under(json!({ "aaid": "4E4e#4005" })), keys(&[key.clone(), upper])];
    let blob = HOUSE.publish(&payload(&entries)).unwrap();
    let identities: Vec<_> = blob.models().iter().map(|model| &model.identity).collect();
    let mut aaguid = std::array::from_fn(|at| at as u8 + 1);
    aaguid[15] = 1;
    assert_eq!(identities[0], &Identity::Aaguid(aaguid));
    assert_eq!(identities[1], &Identity::Aaid("4e4e#4005".to_owned()));
    assert!(matches!(identities[2], Identity::KeyIdentifiers(keys) if keys.len() == 1));
    let texts: Vec<_> = identities.iter().map(ToString::to_string).collect();
    let names = ["AAGUID 01020304-0506-0708-090a-0b0c0d0e0f01", "AAID 4e4e#4005"];
    assert_eq!(texts, [names[0].to_owned(), names[1].to_owned(), format!("attestation key {key}")]);
}

#[test]
fn an_entry_without_a_name_or_with_two_is_refused() {
    let fault = |fault| BlobFault::Entry { number: 2, fault };
    assert_eq!(refused(with("aaguid", Value::Null)), fault(EntryFault::Identity));
    assert_eq!(refused(with("aaid", json!("4e4e#4005"))), fault(EntryFault::Identity));
    for aaguid in [
        "00000000-0000-0000-0000-000000000000",
        "01020304-0506-0708-090a-0b0c0d0e0f0",
        "0102030405060708090a0b0c0d0e0f02",
        "01020304-0506-0708-090a-0b0c0d0e0fzz",
        "+1020304-0506-0708-090a-0b0c0d0e0f02",
    ] {
        assert_eq!(refused(with("aaguid", json!(aaguid))), fault(EntryFault::Aaguid), "{aaguid}");
    }
    for aaid in ["4e4e4005", "4e4e#405", "4e4e#40055", "4e4g#4005", ""] {
        assert_eq!(refused(under(json!({ "aaid": aaid }))), fault(EntryFault::Aaid), "{aaid}");
    }
    assert_eq!(refused(keys(&[])), fault(EntryFault::KeyIdentifier));
    assert_eq!(refused(keys(&["0".repeat(38)])), fault(EntryFault::KeyIdentifier));
}

#[test]
fn two_entries_of_one_model_contradict_each_other() {
    let fault = refused(entry(1));
    let name = "AAGUID 01020304-0506-0708-090a-0b0c0d0e0f01".to_owned();
    assert_eq!(fault, BlobFault::Twice(name));
    assert!(HOUSE.publish(&payload(&[entry(1), entry(2)])).is_ok());
    let [one, two] = ["1", "2"].map(|digit| digit.repeat(40));
    let fault = HOUSE
        .publish(&payload(&[keys(&[one.clone(), two.clone()]), keys(std::slice::from_ref(&two))]));
    assert_eq!(fault.unwrap_err(), BlobFault::Twice(format!("attestation key {two}")));
    assert!(HOUSE.publish(&payload(&[keys(&[one]), keys(&[two])])).is_ok());
}

#[test]
fn an_anchor_is_base64_within_its_limit() {
    let anchored = |anchor: String| {
        let mut entry = entry(2);
        entry["metadataStatement"]["attestationRootCertificates"] = json!([anchor]);
        HOUSE.publish(&payload(&[entry]))
    };
    let fault = BlobFault::Entry { number: 1, fault: EntryFault::Certificate };
    let text = STANDARD.encode(&HOUSE.root);
    let broken = format!("{}\r\n {}\n", &text[..64], &text[64..]);
    let root = std::slice::from_ref(&HOUSE.root);
    assert_eq!(anchored(broken).unwrap().models()[0].anchors, root);
    assert!(anchored(STANDARD.encode(vec![0x30; 8192])).is_ok());
    assert_eq!(anchored(STANDARD.encode(vec![0x30; 8193])).unwrap_err(), fault);
    assert_eq!(anchored("-_".to_owned()).unwrap_err(), fault);
    assert_eq!(anchored(String::new()).unwrap_err(), fault);
}

#[test]
fn lists_are_within_their_limits() {
    let reports = |count| {
        let mut entry = entry(1);
        entry["statusReports"] = json!(vec![entry["statusReports"][0].clone(); count]);
        payload(&[entry])
    };
    assert!(HOUSE.publish(&reports(256)).is_ok());
    assert!(unreadable(&reports(257)).contains("a list of 256 at most"));
    let anchors = |count| {
        let mut entry = entry(1);
        entry["metadataStatement"]["attestationRootCertificates"] = json!(vec!["MAA="; count]);
        payload(&[entry])
    };
    assert!(HOUSE.publish(&anchors(256)).is_ok());
    assert!(unreadable(&anchors(257)).contains("a list of 256 at most"));
    let keys = |count| payload(&[keys(&vec!["0".repeat(40); count])]);
    assert!(HOUSE.publish(&keys(64)).is_ok());
    assert!(unreadable(&keys(65)).contains("a list of 64 at most"));
    let numbered = |place: u32| under(json!({ "aaid": format!("0000#{place:04x}") }));
    let mut entries: Vec<_> = (0..4096).map(numbered).collect();
    assert!(HOUSE.publish(&payload(&entries)).is_ok());
    entries.push(numbered(4096));
    assert!(unreadable(&payload(&entries)).contains("a list of 4096 at most"));
}

#[test]
fn a_payload_has_its_members_once_and_of_their_kinds() {
    let valid = payload(&[entry(1)]);
    for (member, value) in [("no", json!("7")), ("no", json!(-1)), ("no", json!(1_u64 << 32))] {
        let mut payload = valid.clone();
        payload[member] = value;
        assert!(unreadable(&payload).contains("expected u32"));
    }
    for member in ["no", "nextUpdate", "entries", "legalHeader"] {
        let mut payload = valid.clone();
        payload.as_object_mut().unwrap().remove(member);
        assert!(unreadable(&payload).starts_with(&format!("missing field `{member}`")));
    }
    let mut twice = HOUSE.blob(&valid);
    twice.payload = valid.to_string().replacen('{', "{\"no\":8,", 1).into_bytes();
    let fault = HOUSE.read(&twice.signed(), crate::publisher::NOW).unwrap_err();
    assert!(matches!(&fault, BlobFault::Payload(why) if why.starts_with("duplicate field `no`")));
    let mut undated = valid.clone();
    undated["nextUpdate"] = json!("2026-11-31");
    assert_eq!(HOUSE.publish(&undated).unwrap_err(), BlobFault::NextUpdate);
    let mut more = valid;
    more["novelty"] = json!([1]);
    assert!(HOUSE.publish(&more).is_ok());
}
