//! A daemon as a witness: what it answers over HTTP, and to a log that was forked.

use std::time::Duration;

use countersign_protocol::Name;
use countersign_protocol::admin::{KeyPolicy, Order, SetStanding};
use countersign_protocol::change::Standing;
use countersign_protocol::policy::{Policy, WitnessCount};
use countersign_protocol::record::Kind as RecordKind;
use countersign_protocol::reply::Failure;
use countersign_tests::case::{Case, REFUSED};
use countersign_tests::engine::{Engine, Kind};
use countersign_tests::outcome::Outcome;

use countersign_tests::people::policy_of;
use countersign_tests::remembered::Remembered;
use countersign_tests::witnessing::{NAME, all, ask, log_key, stands, until, witness};
use countersign_tlog::witness::REQUEST_BYTES_MAX;
use countersignd::boot::open_token;
use countersignd::config::WitnessingSection;
use countersignd::witnessing::{Witnessing, WitnessingError, begin};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

async fn daemons() -> (Engine, Engine) {
    (Engine::start(Kind::Daemon).await, Engine::start(Kind::Daemon).await)
}

/// What the witness remembers.
fn memory(by: &Engine) -> String {
    std::fs::read_to_string(by.house.data().join("witness")).unwrap()
}

/// The status that a request is answered with.
async fn status(witness: &Witnessing, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(witness.address()).await.unwrap();
    // It may be answered before it is read to its end.
    let _ = stream.write_all(request).await;
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer[9..]).into_owned()
}

