//! How the story's devices were enrolled.

use countersign_authority::Registration;
use countersign_protocol::activation::Version;
use countersign_protocol::attestation::{Attestation, Class, Format};
use countersign_protocol::change::{Cause, Device, Profile, Standing};
use countersign_protocol::enrolment::Enrolment;
use countersign_protocol::receipt::Enrolled;
use countersign_protocol::record::Kind;
use countersign_protocol::ticket::{Assurance, Ticket};
use countersign_protocol::{
    Aaguid, Bounded, Digest, FrontEndId, KeyId, Name, Origin, Sequence, SignerId, SlotId, TicketId,
};

use crate::attested;
use crate::story::{APPLIANCE, DECIDED_MS, Lies, RP_ID, Story, TENANT, encode};
use crate::told::committed;
use crate::tree::Tree;

pub const TICKET: TicketId = TicketId([0x71; 32]);
const DEVICE: &str = "phone";
/// When the devices were enrolled, at the earliest.
pub const ENROLLED_MS: u64 = DECIDED_MS - 1_000_000;
/// Until when their tickets were good.
pub const RAN_OUT_MS: u64 = ENROLLED_MS + 1_000;

/// An enrolment's record, and its place in the ledger.
pub struct Recorded {
    pub place: u64,
    pub leaf: Vec<u8>,
    opening: Vec<u8>,
}

/// The records of all enrolments, in the devices' order, before the signature's.
pub fn recorded(story: &Story, lies: &Lies) -> Vec<Recorded> {
    let mut places: Vec<u64> = (1..).take(story.devices.len()).collect();
    if let Some(lie) = lies.places {
        lie(&mut places);
    }
    let devices = (0..).zip(&story.devices).zip(places);
    devices
        .map(|((slot, (signer, algorithm)), place)| {
            let seed = [slot + 1; 32];
            // One liar is enough.
            let lies = if slot == 0 { *lies } else { Lies::default() };
            let ticket = ticket(*signer, &lies);
            let registered = attested::registered(story, *algorithm, seed, &ticket, &lies);
            let made = (&registered, &ticket[..]);
            record(place, &enrolment(made, slot.into(), *signer, &lies), &lies)
        })
        .collect()
}

/// What the officer gave the signer, byte for byte.
fn ticket(signer: SignerId, lies: &Lies) -> Vec<u8> {
    let mut room = [0; 32];
    let mut ticket = Ticket {
        version: Version::V1,
        appliance: APPLIANCE,
        tenant: TENANT,
        id: TICKET,
        signer,
        device: Name::new(DEVICE).unwrap(),
        keys: Sequence::from_values(&[KeyId([0x4b; 16])], &mut room).unwrap(),
        rp_id: Origin::new(RP_ID).unwrap(),
        profile: Profile::Development,
        assurance: Assurance::Any,
        not_after_ms: RAN_OUT_MS,
    };
    if let Some(lie) = lies.ticket {
        lie(&mut ticket);
    }
    encode(&ticket)
}

fn enrolment(
    (registered, ticket): (&Registration, &[u8]),
    slot: u32,
    signer: SignerId,
    lies: &Lies,
) -> Vec<u8> {
    let mut enrolment = Enrolment {
        device: Device {
            slot: SlotId(slot),
            signer,
            name: Name::new(DEVICE).unwrap(),
            credential: Bounded::new(&registered.credential_id).unwrap(),
            cose_key: Bounded::new(&registered.cose_key).unwrap(),
            backup_eligible: false,
            sign_count: 0,
            standing: Standing::Pending,
            ticket: TICKET,
            attestation: Attestation {
                aaguid: Aaguid([0; 16]),
                format: Format::None,
                class: Class::None,
                assurance: Assurance::Any,
                certification: None,
                chain: Sequence::EMPTY,
            },
            cause: Cause::Enrolled,
            utc_lo_ms: ENROLLED_MS,
        },
        front_end: FrontEndId(1),
        attestation_object: Bounded::new(&registered.attestation_object).unwrap(),
        client_data: Bounded::new(&registered.client_data_json).unwrap(),
        ticket: Bounded::new(ticket).unwrap(),
    };
    if let Some(lie) = lies.enrolment {
        lie(&mut enrolment);
    }
    let mut content = encode(&enrolment);
    if let Some(lie) = lies.enrolment_content {
        lie(&mut content);
    }
    content
}

fn record(place: u64, content: &[u8], lies: &Lies) -> Recorded {
    let (mut leaf, opening) = committed(Kind::Enrolment, content);
    if let Some(lie) = lies.enrolment_leaf {
        lie(&mut leaf);
    }
    Recorded { place, leaf: encode(&leaf), opening }
}

impl Recorded {
    /// The record in this tree, with its path in `room`.
    pub fn under<'r>(&'r self, tree: &Tree, room: &'r mut Vec<u8>) -> Enrolled<'r> {
        let path: Vec<_> = tree.path(self.place).into_iter().map(Digest).collect();
        room.resize(path.len() * 34, 0);
        Enrolled {
            index: self.place,
            leaf: Bounded::new(&self.leaf).unwrap(),
            opening: Bounded::new(&self.opening).unwrap(),
            path: Sequence::from_values(&path, room).unwrap(),
        }
    }
}
