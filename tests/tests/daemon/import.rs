//! What the FIDO Alliance published, as an officer brings it over the network.

use std::time::Instant;

use countersign_authority::publisher::{Publisher, SIGNER, payload};
use countersign_authority::rcgen::{PKCS_ECDSA_P256_SHA256, date_time_ymd};
use countersign_client::ClientError;
use countersign_protocol::admin::{Answer, MetadataImport, Order, Status, Trust};
use countersign_protocol::limits::{ADMIN_FRAME_BYTES_MAX, IMPORT_FRAME_BYTES_MAX};
use countersign_protocol::model::Purpose;
use countersign_protocol::{Bounded, Origin};

use crate::{daemon, officer};

/// Set by `cargo xtask test`: the payload, as JSON.
const PAYLOAD: &str = "COUNTERSIGN_MDS_PAYLOAD";

/// The payload, signed by this publisher: the real signature is not kept with it.
fn published(publisher: &Publisher) -> Vec<u8> {
    let path = std::env::var_os(PAYLOAD).unwrap_or_else(|| {
        panic!("{PAYLOAD} is not set: run `cargo xtask test`, which fetches the metadata")
    });
    let mut blob = publisher.blob(&payload(&[]));
    blob.payload = std::fs::read(path).unwrap();
    blob.signed()
}

fn publisher() -> Publisher {
    Publisher::with(&PKCS_ECDSA_P256_SHA256, |signer| signer.not_after = date_time_ymd(2045, 1, 1))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_published_metadata_are_imported_and_kept() {
    let engine = daemon().await;
    let publisher = publisher();
    let client = officer(&engine, engine.house.officer_holder()).await;
    let purpose = Purpose::Metadata(Origin::new(SIGNER).unwrap());
    let certificate = Bounded::new(&publisher.root).unwrap();
    let trust = Order::Trust(Trust { purpose, certificate, trusted: true });
    assert!(matches!(client.order(&trust).await.unwrap().answer(), Ok(Answer::Done(_))));
    let blob = published(&publisher);
    assert!(blob.len() > ADMIN_FRAME_BYTES_MAX, "longer than any other order");
    let import = Order::MetadataImport(MetadataImport { blob: Bounded::new(&blob).unwrap() });
    let begun = Instant::now();
    let ordered = client.order(&import).await.unwrap();
    let answer = ordered.answer();
    let Ok(Answer::Imported(imported)) = answer else { panic!("{answer:?}") };
    println!("{} bytes imported in {:?}", blob.len(), begun.elapsed());
    assert_eq!((imported.metadata.no, imported.metadata.models), (291, 348));
    assert_eq!((imported.changed, imported.stopped), (348, 0));
    // All of it is in the ledger, and read from there.
    engine.restart().await;
    let client = officer(&engine, engine.house.officer_holder()).await;
    let ordered = client.order(&Order::Status(Status {})).await.unwrap();
    let answer = ordered.answer();
    let Ok(Answer::Status(status)) = answer else { panic!("{answer:?}") };
    let metadata = status.metadata.unwrap();
    assert_eq!((metadata.no, metadata.models), (291, 348));
    let ordered = client.order(&import).await.unwrap();
    let answer = ordered.answer();
    let Ok(Answer::Imported(again)) = answer else { panic!("{answer:?}") };
    assert_eq!((again.changed, again.stopped), (0, 0));
}

/// A frame that begins like an import may be as long as one, and not longer; no other may.
#[tokio::test(flavor = "multi_thread")]
async fn a_frame_is_as_long_as_its_order_may_be() {
    let engine = daemon().await;
    let client = officer(&engine, engine.house.officer_holder()).await;
    let of_length = |head: [u8; 2], bytes: usize| {
        let mut frame = vec![0; bytes];
        frame[..2].copy_from_slice(&head);
        frame
    };
    let too_long = [
        of_length([0x82, 16], IMPORT_FRAME_BYTES_MAX + 1),
        of_length([0x82, 15], ADMIN_FRAME_BYTES_MAX + 1),
        of_length([0x82, 16], ADMIN_FRAME_BYTES_MAX),
    ];
    for frame in too_long {
        let answer = client.request(&frame).await;
        let reset = matches!(answer, Err(ClientError::NoAnswer | ClientError::IdentityRefused));
        assert!(reset, "{answer:?}");
    }
    assert!(client.order(&Order::Status(Status {})).await.is_ok());
}
