//! The head: what a slot file comes to.

use countersign_ports::{Crypto, Entropy, Sealing};

use crate::NotWritten;
use crate::cover::{Cover, Nonce, Sealed, Seed, Tag};
use crate::place::{PAGE_BYTES, Places};
use crate::slot::is_free;

const MAGIC: &[u8; 8] = b"csslots1";
const SEALED_BYTES: usize = 8 + 8 + 8 + 4 + 4 + 32;
const SEALED_AT: usize = MAGIC.len() + size_of::<Seed>() + size_of::<Nonce>() + size_of::<Tag>();

/// What a slot file comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// How often it was written.
    pub number: u64,
    /// What whoever keeps it says that it is of.
    pub mark: u64,
    /// How often its key has sealed.
    pub sealings: u64,
    pub places: Places,
    /// Over every slot's place and nonce.
    pub sum: [u8; 32],
}

impl Head {
    pub const NEW: Self =
        Self { number: 0, mark: 0, sealings: 0, places: Places::NEW, sum: [0; 32] };

    /// Takes a slot's share into the sum, or out of it: that is the same.
    pub fn toggle(&mut self, share: &[u8; 32]) {
        self.sum.iter_mut().zip(share).for_each(|(sum, share)| *sum ^= share);
    }

    /// The first page.
    pub fn seal<C: Crypto + Sealing>(
        &self,
        cover: &Cover<C>,
        chance: &mut impl Entropy,
    ) -> Result<Vec<u8>, NotWritten> {
        let Self { number, mark, sealings, places: Places { pages, begun }, sum } = self;
        let [number, mark, sealings] = [number, mark, sealings].map(|n| n.to_be_bytes());
        let [pages, begun] = [pages, begun].map(|n| n.to_be_bytes());
        let mut sealed = [&number[..], &mark, &sealings, &pages, &begun, sum].concat();
        let (nonce, tag) = cover.seal(chance, Sealed::Head, &mut sealed)?;
        let mut page = [&MAGIC[..], &cover.seed, &nonce, &tag, &sealed].concat();
        page.resize(PAGE_BYTES, 0);
        Ok(page)
    }

    /// The head in a first page; none unless it was sealed as one.
    pub fn open<C: Crypto + Sealing>(cover: &Cover<C>, page: &mut [u8]) -> Option<Self> {
        let (_, rest) = page.split_at_mut_checked(SEALED_AT - 28)?;
        let (nonce, rest) = rest.split_first_chunk_mut::<12>()?;
        let (tag, rest) = rest.split_first_chunk_mut::<16>()?;
        let (sealed, zeros) = rest.split_first_chunk_mut::<SEALED_BYTES>()?;
        cover.open(Sealed::Head, (nonce, tag), sealed).ok()?;
        let (number, rest) = sealed.split_first_chunk()?;
        let (mark, rest) = rest.split_first_chunk()?;
        let (sealings, rest) = rest.split_first_chunk()?;
        let (pages, rest) = rest.split_first_chunk()?;
        let (begun, sum) = rest.split_first_chunk()?;
        let [pages, begun] = [*pages, *begun].map(u32::from_be_bytes);
        is_free(zeros).then_some(Self {
            number: u64::from_be_bytes(*number),
            mark: u64::from_be_bytes(*mark),
            sealings: u64::from_be_bytes(*sealings),
            places: Places { pages, begun },
            sum: sum.try_into().ok()?,
        })
    }
}

/// The seed that a first page has; none unless it is one.
pub(crate) fn seed(page: &[u8]) -> Option<Seed> {
    page.strip_prefix(MAGIC)?.first_chunk().copied()
}
