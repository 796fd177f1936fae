//! What the device made of it: each step of WebAuthn L3, 7.2, that the appliance checks.

use countersign_core::Reason;
use countersign_device::{Approval, SignatureForm};

use crate::table::scenarios;

scenarios! {
    other_signers_device(case) {
        let prepared = case.prepared().await;
        let mut draft = case.approved(&prepared, |_| ());
        draft.assertions = vec![case.bobs(&prepared)];
        case.refused(&draft, Reason::SignatureInvalid).await;
    }

    unknown_device(case) {
        let prepared = case.prepared().await;
        let mut draft = case.approved(&prepared, |_| ());
        draft.assertions[0].device = 9;
        case.refused(&draft, Reason::DeviceNotListed).await;
    }

    device_index_past_the_list(case) {
        let prepared = case.prepared().await;
        let mut draft = case.approved(&prepared, |_| ());
        draft.assertions[0].device = u8::MAX;
        case.refused(&draft, Reason::DeviceNotListed).await;
    }

    wrong_origin(case) {
        let origin = |a: &mut Approval| a.origin = "https://evil.example".to_owned();
        case.wrong(origin, Reason::OriginDiffers).await;
    }

    http_origin(case) {
        let origin = |a: &mut Approval| a.origin = "http://sign.example".to_owned();
        case.wrong(origin, Reason::OriginDiffers).await;
    }

    /// CVE-2026-30964: an origin reduced to its host.
    origin_with_another_port(case) {
        let origin = |a: &mut Approval| a.origin = "https://sign.example:8443".to_owned();
        case.wrong(origin, Reason::OriginDiffers).await;
    }

    wrong_rp_id(case) {
        let rp_id = |a: &mut Approval| a.rp_id = "evil.example".to_owned();
        case.wrong(rp_id, Reason::RpIdHashDiffers).await;
    }

    webauthn_create(case) {
        let kind = |a: &mut Approval| a.type_ = "webauthn.create".to_owned();
        case.wrong(kind, Reason::TypeNotGet).await;
    }

    cross_origin(case) {
        case.wrong(|a| a.cross_origin = true, Reason::CrossOrigin).await;
    }

    top_origin(case) {
        let top = |a: &mut Approval| a.top_origin = Some("https://sign.example".to_owned());
        case.wrong(top, Reason::TopOriginPresent).await;
    }

    up_missing(case) {
        case.wrong(|a| a.flags.up = false, Reason::UserNotPresent).await;
    }

    uv_missing(case) {
        case.wrong(|a| a.flags.uv = false, Reason::UserNotVerified).await;
    }

    be_set(case) {
        case.wrong(|a| a.flags.be = true, Reason::BackupEligibilityDiffers).await;
    }

    bs_set_without_be(case) {
        case.wrong(|a| a.flags.bs = true, Reason::BackupStateImpossible).await;
    }

    wrong_challenge(case) {
        let challenge = |a: &mut Approval| a.challenge_override = Some(vec![5; 32]);
        case.wrong(challenge, Reason::ChallengeDiffers).await;
    }

    signature_of_another_key(case) {
        let form = |a: &mut Approval| a.signature = SignatureForm::OtherKey;
        case.wrong(form, Reason::SignatureInvalid).await;
    }

    bit_flipped_signature(case) {
        let form = |a: &mut Approval| a.signature = SignatureForm::BitFlipped;
        case.wrong(form, Reason::SignatureInvalid).await;
    }

    superfluous_zero_in_der(case) {
        let form = |a: &mut Approval| a.signature = SignatureForm::LeadingZero;
        case.wrong(form, Reason::SignatureEncoding).await;
    }

    long_form_length_in_der(case) {
        let form = |a: &mut Approval| a.signature = SignatureForm::LongLength;
        case.wrong(form, Reason::SignatureEncoding).await;
    }

    trailing_byte_after_der(case) {
        let form = |a: &mut Approval| a.signature = SignatureForm::TrailingByte;
        case.wrong(form, Reason::SignatureEncoding).await;
    }

    r_zero(case) {
        let form = |a: &mut Approval| a.signature = SignatureForm::ZeroR;
        case.wrong(form, Reason::SignatureZero).await;
    }

    s_zero(case) {
        let form = |a: &mut Approval| a.signature = SignatureForm::ZeroS;
        case.wrong(form, Reason::SignatureZero).await;
    }

    /// A signature as Ed25519 makes them: 64 bytes. The enrolled key alone says the algorithm.
    other_algorithm(case) {
        let prepared = case.prepared().await;
        let mut draft = case.approved(&prepared, |_| ());
        draft.assertions[0].made.signature = vec![0x5a; 64];
        case.refused(&draft, Reason::SignatureEncoding).await;
    }

    /// FIDO2 devices make both s and n - s.
    high_s_is_accepted(case) {
        let prepared = case.prepared().await;
        let draft = case.approved(&prepared, |a| a.signature = SignatureForm::HighS);
        case.expect_signatures(&case.ask(&draft.frame()).await);
    }

    further_client_data_is_accepted(case) {
        let more = r#""other_keys_can_be_added_here":"do not compare clientDataJSON""#;
        let prepared = case.prepared().await;
        let draft = case.approved(&prepared, |a| a.more_client_data = Some(more.to_owned()));
        case.expect_signatures(&case.ask(&draft.frame()).await);
    }

    client_data_that_is_no_json(case) {
        let prepared = case.prepared().await;
        let mut draft = case.approved(&prepared, |_| ());
        draft.assertions[0].made.client_data_json.pop();
        case.refused(&draft, Reason::ClientDataMalformed).await;
    }

    trailing_bytes_in_authenticator_data(case) {
        case.wrong(|a| a.extensions = vec![0xa0], Reason::AuthenticatorDataMalformed).await;
    }

    /// An extension that nobody asked for: devices may send some (7.2, step 23).
    extension_outputs_are_accepted(case) {
        let prepared = case.prepared().await;
        let draft = case.approved(&prepared, |a| {
            a.flags.ed = true;
            a.extensions = vec![0xa1, 0x61, b'x', 0xf5];
        });
        case.expect_signatures(&case.ask(&draft.frame()).await);
    }

    extension_outputs_that_end_too_early(case) {
        let cut = |a: &mut Approval| {
            a.flags.ed = true;
            a.extensions = vec![0xa1, 0x61, b'x'];
        };
        case.wrong(cut, Reason::AuthenticatorDataMalformed).await;
    }

    two_approvers_where_two_are_needed(case) {
        case.prepare.key = case.people.joint_key.id;
        let prepared = case.prepared().await;
        let mut draft = case.approved(&prepared, |_| ());
        let bobs = case.bobs(&prepared);
        draft.assertions.push(bobs);
        case.asked = case.people.joint_key.clone();
        case.expect_signatures(&case.ask(&draft.frame()).await);
    }

    one_approver_where_two_are_needed(case) {
        case.prepare.key = case.people.joint_key.id;
        case.wrong(|_| (), Reason::ThresholdNotMet).await;
    }

    one_approver_twice(case) {
        case.prepare.key = case.people.joint_key.id;
        let prepared = case.prepared().await;
        let mut draft = case.approved(&prepared, |_| ());
        let again = case.approved(&prepared, |_| ());
        draft.assertions.extend(again.assertions);
        case.refused(&draft, Reason::ApproverTwice).await;
    }
}
