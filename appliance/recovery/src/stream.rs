//! A stream of bytes, sealed to a recovery key.
//!
//! ```text
//! stream  "csbackup" (8) | recovery key's fingerprint (32) | sender's public key (32) | piece...
//! piece   bytes in it (4), and whether it is the last (highest bit) | sealed: so many bytes, and 16 for the tag
//! ```
//!
//! Guarantees to whoever makes backups: only a quorum of the recovery key opens it; of a stream in which a byte was changed, or
//! a piece was exchanged, taken away or added, nothing is read from there on, and never its end.
//!
//! It does not guarantee who sealed it: whoever has the public key can. What is in it must be held against something else.

use std::io::{self, Read, Write};

use countersign_protocol::Digest;
use rustls::crypto::hpke::{HpkeOpener, HpkeSealer};
use zeroize::Zeroizing;

use crate::{Quorum, Recipient};

const MAGIC: &[u8; 8] = b"csbackup";
/// Bytes in a piece; the last one may have fewer.
const PIECE_BYTES: usize = 1 << 20;
const TAG_BYTES: usize = 16;
/// Set in the length of the last piece.
const LAST: u32 = 1 << 31;

/// Seals what is written to it. Without [`Self::end`] it is no stream.
pub struct Sealed<W> {
    out: W,
    sealer: Box<dyn HpkeSealer>,
    waiting: Zeroizing<Vec<u8>>,
}

impl<W: Write> Sealed<W> {
    /// Begins a stream.
    ///
    /// # Errors
    /// What `out` says.
    pub fn begin(recipient: &Recipient, mut out: W) -> io::Result<Self> {
        let (encapsulated, sealer) = recipient.stream().ok_or_else(no_key)?;
        out.write_all(&[&MAGIC[..], &recipient.fingerprint().0, &encapsulated].concat())?;
        Ok(Self { out, sealer, waiting: Zeroizing::new(Vec::with_capacity(PIECE_BYTES)) })
    }

    /// That was all.
    ///
    /// # Errors
    /// What `out` says.
    pub fn end(mut self) -> io::Result<W> {
        self.piece(LAST)?;
        Ok(self.out)
    }

    fn piece(&mut self, last: u32) -> io::Result<()> {
        let head = u32::try_from(self.waiting.len()).map_err(io::Error::other)? | last;
        let head = head.to_be_bytes();
        let sealed = self.sealer.seal(&head, &self.waiting).map_err(|_| no_key())?;
        self.waiting.clear();
        self.out.write_all(&head)?;
        self.out.write_all(&sealed)
    }
}

impl<W: Write> Write for Sealed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.waiting.len() == PIECE_BYTES {
            self.piece(0)?;
        }
        let taken = bytes.len().min(PIECE_BYTES - self.waiting.len());
        self.waiting.extend_from_slice(bytes.get(..taken).unwrap_or_default());
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn no_key() -> io::Error {
    io::Error::other("nothing can be sealed to the recovery key")
}

/// Reads what was sealed.
pub struct Unsealed<R> {
    input: R,
    opener: Box<dyn HpkeOpener>,
    piece: Zeroizing<Vec<u8>>,
    read: usize,
    /// The last piece was opened, and nothing comes after it.
    ended: bool,
}

impl<R: Read> Unsealed<R> {
    /// Begins to read a stream.
    ///
    /// # Errors
    /// What `input` says; [`io::ErrorKind::InvalidData`] if it is none for this quorum.
    pub fn begin(quorum: &Quorum, mut input: R) -> io::Result<Self> {
        let (mut magic, mut fingerprint, mut encapsulated) = ([0; 8], [0; 32], [0; 32]);
        for part in [&mut magic[..], &mut fingerprint, &mut encapsulated] {
            input.read_exact(part).map_err(cut)?;
        }
        if magic != *MAGIC {
            return Err(invalid("it is no backup"));
        }
        let (found, expected) = (Digest(fingerprint), quorum.fingerprint());
        if found != expected {
            let why = format!(
                "it is sealed to the recovery key {found}, and these are shares of {expected}"
            );
            return Err(invalid(&why));
        }
        let opener = quorum.opener(&encapsulated).ok_or_else(damaged)?;
        Ok(Self { input, opener, piece: Zeroizing::default(), read: 0, ended: false })
    }

