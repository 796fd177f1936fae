//! Rows on a medium: sealed in chunks, one after the other.
//!
//! ```text
//! head   "cssnap01" (8) | records (8) | seed (32)
//! chunk  64 KiB of rows, less in the last one, sealed (AES-256-GCM) | tag (16)
//! row    length (4) | bytes
//! ```
//!
//! Guarantees: rows that are read are those that were written, all of them, in their order, for this appliance: the
//! nonce counts the chunks and says which is the last, and each is bound to head and appliance. No nonce comes
//! twice with a key, because each snapshot has a key of its own, made of the vault's key and its seed. While it is
//! read or written, one chunk and one row are in memory.

use countersign_ports::{Crypto, Sealing, Storage, StorageFault};
use countersign_protocol::limits::{SNAPSHOT_CHUNK_BYTES, SNAPSHOT_ROW_BYTES_MAX};
use countersign_protocol::{ApplianceId, tag};
use zeroize::Zeroizing;

const MAGIC: &[u8; 8] = b"cssnap01";
const HEAD_BYTES: usize = 8 + 8 + 32;
const TAG_BYTES: usize = 16;

/// What all chunks of a snapshot have in common.
pub(super) struct Cover {
    key: Zeroizing<[u8; 32]>,
    head: [u8; HEAD_BYTES],
    appliance: ApplianceId,
}

/// Why a snapshot is not written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotWritten {
    #[error("its medium: {0}")]
    Storage(#[from] StorageFault),
    #[error("the engine sealed nothing")]
    Sealing,
}

impl Cover {
    /// Of a new snapshot: no other one has this seed.
    pub(super) fn new(
        crypto: &impl Crypto,
        key: &[u8; 32],
        appliance: ApplianceId,
        records: u64,
        seed: &[u8; 32],
    ) -> Self {
        let mut head = [0; HEAD_BYTES];
        let fields = [&MAGIC[..], &records.to_be_bytes(), seed].concat();
        head.iter_mut().zip(fields).for_each(|(to, from)| *to = from);
        Self::of(crypto, key, appliance, head)
    }

    fn of(
        crypto: &impl Crypto,
        key: &[u8; 32],
        appliance: ApplianceId,
        head: [u8; HEAD_BYTES],
    ) -> Self {
        // Both of fixed length, so that the secret in front is safe with SHA-256.
        let key = Zeroizing::new(crypto.sha256(&[tag::SNAPSHOT, key, &head]));
        Self { key, head, appliance }
    }

    fn associated(&self) -> Vec<u8> {
        [tag::SNAPSHOT, &self.appliance.0, &self.head].concat()
    }
}

/// As its number says, and whether it is the last.
fn nonce(number: u64, last: bool) -> [u8; 12] {
    let mut nonce = [0; 12];
    let bytes = number.to_be_bytes().into_iter().chain([u8::from(last)]);
    nonce.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
    nonce
}

/// Writes rows.
pub(super) struct Writer<'m, S, C> {
    medium: &'m mut S,
    crypto: &'m C,
    cover: Cover,
    number: u64,
    waiting: Vec<u8>,
}

impl<'m, S: Storage, C: Sealing> Writer<'m, S, C> {
    /// Takes off whatever was on the medium.
    pub(super) fn begin(
        medium: &'m mut S,
        crypto: &'m C,
        cover: Cover,
    ) -> Result<Self, NotWritten> {
        medium.truncate(0)?;
        medium.append(&cover.head)?;
        Ok(Self { medium, crypto, cover, number: 0, waiting: Vec::new() })
    }

    /// One more row.
    pub(super) fn row(&mut self, row: &[u8]) -> Result<(), NotWritten> {
        let length = u32::try_from(row.len()).map_err(|_| NotWritten::Sealing)?;
        self.waiting.extend_from_slice(&length.to_be_bytes());
        self.waiting.extend_from_slice(row);
        // What may be the last one is kept back.
        while self.waiting.len() > SNAPSHOT_CHUNK_BYTES {
            let rest = self.waiting.split_off(SNAPSHOT_CHUNK_BYTES);
            self.chunk(false)?;
            self.waiting = rest;
        }
        Ok(())
    }

    /// The last chunk; then all of it is durable.
    pub(super) fn end(mut self) -> Result<(), NotWritten> {
        self.chunk(true)?;
        Ok(self.medium.sync()?)
    }

    fn chunk(&mut self, last: bool) -> Result<(), NotWritten> {
        let (nonce, associated) = (nonce(self.number, last), self.cover.associated());
        let (key, bytes) = (&self.cover.key, &mut self.waiting);
        let tag = self.crypto.seal_in_place(key, &nonce, &associated, bytes);
        bytes.extend_from_slice(&tag.map_err(|_| NotWritten::Sealing)?);
        self.medium.append(bytes)?;
        self.number = self.number.saturating_add(1);
        Ok(())
    }
}

/// Records that a medium says its snapshot is of: nobody has checked that.
pub(super) fn claimed(medium: &impl Storage) -> Option<u64> {
    let head = head(medium)?;
    let (_, rest) = head.split_first_chunk::<8>()?;
    rest.first_chunk().map(|records| u64::from_be_bytes(*records))
}

fn head(medium: &impl Storage) -> Option<[u8; HEAD_BYTES]> {
    let mut head = [0; HEAD_BYTES];
    medium.read_at(0, &mut head).ok()?;
    head.starts_with(MAGIC).then_some(head)
}

