//! What a front-end may ask over `countersign/1`: one frame on a stream of its own.

use minicbor::decode::{Decoder, Error};
use minicbor::encode::{Encoder, Write};
use minicbor::{Decode, Encode};

use crate::assertion::Assertions;
use crate::item::Items;
use crate::limits::ACTIVATION_BYTES_MAX;
use crate::{Bounded, KeyId, SignerId, Suite, TransactionId};

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
}

impl Claim {
    /// What a frame claims to be, by its first two bytes; none if no request begins so.
    #[must_use]
    pub const fn of(frame: &[u8]) -> Option<Self> {
        match frame {
            [LIST_OF_TWO, 1, ..] => Some(Self::Prepare),
            [LIST_OF_TWO, 2, ..] => Some(Self::Sign),
            [LIST_OF_TWO, 3, ..] => Some(Self::Fetch),
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

impl<'b, C> Decode<'b, C> for Request<'b> {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, Error> {
        d.array()?;
        match d.u8()? {
            1 => d.decode().map(Self::Prepare),
            2 => d.decode().map(Self::Sign),
            3 => d.decode().map(Self::Fetch),
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
        }
    }
}