    fn next(&mut self) -> io::Result<()> {
        let mut head = [0; 4];
        self.input.read_exact(&mut head).map_err(cut)?;
        let number = u32::from_be_bytes(head);
        let (last, bytes) =
            (number & LAST != 0, usize::try_from(number & !LAST).unwrap_or(usize::MAX));
        if bytes > PIECE_BYTES || (bytes < PIECE_BYTES && !last) {
            return Err(damaged());
        }
        let mut sealed = vec![0; bytes + TAG_BYTES];
        self.input.read_exact(&mut sealed).map_err(cut)?;
        let opened = self.opener.open(&head, &sealed).map_err(|_| damaged())?;
        (self.piece, self.read, self.ended) = (Zeroizing::new(opened), 0, last);
        if last && self.input.read(&mut [0])? > 0 {
            return Err(damaged());
        }
        Ok(())
    }
}

impl<R: Read> Read for Unsealed<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.read == self.piece.len() && !self.ended {
            self.next()?;
        }
        let mut rest = self.piece.get(self.read..).unwrap_or_default();
        let read = rest.read(into)?;
        self.read += read;
        Ok(read)
    }
}

fn cut(why: io::Error) -> io::Error {
    if why.kind() == io::ErrorKind::UnexpectedEof { invalid("it is cut short") } else { why }
}

fn damaged() -> io::Error {
    invalid("it is damaged: take another copy")
}

fn invalid(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

#[cfg(test)]
mod tests {
    use countersign_host::Host;
    use countersign_protocol::canonical;

    use super::*;
    use crate::{ShareFile, create};

    fn key() -> (Recipient, Quorum) {
        let created = create(&Host, "vault", 2, 3).unwrap();
        let key = canonical::decode(&created.key).unwrap();
        let shares = created.shares.iter().map(|bytes| ShareFile { name: "share", bytes });
        let quorum = Quorum::join(&Host, &shares.collect::<Vec<_>>()).unwrap();
        (Recipient::of(created.fingerprint, &key).unwrap(), quorum)
    }

    fn sealed(recipient: &Recipient, bytes: &[u8]) -> Vec<u8> {
        let mut stream = Sealed::begin(recipient, Vec::new()).unwrap();
        stream.write_all(bytes).unwrap();
        stream.end().unwrap()
    }

    fn opened(quorum: &Quorum, stream: &[u8]) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        Unsealed::begin(quorum, stream)?.read_to_end(&mut bytes).map(|_| bytes)
    }

    #[test]
    fn what_is_sealed_is_read_again_whatever_its_length() {
        let (recipient, quorum) = key();
        for length in [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES] {
            let bytes: Vec<_> = (0..length).map(|at| (at % 251) as u8).collect();
            let stream = sealed(&recipient, &bytes);
            assert!(opened(&quorum, &stream).unwrap() == bytes, "{length} bytes");
        }
    }

    #[test]
    fn another_key_opens_nothing() {
        let (recipient, _) = key();
        let (_, other) = key();
        let why = opened(&other, &sealed(&recipient, b"secret")).unwrap_err().to_string();
        assert!(why.starts_with("it is sealed to the recovery key"), "{why}");
    }

    #[test]
    fn whatever_is_changed_cut_or_added_is_refused() {
        let (recipient, quorum) = key();
        let stream = sealed(&recipient, b"everything that an appliance keeps");
        for at in 0..stream.len() {
            let mut bad = stream.clone();
            // X25519 does not look at the highest bit of a point (RFC 7748, 5): the KEM's context does.
            bad[at] ^= 0x80;
            assert!(opened(&quorum, &bad).is_err(), "byte {at}");
            assert!(opened(&quorum, &stream[..at]).is_err(), "{at} bytes of it");
        }
        assert!(opened(&quorum, &[&stream[..], &[0]].concat()).is_err());
    }

    #[test]
    fn pieces_keep_their_order_and_all_of_them_must_be_there() {
        let (recipient, quorum) = key();
        let bytes: Vec<_> = (0..3 * PIECE_BYTES).map(|at| (at >> 12) as u8).collect();
        let stream = sealed(&recipient, &bytes);
        let (head, whole) = (8 + 32 + 32, 4 + PIECE_BYTES + TAG_BYTES);
        let piece = |nth: usize| &stream[head + nth * whole..][..whole];
        let exchanged = [&stream[..head], piece(1), piece(0), piece(2)].concat();
        let without = [&stream[..head], piece(0), piece(2)].concat();
        let short = [&stream[..head], piece(0), piece(1)].concat();
        for bad in [exchanged, without, short] {
            assert!(opened(&quorum, &bad).is_err());
        }
    }
}
