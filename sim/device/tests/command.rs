//! The command from outside: what it writes, what it answers, how it fails.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what a test cannot read has failed the test"
)]

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_device::{RegistrationResponse, Response};
use serde_json::json;

fn run(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_countersign-device"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that fails early does not read its input.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

const REGISTER: [&str; 3] = ["register", "--origin=https://approve.example", "--state=device.json"];

/// Asks for a credential of any algorithm of this number.
fn creation(alg: i32) -> String {
    json!({
        "rp": { "id": "approve.example", "name": "Approvals" },
        "user": { "id": "AAAAAQ", "name": "dr-example", "displayName": "dr-example" },
        "challenge": URL_SAFE_NO_PAD.encode([7; 32]),
        "pubKeyCredParams": [{ "type": "public-key", "alg": alg }],
        "excludeCredentials": [{ "type": "public-key", "id": "AAAA" }],
        "attestation": "direct",
    })
    .to_string()
}

fn register(folder: &Path) -> Output {
    run(folder, &REGISTER, &creation(-7))
}

/// What a device answered that was registered.
fn registered(output: &Output) -> RegistrationResponse {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn decoded(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

fn approve(folder: &Path, options: &[&str], request: &str) -> Output {
    run(folder, &[&["approve", "--state=device.json"], options].concat(), request)
}

fn request(rp_id: &str, credential_id: &str) -> String {
    let allowed = json!([{ "id": credential_id, "type": "public-key" }]);
    json!({
        "challenge": URL_SAFE_NO_PAD.encode([9; 32]),
        "rpId": rp_id,
        "timeout": 60_000,
        "allowCredentials": allowed,
        "userVerification": "required",
    })
    .to_string()
}

/// The flags and the count of an answer.
fn flags_and_count(output: &Output) -> (u8, u8) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let response: Response = serde_json::from_slice(&output.stdout).unwrap();
    let data = decoded(&response.response.authenticator_data);
    (data[32], data[36])
}

/// That `output` is a failure in one line that says `what`.
fn assert_fails(output: &Output, what: &str) {
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert_eq!(message.lines().count(), 1, "{message}");
    assert!(message.contains(what), "{message}");
    assert!(output.stdout.is_empty());
}

#[test]
fn a_device_is_registered_and_approves_with_a_rising_count() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let id = registered(&register(folder)).id;
    let request = request("approve.example", &id);
    assert_eq!(flags_and_count(&approve(folder, &[], &request)), (0x05, 1));
    assert_eq!(flags_and_count(&approve(folder, &[], &request)), (0x05, 2));
}

#[test]
fn a_registration_is_what_a_browser_gives() {
    let folder = tempfile::tempdir().unwrap();
    let RegistrationResponse { id, raw_id, type_, response, .. } =
        registered(&register(folder.path()));
    assert_eq!((&id, &*type_), (&raw_id, "public-key"));
    assert_eq!(response.public_key_algorithm, -7);
    let client_data: serde_json::Value =
        serde_json::from_slice(&decoded(&response.client_data_json)).unwrap();
    assert_eq!(client_data["type"], "webauthn.create");
    assert_eq!(client_data["challenge"], URL_SAFE_NO_PAD.encode([7; 32]));
    assert_eq!(client_data["origin"], "https://approve.example");
    let data = decoded(&response.authenticator_data);
    assert_eq!((data[32], &data[53..55]), (0x45, &[0, 32][..]), "UP, UV and AT; 32 bytes of id");
    assert_eq!(&data[55..87], decoded(&id));
    assert!(decoded(&response.attestation_object).ends_with(&data));
}

#[test]
fn a_key_that_is_not_asked_for_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let other = run(folder, &REGISTER, &creation(-8));
    assert_fails(&other, "keys of es256 are not asked for");
    assert!(!folder.join("device.json").exists());
    registered(&register(folder));
}

