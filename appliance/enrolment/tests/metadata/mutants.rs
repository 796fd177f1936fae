//! Mutated BLOBs: none stops its reader, and none is believed.

use proptest::prelude::*;

use crate::publisher::{HOUSE, NOW, Reads as _, entry, payload};

/// The bytes with one changed, cut, or written twice.
fn mutated(mut bytes: Vec<u8>, (at, byte, kind): (prop::sample::Index, u8, u8)) -> Vec<u8> {
    let at = at.index(bytes.len());
    match kind {
        0 => bytes[at] = byte,
        1 => bytes.truncate(at),
        2 => bytes.insert(at, byte),
        _ => bytes = [&bytes[..at], &bytes[at / 2..]].concat(),
    }
    bytes
}

fn mutation() -> impl Strategy<Value = (prop::sample::Index, u8, u8)> {
    (any::<prop::sample::Index>(), any::<u8>(), 0..4_u8)
}

proptest! {
    #[test]
    fn a_mutated_jws_is_refused(mutation in mutation()) {
        let jws = HOUSE.blob(&payload(&[entry(1)])).signed();
        let mutant = mutated(jws.clone(), mutation);
        prop_assume!(mutant != jws);
        prop_assert!(HOUSE.read(&mutant, NOW).is_err());
    }

    #[test]
    fn a_mutated_payload_stops_nobody(mutations in prop::collection::vec(mutation(), 1..4)) {
        let mut blob = HOUSE.blob(&payload(&[entry(1), entry(2)]));
        for mutation in mutations {
            blob.payload = mutated(blob.payload, mutation);
            if blob.payload.is_empty() {
                break;
            }
        }
        if let Ok(read) = HOUSE.read(&blob.signed(), NOW) {
            let chain: [&[u8]; 0] = [];
            for model in read.models() {
                prop_assert!(model.is_usable(&chain).is_ok() || model.concerns.bar().is_some());
                prop_assert!(countersign_protocol::Name::new(&model.description).is_some());
            }
        }
    }
}
