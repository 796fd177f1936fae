//! What the officer orders, and what the appliance answers.

use countersign_protocol::Suite;
use countersign_protocol::admin::{
    Anchored, Answer, Declined, Done, FrontEndAdd, Grant, KeyCreate, KeyCreated, KeyPolicy, Order,
    Published, RecoveryStatus, Registered, SetFreeze, SetStanding, SignerAdd, SignerErase,
    SignerHold, Status, StatusAnswer, WitnessStanding,
};
use countersign_protocol::change::{Profile, Retention, Standing};

use super::registry::{self, PORTAL_CHANNEL};
use super::request::{APPLIANCE, KEY, ORIGIN, RP_ID};
use super::{bounded, keys, list, model, name, origin};

pub fn order_status() -> Order<'static> {
    Order::Status(Status {})
}

pub fn order_signer_add() -> Order<'static> {
    Order::SignerAdd(SignerAdd { name: name("Dr Ada"), retention: Retention::TenYears })
}

pub fn order_signer_hold() -> Order<'static> {
    Order::SignerHold(SignerHold { name: name("Dr Ada"), held: true })
}

pub fn order_signer_erase() -> Order<'static> {
    Order::SignerErase(SignerErase { name: name("Dr Ada") })
}

pub fn order_key_create() -> Order<'static> {
    Order::KeyCreate(KeyCreate {
        name: name("Dr Ada's key"),
        suite: Suite::Esp256,
        signers: list(&[name("Dr Ada")]),
        threshold: 1,
        policy: registry::policy(),
    })
}

pub fn order_key_standing() -> Order<'static> {
    Order::KeyStanding(SetStanding { name: name("Dr Ada's key"), standing: Standing::Revoked })
}

pub fn order_front_end_standing() -> Order<'static> {
    Order::FrontEndStanding(SetStanding { name: name("portal"), standing: Standing::Revoked })
}

pub fn order_key_policy() -> Order<'static> {
    Order::KeyPolicy(KeyPolicy { name: name("Dr Ada's key"), policy: registry::policy() })
}

pub fn order_key_policy_full() -> Order<'static> {
    let policy = registry::policy_full();
    Order::KeyPolicy(KeyPolicy { name: name("Dr Ada's key"), policy })
}

pub fn order_front_end_add() -> Order<'static> {
    Order::FrontEndAdd(FrontEndAdd { name: name("portal"), channel: PORTAL_CHANNEL })
}

pub fn order_freeze() -> Order<'static> {
    Order::Freeze(SetFreeze { frozen: true, clock_is_right: false })
}

pub fn order_thaw() -> Order<'static> {
    Order::Freeze(SetFreeze { frozen: false, clock_is_right: true })
}

pub fn order_grant() -> Order<'static> {
    Order::Grant(Grant { front_end: name("portal"), key: name("Dr Ada's key"), granted: true })
}

fn status() -> StatusAnswer<'static> {
    StatusAnswer {
        appliance: APPLIANCE,
        profile: Profile::Development,
        rp_id: origin(RP_ID),
        origin: origin(ORIGIN),
        ledger_size: 14,
        ledger_root: super::ledger::checkpoint().root,
        registered: Registered { front_ends: 1, signers: 2, devices: 2, keys: 1 },
        transactions: 1,
        malformed: 0,
        alarms: 0,
        metadata: Some(model::metadata_status()),
        checkpoint_key: super::keys::checkpoint().point().into(),
        published: Some(Published { size: 13, fault: Some(bounded(b"no space left")) }),
        witnesses: None,
        recovery: None,
        cosigner_key: None,
        anchored: Anchored { size: 13, number: 29, epoch: 3, counted: 12 },
        frozen: false,
        behind_ms: 0,
    }
}

/// With a witness that has cosigned, and one that was not reached yet.
pub fn answer_status_witnessed() -> Answer<'static> {
    let standing = |witness, size, time_s| WitnessStanding { name: origin(witness), size, time_s };
    let witnesses = [
        standing("witness.example/w1", Some(14), Some(1_750_000_000)),
        standing("witness.example/w2", None, None),
    ];
    Answer::Status(StatusAnswer { witnesses: Some(list(&witnesses)), ..status() })
}

/// With a recovery key.
pub fn answer_status_recoverable() -> Answer<'static> {
    let recovery = RecoveryStatus {
        name: name("vault 2026"),
        fingerprint: super::recovery::fingerprint(),
        threshold: 2,
        shares: 3,
        wrapped: true,
    };
    Answer::Status(StatusAnswer { recovery: Some(recovery), ..status() })
}

/// With an own cosigner's key.
pub fn answer_status_cosigner() -> Answer<'static> {
    let cosigner_key = Some(super::registry::COSIGNER);
    Answer::Status(StatusAnswer { cosigner_key, ..status() })
}

pub fn answer_status() -> Answer<'static> {
    Answer::Status(status())
}

/// Before any metadata were imported, and with no public copy.
pub fn answer_status_no_metadata() -> Answer<'static> {
    Answer::Status(StatusAnswer { metadata: None, published: None, ..status() })
}

pub fn answer_done() -> Answer<'static> {
    Answer::Done(Done { index: 11 })
}

pub fn answer_key_created() -> Answer<'static> {
    let public_key = bounded(keys::signing().point().0);
    Answer::KeyCreated(KeyCreated { index: 9, key: KEY, public_key })
}

pub fn answer_declined() -> Answer<'static> {
    Answer::Declined(Declined { why: "no signer is called \"Dr Ade\": add the signer first" })
}
