//! A browser and a FIDO2 device that nobody here wrote: Chromium, and the virtual device in it.
//!
//! Guarantees: what a real browser makes of the page's call passes as it is, with every member and
//! flag of its own, from the device's enrolment to the signature; and what is refused here is that
//! same case with one thing changed in the page or in the device.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "these are tests: what they did not expect must stop them"
)]

mod browser;
mod certified;
mod chromium;
mod enrolment;
mod page;
mod registration;
mod served;

use browser::{Browser, Wanted};
use countersign_core::Reason;
use countersign_device::Assertion;
use countersign_tests::case::Case;
use countersign_tests::draft::{AssertionDraft, SignDraft};
use countersign_tests::engine::{Engine, Kind};
use countersign_tests::outcome::{Outcome, Prepared};

/// ES256 in COSE.
const ES256: i32 = -7;

async fn daemon() -> Engine {
    Engine::start(Kind::Daemon).await
}

/// Alice's device in her browser is enrolled.
async fn begin(engine: &Engine) -> (Case<'_>, Browser) {
    let (mut case, mut browser) = (Case::begin(engine).await, Browser::start());
    registration::enrol(&mut case, &mut browser, ES256).await;
    (case, browser)
}

/// The valid case: what comes of an approval.
async fn approved(case: &Case<'_>, browser: &mut Browser) -> Outcome {
    let prepared = case.prepared().await;
    let draft = sign(&prepared, browser.approve(&Wanted::of(&prepared)));
    case.ask(&draft.frame()).await
}

/// The front-end passes on what the browser gave it.
fn sign(prepared: &Prepared, made: Assertion) -> SignDraft {
    SignDraft::of(prepared, vec![AssertionDraft::of(prepared, made)])
}

/// The valid case with one thing changed.
async fn wrong(change: impl FnOnce(&mut Browser, &mut Wanted), reason: Reason) {
    let engine = daemon().await;
    let (case, mut browser) = begin(&engine).await;
    let prepared = case.prepared().await;
    let mut wanted = Wanted::of(&prepared);
    change(&mut browser, &mut wanted);
    let draft = sign(&prepared, browser.approve(&wanted));
    let outcome = case.ask(&draft.frame()).await;
    case.expect_refused(&case.people.front_end, &outcome, reason).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_browser_gives_is_signed_as_it_is_again_and_again() {
    let engine = daemon().await;
    let (case, mut browser) = begin(&engine).await;
    for _ in 0..2 {
        case.expect_signatures(&approved(&case, &mut browser).await);
    }
}

/// Of every algorithm that Chromium's device has: what it approves is signed; when its signature is bogus, or it
/// does not say that its user was verified, or there, it is refused for that.
async fn of_algorithm(cose: i32) {
    let engine = daemon().await;
    let (mut case, mut browser) = (Case::begin(&engine).await, Browser::start());
    registration::enrol(&mut case, &mut browser, cose).await;
    case.expect_signatures(&approved(&case, &mut browser).await);
    for (wrong, reason) in [
        ("isBadUV", Reason::UserNotVerified),
        ("isBadUP", Reason::UserNotPresent),
        ("isBogusSignature", Reason::SignatureEncoding),
    ] {
        browser.wrong_in(wrong);
        let outcome = approved(&case, &mut browser).await;
        case.expect_refused(&case.people.front_end, &outcome, reason).await;
        browser.right_again(wrong);
    }
    case.expect_signatures(&approved(&case, &mut browser).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn es256_approves() {
    of_algorithm(-7).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn eddsa_approves() {
    of_algorithm(-8).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rs256_approves() {
    of_algorithm(-257).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ml_dsa_44_approves() {
    of_algorithm(-48).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ml_dsa_65_approves() {
    of_algorithm(-49).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ml_dsa_87_approves() {
    of_algorithm(-50).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_of_another_transaction_is_refused() {
    let engine = daemon().await;
    let (case, mut browser) = begin(&engine).await;
    let (prepared, other) = (case.prepared().await, case.prepared().await);
    let draft = sign(&prepared, browser.approve(&Wanted::of(&other)));
    let outcome = case.ask(&draft.frame()).await;
    case.expect_refused(&case.people.front_end, &outcome, Reason::ChallengeDiffers).await;
}

/// It may claim the appliance's rpId all the same: the browser looks at the registrable suffix.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_on_a_subdomain_is_refused() {
    let subdomain = "https://evil.sign.example";
    wrong(|_, wanted| wanted.origin = subdomain.to_owned(), Reason::OriginDiffers).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_on_another_port_is_refused() {
    let port = "https://sign.example:8443";
    wrong(|_, wanted| wanted.origin = port.to_owned(), Reason::OriginDiffers).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_does_not_ask_who_the_user_is_is_refused() {
    wrong(|_, wanted| wanted.user_verification = "discouraged", Reason::UserNotVerified).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_does_not_say_that_it_verified_its_user_is_refused() {
    wrong(|browser, _| browser.wrong_in("isBadUV"), Reason::UserNotVerified).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_does_not_say_that_its_user_is_there_is_refused() {
    wrong(|browser, _| browser.wrong_in("isBadUP"), Reason::UserNotPresent).await;
}

/// Chromium's bogus signature is not even DER.
#[tokio::test(flavor = "multi_thread")]
async fn a_bogus_signature_is_refused() {
    wrong(|browser, _| browser.wrong_in("isBogusSignature"), Reason::SignatureEncoding).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_of_another_key_is_refused() {
    let another_key = |browser: &mut Browser, _: &mut Wanted| {
        let mut credential = browser.credential();
        let mut other = Browser::start();
        other.create(ES256, "none", [1; 32]);
        credential["privateKey"] = other.credential()["privateKey"].take();
        browser.holds(&credential);
    };
    wrong(another_key, Reason::SignatureInvalid).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_that_became_eligible_for_backup_is_refused() {
    wrong(|browser, _| browser.made_eligible_for_backup(), Reason::BackupEligibilityDiffers).await;
}

/// The copy counts on from where it was made, and the appliance has seen more by then.
#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_the_device_is_refused() {
    let engine = daemon().await;
    let (case, mut browser) = begin(&engine).await;
    let copy = browser.credential();
    let outcome = approved(&case, &mut browser).await;
    case.expect_signatures(&outcome);
    browser.holds(&copy);
    let outcome = approved(&case, &mut browser).await;
    let reason = Reason::SignCountCloned;
    case.expect_refused(&case.people.front_end, &outcome, reason).await;
}

/// Nothing to refuse: an honest page gets no assertion from a device that does not know its user.
#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_is_not_verified_cannot_approve() {
    let engine = daemon().await;
    let (case, mut browser) = begin(&engine).await;
    let prepared = case.prepared().await;
    browser.knows_its_user(false);
    let refused = browser.try_to_approve(&Wanted::of(&prepared)).unwrap_err();
    assert!(refused.contains("NotAllowedError"), "{refused}");
}
