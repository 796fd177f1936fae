//! The page for development and tests, in a real browser: what a signer clicks, reads and gets.
//!
//! Nothing of the page is replaced: `countersign-page` serves it as it is, and asks a daemon over QUIC. An
//! appliance is for an https origin, so the test stands between browser and page where TLS would end.

use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use countersign_client::{Identity, ServerPin};
use countersign_core::suite::algorithm;
use countersign_host::Host;
use countersign_page::{Appliance, Listener, serve};
use countersign_ports::Crypto as _;
use countersign_protocol::enrolment::Enrolment;
use countersign_protocol::fingerprint::Fingerprint;
use countersign_protocol::record::Kind as Record;
use countersign_protocol::ticket::Assurance;
use countersign_protocol::{Suite, canonical};
use countersign_tests::case::Case;
use countersign_tests::engine::{Engine, Kind};
use countersign_tests::enrolment::{Handed, confirmation, fingerprint};
use countersign_tests::house::RelyingParty;
use countersign_tests::people::SigningKey;
use serde_json::{Value, json};

use crate::browser::connect;
use crate::chromium::Chromium;
use crate::served::{Lie, Served};

/// What is signed.
const DOCUMENT: &[u8] = b"a discharge summary";
/// Whose devices these are.
const SIGNER: &str = "carol";

/// The page in a browser.
struct Page {
    chromium: Chromium,
    origin: String,
    devices: Vec<Value>,
}

impl Page {
    /// Opens a browser that reaches the page, with no device yet.
    fn of(served: Served) -> Self {
        let mut chromium = Chromium::start();
        let origin = served.origin.clone();
        chromium.reaches(served);
        chromium.call("WebAuthn.enable", json!({}));
        Self { chromium, origin, devices: Vec::new() }
    }

    /// The signer takes a new device in hand, and touches no other.
    fn takes_a_new_device(&mut self) {
        let device = connect(&mut self.chromium);
        self.devices.push(device);
        self.takes(self.devices.len() - 1);
    }

    /// The signer takes this device in hand, and touches no other.
    fn takes(&mut self, wanted: usize) {
        for (at, device) in self.devices.iter().enumerate() {
            let touched = json!({ "authenticatorId": device, "enabled": at == wanted });
            self.chromium.call("WebAuthn.setAutomaticPresenceSimulation", touched);
        }
    }

    /// Opens the page anew, with a ticket in its address.
    fn open(&mut self, ticket: &Handed) {
        let text = BASE64_URL_SAFE_NO_PAD.encode(&ticket.0);
        self.chromium.open("about:blank");
        self.chromium.open(&format!("{}/#ticket={text}", self.origin));
    }

    fn click(&mut self, id: &str) {
        self.chromium.evaluate(&format!("{}.click()", element(id))).unwrap();
    }

    fn types(&mut self, id: &str, text: &str) {
        self.chromium.evaluate(&format!("{}.value = {}", element(id), json!(text))).unwrap();
    }

    fn reads(&mut self, id: &str) -> String {
        let text = self.chromium.evaluate(&format!("{}.innerText", element(id))).unwrap();
        text.as_str().unwrap().to_owned()
    }

    /// Waits until the page shows this, or says where it failed.
    fn shown(&mut self, id: &str) -> Result<(), String> {
        let looks = format!(
            "new Promise((done) => {{
                const look = () => {{
                    const failed = document.querySelector('.failed')?.innerText;
                    if (failed) done(failed);
                    else if ({0}?.checkVisibility()) done('');
                    else setTimeout(look, 20);
                }};
                look();
            }})",
            element(id)
        );
        let failed = self.chromium.evaluate(&looks).unwrap().as_str().unwrap().to_owned();
        if failed.is_empty() { Ok(()) } else { Err(failed) }
    }

    /// Clicks, and waits until the page shows this.
    fn click_until(&mut self, id: &str, shown: &str) {
        self.click(id);
        self.shown(shown).unwrap();
    }
}

