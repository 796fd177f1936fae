//! What a front-end may ask over `countersign/1`: one frame on a stream of its own.

use minicbor::decode::{Decoder, Error};
use minicbor::encode::{Encoder, Write};
use minicbor::{Decode, Encode};

use crate::assertion::{Assertion, Assertions};
use crate::item::Items;
use crate::limits::{ACTIVATION_BYTES_MAX, ATTESTATION_OBJECT_BYTES_MAX, CLIENT_DATA_BYTES_MAX};
use crate::{Bounded, KeyId, SignerId, Suite, TicketId, TransactionId};

/// ALPN of this protocol: the version of every frame on the connection (RFC 7301).
pub const ALPN: &[u8] = b"countersign/1";

/// A request, `[kind, body]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Request<'b> {
    /// Make an activation that devices can approve.
    Prepare(Prepare<'b>),
    /// Sign what the devices approved.
    Sign(Sign<'b>),
    /// Repeat the reply to a `Sign` whose reply was lost.
    Fetch(Fetch),
    /// Register a new device with a ticket.
    Enrol(Enrol<'b>),
    /// An enrolled device says that the new one is its owner's too.
    Vouch(Vouch<'b>),
    /// How the devices that approved were enrolled.
    Enrolments(Enrolments),
}

/// What a frame claims to be. Nothing else of it was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// A [`Prepare`].
    Prepare,
    /// A [`Sign`].
    Sign,
    /// A [`Fetch`].
    Fetch,
    /// An [`Enrol`].
    Enrol,
    /// A [`Vouch`].
    Vouch,
    /// An [`Enrolments`].
    Enrolments,
}

impl Claim {
    /// What a frame claims to be, by its first two bytes; none if no request begins so.
    #[must_use]
    pub const fn of(frame: &[u8]) -> Option<Self> {
        match frame {
            [LIST_OF_TWO, 1, ..] => Some(Self::Prepare),
            [LIST_OF_TWO, 2, ..] => Some(Self::Sign),
            [LIST_OF_TWO, 3, ..] => Some(Self::Fetch),
            [LIST_OF_TWO, 4, ..] => Some(Self::Enrol),
            [LIST_OF_TWO, 5, ..] => Some(Self::Vouch),
            [LIST_OF_TWO, 6, ..] => Some(Self::Enrolments),
            _ => None,
        }
    }
}

/// The head of a list of two (RFC 8949, 3.1).
const LIST_OF_TWO: u8 = 0x82;

/// Asks for an activation. Lifetime in milliseconds, within `limits::LIFETIME_MS_MIN..=_MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Prepare<'b> {
    /// The key that shall sign.
    #[n(0)]
    pub key: KeyId,
    /// How it shall sign.
    #[n(1)]
    pub suite: Suite,
    /// How long the activation shall live.
    #[n(2)]
    pub lifetime_ms: u32,
    /// Who asked for it; absent: the front-end itself.
    #[n(3)]
    pub initiator: Option<SignerId>,
    /// What shall be signed, in order.
    #[b(4)]
    pub items: Items<'b>,
}

/// Brings the approval: the activation again, and what the devices made of its challenge.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Sign<'b> {
    /// The transaction that `Prepared` named in its activation.
    #[n(0)]
    pub transaction: TransactionId,
    /// The activation's bytes as `Prepared` gave them.
    #[b(1)]
    pub activation: Bounded<'b, ACTIVATION_BYTES_MAX>,
    /// The assertions.
    #[b(2)]
    pub assertions: Assertions<'b>,
}

/// Asks for the reply to an earlier `Sign` again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Fetch {
    /// The transaction.
    #[n(0)]
    pub transaction: TransactionId,
}

/// Asks how the devices were enrolled that approved a transaction whose reply came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Enrolments {
    /// The transaction.
    #[n(0)]
    pub transaction: TransactionId,
    /// The size of the checkpoint that the records shall be shown under: that of the reply's receipt.
    #[n(1)]
    pub size: u64,
}

/// Brings what a new device made of a ticket's challenge, `SHA-256(tag::ENROLMENT || ticket bytes)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Enrol<'b> {
    /// The ticket.
    #[n(0)]
    pub ticket: TicketId,
    /// The attestationObject (WebAuthn L3, 6.5.4).
    #[b(1)]
    pub attestation_object: Bounded<'b, ATTESTATION_OBJECT_BYTES_MAX>,
    /// clientDataJSON (WebAuthn L3, 5.8.1).
    #[b(2)]
    pub client_data: Bounded<'b, CLIENT_DATA_BYTES_MAX>,
}

/// Brings what an enrolled device made of an addition's challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Vouch<'b> {
    /// The ticket that the new device was registered with.
    #[n(0)]
    pub ticket: TicketId,
    /// The assertion: `device` is an index into the credentials of the `Enrolled` reply.
    #[b(1)]
    pub assertion: Assertion<'b>,
}

impl<'b, C> Decode<'b, C> for Request<'b> {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, Error> {
        d.array()?;
        match d.u8()? {
            1 => d.decode().map(Self::Prepare),
            2 => d.decode().map(Self::Sign),
            3 => d.decode().map(Self::Fetch),
            4 => d.decode().map(Self::Enrol),
            5 => d.decode().map(Self::Vouch),
            6 => d.decode().map(Self::Enrolments),
            _ => Err(Error::message("unknown request")),
        }
    }
}

impl<C> Encode<C> for Request<'_> {
    fn encode<W: Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.array(2)?;
        match self {
            Self::Prepare(body) => e.u8(1)?.encode(body)?.ok(),
            Self::Sign(body) => e.u8(2)?.encode(body)?.ok(),
            Self::Fetch(body) => e.u8(3)?.encode(body)?.ok(),
            Self::Enrol(body) => e.u8(4)?.encode(body)?.ok(),
            Self::Vouch(body) => e.u8(5)?.encode(body)?.ok(),
            Self::Enrolments(body) => e.u8(6)?.encode(body)?.ok(),
        }
    }
}
