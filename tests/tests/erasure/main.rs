//! Erasing a signer: whatever was recorded about the person is closed for ever, on this disk and on every copy of
//! it, and everything else is as it was.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "these are tests: what they did not expect must stop them"
)]

use std::path::Path;

use countersign_ledger::Keys;
use countersign_protocol::admin::{
    Answer, DeviceList, Order, SetStanding, SignerErase, SignerHold, Status,
};
use countersign_protocol::change::Standing;
use countersign_protocol::reply::Failure;
use countersign_protocol::{Name, SlotId};
use countersign_tests::case::Case;
use countersign_tests::engine::{Engine, Kind};
use countersign_tests::outcome::Outcome;
use countersign_vault::VaultError;
use countersignd::RingError;
use countersignd::boot::{BootError, Extent, boot};
use countersignd::config::Config;

/// The keys of Alice's.
const KEYS: [&str; 4] = ["key", "other key", "ungranted key", "joint key"];

/// What would tell of Alice, wherever it stood.
struct Traces(Vec<Vec<u8>>);

impl Traces {
    fn of(case: &Case<'_>, signed: &Outcome) -> Self {
        let Outcome::Signed { signatures, .. } = signed else { panic!("{signed:?}") };
        let credential = case.people.alice.credential();
        let names = ["alice", "alice's phone", "key"].map(|what| case.people.name(what));
        let mut traces = names.map(String::into_bytes).to_vec();
        traces.extend([credential.credential_id.to_vec(), credential.public_key_cose.clone()]);
        traces.extend(signatures.iter().cloned());
        Self(traces)
    }

    /// Which of them are somewhere in these texts.
    fn within(&self, texts: &[Vec<u8>]) -> Vec<bool> {
        let there = |trace: &Vec<u8>| {
            texts.iter().any(|text| text.windows(trace.len()).any(|window| window == trace))
        };
        self.0.iter().map(there).collect()
    }
}

/// Everything on the disk, as it is.
fn files(folder: &Path) -> Vec<Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| std::fs::read(entry.unwrap().path()).unwrap()).collect()
}

/// Everything that the appliance can read of its ledger.
fn readable(engine: &Engine, keys: &impl Keys) -> Vec<Vec<u8>> {
    engine.house.records_with(keys).into_iter().filter_map(|(_, content)| content).collect()
}

async fn revoke_keys(case: &Case<'_>) {
    for key in KEYS {
        let name = case.people.name(key);
        let (name, standing) = (Name::new(&name).unwrap(), Standing::Revoked);
        case.order(&Order::KeyStanding(SetStanding { name, standing })).await;
    }
}

async fn declined(case: &Case<'_>, name: &str) -> String {
    let name = Name::new(name).unwrap();
    case.declined(&Order::SignerErase(SignerErase { name })).await.unwrap()
}

async fn erase(case: &Case<'_>, name: &str) {
    case.order(&Order::SignerErase(SignerErase { name: Name::new(name).unwrap() })).await;
}

/// What officers see of the registry.
async fn seen(engine: &Engine) -> String {
    let appliance = engine.appliance().await;
    let list = Order::DeviceList(DeviceList { after: SlotId(0) });
    let devices =
        engine.house.order(&*appliance, &list, |answer| Some(format!("{answer:?}"))).await;
    let registered = |answer: &Answer<'_>| match answer {
        Answer::Status(status) => Some(format!("{:?}", status.registered)),
        _ => None,
    };
    devices + &engine.house.order(&*appliance, &Order::Status(Status {}), registered).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_can_read_anything_about_an_erased_signer_and_all_else_is_as_it_was() {
    let engine = Engine::start(Kind::Daemon).await;
    let (mut alice, mut others) = (Case::begin(&engine).await, Case::begin(&engine).await);
    let (hers, theirs) = (alice.signed().await.transaction, others.signed().await.transaction);
    let (signed, kept) = (alice.fetched(hers).await, others.fetched(theirs).await);
    let traces = Traces::of(&alice, &signed);
    let data = engine.house.data();
    let ring = engine.appliance().await.inner().ring().clone();
    assert!(traces.within(&readable(&engine, &*ring)).into_iter().all(|there| there), "recorded");
    assert!(!traces.within(&files(&data)).contains(&true), "nothing lies open on the disk");
    let root = tree(&engine).await;

    let name = alice.people.name("alice");
    revoke_keys(&alice).await;
    erase(&alice, &name).await;

    assert!(!traces.within(&readable(&engine, &*ring)).contains(&true));
    drop(ring);
    assert_eq!(
        alice.fetched(hers).await,
        Outcome::Failed(Failure::Stale),
        "not even to her front-end"
    );
    assert_eq!(others.fetched(theirs).await, kept);
    let before = seen(&engine).await;
    assert!(!before.contains(&alice.people.name("alice's phone")), "{before}");

    engine.restart().await;
    assert_eq!(seen(&engine).await, before, "a registry that is rebuilt is the same");
    assert_eq!(others.fetched(theirs).await, kept);
    assert_eq!(alice.fetched(hers).await, Outcome::Failed(Failure::Stale));
    let ring = engine.appliance().await.inner().ring().clone();
    assert!(!traces.within(&readable(&engine, &*ring)).contains(&true));
    assert!(tree(&engine).await > root, "the tree has grown, and is whole");
    others.signed().await;
}

/// Records in the tree, as the appliance says that it is.
async fn tree(engine: &Engine) -> u64 {
    let appliance = engine.appliance().await;
    let size = |answer: &Answer<'_>| match answer {
        Answer::Status(status) => Some(status.ledger_size),
        _ => None,
    };
    engine.house.order(&*appliance, &Order::Status(Status {}), size).await
}

/// Whoever has the disk of yesterday, and the token of today, cannot read it either.
#[tokio::test(flavor = "multi_thread")]
async fn a_copy_from_before_does_not_open() {
    let engine = Engine::start(Kind::Daemon).await;
    let mut alice = Case::begin(&engine).await;
    alice.signed().await;
    revoke_keys(&alice).await;
    let copy = tempfile::TempDir::new().unwrap();
    for entry in std::fs::read_dir(engine.house.data()).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
    }
    erase(&alice, &alice.people.name("alice")).await;
    let config = Config { data: copy.path().to_owned(), ..engine.house.config() };
    let refused = boot(&config, Extent::SinceSnapshot).await.err().unwrap();
    let BootError::Ring(RingError::Vault(why)) = &refused else { panic!("{refused}") };
    assert_eq!(*why, VaultError::OlderCopy { root: 2, found: Some(1) });
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_be_needed_is_kept() {
    let engine = Engine::start(Kind::Daemon).await;
    let mut alice = Case::begin(&engine).await;
    alice.signed().await;
    let name = alice.people.name("alice");
    let why = declined(&alice, &name).await;
    assert!(why.contains("a key that is not revoked"), "{why}");
    revoke_keys(&alice).await;
    let hold = |held| Order::SignerHold(SignerHold { name: Name::new(&name).unwrap(), held });
    alice.order(&hold(true)).await;
    let why = declined(&alice, &name).await;
    assert!(why.contains("legal hold"), "{why}");
    engine.restart().await;
    let why = declined(&alice, &name).await;
    assert!(why.contains("legal hold"), "after a restart too: {why}");
    alice.order(&hold(false)).await;
    erase(&alice, &name).await;
    let why = declined(&alice, &name).await;
    assert!(why.contains("no such signer"), "{why}");
}
