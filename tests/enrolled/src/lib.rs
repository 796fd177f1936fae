//! Devices that have gone through enrolment, for tests that begin with a registry and not with an appliance.
//!
//! Guarantees to tests: a device enters as the ledger would tell it: by a ticket, an enrolment, another
//! device that vouches where one is asked for, and a confirmation. Nothing of it was checked by anybody: the
//! attestation is none, and the assertion that vouches is empty.

#![forbid(unsafe_code)]
#![allow(clippy::expect_used, reason = "a fixture that fails is a test that fails")]

use countersign_core::port::{Crypto, Registry as _};
use countersign_core::vouch::vouchers;
use countersign_protocol::activation::Version;
use countersign_protocol::assertion::Assertion;
use countersign_protocol::attestation::{Attestation, Class, Format};
use countersign_protocol::change::{Cause, Device, Profile, Standing};
use countersign_protocol::enrolment::{Confirmation, Enrolment, Vouch};
use countersign_protocol::fingerprint::Fingerprint;
use countersign_protocol::ticket::{Addition, Assurance, Ticket};
use countersign_protocol::{
    Aaguid, ApplianceId, Bounded, FrontEndId, Name, OfficerId, Origin, Sequence, SignerId, SlotId,
    TenantId, TicketId,
};
use countersign_registry::{Change, Registry};

/// A device of a signer of the first tenant.
#[derive(Clone, Copy, Debug)]
pub struct Enrolled<'d> {
    /// Its place.
    pub slot: SlotId,
    /// Whose it is.
    pub signer: SignerId,
    /// Its name.
    pub name: &'d str,
    /// Its credential id.
    pub credential: &'d [u8],
    /// Its COSE_Key.
    pub cose_key: &'d [u8],
    /// Its signCount.
    pub sign_count: u32,
}

const TENANT: TenantId = TenantId(1);

impl<'d> Enrolled<'d> {
    /// It enters, active, by records that all have this index.
    pub fn enter<C: Crypto>(&self, registry: &mut Registry<C>, at: u64) {
        self.enter_pending(registry, at);
        if registry.awaits_vouch(self.signer) {
            let addition = self.addition(registry);
            let vouch = Change::Vouch(self.vouch(registry, &addition));
            registry.apply(at, &vouch).expect("a device that vouches");
        }
        let confirmation = Change::Confirmation(self.confirmation(registry));
        registry.apply(at, &confirmation).expect("a confirmation");
    }

    /// It enters, and waits.
    pub fn enter_pending<C: Crypto>(&self, registry: &mut Registry<C>, at: u64) {
        registry.apply(at, &Change::Ticket(self.ticket())).expect("a ticket");
        let ticket = self.ticket_bytes();
        registry.apply(at, &Change::Enrolment(self.enrolment(&ticket))).expect("an enrolment");
    }

    /// Its ticket's id.
    #[must_use]
    pub fn ticket_id(&self) -> TicketId {
        let mut id = [0; 32];
        id[..4].copy_from_slice(&self.slot.0.to_be_bytes());
        TicketId(id)
    }

    /// Its ticket, of a signer who has no keys.
    #[must_use]
    pub fn ticket(&self) -> Ticket<'d> {
        Ticket {
            version: Version::V1,
            appliance: ApplianceId([1; 16]),
            tenant: TENANT,
            id: self.ticket_id(),
            signer: self.signer,
            device: self.device_name(),
            keys: Sequence::EMPTY,
            rp_id: Origin::new("sign.example").expect("an rpId"),
            profile: Profile::Development,
            assurance: Assurance::Any,
            not_after_ms: u64::MAX,
        }
    }

    /// Its ticket's bytes.
    #[must_use]
    pub fn ticket_bytes(&self) -> Vec<u8> {
        minicbor::to_vec(self.ticket()).expect("memory")
    }

    /// Its enrolment, with these bytes as its ticket.
    #[must_use]
    pub fn enrolment<'t>(&self, ticket: &'t [u8]) -> Enrolment<'t>
    where
        'd: 't,
    {
        Enrolment {
            device: self.device(),
            front_end: FrontEndId(1),
            attestation_object: Bounded::EMPTY,
            client_data: Bounded::EMPTY,
            ticket: Bounded::new(ticket).expect("a ticket"),
        }
    }

    /// Its record when it is new.
    #[must_use]
    pub fn device(&self) -> Device<'d> {
        Device {
            slot: self.slot,
            signer: self.signer,
            name: self.device_name(),
            credential: Bounded::new(self.credential).expect("a credential id"),
            cose_key: Bounded::new(self.cose_key).expect("a key"),
            backup_eligible: false,
            sign_count: self.sign_count,
            standing: Standing::Pending,
            ticket: self.ticket_id(),
            attestation: Attestation {
                aaguid: Aaguid([0; 16]),
                format: Format::None,
                class: Class::None,
                assurance: Assurance::Any,
                certification: None,
                chain: Sequence::EMPTY,
            },
            cause: Cause::Enrolled,
            utc_lo_ms: 0,
        }
    }

    /// What another device of the signer approves of it, once it is pending.
    pub fn addition<C: Crypto>(&self, registry: &Registry<C>) -> Vec<u8> {
        let newcomer = registry.newcomer(&self.ticket_id()).expect("a pending device");
        let addition = Addition {
            version: Version::V1,
            appliance: registry.appliance().id,
            tenant: TENANT,
            ticket: self.ticket_id(),
            signer: self.signer,
            key: newcomer.key,
        };
        minicbor::to_vec(addition).expect("memory")
    }

    /// What the signer's first active device says of it.
    pub fn vouch<'a, C: Crypto>(&self, registry: &Registry<C>, addition: &'a [u8]) -> Vouch<'a> {
        let by = vouchers(registry, self.signer).next().expect("a device that may vouch");
        Vouch {
            slot: self.slot,
            addition: Bounded::new(addition).expect("an addition"),
            by: by.slot,
            cose_key: Bounded::EMPTY,
            sign_count: by.counts.last(),
            assertion: Assertion {
                device: 0,
                authenticator_data: Bounded::EMPTY,
                client_data: Bounded::EMPTY,
                signature: Bounded::EMPTY,
            },
            utc_lo_ms: 0,
            utc_hi_ms: 0,
        }
    }

    /// Its own words, heard by an officer.
    pub fn confirmation<C: Crypto>(&self, registry: &Registry<C>) -> Confirmation {
        let newcomer = registry.newcomer(&self.ticket_id()).expect("a pending device");
        Confirmation {
            slot: self.slot,
            fingerprint: Fingerprint::of(&newcomer.key),
            officer: OfficerId(1),
            utc_lo_ms: 0,
            utc_hi_ms: 0,
        }
    }

    fn device_name(&self) -> Name<'d> {
        Name::new(self.name).expect("a name")
    }
}
