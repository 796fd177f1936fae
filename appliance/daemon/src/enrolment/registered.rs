//! From an open ticket to a pending device: one check of the registration after the other.
//!
//! Guarantees: each stage's only constructor is the method of the stage before it; what was found when the
//! ticket was looked up is looked at again when it is spent, under the lock of the state. The ticket on record with
//! the device is, byte for byte, the one whose hash the registration was found to be over.

use countersign_core::Reason;
use countersign_core::assertion::Expected;
use countersign_core::assertion::registration::{self, NewCredential};
use countersign_core::entry::{Appliance, FrontEnd};
use countersign_core::port::{Crypto, Guarded, Registry as _};
use countersign_enrolment::assurance::{self, Assured, ROOM_BYTES, Trust};
use countersign_enrolment::attestation::{self, AttestationObject, Attested};
use countersign_enrolment::metadata::Model;
use countersign_protocol::change::{Cause, Device, Profile, Standing};
use countersign_protocol::enrolment::Enrolment;
use countersign_protocol::record::Kind;
use countersign_protocol::request::Enrol;
use countersign_protocol::ticket::Assurance;
use countersign_protocol::{Aaguid, Bounded, Digest, Name, SignerId, TicketId, tag};
use countersign_registry::{Change, Registry};

use super::bound::{Bound, Concerns, TurnedAway, open_ticket};
use super::fault::{Fault, Why};
use crate::books::{Books, ChangeError};
use crate::ground::Ground;

/// What is registered, for whom.
struct Registering<'f> {
    body: Enrol<'f>,
    concerns: Concerns,
    front_end: FrontEnd,
    signer: SignerId,
    name: String,
    assurance: Assurance,
}

impl Registering<'_> {
    fn turn_away(&self, why: impl Into<Why>) -> TurnedAway {
        self.concerns.turn_away(why)
    }
}

/// A ticket that is open, in its bytes.
pub(super) struct Ticketed<'f> {
    registering: Registering<'f>,
    ticket: Box<[u8]>,
    appliance: Appliance,
}

impl<'f> Bound<Enrol<'f>> {
    pub(super) fn find_ticket<G: Ground>(
        self,
        books: &Books<G>,
    ) -> Result<Ticketed<'f>, TurnedAway> {
        let Self { body, concerns, front_end } = self;
        books
            .with(|state| {
                let registry = &state.registry;
                let ticket = open_ticket(registry, &body.ticket, front_end.tenant, concerns.now)?;
                let appliance = registry.appliance().clone();
                let asked = floor(appliance.profile, ticket.assurance);
                let (signer, name) = (ticket.signer, ticket.device.clone());
                let registering =
                    Registering { body, concerns, front_end, signer, name, assurance: asked };
                Ok(Ticketed { registering, ticket: ticket.bytes.clone(), appliance })
            })
            .map_err(|fault: Fault| concerns.turn_away(fault))
    }
}

/// What must be known of a device's model at least, whatever a ticket says.
pub(crate) const fn floor(profile: Profile, asked: Assurance) -> Assurance {
    match profile {
        Profile::Production => Assurance::Certified,
        Profile::Development => asked,
    }
}

/// A credential, and the bytes of the ticket that it was made over: [`Ticketed::verify`] alone puts them together.
struct Made<'f> {
    credential: NewCredential<'f>,
    ticket: Box<[u8]>,
}

/// A credential that was made over the ticket.
pub(super) struct Registered<'f> {
    registering: Registering<'f>,
    object: AttestationObject<'f>,
    made: Made<'f>,
}

impl<'f> Ticketed<'f> {
    /// WebAuthn L3, 7.1, as far as it needs no attestation.
    pub(super) fn verify(self, crypto: &impl Crypto) -> Result<Registered<'f>, TurnedAway> {
        let Self { registering, ticket, appliance } = self;
        let Enrol { attestation_object, client_data, .. } = registering.body;
        let object = AttestationObject::read(attestation_object.bytes())
            .map_err(|fault| registering.turn_away(fault))?;
        let challenge = Digest(crypto.sha256(&[tag::ENROLMENT, &ticket]));
        let expected = Expected {
            challenge: &challenge,
            origin: &appliance.origin,
            rp_id_hash: &appliance.rp_id_hash,
        };
        let data =
            Bounded::new(object.auth_data()).ok_or(registration::Fault::AuthenticatorDataMalformed);
        let credential =
            data.and_then(|data| registration::verify(crypto, &expected, &client_data, &data));
        let credential = credential.map_err(|fault| registering.turn_away(fault))?;
        Ok(Registered { registering, object, made: Made { credential, ticket } })
    }
}

