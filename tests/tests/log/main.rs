//! The published log of a real daemon: who reads it, what is proved, and what a reader refuses.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "these are tests: what they did not expect must stop them"
)]

mod memory;

use std::time::Duration;

use countersign_client::log::{
    LogError, LogReader, Met, Source, checkpoint, consistency, entries, inclusion, newest, received,
};
use countersign_client::{ClientError, Identity, ServerPin};
use countersign_host::Host;
use countersign_protocol::Name;
use countersign_protocol::admin::{Answer, Order, SetStanding, SignerAdd, Status};
use countersign_protocol::change::{Retention, Standing};
use countersign_protocol::log::Wanted;
use countersign_protocol::reply::Failure;
use countersign_protocol::signed_checkpoint::SignedCheckpoint;
use countersign_tests::case::Case;
use countersign_tests::engine::{Engine, Kind};
use countersign_tests::house::Holder;
use countersign_tlog::tile::Tile;
use countersign_tlog::{Head, leaf_hash};
use countersign_verifier::{Appliance, Trust, published};
use memory::Remembered;

async fn daemon() -> Engine {
    let engine = Engine::start(Kind::Daemon).await;
    engine.house.publish();
    engine.restart().await;
    engine
}

async fn reader(engine: &Engine, holder: &Holder) -> LogReader {
    let pin = ServerPin::from_pem_file(&engine.house.server_certificate()).unwrap();
    let identity = Identity::from_pem(&holder.certificate, &holder.key).unwrap();
    LogReader::connect(engine.address().await, &pin, &identity).await.unwrap()
}

/// What an officer is told: trust, size, and what is published.
async fn status(engine: &Engine) -> (Trust, u64, Option<(u64, Option<Vec<u8>>)>) {
    let appliance = engine.appliance().await;
    let read = |answer: &Answer<'_>| match answer {
        Answer::Status(status) => Some((
            Appliance {
                id: status.appliance,
                checkpoint_key: status.checkpoint_key,
                cosigner_key: status.cosigner_key.map(|key| Box::new(*key.0)),
                rp_id: status.rp_id.as_str().to_owned(),
                origin: status.origin.as_str().to_owned(),
            },
            status.ledger_size,
            status.published.map(|p| (p.size, p.fault.map(|why| why.bytes().to_vec()))),
        )),
        _ => None,
    };
    let (appliance, size, copy) =
        engine.house.order(&*appliance, &Order::Status(Status {}), read).await;
    (Trust::parse(&appliance.table()).unwrap(), size, copy)
}

