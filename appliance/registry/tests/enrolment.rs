//! How a device comes to approve: each story is the possible one with one thing wrong.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "these are tests: what they did not expect must stop them"
)]

mod house;

use countersign_core::port::Registry as _;
use countersign_enrolled::Enrolled;
use countersign_protocol::attestation::Attestation;
use countersign_protocol::change::{Cause, Device, Standing};
use countersign_protocol::enrolment::{Confirmation, Enrolment, Vouch};
use countersign_protocol::fingerprint::Fingerprint;
use countersign_protocol::record::Kind;
use countersign_protocol::ticket::Ticket;
use countersign_protocol::{Aaguid, Bounded, Digest, Name, SignerId, SlotId, TenantId, TicketId};
use countersign_registry::{Change, Conflict, Registry, Table};
use countersign_soft::Soft;
use house::{ALICE, BOB, NEXT, changed, cose, phone, registry, tablet};

/// The change is not taken, for this conflict, and nothing of it is.
fn refused(registry: &mut Registry<Soft>, change: &Change<'_>, conflict: Conflict) {
    let before = registry.registered();
    assert_eq!(registry.apply(NEXT, change), Err(conflict));
    assert_eq!(registry.registered(), before);
}

/// A registry in which the tablet has a ticket.
fn ticketed(tablet: &Enrolled<'_>) -> Registry<Soft> {
    let mut registry = registry();
    registry.apply(NEXT, &Change::Ticket(tablet.ticket())).unwrap();
    registry
}

/// A registry in which the tablet is pending.
fn pending(tablet: &Enrolled<'_>) -> Registry<Soft> {
    let mut registry = registry();
    tablet.enter_pending(&mut registry, NEXT);
    registry
}

/// And the phone has vouched for it.
fn vouched(tablet: &Enrolled<'_>) -> Registry<Soft> {
    let mut registry = pending(tablet);
    let addition = tablet.addition(&registry);
    let vouch = tablet.vouch(&registry, &addition);
    registry.apply(NEXT, &Change::Vouch(vouch)).unwrap();
    registry
}

/// The enrolment of the device whose ticket this is, as that device.
fn enrolled_as<'d>(ticket: &'d [u8], tablet: &Enrolled<'d>, device: Device<'d>) -> Change<'d> {
    Change::Enrolment(Enrolment { device, ..tablet.enrolment(ticket) })
}

fn standing(registry: &Registry<Soft>, slot: SlotId) -> Standing {
    registry.device(slot).unwrap().standing
}

#[test]
fn a_ticket_is_of_a_signer_and_a_name_that_is_free() {
    let key = cose(1);
    let ticket = tablet(&key).ticket();
    let nobodys = Ticket { signer: SignerId(7), ..ticket };
    refused(&mut registry(), &Change::Ticket(nobodys), Conflict::Unknown(Table::Signers));
    let elsewhere = Ticket { tenant: TenantId(2), ..ticket };
    refused(&mut registry(), &Change::Ticket(elsewhere), Conflict::Tenant);
    let taken = Ticket { device: Name::new("phone").unwrap(), ..ticket };
    refused(&mut registry(), &Change::Ticket(taken), Conflict::NameTaken(Table::Devices));
}

#[test]
fn a_ticket_is_made_once() {
    let key = cose(1);
    let tablet = tablet(&key);
    let again = Change::Ticket(tablet.ticket());
    refused(&mut ticketed(&tablet), &again, Conflict::TicketTaken);
}

#[test]
fn a_device_comes_with_a_ticket_of_its_own() {
    let key = cose(1);
    let tablet = tablet(&key);
    let ticket = tablet.ticket_bytes();
    let enrolment = tablet.enrolment(&ticket);
    refused(&mut registry(), &Change::Enrolment(enrolment), Conflict::Ticket);
    let device = enrolment.device;
    for mistaken in [
        Device { ticket: TicketId([7; 32]), ..device },
        Device { name: Name::new("laptop").unwrap(), ..device },
        Device { signer: BOB, ..device },
    ] {
        let change = Change::Enrolment(Enrolment { device: mistaken, ..enrolment });
        refused(&mut ticketed(&tablet), &change, Conflict::Ticket);
    }
}

/// What is evidence is the ticket on record, whole and to the bit.
#[test]
fn a_device_comes_with_the_very_bytes_of_its_ticket() {
    let key = cose(1);
    let tablet = tablet(&key);
    let good = tablet.ticket_bytes();
    let shorter_lived = Ticket { not_after_ms: 7, ..tablet.ticket() };
    let shorter_lived = countersign_protocol::minicbor::to_vec(shorter_lived).unwrap();
    let mut wrong = vec![Vec::new(), [&good[..], &[0]].concat(), shorter_lived];
    wrong.extend((0..good.len()).map(|at| {
        let mut flipped = good.clone();
        flipped[at] ^= 1;
        flipped
    }));
    for bytes in &wrong {
        let change = Change::Enrolment(tablet.enrolment(bytes));
        refused(&mut ticketed(&tablet), &change, Conflict::Ticket);
    }
    let change = Change::Enrolment(tablet.enrolment(&good));
    ticketed(&tablet).apply(NEXT, &change).unwrap();
}

