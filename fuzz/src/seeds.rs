//! What mutants begin from, for each harness: the golden messages of the protocol, the frames of the
//! session, and a few bytes by hand. They are kept in `fuzz/corpus` for fuzzers that want files.

use std::fs;
use std::path::PathBuf;

use countersign_device::{Algorithm, Authenticator};
use countersign_host::Host;
use countersign_protocol::record::Kind;

use crate::house::people::{ORIGIN, RP_ID};
use crate::{Session, attestation, device as parts, disk, log_texts, registration, slot_file};

/// A seed's file in its harness's corpus, and its bytes.
pub type Seed = (String, Vec<u8>);

/// The records that a ledger has, with the golden content of each.
const RECORDS: [(Kind, &str); 29] = [
    (Kind::Boot, "boot_measured"),
    (Kind::Appliance, "appliance"),
    (Kind::Tenant, "tenant"),
    (Kind::Officer, "officer"),
    (Kind::FrontEnd, "front_end"),
    (Kind::Signer, "signer"),
    (Kind::Device, "device"),
    (Kind::Key, "key"),
    (Kind::Grant, "grant"),
    (Kind::Hold, "hold"),
    (Kind::Erasure, "erasure"),
    (Kind::Recovery, "recovery"),
    (Kind::Reanchoring, "reanchoring"),
    (Kind::Freeze, "freeze"),
    (Kind::Signature, "signature_content"),
    (Kind::Refusal, "refusal_content"),
    (Kind::Refusal, "refusal_content_spent"),
    (Kind::Refusal, "refusal_content_ticket"),
    (Kind::Refusals, "refusals_content"),
    (Kind::Refusals, "refusals_content_unknown"),
    (Kind::Alarm, "alarm_content"),
    (Kind::Ticket, "ticket"),
    (Kind::Enrolment, "enrolment_content"),
    (Kind::Vouch, "vouch_content"),
    (Kind::Confirmation, "confirmation_content"),
    (Kind::Trust, "trust"),
    (Kind::Trust, "trust_metadata"),
    (Kind::Model, "model"),
    (Kind::Metadata, "metadata"),
];

const ORDERS: [&str; 43] = [
    "answer_declined",
    "answer_device",
    "answer_device_pending",
    "answer_devices",
    "answer_done",
    "answer_imported",
    "answer_key_created",
    "answer_locked",
    "answer_registry",
    "answer_registry_not_rebuilt",
    "answer_registry_rebuilding",
    "answer_registry_rebuilt",
    "answer_status",
    "answer_status_no_metadata",
    "answer_status_recoverable",
    "answer_status_witnessed",
    "answer_ticket_issued",
    "order_device_confirm",
    "order_device_list",
    "order_device_show",
    "order_device_standing",
    "order_devices_lost",
    "order_freeze",
    "order_front_end_add",
    "order_front_end_standing",
    "order_grant",
    "order_key_create",
    "order_key_policy",
    "order_key_policy_full",
    "order_key_standing",
    "order_metadata_import",
    "order_reanchor",
    "order_registry",
    "order_registry_rebuild",
    "order_recovery_set",
    "order_signer_add",
    "order_signer_erase",
    "order_signer_hold",
    "order_status",
    "order_thaw",
    "order_ticket_issue",
    "order_trust",
    "order_trust_metadata",
];