/// A credential with a statement that holds.
pub(super) struct Stated<'f> {
    registering: Registering<'f>,
    made: Made<'f>,
    attested: Attested,
}

impl<'f> Registered<'f> {
    /// WebAuthn L3, 7.1, steps 21 and 22.
    pub(super) fn attest(self, crypto: &impl Crypto) -> Result<Stated<'f>, TurnedAway> {
        let Self { registering, object, made } = self;
        let credential = &made.credential;
        let about = attestation::Credential {
            aaguid: credential.aaguid(),
            credential_id: credential.id(),
            cose_key: credential.cose_key(),
        };
        let client_data_hash = crypto.sha256(&[registering.body.client_data.bytes()]);
        let attested = attestation::verify(crypto, &object, &about, &client_data_hash)
            .map_err(|fault| registering.turn_away(fault))?;
        Ok(Stated { registering, made, attested })
    }
}

/// A credential of a device of which enough is known.
pub(super) struct Known<'f> {
    registering: Registering<'f>,
    made: Made<'f>,
    assured: Assured,
}

impl<'f> Stated<'f> {
    /// WebAuthn L3, 7.1, steps 23 and 24: what the ticket asks for is met.
    pub(super) fn assure<G: Ground>(self, books: &Books<G>) -> Result<Known<'f>, TurnedAway> {
        let Self { registering, made, attested } = self;
        let credential = &made.credential;
        let (model, anchors) =
            books.with(|state| trusted(&state.registry, &Aaguid(credential.aaguid())));
        let claimed = assurance::Claimed {
            aaguid: credential.aaguid(),
            backup_eligible: credential.backup_eligible(),
        };
        let trust = Trust { model: model.as_ref(), anchors: &anchors };
        // A certificate's time is judged where the clock may be latest: what has expired by then does not count.
        let utc_ms = registering.concerns.now.utc_hi_ms;
        let assured = assurance::judge(attested, &claimed, registering.assurance, &trust, utc_ms)
            .map_err(|fault| registering.turn_away(fault))?;
        Ok(Known { registering, made, assured })
    }
}

fn trusted<C: Crypto>(registry: &Registry<C>, aaguid: &Aaguid) -> (Option<Model>, Vec<Vec<u8>>) {
    (registry.model(aaguid).cloned(), registry.attestation_anchors().to_vec())
}

impl Known<'_> {
    /// Spends the ticket, and returns when the pending device is on record.
    pub(super) async fn enrol<G: Ground>(self, books: &Books<G>) -> Result<TicketId, TurnedAway> {
        let Self { registering, .. } = &self;
        let spent = books.change(|registry| self.propose(registry)).await;
        spent.map(|_| registering.body.ticket).map_err(|why| registering.turn_away(why.0))
    }

    /// The record, if the ticket is open still.
    fn propose<C: Crypto>(&self, registry: &Registry<C>) -> Result<(Kind, Vec<u8>), NotSpent> {
        let Self { registering, made: Made { credential, ticket }, assured } = self;
        let Registering { body, concerns, front_end, .. } = registering;
        open_ticket(registry, &body.ticket, front_end.tenant, concerns.now)?;
        let too_long = || NotSpent(Fault::Conflict.into());
        let mut room = [0; ROOM_BYTES];
        let attestation = assured.record(Aaguid(credential.aaguid()), &mut room);
        let enrolment = Change::Enrolment(Enrolment {
            device: Device {
                slot: registry.next_slot(),
                signer: registering.signer,
                name: Name::new(&registering.name).ok_or_else(too_long)?,
                credential: Bounded::new(credential.id()).ok_or_else(too_long)?,
                cose_key: Bounded::new(credential.cose_key()).ok_or_else(too_long)?,
                backup_eligible: credential.backup_eligible(),
                sign_count: credential.sign_count(),
                standing: Standing::Pending,
                ticket: body.ticket,
                attestation: attestation.map_err(|_| too_long())?,
                cause: Cause::Enrolled,
                utc_lo_ms: concerns.now.utc_lo_ms,
            },
            front_end: front_end.id,
            attestation_object: body.attestation_object,
            client_data: body.client_data,
            ticket: Bounded::new(ticket).ok_or_else(too_long)?,
        });
        Ok((enrolment.kind(), enrolment.content()))
    }
}

/// Why a ticket is not spent.
pub(super) struct NotSpent(pub(super) Why);

impl From<Fault> for NotSpent {
    fn from(fault: Fault) -> Self {
        Self(fault.into())
    }
}

impl From<ChangeError> for NotSpent {
    fn from(why: ChangeError) -> Self {
        match why {
            ChangeError::Conflict(_) => Self(Fault::Conflict.into()),
            ChangeError::Ledger => Self(Reason::LedgerFailed.into()),
        }
    }
}
