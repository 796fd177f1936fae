//! What a front-end hears: a closed set of statuses, and a body only where something was given.
//!
//! Guarantee to the appliance's owner: a failure is its status alone, `[status]`. Nothing in it
//! depends on the reason.

use minicbor::decode::{Decoder, Error};
use minicbor::encode::{Encoder, Write};
use minicbor::{Decode, Encode};

use crate::limits::{
    ACTIVATION_BYTES_MAX, ADDITION_BYTES_MAX, ASSERTIONS_MAX, COSIGNATURE_BYTES_MAX,
    COSIGNATURES_MAX, CREDENTIAL_ID_BYTES_MAX, DEVICES_MAX, ITEMS_MAX, RECORD_BYTES_MAX,
    SIGNATURE_BYTES_MAX,
};
use crate::{Bounded, Digest, Sequence, receipt};

/// A reply, `[status, body]`, or `[status]` for a failure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reply<'b> {
    /// The activation, ready to be approved.
    Prepared(Prepared<'b>),
    /// The signatures and their evidence.
    Signed(Signed<'b>),
    /// The new device is enrolled, and pending.
    Enrolled(Enrolled<'b>),
    /// How the devices of a transaction were enrolled.
    Enrolments(Enrolments<'b>),
    /// Nothing was given.
    Failed(Failure),
}

/// Why nothing was given, as far as a front-end may know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Failure {
    /// Registry, policy or assertion say no. The ledger has the reason.
    #[n(16)]
    Refused,
    /// The transaction is unknown, expired or spent: prepare again.
    #[n(17)]
    Stale,
    /// The frame is not canonical or past a limit: mend the client.
    #[n(18)]
    Malformed,
    /// Too much to do; nothing was looked at: try again later.
    #[n(19)]
    Busy,
    /// The appliance cannot work now. After a `Sign`, the approval may be spent: `Fetch` tells.
    #[n(20)]
    Unavailable,
}

impl Failure {
    /// Its number, on every protocol.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Refused => 16,
            Self::Stale => 17,
            Self::Malformed => 18,
            Self::Busy => 19,
            Self::Unavailable => 20,
        }
    }
}

impl core::fmt::Display for Failure {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Refused => "refused",
            Self::Stale => "stale",
            Self::Malformed => "malformed",
            Self::Busy => "busy",
            Self::Unavailable => "unavailable",
        })
    }
}

/// The reply to `Prepare`.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Prepared<'b> {
    /// What shall be approved: `activation::Activation`.
    #[b(0)]
    pub activation: Bounded<'b, ACTIVATION_BYTES_MAX>,
    /// What the device signs: `SHA-256(tag::ACTIVATION || activation)`.
    #[n(1)]
    pub challenge: Digest,
    /// The credential ids that may approve. `Assertion::device` is an index into this list.
    #[b(2)]
    pub credentials: Sequence<'b, Bounded<'b, CREDENTIAL_ID_BYTES_MAX>, 1, DEVICES_MAX>,
}

/// One signature over one item.
pub type Signature<'b> = Bounded<'b, SIGNATURE_BYTES_MAX>;

/// The reply to `Sign` and `Fetch`.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Signed<'b> {
    /// One signature per item, in the items' order.
    #[b(0)]
    pub signatures: Sequence<'b, Signature<'b>, 1, ITEMS_MAX>,
    /// The evidence: `receipt::Receipt`.
    #[b(1)]
    pub receipt: Bounded<'b, { RECORD_BYTES_MAX + crate::limits::RECEIPT_BYTES_MAX }>,
    /// What witnesses have said of the receipt's checkpoint, if any has said something yet.
    #[b(2)]
    pub cosignatures: Option<Cosignatures<'b>>,
}

/// Signature lines of witnesses, without their line feeds (C2SP signed-note).
pub type Cosignatures<'b> = Sequence<'b, Bounded<'b, COSIGNATURE_BYTES_MAX>, 1, COSIGNATURES_MAX>;

