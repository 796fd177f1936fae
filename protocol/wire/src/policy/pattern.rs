//! What a label must be like.

use minicbor::decode::{Decoder, Error};
use minicbor::encode::{Encoder, Write};
use minicbor::{Decode, Encode};

use super::Follows;
use crate::limits::POLICY_PATTERN_BYTES_MAX;

/// A text that a label must be; or, if its last character is `*`, that it must begin with (without the `*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pattern<'b>(&'b str);

impl<'b> Pattern<'b> {
    /// This one; none if it is empty, or of more than [`POLICY_PATTERN_BYTES_MAX`] bytes.
    #[must_use]
    pub fn new(text: &'b str) -> Option<Self> {
        (1..=POLICY_PATTERN_BYTES_MAX).contains(&text.len()).then_some(Self(text))
    }

    /// As it is written.
    #[must_use]
    pub const fn as_str(&self) -> &'b str {
        self.0
    }
}

impl Follows for Pattern<'_> {
    fn follows(&self, before: &Self) -> bool {
        before.0 < self.0
    }
}

impl<'b, C> Decode<'b, C> for Pattern<'b> {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, Error> {
        Self::new(d.str()?).ok_or_else(|| Error::message("no pattern of a label"))
    }
}

impl<C> Encode<C> for Pattern<'_> {
    fn encode<W: Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.str(self.0)?.ok()
    }
}