fn element(id: &str) -> String {
    format!("document.getElementById('{id}')")
}

/// A daemon whose signers approve on this page.
async fn daemon(listener: &Listener) -> Engine {
    let rp_id = "localhost".to_owned();
    Engine::start_for(Kind::Daemon, RelyingParty { rp_id, origin: origin(listener) }).await
}

fn origin(listener: &Listener) -> String {
    format!("https://localhost:{}", listener.port())
}

fn listener() -> Listener {
    Listener::bind("127.0.0.1:0".parse().unwrap()).unwrap()
}

/// Serves the page as the case's front-end, and opens a browser for it.
async fn open(case: &Case<'_>, listener: Listener) -> Page {
    open_lying(case, listener, None).await
}

/// The same, with a front-end that tells this lie.
async fn open_lying(case: &Case<'_>, listener: Listener, lie: Option<Lie>) -> Page {
    let front_end = &case.people.front_end;
    let pin = ServerPin::from_pem_file(&case.engine.house.server_certificate()).unwrap();
    let identity = Identity::from_pem(&front_end.certificate, &front_end.key).unwrap();
    let appliance = Appliance::new(case.engine.address().await, pin, identity);
    let (origin, port) = (origin(&listener), listener.port());
    let page = Page::of(Served { origin: origin.clone(), port, lie });
    tokio::spawn(async move { serve(listener, &origin, appliance).await });
    page
}

/// A signer without any device, and their key.
async fn signer(case: &Case<'_>, suite: Suite) -> SigningKey {
    let appliance = case.engine.appliance().await;
    case.people.another_signer(&case.engine.house, &*appliance, SIGNER, suite).await
}

/// The words of the key that was enrolled last, as the ledger has it.
async fn words_on_record(case: &Case<'_>) -> Fingerprint {
    let appliance = case.engine.appliance().await;
    let records = case.engine.house.records_with(&**appliance.inner().ring());
    let last = records.iter().rfind(|(kind, _)| *kind == Record::Enrolment).unwrap();
    let enrolment: Enrolment<'_> = canonical::decode(last.1.as_deref().unwrap()).unwrap();
    fingerprint(enrolment.device.cose_key.bytes())
}

/// The page shows the words of the new key; the officer hears and confirms them.
async fn read_to_the_officer(case: &Case<'_>, page: &mut Page, device: &str) {
    let words = Fingerprint::from_words(&page.reads("words")).expect("ten words");
    assert_eq!(words, words_on_record(case).await);
    case.order(&confirmation(&case.people.name(device), words)).await;
}

/// A first device of the signer is registered through the page, and confirmed.
async fn enrol_first(case: &Case<'_>, page: &mut Page) -> Handed {
    let ticket = case.ticket(SIGNER, "phone", Assurance::Any).await;
    page.takes_a_new_device();
    page.open(&ticket);
    page.shown("register").unwrap();
    assert!(page.reads("ticket-says").contains(&case.people.name("phone")));
    page.click_until("register", "enrolled");
    read_to_the_officer(case, page, "phone").await;
    ticket
}

/// The page has a document and a key to ask for.
fn fill_in(page: &mut Page, key: &SigningKey, document: &Path) {
    std::fs::write(document, DOCUMENT).unwrap();
    page.chromium.choose(&element("document"), document);
    page.types("key", &key.id.to_string());
    page.types("suite", key.suite.name());
}

/// A document is approved on the page, and the signature that it shows verifies.
fn approve(page: &mut Page, key: &SigningKey, digest: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    fill_in(page, key, &folder.path().join("summary.txt"));
    page.click_until("prepare", "sign");
    assert!(page.reads("activation-says").contains("summary.txt"), "the label is shown");
    page.click_until("sign", "downloads");
    let said = page.reads("approve-said");
    let signature = hex::decode(said.strip_prefix("Signed: ").unwrap()).unwrap();
    assert!(bool::from(Host.verify(algorithm(key.suite), &key.public_key, digest, &signature)));
    assert_eq!(page.reads("downloads"), "summary.txt.sig\nsummary.txt.receipt");
}