/// The published checkpoint, once it is of everything.
async fn up_to_date(engine: &Engine, source: &impl Source) -> (String, SignedCheckpoint) {
    let (trust, size, _) = status(engine).await;
    for _ in 0..100 {
        if let Ok(note) = checkpoint(source).await {
            let signed = published(&Host, &trust, &note).unwrap();
            if signed.checkpoint.size == size {
                return (note, signed);
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("nothing is published");
}

async fn add_signer(engine: &Engine, name: &str) {
    let appliance = engine.appliance().await;
    let order =
        Order::SignerAdd(SignerAdd { name: Name::new(name).unwrap(), retention: Retention::None });
    engine.house.order_done(&*appliance, &order).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_record_is_published_and_proved() {
    let engine = daemon().await;
    let mut case = Case::begin(&engine).await;
    case.signed().await;
    let reader = reader(&engine, engine.house.officer_holder()).await;
    let (_, signed) = up_to_date(&engine, &reader).await;
    let head = signed.checkpoint.head();
    let leaves = entries(&reader, &Tile::of(0, 0, head.size).unwrap()).await.unwrap();
    assert_eq!(leaves.len(), engine.house.records().len());
    for (index, leaf) in (0..).zip(&leaves) {
        inclusion(&reader, &leaf_hash(leaf), index, &head).await.unwrap();
    }
    let other = inclusion(&reader, &leaf_hash(&leaves[0]), 1, &head).await;
    assert!(matches!(other, Err(LogError::Proof(_))), "another record's place");
    assert_eq!(status(&engine).await.2, Some((head.size, None)));
}

#[tokio::test(flavor = "multi_thread")]
async fn front_ends_read_until_they_are_suspended_and_strangers_never() {
    let engine = daemon().await;
    let case = Case::begin(&engine).await;
    let front_end = reader(&engine, &case.people.front_end).await;
    up_to_date(&engine, &front_end).await;
    let stranger = reader(&engine, &case.people.stranger).await;
    let refused = stranger.file(&Wanted::Checkpoint).await;
    assert!(matches!(refused, Err(LogError::Client(ClientError::IdentityRefused))), "{refused:?}");
    let (name, standing) = (case.people.name("front-end"), Standing::Suspended);
    let order = SetStanding { name: Name::new(&name).unwrap(), standing };
    let order = Order::FrontEndStanding(order);
    engine.house.order_done(&*engine.appliance().await, &order).await;
    let refused = front_end.file(&Wanted::Checkpoint).await;
    assert!(
        matches!(
            refused,
            Err(LogError::Client(ClientError::IdentityRefused | ClientError::NoAnswer))
        ),
        "{refused:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn only_published_files_are_given() {
    let engine = daemon().await;
    let reader = reader(&engine, engine.house.officer_holder()).await;
    up_to_date(&engine, &reader).await;
    for frame in ["../data/ledger", "/etc/passwd", ".next-group", "tile/0/999.p/256", ""] {
        let reply = reader.request(frame.as_bytes()).await.unwrap();
        assert_eq!(reply, [18], "{frame}");
    }
    assert_eq!(reader.request(&[b'x'; 65]).await.unwrap(), [18], "past the limit");
    assert_eq!(reader.request(b"tile/0/999").await.unwrap(), [2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_folder_it_says_that_nothing_is_published() {
    let engine = Engine::start(Kind::Daemon).await;
    let reader = reader(&engine, engine.house.officer_holder()).await;
    let refused = checkpoint(&reader).await;
    assert!(matches!(refused, Err(LogError::Failed(Failure::Unavailable))), "{refused:?}");
    assert_eq!(status(&engine).await.2, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_cannot_be_written_is_told_and_stops_no_signature() {
    let engine = Engine::start(Kind::Daemon).await;
    engine.house.publish();
    std::fs::write(engine.house.public(), "a file where the folder should be").unwrap();
    engine.restart().await;
    let mut case = Case::begin(&engine).await;
    case.signed().await;
    let (_, _, copy) = status(&engine).await;
    let why = String::from_utf8(copy.unwrap().1.unwrap()).unwrap();
    assert!(why.contains("cannot be written"), "{why}");
    std::fs::remove_file(engine.house.public()).unwrap();
    let reader = reader(&engine, engine.house.officer_holder()).await;
    up_to_date(&engine, &reader).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_seen_is_remembered_and_another_history_is_refused() {
    let engine = daemon().await;
    let reader = reader(&engine, engine.house.officer_holder()).await;
    let (memory, log) = (Remembered::default(), "a log");
    let (_, first) = up_to_date(&engine, &reader).await;
    let first = first.checkpoint.head();
    assert_eq!(newest(&memory, &reader, log, &first).await.unwrap(), Met::First);
    add_signer(&engine, "Dr A").await;
    let second = up_to_date(&engine, &reader).await.1.checkpoint.head();
    consistency(&reader, &first, &second).await.unwrap();
    assert_eq!(newest(&memory, &reader, log, &second).await.unwrap(), Met::Proved);

    let shrank = newest(&memory, &reader, log, &first).await;
    assert!(matches!(shrank, Err(LogError::Shrank { now, .. }) if now == first.size));
    let forked = Head { root: [7; 32], ..second };
    let refused = newest(&memory, &reader, log, &forked).await;
    assert!(matches!(refused, Err(LogError::Forked { .. })), "{refused:?}");
    memory.largest(log, Head { root: [7; 32], ..first });
    let refused = newest(&memory, &reader, log, &second).await;
    assert!(matches!(refused, Err(LogError::Forked { .. })), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_are_held_against_what_was_seen() {
    let engine = daemon().await;
    let reader = reader(&engine, engine.house.officer_holder()).await;
    let (note, first) = up_to_date(&engine, &reader).await;
    let (memory, log) = (Remembered::default(), note.lines().next().unwrap());
    let first = first.checkpoint.head();
    let nowhere = None::<&LogReader>;
    assert_eq!(received(&memory, nowhere, log, &first).await.unwrap(), Met::First);
    add_signer(&engine, "Dr A").await;
    let second = up_to_date(&engine, &reader).await.1.checkpoint.head();
    assert_eq!(received(&memory, nowhere, log, &second).await.unwrap(), Met::Unproved);
    assert_eq!(memory.seen(log).unwrap().proved, first, "what is not proved takes no place");
    assert_eq!(memory.seen(log).unwrap().largest, second);
    add_signer(&engine, "Dr B").await;
    let third = up_to_date(&engine, &reader).await.1.checkpoint.head();
    assert_eq!(received(&memory, Some(&reader), log, &third).await.unwrap(), Met::Proved);
    // An older receipt, fetched again.
    assert_eq!(received(&memory, Some(&reader), log, &first).await.unwrap(), Met::Proved);
    assert_eq!(memory.seen(log).unwrap().proved, third);
    let forged = Head { root: [7; 32], ..second };
    let refused = received(&memory, Some(&reader), log, &forged).await;
    assert!(matches!(refused, Err(LogError::Forked { seen }) if seen == forged), "{refused:?}");
}
