//! Who must approve: general from the start, one person in the usual case.

use minicbor::decode::{Decoder, Error};
use minicbor::encode::{Encoder, Write};
use minicbor::{Decode, Encode};

use crate::limits::APPROVERS_MAX;
use crate::{Sequence, SignerId};

/// `threshold` of these people must approve, each with a device of their own.
///
/// Holds: ids strictly ascending, `1 <= threshold <= ids`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Approvers<'b> {
    ids: Sequence<'b, SignerId, 1, APPROVERS_MAX>,
    threshold: u8,
}

impl<'b> Approvers<'b> {
    /// These people and their threshold, if that can be met and each is named once, in order.
    #[must_use]
    pub fn new(ids: Sequence<'b, SignerId, 1, APPROVERS_MAX>, threshold: u8) -> Option<Self> {
        let ascending = ids.iter().zip(ids.iter().skip(1)).all(|(a, b)| a < b);
        let reachable = (1..=ids.len()).contains(&usize::from(threshold));
        (ascending && reachable).then_some(Self { ids, threshold })
    }

    /// The people, ascending.
    pub fn ids(&self) -> impl Iterator<Item = SignerId> + use<'b> {
        self.ids.iter()
    }

    /// How many of them must approve.
    #[must_use]
    pub const fn threshold(&self) -> u8 {
        self.threshold
    }
}

impl<'b, C> Decode<'b, C> for Approvers<'b> {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, Error> {
        if d.array()? != Some(2) {
            return Err(Error::message("approvers are [ids, threshold]"));
        }
        let ids = Sequence::decode(d, ctx)?;
        Self::new(ids, d.u8()?).ok_or_else(|| Error::message("approvers out of order or threshold"))
    }
}

impl<C> Encode<C> for Approvers<'_> {
    fn encode<W: Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.array(2)?.encode(self.ids)?.u8(self.threshold)?.ok()
    }
}