/// Changes what is told in base64url.
fn changed(told: &mut Value, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(told.as_str().unwrap()).unwrap();
    change(&mut bytes);
    *told = json!(BASE64_URL_SAFE_NO_PAD.encode(bytes));
}

/// The front-end has another document approved than was chosen.
fn another_document(told: &mut Value) {
    let chosen = Host.sha256(&[DOCUMENT]);
    if let Some(activation) = told.get_mut("activation") {
        changed(activation, |bytes| {
            let at = bytes.windows(32).position(|digest| digest == chosen).unwrap();
            bytes[at] ^= 1;
        });
    }
}

/// The front-end has another key vouched for than the new device's: an addition ends with its digest.
fn another_key(told: &mut Value) {
    if let Some(addition) = told.pointer_mut("/invitation/addition") {
        changed(addition, |bytes| *bytes.last_mut().unwrap() ^= 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_enrols_a_first_device_which_approves() {
    let listener = listener();
    let engine = daemon(&listener).await;
    let case = Case::begin(&engine).await;
    let key = signer(&case, Suite::Esp256).await;
    let mut page = open(&case, listener).await;
    enrol_first(&case, &mut page).await;
    approve(&mut page, &key, &Host.sha256(&[DOCUMENT]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_device_vouches_for_a_second_one_which_approves_alone() {
    let listener = listener();
    let engine = daemon(&listener).await;
    let case = Case::begin(&engine).await;
    let key = signer(&case, Suite::Esp384).await;
    let mut page = open(&case, listener).await;
    enrol_first(&case, &mut page).await;
    page.takes_a_new_device();
    page.open(&case.ticket(SIGNER, "security key", Assurance::Any).await);
    page.shown("register").unwrap();
    page.click_until("register", "vouch");
    assert!(page.reads("addition-says").contains(&case.people.name("security key")));
    page.takes(0);
    page.click_until("vouch", "enrolled");
    read_to_the_officer(&case, &mut page, "security key").await;
    page.takes(1);
    approve(&mut page, &key, &Host.sha384(&[DOCUMENT]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_that_was_used_is_told_in_words() {
    let listener = listener();
    let engine = daemon(&listener).await;
    let case = Case::begin(&engine).await;
    signer(&case, Suite::Esp256).await;
    let mut page = open(&case, listener).await;
    let ticket = enrol_first(&case, &mut page).await;
    page.open(&ticket);
    page.shown("register").unwrap();
    page.click("register");
    let said = page.shown("enrolled").unwrap_err();
    assert!(said.contains("used already") && said.contains("Ask your officer"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_device_is_asked_to_approve_another_document() {
    let listener = listener();
    let engine = daemon(&listener).await;
    let case = Case::begin(&engine).await;
    let key = signer(&case, Suite::Esp256).await;
    let mut page = open_lying(&case, listener, Some(another_document)).await;
    enrol_first(&case, &mut page).await;
    let folder = tempfile::tempdir().unwrap();
    fill_in(&mut page, &key, &folder.path().join("summary.txt"));
    page.click("prepare");
    let said = page.shown("sign").unwrap_err();
    assert!(said.contains("another document than was asked for"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_device_is_asked_to_vouch_for_another_key() {
    let listener = listener();
    let engine = daemon(&listener).await;
    let case = Case::begin(&engine).await;
    signer(&case, Suite::Esp256).await;
    let mut page = open_lying(&case, listener, Some(another_key)).await;
    enrol_first(&case, &mut page).await;
    page.takes_a_new_device();
    page.open(&case.ticket(SIGNER, "security key", Assurance::Any).await);
    page.shown("register").unwrap();
    page.click("register");
    let said = page.shown("vouch").unwrap_err();
    assert!(said.contains("another device than the new one"), "{said}");
}
