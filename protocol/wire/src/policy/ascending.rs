//! Sets: each value once, in order, so that one set has one encoding and one digest.

use minicbor::decode::{Decoder, Error};
use minicbor::encode::{Encoder, Write};
use minicbor::{Decode, Encode};

use crate::canonical::NotCanonical;
use crate::item::Form;
use crate::text::Pattern;
use crate::{FrontEndId, Sequence, Suite};

/// What has one place in a set.
pub trait Follows {
    /// Whether it comes after the other one, and is not the same.
    fn follows(&self, before: &Self) -> bool;
}

/// By their COSE numbers.
impl Follows for Suite {
    fn follows(&self, before: &Self) -> bool {
        before.cose() < self.cose()
    }
}

impl Follows for FrontEndId {
    fn follows(&self, before: &Self) -> bool {
        before.0 < self.0
    }
}

impl Follows for Pattern<'_> {
    fn follows(&self, before: &Self) -> bool {
        before < self
    }
}

impl Follows for Form {
    fn follows(&self, before: &Self) -> bool {
        (*before as u8) < *self as u8
    }
}

/// `1..=MAX` values, each of which follows the one before it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ascending<'b, T, const MAX: usize>(Sequence<'b, T, 1, MAX>);

impl<'b, T: Follows + Decode<'b, ()>, const MAX: usize> Ascending<'b, T, MAX> {
    /// Writes `values`, which encode as `T` does, into `buffer` and reads them from there.
    ///
    /// # Errors
    /// [`NotCanonical`] when there are none, too many, or they are out of order.
    pub fn from_values<'v, V: Encode<()> + 'v>(
        values: impl IntoIterator<Item = &'v V>,
        buffer: &'b mut [u8],
    ) -> Result<Self, NotCanonical> {
        Self::new(Sequence::from_values(values, buffer)?).ok_or(NotCanonical)
    }

    fn new(values: Sequence<'b, T, 1, MAX>) -> Option<Self> {
        let mut pairs = values.iter().zip(values.iter().skip(1));
        pairs.all(|(before, after)| after.follows(&before)).then_some(Self(values))
    }

    /// The values, in order.
    pub fn iter(&self) -> impl Iterator<Item = T> + use<'b, T, MAX> {
        self.0.iter()
    }
}

impl<'b, C, T: Follows + Decode<'b, ()>, const MAX: usize> Decode<'b, C> for Ascending<'b, T, MAX> {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, Error> {
        let values = Sequence::decode(d, ctx)?;
        Self::new(values).ok_or_else(|| Error::message("a set out of order"))
    }
}

impl<'b, C, T: Decode<'b, ()> + Encode<()>, const MAX: usize> Encode<C> for Ascending<'b, T, MAX> {
    fn encode<W: Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.encode(self.0)?.ok()
    }
}
