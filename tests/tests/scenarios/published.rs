//! What others have accepted, each under the name that it was published by. What is about a registration, an
//! attestation or metadata is not here: that comes with enrolment.

use countersign_core::Reason;
use countersign_device::{Algorithm, Approval, SignatureForm};
use countersign_tests::case::approve;
use countersign_tests::draft::SignDraft;

use crate::table::scenarios;

/// Each in its turn is the origin of the page that asked.
const ORIGINS: [&str; 7] = [
    "http://sign.example",
    "https://sign.example:8443",
    "https://sign.example:443",
    "https://www.sign.example",
    "https://sign.example.evil.example",
    "https://evil.example/sign.example",
    "https://SIGN.example",
];

scenarios! {
    /// java-webauthn-server before 2.8.2: a credential of another user was accepted.
    ysa_2026_02(case) {
        let mut bobs = case.device("bob", Algorithm::Es256).await;
        let prepared = case.prepared().await;
        let draft = SignDraft::of(&prepared, vec![approve(&mut bobs, &prepared, |_| ())]);
        case.refused(&draft, Reason::SignatureInvalid).await;
    }

    /// Flask-Security, the same: the other user's device answers under its own credential id, at any place.
    ghsa_f66q_9rf6_8795(case) {
        let prepared = case.prepared().await;
        let mut draft = SignDraft::of(&prepared, vec![case.bobs(&prepared)]);
        draft.assertions[0].device = 1;
        case.refused(&draft, Reason::DeviceNotListed).await;
    }

    /// webauthn-framework before 5.2.4: an origin was reduced to its host.
    cve_2026_30964(case) {
        for origin in ORIGINS {
            case.wrong(|a| a.origin = origin.to_owned(), Reason::OriginDiffers).await;
        }
    }

    /// webauthn-framework: a client could ask for less user verification. Here nothing that a front-end sends
    /// says anything about it.
    ghsa_h4fw_6r7f_w494(case) {
        let preferred = r#""userVerification":"discouraged""#;
        let without = |a: &mut Approval| {
            a.flags.uv = false;
            a.more_client_data = Some(preferred.to_owned());
        };
        case.wrong(without, Reason::UserNotVerified).await;
    }

    /// webauthn-framework 3.3: the UP flag was not checked.
    cve_2021_38299(case) {
        case.wrong(|a| a.flags.up = false, Reason::UserNotPresent).await;
    }

    /// Go's x/crypto, keys of security keys: the UP flag was not checked, whatever the others say.
    cve_2026_39831(case) {
        let all_others = |a: &mut Approval| {
            (a.flags.up, a.flags.be, a.flags.bs) = (false, true, true);
        };
        case.wrong(all_others, Reason::UserNotPresent).await;
    }

    /// lbuchs/WebAuthn 124: crossOrigin was not checked.
    lbuchs_webauthn_124(case) {
        case.wrong(|a| a.cross_origin = true, Reason::CrossOrigin).await;
    }

    /// webauthn-rs: topOrigin was not looked at.
    webauthn_rs_top_origin(case) {
        let top = |a: &mut Approval| a.top_origin = Some("https://evil.example".to_owned());
        case.wrong(top, Reason::TopOriginPresent).await;
    }

    /// A verifier said no, and its caller did not listen (cedarjs 2545, GitLab 588739). A skipped check does not
    /// compile here (`tests/compile_fail`); and what is refused reaches no token.
    cedarjs_2545(case) {
        let prepared = case.prepared().await;
        let draft = case.approved(&prepared, |a| a.signature = SignatureForm::OtherKey);
        case.refused(&draft, Reason::SignatureInvalid).await;
        let fetched = case.fetched(draft.transaction).await;
        case.expect_refused(&case.people.front_end, &fetched, Reason::TransactionUnknown).await;
    }

    /// BossConsole 35: the challenge in the signed bytes was never compared: an old assertion with a live
    /// transaction.
    boss_console_35(case) {
        let (old, live) = (case.prepared().await, case.prepared().await);
        let stale = case.approved(&old, |_| ());
        let mut draft = SignDraft::of(&live, vec![]);
        draft.assertions = stale.assertions;
        case.refused(&draft, Reason::ChallengeDiffers).await;
    }

    /// open-mercato 5306: there was a branch that accepted without cryptography.
    open_mercato_5306(case) {
        let prepared = case.prepared().await;
        let mut draft = case.approved(&prepared, |_| ());
        draft.assertions[0].made.signature.clear();
        case.refused(&draft, Reason::SignatureEncoding).await;
    }

    /// Java's psychic signatures: r and s of zero were accepted for any message.
    cve_2022_21449(case) {
        let prepared = case.prepared().await;
        let mut draft = case.approved(&prepared, |_| ());
        draft.assertions[0].made.signature = vec![0x30, 6, 2, 1, 0, 2, 1, 0];
        case.refused(&draft, Reason::SignatureZero).await;
    }

    /// django-mfa2: a challenge could be used again.
    cve_2022_42731(case) {
        let mut draft = case.signed().await;
        draft.assertions[0].made.client_data_json.push(b' ');
        case.refused(&draft, Reason::TransactionSpent).await;
    }

    /// EUCLEAK: a device that was cloned.
    cve_2024_45678(case) {
        case.signed().await;
        case.wrong(|a| a.sign_count = 1, Reason::SignCountCloned).await;
    }

    /// SoloKeys and Nitrokey: the same; the clone counted as far as the device, and both are asked.
    cve_2020_27208(case) {
        let (first, second) = (case.prepared().await, case.prepared().await);
        let device = case.approved(&first, |a| a.sign_count = 7);
        case.expect_signatures(&case.ask(&device.frame()).await);
        let clone = case.approved(&second, |a| a.sign_count = 7);
        case.refused(&clone, Reason::SignCountCloned).await;
    }
}