#[test]
fn options_make_the_answer_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let request = request("approve.example", &registered(&register(folder)).id);
    let flags_with = |option: &str| flags_and_count(&approve(folder, &[option], &request)).0;
    assert_eq!(flags_with("--without-uv"), 0x01);
    assert_eq!(flags_with("--without-up"), 0x04);
    assert_eq!(flags_with("--backup-eligible"), 0x0d);
    assert_eq!(flags_with("--signature=trailing-byte"), 0x05);
}

#[test]
fn a_device_may_have_any_algorithm_and_keeps_it() {
    for (name, number) in [("es384", -35), ("eddsa", -8), ("rs256-3072", -257), ("ml-dsa-65", -49)]
    {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let option = format!("--algorithm={name}");
        let output = run(folder, &[&REGISTER[..], &[&option]].concat(), &creation(number));
        let registered = registered(&output);
        assert_eq!(registered.response.public_key_algorithm, number);
        let request = request("approve.example", &registered.id);
        assert_eq!(flags_and_count(&approve(folder, &[], &request)), (0x05, 1));
    }
}

#[test]
fn a_form_that_the_algorithm_does_not_have_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let output = run(folder, &[&REGISTER[..], &["--algorithm=eddsa"]].concat(), &creation(-8));
    let request = request("approve.example", &registered(&output).id);
    let form = approve(folder, &["--signature=high-s"], &request);
    assert_fails(&form, "signatures of eddsa have no such form");
}

#[test]
fn a_state_without_an_algorithm_is_of_es256() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let id = registered(&register(folder)).id;
    let state = folder.join("device.json");
    let text = fs::read_to_string(&state).unwrap();
    fs::write(&state, text.replace("  \"algorithm\": \"es256\",\n", "")).unwrap();
    assert_ne!(fs::read_to_string(&state).unwrap(), text);
    let request = request("approve.example", &id);
    assert_eq!(flags_and_count(&approve(folder, &[], &request)), (0x05, 1));
    fs::write(&state, text.replace("\"es256\"", "\"rs1\"")).unwrap();
    assert_fails(&approve(folder, &[], &request), "its algorithm is not known");
}

#[test]
fn the_state_is_its_owners_only_and_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let id = registered(&register(folder)).id;
    let mode = || fs::metadata(folder.join("device.json")).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(), 0o600);
    approve(folder, &[], &request("approve.example", &id));
    assert_eq!(mode(), 0o600);
    assert_fails(&register(folder), "cannot create device.json");
}

#[test]
fn a_request_for_others_is_not_approved() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let id = registered(&register(folder)).id;
    let elsewhere = approve(folder, &[], &request("other.example", &id));
    assert_fails(
        &elsewhere,
        "the request is for other.example, this device is for approve.example",
    );
    let other_device = approve(folder, &[], &request("approve.example", "AAAA"));
    assert_fails(&other_device, "this device is not among the allowed ones");
    let count = flags_and_count(&approve(folder, &[], &request("approve.example", &id))).1;
    assert_eq!(count, 1, "a refusal does not count");
}

#[test]
fn what_is_no_request_or_no_state_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    assert_fails(&approve(folder, &[], ""), "cannot read device.json");
    assert_fails(&run(folder, &REGISTER, "{}"), "give PublicKeyCredentialCreationOptionsJSON");
    register(folder);
    assert_fails(&approve(folder, &[], "{}"), "the request was not understood");
    fs::write(folder.join("device.json"), "{}").unwrap();
    assert_fails(&approve(folder, &[], "{}"), "device.json is no device's state");
}

#[test]
fn wrong_usage_is_2_and_help_warns() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), &["approve"], "").status.code(), Some(2));
    let help = run(folder.path(), &["--help"], "");
    let help = String::from_utf8_lossy(&help.stdout).replace('\n', " ");
    assert!(help.contains("approves without a finger"));
    assert!(help.contains("production refuses software devices"));
}