/// The seeds of a harness.
#[must_use]
pub fn seeds(harness: &str) -> Vec<Seed> {
    match harness {
        "attestation" => attestation::OBJECTS.into_iter().zip(0..).map(numbered).collect(),
        "authenticator_data" => vec![
            seed("honest", parts::honest_authenticator_data()),
            seed("extensions", parts::with_extensions()),
        ],
        "client_data" => parts::CLIENT_DATA.into_iter().zip(0..).map(numbered).collect(),
        "cose_key" => Algorithm::ALL.map(cose_key).into(),
        "evidence" => golden(&["evidence"]),
        "frame" => frames(),
        "group" => {
            records().map(|(name, kind, content)| (name, disk::body(kind, &content))).collect()
        }
        "ledger" => ledgers(),
        "row" => slot_file::examples(),
        "slots" => slot_files(),
        "log_text" => log_texts::examples().map(|(name, text)| seed(name, text)).into(),
        "order" => golden(&ORDERS),
        "record" => records().map(record).collect(),
        "registration" => Algorithm::ALL.into_iter().flat_map(registrations).collect(),
        "reply" => golden(&[
            "prepared",
            "signed",
            "signed_witnessed",
            "enrolled",
            "enrolments_reply",
            "refused",
            "unavailable",
        ]),
        "share" => golden(&["recovery_key", "share"]),
        "signature" => parts::SIGNATURES.into_iter().zip(0..).map(numbered).collect(),
        other => panic!("no harness is called {other}"),
    }
}

fn seed(name: &str, bytes: impl Into<Vec<u8>>) -> Seed {
    (name.to_owned(), bytes.into())
}

fn cose_key(algorithm: Algorithm) -> Seed {
    let device = Authenticator::from_seed_of(algorithm, &[11; 32], RP_ID, ORIGIN);
    seed(algorithm.name(), device.credential().public_key_cose)
}

/// Without extension outputs, and with some.
fn registrations(algorithm: Algorithm) -> [Seed; 2] {
    let device = Authenticator::from_seed_of(algorithm, &[11; 32], RP_ID, ORIGIN);
    let name = algorithm.name();
    [
        seed(name, registration::honest(&device, false)),
        seed(&format!("{name}-extensions"), registration::honest(&device, true)),
    ]
}

fn numbered<T: AsRef<[u8]>>((bytes, n): (T, u32)) -> Seed {
    (format!("good-{n}"), bytes.as_ref().to_vec())
}

fn frames() -> Vec<Seed> {
    let session = Session::new(Host);
    let kinds = [
        ("approved", session.approved()),
        ("again", session.again()),
        ("refused", session.refused()),
        ("prepare", session.prepares()),
    ];
    let named = |(kind, frames): (&str, &[Vec<u8>])| -> Vec<Seed> {
        (0..)
            .zip(frames)
            .map(|(n, frame): (u32, _)| (format!("{kind}-{n}"), frame.clone()))
            .collect()
    };
    kinds.into_iter().flat_map(named).collect()
}

fn records() -> impl Iterator<Item = (String, Kind, Vec<u8>)> {
    RECORDS.into_iter().map(|(kind, name)| (name.to_owned(), kind, read_golden(name)))
}

fn record((name, kind, content): (String, Kind, Vec<u8>)) -> Seed {
    (name, [minicbor::to_vec(kind).unwrap(), content].concat())
}

/// A good one, one that was written on, and how.
fn slot_files() -> Vec<Seed> {
    let [good, batch, longer] = slot_file::files();
    vec![seed("good", good), seed("batch", batch), seed("longer", longer)]
}

/// Whole, torn, and with a tail of zeros.
fn ledgers() -> Vec<Seed> {
    let whole = disk::file(&disk::body(Kind::Tenant, &read_golden("tenant")));
    let torn = [&whole[..], &whole[..whole.len() / 2]].concat();
    let zeros = [&whole[..], &[0; 64]].concat();
    vec![seed("empty", []), seed("whole", whole), seed("torn", torn), seed("zeros", zeros)]
}

fn golden(names: &[&str]) -> Vec<Seed> {
    names.iter().map(|name| seed(name, read_golden(name))).collect()
}

/// The bytes of an example of the protocol, whose file has them in hex.
pub(crate) fn read_golden(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../protocol/wire/tests/golden");
    let text = fs::read_to_string(folder.join(name).with_extension("hex")).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let digits: Vec<u8> = lines.flat_map(|line| line.trim().bytes()).collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}
