//! Two daemons, of which one witnesses the other's ledger: the evidence of a signature says so, and both
//! verifiers believe it.

use countersign_client::Identity;
use countersign_protocol::activation::Version;
use countersign_protocol::admin::{Answer, Order, Status};
use countersign_protocol::evidence::Evidence;
use countersign_protocol::limits::{COSIGNATURE_BYTES_MAX, DTBSR_BYTES_MAX};
use countersign_protocol::receipt::Receipt;
use countersign_protocol::reply::{Reply, Signed};
use countersign_protocol::request::{Enrolments, Fetch, Request};
use countersign_protocol::{Bounded, Sequence, TransactionId, canonical};
use countersign_tests::case::Case;
use countersign_tests::draft::{ItemDraft, encode};
use countersign_tests::engine::{Engine, Kind};
use countersign_tests::house::{Holder, ORIGIN, RP_ID};
use countersign_tests::outcome::{is_own, lines};
use countersign_tests::witnessing::{all, ask, log_key, stands, until, witness};
use countersign_verifier::Appliance;
use countersign_verifier::envelope::seal;

use crate::keys::sha256;
use crate::story::Files;
use crate::verifiers::{Second, first};

const DOCUMENTS: [&[u8]; 2] = [b"Dear E.", b"None."];

/// The case with documents that somebody has.
async fn with_documents(engine: &Engine) -> Case<'_> {
    let mut case = Case::begin(engine).await;
    let item = |content: &[u8]| {
        let content = sha256(&[content]).0;
        ItemDraft { dtbsr: content.to_vec(), content, label: "a document".to_owned() }
    };
    case.prepare.items = DOCUMENTS.map(item).into();
    case
}

/// The reply to a `Fetch`.
async fn fetched(case: &Case<'_>, transaction: TransactionId) -> Vec<u8> {
    let frame = encode(&Request::Fetch(Fetch { transaction }));
    case.engine.ask(&case.people.front_end, &frame).await
}

fn signed(reply: &[u8]) -> Signed<'_> {
    let Reply::Signed(signed) = canonical::decode(reply).unwrap() else { panic!("not signed") };
    signed
}

/// The size of the checkpoint, and how many witnesses have cosigned it.
fn covered(reply: &[u8]) -> (u64, usize) {
    let signed = signed(reply);
    let receipt: Receipt<'_> = canonical::decode(signed.receipt.bytes()).unwrap();
    (receipt.checkpoint.size, lines(&signed).filter(|line| !is_own(line)).count())
}

/// How the devices of a transaction were enrolled, under the checkpoint of this reply.
async fn enrolled(case: &Case<'_>, transaction: TransactionId, reply: &[u8]) -> Vec<u8> {
    let (size, _) = covered(reply);
    let frame = encode(&Request::Enrolments(Enrolments { transaction, size }));
    case.engine.ask(&case.people.front_end, &frame).await
}

/// The evidence that a front-end makes of its replies.
fn evidence(holder: &Holder, reply: &[u8], enrolled: &[u8]) -> Vec<u8> {
    let Reply::Enrolments(enrolled) = canonical::decode(enrolled).unwrap() else { panic!() };
    let (identity, signed) =
        (Identity::from_pem(&holder.certificate, &holder.key).unwrap(), signed(reply));
    let none: Vec<Bounded<'_, DTBSR_BYTES_MAX>> = vec![Bounded::EMPTY; DOCUMENTS.len()];
    let lines: Vec<Bounded<'_, COSIGNATURE_BYTES_MAX>> =
        signed.cosignatures.iter().flat_map(Sequence::iter).collect();
    let (mut room, mut lines_room) = ([0; 16], [0; 4096]);
    let exporter = identity.public_key().unwrap();
    let evidence = Evidence {
        version: Version::V1,
        exporter: Bounded::new(&exporter).unwrap(),
        receipt: Bounded::new(signed.receipt.bytes()).unwrap(),
        derivations: Sequence::from_values(&none, &mut room).unwrap(),
        cosignatures: Sequence::from_values(&lines, &mut lines_room).unwrap(),
        enrolments: enrolled.enrolments,
        certificates: Sequence::EMPTY,
    };
    seal(&evidence, |bytes| identity.sign(bytes)).unwrap()
}