/// The reply to `Enrol` and `Vouch`: the device approves nothing until officers confirm it.
///
/// It does not say the words of the new key's fingerprint: the signer's own device works them out.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Enrolled<'b> {
    /// What an enrolled device of the signer has to approve before; absent: nothing.
    #[b(0)]
    pub invitation: Option<Invitation<'b>>,
}

/// Asks an enrolled device to vouch for a new one.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Invitation<'b> {
    /// What shall be approved: a `ticket::Addition`. The challenge is `SHA-256(tag::ADDITION || addition)`.
    #[b(0)]
    pub addition: Bounded<'b, ADDITION_BYTES_MAX>,
    /// The credential ids that may approve. `Assertion::device` is an index into this list. Empty: nobody can, for the
    /// signer has no active device; officers help.
    #[b(1)]
    pub credentials: Sequence<'b, Bounded<'b, CREDENTIAL_ID_BYTES_MAX>, 0, DEVICES_MAX>,
}

/// The reply to `Enrolments`.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Enrolments<'b> {
    /// Of each approval, in their order: the record of its device's enrolment, under the checkpoint asked for.
    #[b(0)]
    pub enrolments: Sequence<'b, receipt::Enrolled<'b>, 1, ASSERTIONS_MAX>,
}

const PREPARED: u8 = 1;
const SIGNED: u8 = 2;
const ENROLLED: u8 = 3;
const ENROLMENTS: u8 = 4;

/// Writes a `Signed` reply up to its first signature; then come `signatures` of them with
/// [`signature`], then the [`tail`], with cosignatures if `cosigned` says so. The pieces together are the
/// encoding of [`Reply::Signed`].
///
/// # Errors
/// Those of the writer.
pub fn head<W: Write>(
    w: W,
    signatures: u16,
    cosigned: bool,
) -> Result<(), minicbor::encode::Error<W::Error>> {
    let entries = 2 + u64::from(cosigned);
    Encoder::new(w).array(2)?.u8(SIGNED)?.map(entries)?.u8(0)?.array(u64::from(signatures))?.ok()
}

/// Writes one signature of a `Signed` reply.
///
/// # Errors
/// Those of the writer.
pub fn signature<W: Write>(w: W, bytes: &[u8]) -> Result<(), minicbor::encode::Error<W::Error>> {
    Encoder::new(w).bytes(bytes)?.ok()
}

/// Writes what follows the last signature of a `Signed` reply.
///
/// # Errors
/// Those of the writer.
pub fn tail<W: Write>(
    w: W,
    receipt: &[u8],
    cosignatures: Option<Cosignatures<'_>>,
) -> Result<(), minicbor::encode::Error<W::Error>> {
    let mut encoder = Encoder::new(w);
    encoder.u8(1)?.bytes(receipt)?;
    cosignatures.map_or(Ok(()), |lines| encoder.u8(2)?.encode(lines)?.ok())
}

impl<'b, C> Decode<'b, C> for Reply<'b> {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, Error> {
        if d.array()? == Some(1) {
            return d.decode().map(Self::Failed);
        }
        match d.u8()? {
            PREPARED => d.decode().map(Self::Prepared),
            SIGNED => d.decode().map(Self::Signed),
            ENROLLED => d.decode().map(Self::Enrolled),
            ENROLMENTS => d.decode().map(Self::Enrolments),
            _ => Err(Error::message("unknown status")),
        }
    }
}

impl<C> Encode<C> for Reply<'_> {
    fn encode<W: Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        match self {
            Self::Prepared(body) => e.array(2)?.u8(PREPARED)?.encode(body)?.ok(),
            Self::Signed(body) => e.array(2)?.u8(SIGNED)?.encode(body)?.ok(),
            Self::Enrolled(body) => e.array(2)?.u8(ENROLLED)?.encode(body)?.ok(),
            Self::Enrolments(body) => e.array(2)?.u8(ENROLMENTS)?.encode(body)?.ok(),
            Self::Failed(failure) => e.array(1)?.encode(failure)?.ok(),
        }
    }
}
