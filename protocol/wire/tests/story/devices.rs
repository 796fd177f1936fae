//! What the officer orders about devices, and what the appliance answers.

use countersign_protocol::admin::{
    Answer, Awaits, Changed, DeviceAnswer, DeviceConfirm, DeviceList, DeviceShow, Devices,
    DevicesLost, Listed, Order, SetStanding, TicketIssue, TicketIssued,
};
use countersign_protocol::attestation::Level;
use countersign_protocol::change::{Cause, Standing};
use countersign_protocol::ticket::Assurance;
use countersign_protocol::{Name, SlotId};

use super::ledger::SLOT;
use super::model::BLOB_NO;
use super::registry::{OLGA, SINCE_MS, attestation, attestation_self_made};
use super::{bounded, encode, enrolment, list, name, reply};

fn phone() -> Name<'static> {
    name("Dr Ada's phone")
}

fn new_phone() -> Name<'static> {
    name("Dr Ada's new phone")
}

pub fn order_ticket_issue() -> Order<'static> {
    Order::TicketIssue(TicketIssue {
        signer: name("Dr Ada"),
        device: new_phone(),
        assurance: Assurance::Any,
        lifetime_ms: 86_400_000,
    })
}

pub fn order_device_standing() -> Order<'static> {
    Order::DeviceStanding(SetStanding { name: phone(), standing: Standing::Suspended })
}

pub fn order_device_confirm() -> Order<'static> {
    let fingerprint = enrolment::fingerprint();
    Order::DeviceConfirm(DeviceConfirm { name: new_phone(), fingerprint })
}

pub fn order_devices_lost() -> Order<'static> {
    Order::DevicesLost(DevicesLost { signer: name("Dr Ada") })
}

pub fn order_device_list() -> Order<'static> {
    Order::DeviceList(DeviceList { after: SlotId(0) })
}

pub fn order_device_show() -> Order<'static> {
    Order::DeviceShow(DeviceShow { name: phone() })
}

pub fn answer_ticket_issued() -> Answer<'static> {
    Answer::TicketIssued(TicketIssued { index: 14, ticket: bounded(encode(&enrolment::ticket())) })
}

fn listed() -> Listed<'static> {
    Listed {
        slot: SLOT,
        name: phone(),
        signer: name("Dr Ada"),
        standing: Standing::Active,
        awaits: None,
    }
}

/// The new phone, before the old one vouched for it.
fn listed_new() -> Listed<'static> {
    Listed {
        slot: enrolment::NEW_SLOT,
        name: new_phone(),
        standing: Standing::Pending,
        awaits: Some(Awaits::Vouch),
        ..listed()
    }
}

pub fn answer_devices() -> Answer<'static> {
    Answer::Devices(Devices { devices: list(&[listed(), listed_new()]), more: false })
}

/// A device with everything that is known of one, and every cause in its history.
pub fn answer_device() -> Answer<'static> {
    let history = [
        (4, Standing::Pending, Cause::Enrolled),
        (7, Standing::Suspended, Cause::Cloned),
        (8, Standing::Active, Cause::Ordered(OLGA)),
        (20, Standing::Suspended, Cause::Metadata(BLOB_NO)),
        (21, Standing::Revoked, Cause::Lost(OLGA)),
    ];
    let since = |(index, standing, cause)| Changed { index, standing, cause, utc_lo_ms: SINCE_MS };
    Answer::Device(DeviceAnswer {
        listed: Listed { standing: Standing::Revoked, ..listed() },
        credential: bounded(reply::CREDENTIAL),
        algorithm: -7,
        sign_count: 43,
        backup_eligible: false,
        attestation: attestation(),
        model: Some(name("A phone")),
        certification: Some(Level::L1),
        concerns: 1,
        history: list(&history.map(since)),
    })
}

/// A device of whose model nothing is known, which waits for an officer.
pub fn answer_device_pending() -> Answer<'static> {
    let enrolled = Changed {
        index: 15,
        standing: Standing::Pending,
        cause: Cause::Enrolled,
        utc_lo_ms: SINCE_MS,
    };
    Answer::Device(DeviceAnswer {
        listed: Listed { awaits: Some(Awaits::Confirmation), ..listed_new() },
        credential: bounded(enrolment::NEW_CREDENTIAL),
        algorithm: -7,
        sign_count: 1,
        backup_eligible: false,
        attestation: attestation_self_made(),
        model: None,
        certification: None,
        concerns: 0,
        history: list(&[enrolled]),
    })
}