#[test]
fn a_ticket_is_spent_once() {
    let (key, other) = (cose(1), cose(2));
    let tablet = tablet(&key);
    let second = Enrolled { slot: SlotId(3), cose_key: &other, credential: b"second", ..tablet };
    let device = Device { ticket: tablet.ticket_id(), ..second.device() };
    let ticket = tablet.ticket_bytes();
    let change = enrolled_as(&ticket, &second, device);
    refused(&mut pending(&tablet), &change, Conflict::Ticket);
}

#[test]
fn a_credential_and_its_key_are_enrolled_once_in_the_whole_registry() {
    let (phones, other) = (cose(0), cose(1));
    let credential = Enrolled { credential: phone(&phones).credential, ..tablet(&other) };
    let key = Enrolled { cose_key: &phones, ..tablet(&other) };
    // Neither for another signer.
    for taken in [credential, key, Enrolled { signer: BOB, ..credential }] {
        let ticket = taken.ticket_bytes();
        let change = Change::Enrolment(taken.enrolment(&ticket));
        refused(&mut ticketed(&taken), &change, Conflict::CredentialTaken);
    }
}

#[test]
fn a_new_device_is_pending_in_the_next_place_with_a_key_that_can_be_checked() {
    let key = cose(1);
    let tablet = tablet(&key);
    let (device, ticket) = (tablet.device(), tablet.ticket_bytes());
    let with = |device| enrolled_as(&ticket, &tablet, device);
    for standing in [Standing::Active, Standing::Suspended, Standing::Revoked] {
        let change = with(Device { standing, ..device });
        refused(&mut ticketed(&tablet), &change, Conflict::Unconfirmed);
    }
    for place in [0, 1, 3, u32::MAX] {
        let change = with(Device { slot: SlotId(place), ..device });
        refused(&mut ticketed(&tablet), &change, Conflict::Place);
    }
    let mut off_curve = key.clone();
    off_curve[76] ^= 1;
    let change = with(Device { cose_key: Bounded::new(&off_curve).unwrap(), ..device });
    refused(&mut ticketed(&tablet), &change, Conflict::DeviceKey);
    // The engine of these tests has no RSA.
    let head = b"\xa4\x01\x03\x03\x39\x01\x00\x20\x59\x01\x00";
    let rsa = [&head[..], &[0xff; 256], b"\x21\x43\x01\x00\x01"].concat();
    let change = with(Device { cose_key: Bounded::new(&rsa).unwrap(), ..device });
    refused(&mut ticketed(&tablet), &change, Conflict::DeviceAlgorithm);
}

#[test]
fn a_pending_device_becomes_active_by_its_own_words_only() {
    let key = cose(1);
    let tablet = tablet(&key);
    let mut registry = vouched(&tablet);
    let confirmation = tablet.confirmation(&registry);
    let other = Confirmation { fingerprint: Fingerprint::of(&Digest([0; 32])), ..confirmation };
    refused(&mut registry, &Change::Confirmation(other), Conflict::Fingerprint);
    assert_eq!(standing(&registry, tablet.slot), Standing::Pending);
    registry.apply(NEXT, &Change::Confirmation(confirmation)).unwrap();
    assert_eq!(standing(&registry, tablet.slot), Standing::Active);
    refused(&mut registry, &Change::Confirmation(confirmation), Conflict::NotPending);
}

#[test]
fn no_standing_makes_a_pending_device_approve() {
    let key = cose(1);
    let tablet = tablet(&key);
    for wanted in [Standing::Active, Standing::Suspended, Standing::Pending] {
        let mut registry = vouched(&tablet);
        let change = changed(&registry, tablet.slot, wanted);
        let change = Change::decode(Kind::Device, &change).unwrap().unwrap();
        refused(&mut registry, &change, Conflict::Unconfirmed);
    }
    let mut registry = vouched(&tablet);
    let change = changed(&registry, tablet.slot, Standing::Revoked);
    let change = Change::decode(Kind::Device, &change).unwrap().unwrap();
    registry.apply(NEXT, &change).unwrap();
    let confirmation = Change::Confirmation(tablet.confirmation(&registry));
    refused(&mut registry, &confirmation, Conflict::NotPending);
}

