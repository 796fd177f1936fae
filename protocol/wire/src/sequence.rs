//! Lists that stay where they are: checked once when decoded, read in place as often as needed.

use core::marker::PhantomData;

use minicbor::decode::{Decoder, Error};
use minicbor::encode::{Encoder, Write};
use minicbor::{Decode, Encode};

use crate::canonical::NotCanonical;

/// `MIN..=MAX` values of `T`, encoded one after the other as a CBOR array.
pub struct Sequence<'b, T, const MIN: usize, const MAX: usize> {
    count: usize,
    bytes: &'b [u8],
    of: PhantomData<fn() -> T>,
}

impl<T, const MIN: usize, const MAX: usize> Clone for Sequence<'_, T, MIN, MAX> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, const MIN: usize, const MAX: usize> Copy for Sequence<'_, T, MIN, MAX> {}

impl<T, const MIN: usize, const MAX: usize> PartialEq for Sequence<'_, T, MIN, MAX> {
    fn eq(&self, other: &Self) -> bool {
        self.count == other.count && self.bytes == other.bytes
    }
}

impl<T, const MIN: usize, const MAX: usize> core::fmt::Debug for Sequence<'_, T, MIN, MAX> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} values in {} bytes", self.count, self.bytes.len())
    }
}

impl<T, const MAX: usize> Sequence<'_, T, 0, MAX> {
    /// No values.
    pub const EMPTY: Self = Self { count: 0, bytes: &[], of: PhantomData };
}

impl<'b, T, const MIN: usize, const MAX: usize> Sequence<'b, T, MIN, MAX>
where
    T: Decode<'b, ()>,
{
    /// Writes `values`, which encode as `T` does, into `buffer` and reads them from there.
    ///
    /// # Errors
    /// [`NotCanonical`] when there are too few, too many, or `buffer` is too small.
    pub fn from_values<'v, V: Encode<()> + 'v>(
        values: impl IntoIterator<Item = &'v V>,
        buffer: &'b mut [u8],
    ) -> Result<Self, NotCanonical> {
        let room = buffer.len();
        let mut free = &mut *buffer;
        let mut count = 0;
        for value in values {
            Encoder::new(&mut free).encode(value).map_err(|_| NotCanonical)?;
            count += 1;
        }
        let written = room - free.len();
        let bytes = buffer.get(..written).ok_or(NotCanonical)?;
        Self::read(count, &mut Decoder::new(bytes)).map_err(|_| NotCanonical)
    }

    /// The values in order.
    pub fn iter(&self) -> impl Iterator<Item = T> + use<'b, T, MIN, MAX> {
        let mut decoder = Decoder::new(self.bytes);
        // They decoded once already: the iterator ends after `count`, never early.
        (0..self.count).map_while(move |_| decoder.decode().ok())
    }
}

impl<'b, C, T, const MIN: usize, const MAX: usize> Decode<'b, C> for Sequence<'b, T, MIN, MAX>
where
    T: Decode<'b, ()>,
{
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, Error> {
        let count = d.array()?.and_then(|n| usize::try_from(n).ok()).unwrap_or(usize::MAX);
        Self::read(count, d)
    }
}

impl<T, const MIN: usize, const MAX: usize> Sequence<'_, T, MIN, MAX> {
    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }
}

impl<'b, T: Decode<'b, ()>, const MIN: usize, const MAX: usize> Sequence<'b, T, MIN, MAX> {
    fn read(count: usize, d: &mut Decoder<'b>) -> Result<Self, Error> {
        if !(MIN..=MAX).contains(&count) {
            return Err(Error::message("list past its limit"));
        }
        let start = d.position();
        (0..count).try_for_each(|_| d.decode::<T>().map(drop))?;
        let bytes = d.input().get(start..d.position()).unwrap_or_default();
        Ok(Self { count, bytes, of: PhantomData })
    }
}

impl<'b, C, T, const MIN: usize, const MAX: usize> Encode<C> for Sequence<'b, T, MIN, MAX>
where
    T: Decode<'b, ()> + Encode<()>,
{
    fn encode<W: Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.array(self.count as u64)?;
        self.iter().try_for_each(|value| e.encode(value).map(drop))
    }
}