fn post(path: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("POST {path} HTTP/1.1\r\nHost: w\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_a_request_within_its_limits_is_looked_at() {
    let (log, other) = daemons().await;
    let witness = witness(&other, vec![log_key(&log).await]).await;
    let before = memory(&other);
    assert_eq!(status(&witness, b"GET /add-checkpoint HTTP/1.1\r\nHost: w\r\n\r\n").await, "405");
    assert_eq!(status(&witness, &post("/", b"")).await, "404");
    assert_eq!(status(&witness, &post("/add-checkpoint", b"old 0\n\n")).await, "400");
    let long = vec![b'a'; REQUEST_BYTES_MAX + 1];
    assert_eq!(status(&witness, &post("/add-checkpoint", &long)).await, "400");
    let headers = [b"GET / HTTP/1.1\r\nX: ".as_slice(), &long, b"\r\n\r\n"].concat();
    assert_eq!(status(&witness, &headers).await, "431");
    let unknown = "old 0\n\nlog.example\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n\u{2014} log.example AAAAAAAA\n";
    assert_eq!(status(&witness, &post("/add-checkpoint", unknown.as_bytes())).await, "404");
    assert_eq!(memory(&other), before);
}

/// Somebody puts back an older copy of the ledger and of the token, and goes on with it.
#[tokio::test(flavor = "multi_thread")]
async fn a_forked_log_is_refused_by_the_witness_and_says_so() {
    let (log, other) = daemons().await;
    let witness = witness(&other, vec![log_key(&log).await]).await;
    let mut case = Case::begin(&log).await;
    let older = std::fs::read(log.house.ledger()).unwrap();
    let token = open_token(&log.house.config()).unwrap();
    let known = Remembered::of(&token);
    case.signed().await;
    case.signed().await;
    let asking = ask(&log, &witness).await;
    let (size, seen) = until(&log, all).await;
    let remembered = memory(&other);
    drop(asking);
    // Whoever has the token too: else the anchor would be enough.
    let put_back = async {
        std::fs::write(log.house.ledger(), &older).unwrap();
        known.left().put_back(&token);
    };
    log.restart_after(put_back).await;
    assert!(stands(&log).await.0 < size, "an older copy was started");
    // Beyond what the witness has seen: it must find out that it is another log, not only a shorter one.
    while stands(&log).await.0 <= size {
        case.signed().await;
    }
    let _asking = ask(&log, &witness).await;
    // A log that goes on is cosigned within a quarter of a second.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (now, still) = stands(&log).await;
    assert!(now > size);
    assert_eq!(still, seen, "it was cosigned once, and not since");
    assert_eq!(memory(&other), remembered);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_that_has_its_key_without_its_memory_does_not_begin() {
    let (log, other) = daemons().await;
    let key = log_key(&log).await;
    drop(witness(&other, vec![key.clone()]).await);
    let listen = "127.0.0.1:0".parse().unwrap();
    let section = WitnessingSection { listen, name: "w".to_owned(), logs: vec![key] };
    let (appliance, data) = (other.appliance().await, other.house.data());
    std::fs::remove_file(data.join("witness")).unwrap();
    let why = begin(appliance.inner(), &data, &section).await.err().unwrap();
    assert!(matches!(why, WitnessingError::Memory(_)), "{why}");
    for (section, expected) in [
        (WitnessingSection { name: "a b".to_owned(), ..section.clone() }, "no name of a witness"),
        (WitnessingSection { logs: vec!["x".to_owned()], ..section }, "no verifier key"),
    ] {
        let why = begin(appliance.inner(), &data, &section).await.err().unwrap().to_string();
        assert!(why.contains(expected), "{why}");
    }
}

/// Has the officer ask for so many witnesses of Alice's key.
async fn ask_for(case: &Case<'_>, witnesses: u8) -> Option<String> {
    let (name, mut room) = (case.people.name("key"), [0; 8]);
    let policy = Policy {
        witnesses: WitnessCount::new(witnesses),
        ..policy_of(case.people.key.suite, &mut room)
    };
    case.declined(&Order::KeyPolicy(KeyPolicy { name: Name::new(&name).unwrap(), policy })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_waits_for_as_many_witnesses_as_its_keys_policy_asks_for() {
    let (log, other) = daemons().await;
    let (witness, mut case) =
        (witness(&other, vec![log_key(&log).await]).await, Case::begin(&log).await);
    let why = ask_for(&case, 1).await.unwrap();
    assert!(why.contains("asks for 1 witnesses, and 0 are configured"), "{why}");
    let _asking = ask(&log, &witness).await;
    let why = ask_for(&case, 2).await.unwrap();
    assert!(why.contains("asks for 2 witnesses, and 1 are configured"), "{why}");
    assert_eq!(ask_for(&case, 1).await, None);
    let draft = case.signed().await;
    let Outcome::Signed { cosigned, .. } = case.fetched(draft.transaction).await else { panic!() };
    assert_eq!(cosigned, 1);
    let prepared = case.prepared().await;
    let frame = case.approved(&prepared, |_| ()).frame();
    let outcome = case.ask(&frame).await;
    let Outcome::Signed { cosigned, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(cosigned, 1, "it was given with what a witness has said");
}

/// The witness is down: the signature is on record and not given; later it is, unless its key was revoked.
#[tokio::test(flavor = "multi_thread")]
async fn what_no_witness_has_seen_is_given_later_or_never() {
    let (log, other) = daemons().await;
    let keys = vec![log_key(&log).await];
    let (first, mut case) = (witness(&other, keys.clone()).await, Case::begin(&log).await);
    let address = first.address();
    let _asking = ask(&log, &first).await;
    assert_eq!(ask_for(&case, 1).await, None);
    until(&log, all).await;
    drop(first);
    let prepared = case.prepared().await;
    let draft = case.approved(&prepared, |_| ());
    let unavailable = Outcome::Failed(Failure::Unavailable);
    assert_eq!(case.ask(&draft.frame()).await, unavailable);
    let appliance = other.appliance().await;
    let section = WitnessingSection { listen: address, name: NAME.to_owned(), logs: keys };
    let _again = begin(appliance.inner(), &other.house.data(), &section).await.unwrap();
    until(&log, all).await;
    let fetched = case.fetched(draft.transaction).await;
    case.expect_signatures(&fetched);
    assert!(matches!(fetched, Outcome::Signed { cosigned: 1, .. }));
    let name = case.people.name("key");
    let revoke = SetStanding { name: Name::new(&name).unwrap(), standing: Standing::Revoked };
    case.order(&Order::KeyStanding(revoke)).await;
    assert_eq!(case.fetched(draft.transaction).await, REFUSED);
}

/// A revocation that was acknowledged while a signature waited for its witness stops the release.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_revoked_while_it_waited_for_a_witness_is_not_given() {
    let (log, other) = daemons().await;
    let keys = vec![log_key(&log).await];
    let (first, mut case) = (witness(&other, keys.clone()).await, Case::begin(&log).await);
    let address = first.address();
    let _asking = ask(&log, &first).await;
    assert_eq!(ask_for(&case, 1).await, None);
    until(&log, all).await;
    drop(first);
    let prepared = case.prepared().await;
    let draft = case.approved(&prepared, |_| ());
    let frame = draft.frame();
    let revoked_meanwhile = async {
        let is_recorded =
            || log.house.records().iter().any(|(kind, _)| *kind == RecordKind::Signature);
        while !is_recorded() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let name = case.people.name("key");
        let revoke = SetStanding { name: Name::new(&name).unwrap(), standing: Standing::Revoked };
        case.order(&Order::KeyStanding(revoke)).await;
        let section = WitnessingSection { listen: address, name: NAME.to_owned(), logs: keys };
        let (appliance, data) = (other.appliance().await, other.house.data());
        begin(appliance.inner(), &data, &section).await.unwrap()
    };
    let (outcome, _again) = tokio::join!(case.ask(&frame), revoked_meanwhile);
    assert_eq!(outcome, REFUSED);
}
