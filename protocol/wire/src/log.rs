//! `countersign-log/1`: the published ledger, a file a request.
//!
//! Guarantees: a request is the path of exactly one file of C2SP's tlog-tiles and no other text, so that nobody
//! reads anything else of a disk with it; a reply is one byte that says what it is, and the file's bytes if it
//! is one. What a file says is proved by the checkpoint's signature and by hashes, not by who gave it.

use core::fmt;

use countersign_tlog::tile::{Entries, Tile};

use crate::limits::LOG_FILE_BYTES_MAX;
use crate::reply::Failure;

/// ALPN of this protocol.
pub const ALPN: &[u8] = b"countersign-log/1";

/// Where the checkpoint is.
const CHECKPOINT: &str = "checkpoint";

/// A file that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The newest checkpoint, a signed note.
    Checkpoint,
    /// Hashes.
    Tile(Tile),
    /// The leaves of a tile.
    Entries(Entries),
}

impl Wanted {
    /// What a request asks for; none if it is not exactly one path.
    #[must_use]
    pub fn parse(frame: &[u8]) -> Option<Self> {
        let path = core::str::from_utf8(frame).ok()?;
        let checkpoint = (path == CHECKPOINT).then_some(Self::Checkpoint);
        let tile = || Tile::parse(path).map(Self::Tile);
        checkpoint.or_else(tile).or_else(|| Entries::parse(path).map(Self::Entries))
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Checkpoint => f.write_str(CHECKPOINT),
            Self::Tile(tile) => tile.fmt(f),
            Self::Entries(entries) => entries.fmt(f),
        }
    }
}

/// A reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given<'b> {
    /// The file.
    File(&'b [u8]),
    /// There is no such file: of a tree that is not so large, or of one that has grown since.
    Absent,
    /// `Malformed`, `Busy`, or `Unavailable`: nothing is published, or the folder cannot be read.
    Failed(Failure),
}

const FILE: u8 = 1;
const ABSENT: u8 = 2;

impl<'b> Given<'b> {
    /// What the bytes of a reply say; none if they are none.
    #[must_use]
    pub fn parse(frame: &'b [u8]) -> Option<Self> {
        let failures = [Failure::Malformed, Failure::Busy, Failure::Unavailable];
        match frame.split_first()? {
            (&FILE, file) => (file.len() <= LOG_FILE_BYTES_MAX).then_some(Self::File(file)),
            (&ABSENT, []) => Some(Self::Absent),
            (head, []) => {
                failures.into_iter().find(|failure| failure.number() == *head).map(Self::Failed)
            }
            _ => None,
        }
    }

    /// The first byte of the reply; a file's bytes follow.
    #[must_use]
    pub const fn head(&self) -> u8 {
        match self {
            Self::File(_) => FILE,
            Self::Absent => ABSENT,
            Self::Failed(failure) => failure.number(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_tlog_tiles_are_asked_for() {
        for path in ["checkpoint", "tile/0/x001/x234/067", "tile/2/000.p/1", "tile/entries/000.p/9"]
        {
            let wanted = Wanted::parse(path.as_bytes());
            let mut written = heapless::String::<64>::new();
            fmt::Write::write_fmt(&mut written, format_args!("{}", wanted.unwrap())).unwrap();
            assert_eq!(written.as_str(), path);
        }
        for path in [
            "",
            "/checkpoint",
            "checkpoint/",
            "tile/0/../000",
            "tile/0/000.p/256",
            "tile/entries/0",
            "contradiction-7",
            ".next-group",
            "tile/x/000",
        ] {
            assert_eq!(Wanted::parse(path.as_bytes()), None, "{path}");
        }
        assert_eq!(Wanted::parse(&[0xff]), None);
    }

    #[test]
    fn a_reply_is_a_file_or_one_byte() {
        assert_eq!(Given::parse(&[1, 7, 8]), Some(Given::File(&[7, 8])));
        assert_eq!(Given::parse(&[2]), Some(Given::Absent));
        for (number, failure) in
            [(18, Failure::Malformed), (19, Failure::Busy), (20, Failure::Unavailable)]
        {
            assert_eq!(Given::parse(&[number]), Some(Given::Failed(failure)));
            assert_eq!(Given::Failed(failure).head(), number);
        }
        for none in [&[][..], &[0], &[2, 0], &[20, 0], &[16], &[17], &[21]] {
            assert_eq!(Given::parse(none), None, "{none:?}");
        }
    }
}
