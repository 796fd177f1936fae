//! What whoever has a core file, the swap, the log or the disk learns of the program's secrets: nothing.
//!
//! The program itself signs for Alice, with a log of everything; then its memory is searched, which root alone can do, and it
//! is made to crash.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "these are tests: what they did not expect must stop them"
)]

mod memory;

use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;

use countersign_client::{FrontEnd, Identity, ServerPin};
use countersign_protocol::Digest;
use countersign_protocol::log::Wanted;
use countersign_protocol::reply::Failure;
use countersign_tests::house::{House, RelyingParty};
use countersign_tests::people::People;
use countersign_tests::program::Program;
use countersign_token::PrfUse;
use countersign_token_fixture::{Make, token};
use countersignd::boot::open_token;
use countersignd::{Outcome, Service};
use rustls_pki_types::CertificateDer;

/// The program, as a front-end reaches it.
struct Remote(FrontEnd);

impl Service for Remote {
    fn channel(&self, _: &CertificateDer<'_>) -> Option<Digest> {
        None
    }

    fn is_front_end(&self, _: &Digest) -> bool {
        true
    }

    fn is_officer(&self, _: &Digest) -> bool {
        false
    }

    fn admits(&self, _: &Digest) -> bool {
        true
    }

    async fn request(&self, _: Digest, frame: &[u8]) -> Outcome {
        Outcome::Whole(self.0.request(frame).await.unwrap())
    }

    async fn order(&self, _: &Digest, _: &[u8]) -> Option<Vec<u8>> {
        None
    }

    async fn published(&self, _: &Wanted) -> Result<Option<Vec<u8>>, Failure> {
        Err(Failure::Unavailable)
    }

    fn count_malformed(&self) {}
}

/// Something that nobody is to find.
struct Secret {
    name: &'static str,
    bytes: Vec<u8>,
}

impl Secret {
    fn new(name: &'static str, bytes: impl Into<Vec<u8>>) -> Self {
        Self { name, bytes: bytes.into() }
    }

    /// As it is, or in hexadecimal.
    fn is_in(&self, text: &[u8]) -> bool {
        let hex = hex::encode(&self.bytes);
        let forms = [&self.bytes[..], hex.as_bytes()];
        forms.iter().any(|form| text.windows(form.len()).any(|window| window == *form))
    }
}

/// PIN, derived keys, and what is in records about Alice.
fn secrets(house: &House, pin: &Path, people: &People) -> Vec<Secret> {
    let token = open_token(&house.config()).unwrap();
    let derived = |purpose| token.prf(purpose).unwrap().to_vec();
    let credential = people.alice.credential();
    vec![
        Secret::new("the PIN", std::fs::read_to_string(pin).unwrap().trim()),
        Secret::new("the key of own records", derived(PrfUse::OwnRecords)),
        Secret::new("the salts' secret", derived(PrfUse::LedgerSalt)),
        Secret::new("Alice's name", people.name("alice")),
        Secret::new("her phone's name", people.name("alice's phone")),
        Secret::new("its credential", credential.credential_id.to_vec()),
    ]
}

fn files(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
}

/// Where the system lets the program lock its pages, as the service's unit does.
fn nothing_is_swapped(program: &Program, secrets: &[Secret], locks: bool) {
    let patterns: Vec<_> = secrets.iter().map(|secret| &secret.bytes[..]).collect();
    let Some(found) = memory::search(program.id(), &patterns) else {
        return println!("not root: the system refuses to show the program's memory");
    };
    println!("pages are locked: {locks}");
    let swappable = found.iter().filter(|found| !found.locked);
    let swappable: Vec<_> = swappable.map(|found| secrets[found.pattern].name).collect();
    assert!(!locks || swappable.is_empty(), "it can be swapped out: {swappable:?}");
    // Else the search finds nothing anyway.
    let own = secrets.iter().position(|secret| secret.name == "the key of own records");
    assert!(found.iter().any(|found| Some(found.pattern) == own), "nothing is found at all");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_core_no_swap_no_log_and_no_file_has_a_secret() {
    let fixture = token(Make::Embedded);
    let house = House::build_on("host", &fixture, RelyingParty::example()).await;
    let appliance = house.boot().await;
    let mut people = People::register(&house, &*appliance).await;
    appliance.inner().close();
    drop(appliance);
    let secrets = secrets(&house, &fixture.pin_file, &people);

    let mut program = Program::logging(&house.config_file(), "run", "trace,cryptoki=off");
    let begun = program.served();
    let address = begun.last().unwrap()["address"].as_str().unwrap().parse().unwrap();
    let pin = ServerPin::from_pem_file(&house.server_certificate()).unwrap();
    let identity =
        Identity::from_pem(&people.front_end.certificate, &people.front_end.key).unwrap();
    let remote = Remote(FrontEnd::connect(address, &pin, &identity).await.unwrap());
    let (_, reply) = people.sign(&remote).await.unwrap();
    assert!(reply.len() > 1_000, "it is signed");

    let confined = begun.iter().find(|line| line["message"] == "confined").unwrap();
    nothing_is_swapped(&program, &secrets, confined["memory_locked"].as_bool().unwrap());

    program.signal("ABRT");
    let (status, said) = program.told();
    assert_eq!((status.signal(), status.core_dumped()), (Some(6), false), "{status}");
    let log = begun.iter().map(ToString::to_string).collect::<String>() + &said;
    assert!(said.contains("answered"), "a log of everything");
    for secret in &secrets {
        assert!(!secret.is_in(log.as_bytes()), "{} is in the log", secret.name);
        for (path, bytes) in files(&house.data()) {
            assert!(!secret.is_in(&bytes), "{} is in {}", secret.name, path.display());
        }
    }
}
