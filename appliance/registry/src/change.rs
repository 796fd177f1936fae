//! A change of what decides, with the kind that its record has.

use countersign_protocol::anchor::Reanchoring;
use countersign_protocol::canonical::{self, NotCanonical};
use countersign_protocol::change::{
    Appliance, Device, Erasure, Freeze, FrontEnd, Grant, Hold, Key, Officer, Signer, Tenant,
};
use countersign_protocol::enrolment::{Confirmation, Enrolment, Vouch};
use countersign_protocol::minicbor;
use countersign_protocol::model::{Metadata, Model, Trust};
use countersign_protocol::record::Kind;
use countersign_protocol::recovery::Recovery;
use countersign_protocol::ticket::Ticket;

/// The new value of one thing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change<'b> {
    /// The appliance itself, once.
    Appliance(Appliance<'b>),
    /// A tenant.
    Tenant(Tenant<'b>),
    /// An officer.
    Officer(Officer<'b>),
    /// A front-end.
    FrontEnd(FrontEnd<'b>),
    /// A signer.
    Signer(Signer<'b>),
    /// A change of a device.
    Device(Device<'b>),
    /// A signing key.
    Key(Key<'b>),
    /// A front-end's leave to ask for a key.
    Grant(Grant),
    /// Leave to register a device.
    Ticket(Ticket<'b>),
    /// A new device, pending.
    Enrolment(Enrolment<'b>),
    /// A device that says that a pending one is its owner's.
    Vouch(Vouch<'b>),
    /// A pending device that may approve from now on.
    Confirmation(Confirmation),
    /// A certificate that is trusted, or no longer.
    Trust(Trust<'b>),
    /// What is published of a model.
    Model(Model<'b>),
    /// Which BLOB that was.
    Metadata(Metadata),
    /// A legal hold, or its end.
    Hold(Hold),
    /// A signer who is erased.
    Erasure(Erasure),
    /// The key that evidence is recovered with.
    Recovery(Recovery<'b>),
    /// A ledger that goes on though it is not the one that was anchored.
    Reanchoring(Reanchoring),
    /// No key signs, or keys sign again.
    Freeze(Freeze),
}

impl<'b> Change<'b> {
    /// The change in a record of this kind; none if the kind is of no change.
    ///
    /// # Errors
    /// [`NotCanonical`] content.
    pub fn decode(kind: Kind, content: &'b [u8]) -> Result<Option<Self>, NotCanonical> {
        Ok(Some(match kind {
            Kind::Appliance => Self::Appliance(canonical::decode(content)?),
            Kind::Tenant => Self::Tenant(canonical::decode(content)?),
            Kind::Officer => Self::Officer(canonical::decode(content)?),
            Kind::FrontEnd => Self::FrontEnd(canonical::decode(content)?),
            Kind::Signer => Self::Signer(canonical::decode(content)?),
            Kind::Device => Self::Device(canonical::decode(content)?),
            Kind::Key => Self::Key(canonical::decode(content)?),
            Kind::Grant => Self::Grant(canonical::decode(content)?),
            Kind::Ticket => Self::Ticket(canonical::decode(content)?),
            Kind::Enrolment => Self::Enrolment(canonical::decode(content)?),
            Kind::Vouch => Self::Vouch(canonical::decode(content)?),
            Kind::Confirmation => Self::Confirmation(canonical::decode(content)?),
            Kind::Trust => Self::Trust(canonical::decode(content)?),
            Kind::Model => Self::Model(canonical::decode(content)?),
            Kind::Metadata => Self::Metadata(canonical::decode(content)?),
            Kind::Hold => Self::Hold(canonical::decode(content)?),
            Kind::Erasure => Self::Erasure(canonical::decode(content)?),
            Kind::Recovery => Self::Recovery(canonical::decode(content)?),
            Kind::Reanchoring => Self::Reanchoring(canonical::decode(content)?),
            Kind::Freeze => Self::Freeze(canonical::decode(content)?),
            Kind::Boot | Kind::Signature | Kind::Refusal | Kind::Refusals | Kind::Alarm => {
                return Ok(None);
            }
        }))
    }

    /// The kind of its record.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Appliance(_) => Kind::Appliance,
            Self::Tenant(_) => Kind::Tenant,
            Self::Officer(_) => Kind::Officer,
            Self::FrontEnd(_) => Kind::FrontEnd,
            Self::Signer(_) => Kind::Signer,
            Self::Device(_) => Kind::Device,
            Self::Key(_) => Kind::Key,
            Self::Grant(_) => Kind::Grant,
            Self::Ticket(_) => Kind::Ticket,
            Self::Enrolment(_) => Kind::Enrolment,
            Self::Vouch(_) => Kind::Vouch,
            Self::Confirmation(_) => Kind::Confirmation,
            Self::Trust(_) => Kind::Trust,
            Self::Model(_) => Kind::Model,
            Self::Metadata(_) => Kind::Metadata,
            Self::Hold(_) => Kind::Hold,
            Self::Erasure(_) => Kind::Erasure,
            Self::Recovery(_) => Kind::Recovery,
            Self::Reanchoring(_) => Kind::Reanchoring,
            Self::Freeze(_) => Kind::Freeze,
        }
    }

    /// The content of its record.
    #[must_use]
    pub fn content(&self) -> Vec<u8> {
        match self {
            Self::Appliance(body) => encode(body),
            Self::Tenant(body) => encode(body),
            Self::Officer(body) => encode(body),
            Self::FrontEnd(body) => encode(body),
            Self::Signer(body) => encode(body),
            Self::Device(body) => encode(body),
            Self::Key(body) => encode(body),
            Self::Grant(body) => encode(body),
            Self::Ticket(body) => encode(body),
            Self::Enrolment(body) => encode(body),
            Self::Vouch(body) => encode(body),
            Self::Confirmation(body) => encode(body),
            Self::Trust(body) => encode(body),
            Self::Model(body) => encode(body),
            Self::Metadata(body) => encode(body),
            Self::Hold(body) => encode(body),
            Self::Erasure(body) => encode(body),
            Self::Recovery(body) => encode(body),
            Self::Reanchoring(body) => encode(body),
            Self::Freeze(body) => encode(body),
        }
    }
}

/// Into memory that grows: only an encoder of our own could fail, and none of them does.
fn encode<T: minicbor::Encode<()>>(value: &T) -> Vec<u8> {
    minicbor::to_vec(value).unwrap_or_default()
}
