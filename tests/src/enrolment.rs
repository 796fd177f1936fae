//! A new device's way through enrolment, step by step, with a place for one mutation at each step.

use countersign_core::port::Crypto as _;
use countersign_device::{Approval, Authenticator, Registration};
use countersign_host::Host;
use countersign_protocol::admin::{Answer, DeviceConfirm, Order, TicketIssue};
use countersign_protocol::fingerprint::Fingerprint;
use countersign_protocol::request::{Enrol, Request, Vouch};
use countersign_protocol::ticket::{Assurance, Ticket};
use countersign_protocol::{Bounded, Digest, Name, TicketId, canonical, tag};
use countersignd::Service;

use crate::draft::{AssertionDraft, encode};
use crate::engine::in_process;
use crate::house::{Holder, House};
use crate::outcome::{Invited, Outcome};

/// How long a ticket of these tests is good.
pub const LIFETIME_MS: u64 = 3_600_000;

/// A ticket, as the officer hands it on.
#[derive(Clone, Debug)]
pub struct Handed(pub Vec<u8>);

impl Handed {
    /// Its id.
    pub fn id(&self) -> TicketId {
        canonical::decode::<Ticket<'_>>(&self.0).unwrap().id
    }

    /// What is registered with it is over this.
    pub fn challenge(&self) -> [u8; 32] {
        Host.sha256(&[tag::ENROLMENT, &self.0])
    }

    /// The frame that brings this registration.
    pub fn frame(&self, registration: &Registration) -> Vec<u8> {
        encode(&Request::Enrol(Enrol {
            ticket: self.id(),
            attestation_object: Bounded::new(&registration.attestation_object).unwrap(),
            client_data: Bounded::new(&registration.client_data_json).unwrap(),
        }))
    }

    /// The frame that brings what `by` says of the addition.
    pub fn vouch(&self, invited: &Invited, by: &mut Authenticator) -> Vec<u8> {
        self.vouch_frame(&self.vouch_changed(invited, by, |_| ()))
    }

    /// What `by` says of the addition, after one change.
    pub fn vouch_changed(
        &self,
        invited: &Invited,
        by: &mut Authenticator,
        change: impl FnOnce(&mut Approval),
    ) -> AssertionDraft {
        let mut approval = by.honest();
        change(&mut approval);
        let made = by.approve(&Host.sha256(&[tag::ADDITION, &invited.addition]), &approval);
        let place = invited.credentials.iter().position(|id| *id == made.credential_id).unwrap();
        AssertionDraft { device: u8::try_from(place).unwrap(), made }
    }

    /// The frame that brings this assertion.
    pub fn vouch_frame(&self, assertion: &AssertionDraft) -> Vec<u8> {
        encode(&Request::Vouch(Vouch { ticket: self.id(), assertion: assertion.assertion() }))
    }
}

/// The fingerprint of this device's key, as it shows it itself.
pub fn fingerprint(cose_key: &[u8]) -> Fingerprint {
    Fingerprint::of(&Digest(Host.sha256(&[tag::FINGERPRINT, cose_key])))
}

/// The officer's order of a ticket, which must be carried out.
pub async fn ticket(
    house: &House,
    appliance: &impl Service,
    signer: &str,
    device: &str,
    assurance: Assurance,
    lifetime_ms: u64,
) -> Handed {
    let order = Order::TicketIssue(TicketIssue {
        signer: Name::new(signer).unwrap(),
        device: Name::new(device).unwrap(),
        assurance,
        lifetime_ms,
    });
    let read = |answer: &Answer<'_>| match answer {
        Answer::TicketIssued(issued) => Some(Handed(issued.ticket.bytes().to_vec())),
        _ => None,
    };
    house.order(appliance, &order, read).await
}

/// The order that confirms the device of this name with these words.
pub fn confirmation(name: &str, fingerprint: Fingerprint) -> Order<'_> {
    Order::DeviceConfirm(DeviceConfirm { name: Name::new(name).unwrap(), fingerprint })
}

/// Registers a device through this front-end, in process, and has `voucher` vouch for it if that is asked.
pub async fn register(
    appliance: &impl Service,
    front_end: &Holder,
    ticket: &Handed,
    registration: &Registration,
    voucher: Option<&mut Authenticator>,
) {
    let reply = in_process(appliance, front_end, &ticket.frame(registration)).await;
    match Outcome::read(&reply) {
        Outcome::Enrolled(None) => (),
        Outcome::Enrolled(Some(invited)) => {
            let voucher = voucher.expect("a device that vouches");
            let reply = in_process(appliance, front_end, &ticket.vouch(&invited, voucher)).await;
            assert_eq!(Outcome::read(&reply), Outcome::Enrolled(None), "vouched for");
        }
        other => panic!("not enrolled: {other:?}"),
    }
}
