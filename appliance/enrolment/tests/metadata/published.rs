//! What the FIDO Alliance published: BLOB 291, signed anew, for its signature is not kept with it.

use std::fs;

use countersign_enrolment::metadata::{
    Blob, BlobFault, Concern, Identity, ModelFault, Staleness, Step, changes,
};

use crate::publisher::{DAY, HOUSE, NOW, Reads as _, payload};
use serde_json::json;

/// Set by `cargo xtask test`: the payload, as JSON.
const PAYLOAD: &str = "COUNTERSIGN_MDS_PAYLOAD";
/// The one revoked model.
const REVOKED: &str = "AAGUID ba86dc56-635f-4141-aef6-00227b1b9af6";

/// The BLOB as it would be read now.
fn published() -> Blob {
    let path = std::env::var_os(PAYLOAD).unwrap_or_else(|| {
        panic!("{PAYLOAD} is not set: run `cargo xtask test`, which fetches the metadata")
    });
    let mut blob = HOUSE.blob(&payload(&[]));
    blob.payload = fs::read(path).unwrap();
    HOUSE.read(&blob.signed(), NOW).unwrap()
}

#[test]
fn every_entry_is_read() {
    let blob = published();
    let mut kinds = [0; 3];
    for model in blob.models() {
        match model.identity {
            Identity::Aaguid(_) => kinds[0] += 1,
            Identity::KeyIdentifiers(_) => kinds[1] += 1,
            Identity::Aaid(_) => kinds[2] += 1,
        }
    }
    assert_eq!((blob.edition().no, blob.models().len(), kinds), (291, 520, [348, 136, 36]));
    let anchors: usize = blob.models().iter().map(|model| model.anchors.len()).sum();
    // 1,095 are listed: one model lists one of its own twice.
    assert_eq!(anchors, 1_094);
}

#[test]
fn the_revoked_model_is_refused_and_no_other() {
    let blob = published();
    let chain = [HOUSE.certificate.as_slice()];
    let refused: Vec<_> = blob
        .models()
        .iter()
        .filter_map(|model| Some((model.identity.to_string(), model.is_usable(&chain).err()?)))
        .collect();
    assert_eq!(refused, [(REVOKED.to_owned(), ModelFault::Concern(Concern::Revoked))]);
}

/// Nine of those that a device can be enrolled of have keys in software, certified or not.
#[test]
fn models_with_keys_in_software_are_told_apart() {
    let blob = published();
    let of_aaguid = blob.models().iter().filter(|model| model.aaguid().is_some());
    assert_eq!(of_aaguid.filter(|model| !model.hardware).count(), 9);
}

#[test]
fn it_is_stale_after_its_day() {
    let blob = published();
    assert_eq!(blob.staleness(NOW), Staleness::Fresh);
    assert_eq!(blob.staleness(NOW + 42 * DAY), Staleness::Stale { days: 25 });
}

#[test]
fn the_one_before_does_not_follow_it() {
    let known = published().edition();
    let numbered = |no: u32| {
        let mut payload = payload(&[]);
        payload["no"] = json!(no);
        HOUSE.publish(&payload).unwrap().follows(Some(known))
    };
    assert_eq!(numbered(290), Err(BlobFault::RolledBack { no: 290, known: 291 }));
    assert_eq!(numbered(291), Err(BlobFault::Forked(291)));
    assert_eq!(numbered(292), Ok(Step::Newer));
    assert_eq!(published().follows(Some(known)), Ok(Step::Again));
}

#[test]
fn it_changes_nothing_when_it_comes_again() {
    let blob = published();
    let first = changes(&[], blob.models());
    assert_eq!(first.len(), 520);
    assert_eq!(first.iter().filter(|change| change.suspends()).count(), 1);
    assert_eq!(changes(blob.models(), published().models()), []);
}
