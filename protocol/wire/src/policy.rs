//! A key's policy as stored: what officers allow this key to do. Deny by default.

use core::num::NonZeroU8;

use minicbor::decode::{Decoder, Error};
use minicbor::encode::{Encoder, Write};
use minicbor::{Decode, Encode};

use crate::canonical::NotCanonical;
use crate::limits::{ITEMS_MAX, SUITES_MAX, WITNESSES_MAX};
use crate::{Sequence, Suite};

/// The compiled rules of one key. Its digest, `SHA-256(tag::POLICY || bytes)`, is in every activation.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Policy<'b> {
    /// The suites that may be asked for.
    #[b(0)]
    pub suites: Suites<'b>,
    /// Items in one activation, at most (and never more than `limits::ITEMS_MAX`).
    #[n(1)]
    pub items_max: u16,
    /// The key signs from this time on (milliseconds since 1970, UTC).
    #[n(2)]
    pub valid_from_ms: u64,
    /// The key signs until this time.
    #[n(3)]
    pub valid_to_ms: u64,
    /// Whether each approver must make two assertions: a classical one, and one that a quantum computer
    /// cannot forge.
    #[n(4)]
    pub hybrid: bool,
    /// How many of the appliance's witnesses must have cosigned a checkpoint over the signature's record before
    /// the signature is given; none if it is given at once.
    #[n(5)]
    pub witnesses: Option<WitnessCount>,
}

/// A number of witnesses, from 1 to [`WITNESSES_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WitnessCount(NonZeroU8);

impl WitnessCount {
    /// So many; none if that is no number of witnesses.
    #[must_use]
    pub fn new(count: u8) -> Option<Self> {
        NonZeroU8::new(count).filter(|count| usize::from(count.get()) <= WITNESSES_MAX).map(Self)
    }

    /// How many.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0.get()
    }
}

impl<'b, C> Decode<'b, C> for WitnessCount {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, Error> {
        Self::new(d.u8()?).ok_or_else(|| Error::message("no number of witnesses"))
    }
}

impl<C> Encode<C> for WitnessCount {
    fn encode<W: Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.u8(self.get())?.ok()
    }
}

/// Suites that a policy allows: each once, their COSE numbers ascending, so that one set has one
/// encoding and one digest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Suites<'b>(Sequence<'b, Suite, 1, SUITES_MAX>);

impl<'b> Suites<'b> {
    /// Writes `suites` into `buffer` and reads them from there.
    ///
    /// # Errors
    /// [`NotCanonical`] when there are none, too many, or they are out of order.
    pub fn from_values<'v>(
        suites: impl IntoIterator<Item = &'v Suite>,
        buffer: &'b mut [u8],
    ) -> Result<Self, NotCanonical> {
        Self::new(Sequence::from_values(suites, buffer)?).ok_or(NotCanonical)
    }

    fn new(suites: Sequence<'b, Suite, 1, SUITES_MAX>) -> Option<Self> {
        let mut pairs = suites.iter().zip(suites.iter().skip(1));
        pairs.all(|(a, b)| a.cose() < b.cose()).then_some(Self(suites))
    }

    /// The suites, in order.
    pub fn iter(&self) -> impl Iterator<Item = Suite> + use<'b> {
        self.0.iter()
    }
}

impl<'b, C> Decode<'b, C> for Suites<'b> {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, Error> {
        let suites = Sequence::decode(d, ctx)?;
        Self::new(suites).ok_or_else(|| Error::message("suites out of order"))
    }
}

impl<C> Encode<C> for Suites<'_> {
    fn encode<W: Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.encode(self.0)?.ok()
    }
}

const _: () = assert!(ITEMS_MAX <= u16::MAX as usize);