/// What an appliance on the embedded token cosigns with, as its officer is told.
async fn cosigner_key(engine: &Engine) -> Box<[u8; 1312]> {
    let read = |answer: &Answer<'_>| match answer {
        Answer::Status(status) => status.cosigner_key.map(|key| Box::new(*key.0)),
        _ => None,
    };
    engine.house.order(&*engine.appliance().await, &Order::Status(Status {}), read).await
}

/// Believes this appliance, if it has cosigned itself, and the witness has seen its log.
async fn trust(engine: &Engine, reply: &[u8], log_key: &str, witness: &str) -> String {
    let receipt: Receipt<'_> = canonical::decode(signed(reply).receipt.bytes()).unwrap();
    let key = countersign_tlog::key::Key::parse(log_key).unwrap();
    let appliance = Appliance {
        id: receipt.checkpoint.appliance,
        checkpoint_key: countersign_protocol::checkpoint::CheckpointKey::from_bytes(key.public())
            .unwrap(),
        cosigner_key: Some(cosigner_key(engine).await),
        rp_id: RP_ID.to_owned(),
        origin: ORIGIN.to_owned(),
    };
    format!("{}\n[witnesses]\nneeded = 1\nkeys = [\"{witness}\"]\n", appliance.table())
}

/// Which link is broken, for both verifiers.
fn broken(files: &Files) -> Option<String> {
    let found = first(files);
    assert_eq!(Second::start().verify(files), found);
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_under_a_cosigned_checkpoint_is_proved_by_both_verifiers() {
    let (log, other) = (Engine::start(Kind::Daemon).await, Engine::start(Kind::Daemon).await);
    let key = log_key(&log).await;
    let mut case = with_documents(&log).await;
    let earlier = case.signed().await.transaction;
    let unseen = fetched(&case, earlier).await;
    assert_eq!(covered(&unseen).1, 0, "nobody has seen it");
    let witness = witness(&other, vec![key.clone()]).await;
    let _asking = ask(&log, &witness).await;
    until(&log, all).await;
    let draft = case.signed().await;
    let (size, _) = until(&log, all).await;
    let trust = trust(&log, &unseen, &key, witness.key()).await;
    let files = |reply: &[u8], enrolled: &[u8]| Files {
        trust: trust.clone(),
        evidence: evidence(&case.people.front_end, reply, enrolled),
        documents: DOCUMENTS.map(<[u8]>::to_vec).into(),
        item: None,
    };
    for transaction in [earlier, draft.transaction] {
        let reply = fetched(&case, transaction).await;
        assert_eq!(covered(&reply), (size, 1), "under the newest checkpoint, not its own");
        let enrolled = enrolled(&case, transaction, &reply).await;
        assert_eq!(broken(&files(&reply, &enrolled)), None);
    }
    let early = enrolled(&case, earlier, &unseen).await;
    assert_eq!(broken(&files(&unseen, &early)).as_deref(), Some("witnesses"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_cosigned_is_shown_after_a_restart_without_the_witness() {
    let (log, other) = (Engine::start(Kind::Daemon).await, Engine::start(Kind::Daemon).await);
    let witness = witness(&other, vec![log_key(&log).await]).await;
    let mut case = with_documents(&log).await;
    let draft = case.signed().await;
    let asking = ask(&log, &witness).await;
    let (size, seen) = until(&log, all).await;
    drop(asking);
    let nobody = countersignd::config::WitnessSection {
        url: "http://127.0.0.1:1".to_owned(),
        key: witness.key().to_owned(),
    };
    drop(witness);
    log.restart().await;
    let appliance = log.appliance().await;
    let asked = countersignd::witnesses::begin(appliance.inner(), &log.house.data(), &[nobody]);
    let _asking = asked.unwrap();
    assert_eq!(stands(&log).await, (size + 1, seen), "the boot is a record");
    let again = fetched(&case, draft.transaction).await;
    assert_eq!(covered(&again), (size, 1));
    assert!(lines(&signed(&again)).any(is_own), "and the appliance has cosigned it again");
    let kept = std::fs::read_to_string(log.house.data().join("cosigned")).unwrap();
    let own = kept.lines().filter(|line| is_own(line)).count();
    assert_eq!(own, 2, "the log's signature and its cosigner's: witnesses are sent both");
}