/// Shows each row to `take`; none unless all are there, open, and are taken.
pub(super) fn read<C: Crypto + Sealing>(
    medium: &impl Storage,
    crypto: &C,
    key: &[u8; 32],
    appliance: ApplianceId,
    mut take: impl FnMut(&[u8]) -> Option<()>,
) -> Option<()> {
    let cover = Cover::of(crypto, key, appliance, head(medium)?);
    let (end, mut offset) = (medium.len().ok()?, HEAD_BYTES as u64);
    let (mut waiting, mut number, associated) = (Vec::new(), 0, cover.associated());
    while offset < end {
        let whole = (SNAPSHOT_CHUNK_BYTES + TAG_BYTES) as u64;
        let bytes = (end - offset).min(whole);
        let mut sealed = vec![0; usize::try_from(bytes).ok()?];
        medium.read_at(offset, &mut sealed).ok()?;
        offset += bytes;
        let tag = sealed.split_off(sealed.len().checked_sub(TAG_BYTES)?);
        let nonce = nonce(number, offset == end);
        let tag = tag.first_chunk()?;
        crypto.open_in_place(&cover.key, &nonce, &associated, &mut sealed, tag).ok()?;
        number += 1;
        waiting.extend_from_slice(&sealed);
        let taken = take_rows(&waiting, &mut take)?;
        waiting.drain(..taken);
    }
    (waiting.is_empty() && number > 0).then_some(())
}

/// Bytes of the whole rows in front, which were taken.
fn take_rows(bytes: &[u8], take: &mut impl FnMut(&[u8]) -> Option<()>) -> Option<usize> {
    let mut left = bytes;
    while let Some((length, rest)) = left.split_first_chunk() {
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        if length > SNAPSHOT_ROW_BYTES_MAX {
            return None;
        }
        let Some((row, rest)) = rest.split_at_checked(length) else { break };
        take(row)?;
        left = rest;
    }
    Some(bytes.len() - left.len())
}

#[cfg(test)]
mod tests {
    use countersign_disk::Disk;
    use countersign_host::Host;

    use super::*;

    const KEY: [u8; 32] = [7; 32];
    const US: ApplianceId = ApplianceId([1; 16]);

    fn written(rows: &[Vec<u8>]) -> Vec<u8> {
        let mut disk = Disk::holding(b"what was there before".repeat(9));
        let cover = Cover::new(&Host, &KEY, US, 5, &[3; 32]);
        let mut writer = Writer::begin(&mut disk, &Host, cover).unwrap();
        rows.iter().for_each(|row| writer.row(row).unwrap());
        writer.end().unwrap();
        let mut bytes = vec![0; usize::try_from(disk.len().unwrap()).unwrap()];
        disk.read_at(0, &mut bytes).unwrap();
        bytes
    }

    fn opened(bytes: Vec<u8>, key: &[u8; 32], appliance: ApplianceId) -> Option<Vec<Vec<u8>>> {
        let mut rows = Vec::new();
        let take = |row: &[u8]| {
            rows.push(row.to_vec());
            Some(())
        };
        read(&Disk::holding(bytes), &Host, key, appliance, take).map(|()| rows)
    }

    fn open(bytes: Vec<u8>) -> Option<Vec<Vec<u8>>> {
        opened(bytes, &KEY, US)
    }

    #[test]
    fn rows_come_back_whatever_their_lengths() {
        let of = |lengths: &[usize]| lengths.iter().map(|n| vec![9; *n]).collect::<Vec<_>>();
        let chunk = SNAPSHOT_CHUNK_BYTES;
        let all: [&[usize]; 7] = [
            &[],
            &[0],
            &[3, 0, 70],
            &[chunk - 4],
            &[chunk - 3],
            &[chunk, 1, 3 * chunk],
            &[chunk; 3],
        ];
        for lengths in all {
            let rows = of(lengths);
            assert_eq!(open(written(&rows)), Some(rows), "{lengths:?}");
        }
        assert_eq!(claimed(&Disk::holding(written(&[]))), Some(5));
    }

    #[test]
    fn with_any_byte_changed_or_gone_or_too_much_it_does_not_open() {
        let good = written(&[vec![1; 40], vec![2; 300]]);
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0x40;
            assert_eq!(open(bad), None, "byte {at}");
            assert_eq!(open(good[..at].to_vec()), None, "{at} bytes left");
        }
        assert_eq!(open([&good[..], &[0]].concat()), None);
    }

    #[test]
    fn chunks_stay_in_their_places() {
        let good = written(&[vec![1; 3 * SNAPSHOT_CHUNK_BYTES]]);
        let (head, chunks) = good.split_at(HEAD_BYTES);
        let chunks: Vec<&[u8]> = chunks.chunks(SNAPSHOT_CHUNK_BYTES + TAG_BYTES).collect();
        let of = |order: &[usize]| {
            let chunks = order.iter().flat_map(|n| chunks[*n]).copied();
            open(head.iter().copied().chain(chunks).collect())
        };
        assert!(of(&[0, 1, 2, 3]).is_some());
        for order in [&[1, 0, 2, 3][..], &[0, 1, 2], &[0, 1, 3], &[0, 1, 1, 2, 3], &[0, 1, 2, 3, 3]]
        {
            assert_eq!(of(order), None, "{order:?}");
        }
    }

    #[test]
    fn anothers_does_not_open() {
        let good = written(&[vec![1; 40]]);
        assert_eq!(opened(good.clone(), &[8; 32], US), None, "under another key");
        assert_eq!(opened(good, &KEY, ApplianceId([2; 16])), None, "for another appliance");
    }
}
