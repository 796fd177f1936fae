//! The frames of a session: what a front-end would send, with what the signers' devices made.
//!
//! An approval may be written in more than one way, and each of them is listed, so that everything else
//! can be held to be refused:
//! - ECDSA signatures come in pairs, (r, s) and (r, n - s), which verify alike. FIDO2 devices make
//!   either, so both are the same approval.
//! - The assertions of several approvers may come in any order.
//!
//! Nothing else: of each message there is one encoding; the activation is compared by its hash; and what
//! devices sign covers authenticatorData and clientDataJSON byte by byte, so that not even the order of
//! members in the JSON can be another.

use countersign_device::{Approval, Assertion as Made, SignatureForm};
use countersign_protocol::assertion::Assertion;
use countersign_protocol::item::{Form, Item, Items};
use countersign_protocol::record::{self, SignatureContent};
use countersign_protocol::reply;
use countersign_protocol::request::{Fetch, Prepare, Request, Sign};
use countersign_protocol::{Bounded, Digest, KeyId, Label, Sequence, Suite, TransactionId};

use super::Subject;
use crate::house::{
    COUNTING, KEY, KEY_OF_OTHERS, KEY_OF_TWO, OnRecord, PERSON, SIGN_COUNT, SLOTS, device, people,
    point, suite,
};

/// What is on record as the signature: nobody made it.
pub(crate) const SIGNATURE: [u8; 64] = [0x5a; 64];

const ROOM: usize = 4096;
const FORMS: [SignatureForm; 2] = [SignatureForm::Honest, SignatureForm::HighS];

/// Asks for the key to sign `n` documents.
pub(super) fn prepare(key: KeyId, n: u8) -> Vec<u8> {
    let mut room = [0; ROOM];
    let digests: Vec<[u8; 32]> = (0..n).map(|document| [document; 32]).collect();
    let initiator = (n % 2 == 1).then_some(PERSON);
    let items = items(&digests, &mut room);
    let prepare = Prepare { key, suite: suite(key), lifetime_ms: 5_000, initiator, items };
    encode(&Request::Prepare(prepare))
}

fn items<'r>(digests: &[[u8; 32]], room: &'r mut [u8]) -> Items<'r> {
    let items: Vec<_> = digests.iter().map(item).collect();
    Sequence::from_values(&items, room).unwrap()
}

fn item(digest: &[u8; 32]) -> Item<'_> {
    Item {
        dtbsr: Bounded::new(digest).unwrap(),
        content: Digest(*digest),
        shown: Digest([9; 32]),
        label: Label::new("Discharge letter, E. Example").unwrap(),
        form: Form::CmsAttrs,
    }
}

/// Good and refused ones.
pub(super) fn prepares() -> Vec<Vec<u8>> {
    vec![prepare(KEY, 1), prepare(KEY_OF_TWO, 8), prepare(KEY, 9), prepare(KEY_OF_OTHERS, 1)]
}

/// Every frame that brings an approval: of one signer, and of two.
pub(super) fn approved(live: &Subject, of_two: &Subject) -> Vec<Vec<u8>> {
    let mut frames: Vec<_> = FORMS.iter().map(|form| sign(live, &[made(live, 0, *form)])).collect();
    for first in FORMS {
        for second in FORMS {
            let (one, other) = (made(of_two, 0, first), made(of_two, 1, second));
            frames.push(sign(of_two, &[one.clone(), other.clone()]));
            frames.push(sign(of_two, &[other, one]));
        }
    }
    frames
}

/// The frames that ask for what is on record.
pub(super) fn again(recorded: &Subject) -> Vec<Vec<u8>> {
    vec![fetch(recorded.transaction), sign(recorded, &[approval_on_record(recorded)])]
}

/// Good frames that come to the wrong transaction: each with an honest approval of it.
pub(super) fn refused(foreign: &Subject, spent: &Subject, expired: &Subject) -> Vec<Vec<u8>> {
    let honest = |subject| sign(subject, &[made(subject, 0, SignatureForm::Honest)]);
    let mut frames = vec![honest(foreign), honest(spent), honest(expired)];
    frames.push(fetch(spent.transaction));
    frames
}

/// The record of a signature.
pub(super) fn on_record(recorded: &Subject) -> OnRecord {
    let ((device, made), point) = (approval_on_record(recorded), point());
    let cose_key = people::device(0).credential().public_key_cose;
    let approval = record::Approval {
        slot: SLOTS[0],
        cose_key: Bounded::new(&cose_key).unwrap(),
        sign_count: 0,
        assertion: assertion(device, &made),
        signer: PERSON,
    };
    let (mut approvals, mut signatures, mut suites) = ([0; ROOM], [0; ROOM], [0; 8]);
    let each = vec![reply::Signature::new(&SIGNATURE).unwrap(); 5];
    let content = SignatureContent {
        activation: Bounded::new(&recorded.activation).unwrap(),
        approvals: Sequence::from_values(&[approval], &mut approvals).unwrap(),
        signatures: Sequence::from_values(&each, &mut signatures).unwrap(),
        public_key: Bounded::new(point.bytes()).unwrap(),
        utc_lo_ms: 1,
        utc_hi_ms: 2,
        policy: people::policy(Suite::Esp256, &mut suites),
    };
    OnRecord { transaction: recorded.transaction, content: encode(&content) }
}

fn approval_on_record(recorded: &Subject) -> (u8, Made) {
    made(recorded, 0, SignatureForm::Honest)
}

/// What the device at this place makes of it: its index in the reply, and the assertion.
fn made(subject: &Subject, place: usize, signature: SignatureForm) -> (u8, Made) {
    let mut device = device(place);
    let sign_count = if place == COUNTING { SIGN_COUNT + 1 } else { 0 };
    let approval = Approval { sign_count, signature, ..device.honest() };
    (u8::try_from(place).unwrap(), device.approve(&subject.challenge, &approval))
}

fn assertion(device: u8, made: &Made) -> Assertion<'_> {
    Assertion {
        device,
        authenticator_data: Bounded::new(&made.authenticator_data).unwrap(),
        client_data: Bounded::new(&made.client_data_json).unwrap(),
        signature: Bounded::new(&made.signature).unwrap(),
    }
}

fn sign(subject: &Subject, made: &[(u8, Made)]) -> Vec<u8> {
    let mut room = [0; ROOM];
    let assertions: Vec<_> = made.iter().map(|(device, made)| assertion(*device, made)).collect();
    encode(&Request::Sign(Sign {
        transaction: subject.transaction,
        activation: Bounded::new(&subject.activation).unwrap(),
        assertions: Sequence::from_values(&assertions, &mut room).unwrap(),
    }))
}

fn fetch(transaction: TransactionId) -> Vec<u8> {
    encode(&Request::Fetch(Fetch { transaction }))
}

fn encode<T: minicbor::Encode<()>>(value: &T) -> Vec<u8> {
    minicbor::to_vec(value).unwrap()
}