#[test]
fn a_further_device_needs_one_that_vouches_for_it() {
    let key = cose(1);
    let tablet = tablet(&key);
    let mut registry = pending(&tablet);
    assert!(registry.awaits_vouch(ALICE) && !registry.awaits_vouch(BOB));
    let confirmation = Change::Confirmation(tablet.confirmation(&registry));
    refused(&mut registry, &confirmation, Conflict::Unvouched);
}

/// Two first devices: whichever is confirmed first is the first, and has to vouch for the other.
#[test]
fn of_two_first_devices_only_one_is_the_first() {
    let (key, other) = (cose(1), cose(2));
    let tablet = Enrolled { signer: BOB, ..tablet(&key) };
    let second = Enrolled {
        slot: SlotId(3),
        name: "second",
        credential: b"second",
        cose_key: &other,
        ..tablet
    };
    let mut registry = pending(&tablet);
    second.enter_pending(&mut registry, NEXT);
    let first = Change::Confirmation(tablet.confirmation(&registry));
    registry.apply(NEXT, &first).unwrap();
    let confirmation = Change::Confirmation(second.confirmation(&registry));
    refused(&mut registry, &confirmation, Conflict::Unvouched);
}

#[test]
fn what_is_vouched_for_is_this_very_device() {
    let key = cose(1);
    let tablet = tablet(&key);
    let mut registry = pending(&tablet);
    let good = tablet.addition(&registry);
    let vouch = tablet.vouch(&registry, &good);
    let at = |bytes: &[u8]| good.windows(bytes.len()).position(|window| window == bytes).unwrap();
    let newcomer = registry.newcomer(&tablet.ticket_id()).unwrap();
    // The ticket, the key: each with a bit flipped.
    for place in [at(&tablet.ticket_id().0), at(&newcomer.key.0)] {
        let mut addition = good.clone();
        addition[place] ^= 1;
        let change = Change::Vouch(Vouch { addition: Bounded::new(&addition).unwrap(), ..vouch });
        refused(&mut registry, &change, Conflict::Vouch);
    }
    let itself = Change::Vouch(Vouch { by: tablet.slot, ..vouch });
    refused(&mut registry, &itself, Conflict::Vouch);
    let active = Change::Vouch(Vouch { slot: vouch.by, ..vouch });
    refused(&mut registry, &active, Conflict::NotPending);
    let suspended = changed(&registry, vouch.by, Standing::Suspended);
    let suspended = Change::decode(Kind::Device, &suspended).unwrap().unwrap();
    registry.apply(NEXT, &suspended).unwrap();
    refused(&mut registry, &Change::Vouch(vouch), Conflict::Vouch);
}

/// Otherwise who revokes a signer's devices would enrol another one for the same keys.
#[test]
fn a_signer_without_devices_needs_new_keys() {
    let key = cose(1);
    let tablet = tablet(&key);
    let mut registry = pending(&tablet);
    let revoked = changed(&registry, SlotId(1), Standing::Revoked);
    registry.apply(NEXT, &Change::decode(Kind::Device, &revoked).unwrap().unwrap()).unwrap();
    let confirmation = Change::Confirmation(tablet.confirmation(&registry));
    refused(&mut registry, &confirmation, Conflict::Unvouched);
    house::revoke_key(&mut registry);
    assert!(!registry.awaits_vouch(ALICE));
    registry.apply(NEXT, &confirmation).unwrap();
}

#[test]
fn what_a_device_was_enrolled_as_never_changes() {
    let (key, other) = (cose(0), cose(1));
    let phone = phone(&key);
    let device = Device { standing: Standing::Suspended, cause: Cause::Cloned, ..phone.device() };
    let attestation = Attestation { aaguid: Aaguid([1; 16]), ..device.attestation };
    for mistaken in [
        Device { cose_key: Bounded::new(&other).unwrap(), ..device },
        Device { credential: Bounded::new(b"other").unwrap(), ..device },
        Device { signer: BOB, ..device },
        Device { ticket: TicketId([7; 32]), ..device },
        Device { attestation, ..device },
    ] {
        let conflict = Conflict::Identity(Table::Devices);
        refused(&mut registry(), &Change::Device(mistaken), conflict);
    }
    assert_eq!(registry().apply(NEXT, &Change::Device(device)), Ok(()));
}

#[test]
fn its_history_says_what_became_of_it_and_why() {
    let key = cose(1);
    let tablet = tablet(&key);
    let mut registry = registry();
    tablet.enter(&mut registry, NEXT);
    let suspended = changed(&registry, tablet.slot, Standing::Suspended);
    registry.apply(20, &Change::decode(Kind::Device, &suspended).unwrap().unwrap()).unwrap();
    let history = registry.history(tablet.slot).iter();
    let history: Vec<_> = history.map(|event| (event.index, event.standing)).collect();
    let expected = [(NEXT, Standing::Pending), (NEXT, Standing::Active), (20, Standing::Suspended)];
    assert_eq!(history, expected);
}
