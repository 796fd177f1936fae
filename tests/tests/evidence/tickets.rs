//! Lies about the ticket that a device was registered over: each is refused for its own reason, by both verifiers, so that no
//! check stands in for another one; and no bit of a ticket can be changed.

use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

use countersign_protocol::Bounded;
use countersign_protocol::enrolment::Enrolment;
use countersign_protocol::limits::TICKET_BYTES_MAX;

use crate::enrolled::ENROLLED_MS;
use crate::lies::{LIES, NONE};
use crate::story::{Files, Lies, Story};
use crate::verifiers::{Second, first, first_says};

type Bytes<'b> = Bounded<'b, TICKET_BYTES_MAX>;

/// Lies of the table, and why each is refused: by the first verifier, by the second.
#[rustfmt::skip]
const REASONS: &[(&str, &str, &str)] = &[
    ("a ticket of another signer", "its ticket is another signer's", "a ticket of another signer"),
    ("a ticket of another tenant", "its ticket is another tenant's", "a ticket of another tenant"),
    ("a ticket of another appliance", "its ticket is another appliance's", "a ticket of another appliance"),
    ("a ticket with another nonce", "its ticket is not the one that its record names", "another ticket than the device's"),
    ("a ticket for a device of another name", "its ticket is for a device of another name", "a ticket for a device of another name"),
    ("a ticket for another rpId", "its ticket is for another rpId", "a ticket for another rpId"),
    ("a ticket that had run out", "its ticket had run out when it was enrolled", "enrolled when its ticket had run out"),
    ("a ticket for other keys than was registered over", "the challenge is not the ticket's", "registered over something else than its ticket"),
    ("an empty ticket", "its ticket cannot be read", "the ticket cannot be read"),
    ("a byte after the ticket's end", "its ticket cannot be read", "the ticket cannot be read"),
    ("no ticket", "its record cannot be read", "is not as it must be"),
    ("a record that names another ticket", "its ticket is not the one that its record names", "another ticket than the device's"),
    ("a record that names the device otherwise", "its ticket is for a device of another name", "a ticket for a device of another name"),
    ("enrolled after the ticket's time", "its ticket had run out when it was enrolled", "enrolled when its ticket had run out"),
    ("registered over another challenge", "the challenge is not the ticket's", "registered over something else than its ticket"),
    ("registered over another challenge, and attested so", "the challenge is not the ticket's", "registered over something else than its ticket"),
];

#[test]
fn each_lie_about_a_ticket_is_refused_for_its_own_reason() {
    let mut second = Second::start();
    for (what, firsts, seconds) in REASONS {
        let lie = LIES.iter().find(|lie| lie.what == *what).expect("a lie of the table");
        let files = Files::of(&(lie.story)(), lie.lie);
        let link = lie.link.name().to_owned();
        let first = first_says(&files);
        assert_eq!(first, Some((link.clone(), format!("device 0: {firsts}"))), "{what}");
        assert_eq!(second.says(&files), Some((link, (*seconds).to_owned())), "{what}");
    }
}

/// The place of the byte that is changed.
static AT: AtomicUsize = AtomicUsize::new(0);

fn changed_there(enrolment: &mut Enrolment<'_>) {
    let mut bytes = enrolment.ticket.bytes().to_vec();
    if let Some(byte) = bytes.get_mut(AT.load(Relaxed)) {
        *byte ^= 1;
    }
    enrolment.ticket = kept(bytes);
}

/// Whoever changes the ticket that is shown, and all that commits to it, cannot change what the device signed over.
#[test]
fn a_ticket_with_any_byte_changed_breaks_the_link_for_both() {
    let mut second = Second::start();
    // With one key, and the names of this story.
    let length = 117;
    for at in 0..=length {
        AT.store(at, Relaxed);
        let lies = Lies { enrolment: Some(changed_there), ..NONE };
        let files = Files::of(&Story::usual(), lies);
        // After the last one there is none to change.
        let link = (at < length).then_some("enrolments");
        assert_eq!(first(&files).as_deref(), link, "byte {at}, the first verifier");
        assert_eq!(second.verify(&files).as_deref(), link, "byte {at}, the second");
    }
}

#[test]
fn a_ticket_is_good_until_the_time_that_it_says() {
    let files = Files::of(
        &Story::usual(),
        Lies { ticket: Some(|ticket| ticket.not_after_ms = ENROLLED_MS), ..NONE },
    );
    assert_eq!(first(&files), None);
    assert_eq!(Second::start().verify(&files), None);
}

/// The ticket with a bit of the key's id changed that it names: nothing else in the record says which keys those were.
pub fn of_other_keys(ticket: Bytes<'_>) -> Bytes<'static> {
    let mut bytes = ticket.bytes().to_vec();
    let at = bytes.windows(16).position(|window| window == [0x4b; 16]).unwrap();
    bytes[at] ^= 1;
    kept(bytes)
}

/// The ticket, and a byte.
pub fn longer(ticket: Bytes<'_>) -> Bytes<'static> {
    kept([ticket.bytes(), &[0]].concat())
}

/// The record's content without its last member, which is the ticket.
pub fn left_out(content: &mut Vec<u8>) {
    let ticket = minicbor::decode::<Enrolment<'_>>(content).unwrap().ticket.bytes().len();
    // The key, and the head of a string of less than 256 bytes.
    assert!((24..256).contains(&ticket));
    content.truncate(content.len() - ticket - 3);
    content[0] -= 1;
}

/// Another character at the challenge's begin.
pub fn challenge_changed(json: &mut [u8]) {
    let begin = b"\"challenge\":\"";
    let at = json.windows(begin.len()).position(|window| window == begin).unwrap() + begin.len();
    json[at] = if json[at] == b'A' { b'B' } else { b'A' };
}

/// Kept for as long as the test runs: a lie has no place of its own to keep it.
fn kept(bytes: Vec<u8>) -> Bytes<'static> {
    Bounded::new(bytes.leak()).unwrap()
}
