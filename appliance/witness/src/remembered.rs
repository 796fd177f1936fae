//! What a witness remembers, as text: the last checkpoint that it cosigned of each log.
//!
//! Guarantee: what is read is what was written, whole, or it is refused: a digest is its last line.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use countersign_tlog::{Head, checkpoint, leaf_hash};

const HEADER: &str = "countersign-witness/1\n";

/// The heads of logs by their origins.
pub(crate) type Heads = BTreeMap<String, Head>;

/// The memory is not what was written to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "what the witness remembers is damaged; without it the witness might contradict itself: restore the newest copy, or \
     destroy its key and begin as another witness"
)]
pub struct NotRemembered;

/// Heads as text: a header, three lines for each log, a digest.
pub(crate) fn write(heads: &Heads) -> Option<String> {
    let mut text = HEADER.to_owned();
    for (origin, head) in heads {
        text.push_str(&checkpoint::text(origin, head)?);
    }
    let digest = digest(&text);
    text.push_str(&digest);
    Some(text)
}

/// The heads of a text.
pub(crate) fn read(text: &str) -> Result<Heads, NotRemembered> {
    read_lines(text).ok_or(NotRemembered)
}

fn read_lines(text: &str) -> Option<Heads> {
    let digest_at = text.strip_suffix('\n')?.rfind('\n')? + 1;
    let (body, stated) = text.split_at_checked(digest_at)?;
    if stated != digest(body) {
        return None;
    }
    let mut heads = Heads::new();
    let mut rest = body.strip_prefix(HEADER)?;
    while !rest.is_empty() {
        let (end, _) = rest.match_indices('\n').nth(2)?;
        let (text, after) = rest.split_at_checked(end + 1)?;
        let checkpoint = checkpoint::parse(text)?;
        heads.insert(checkpoint.origin.to_owned(), checkpoint.head);
        rest = after;
    }
    Some(heads)
}

/// Against accidents: nobody needs a secret to make it.
fn digest(text: &str) -> String {
    let mut line = String::new();
    for byte in leaf_hash(text.as_bytes()) {
        // Writing into a `String` cannot fail.
        let _ = write!(line, "{byte:02x}");
    }
    line + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heads() -> Heads {
        let head = |size, byte| Head { size, root: [byte; 32] };
        Heads::from([("a.example".to_owned(), head(7, 1)), ("b.example".to_owned(), head(0, 2))])
    }

    #[test]
    fn what_is_written_is_read() {
        for heads in [heads(), Heads::new()] {
            assert_eq!(read(&write(&heads).unwrap()), Ok(heads));
        }
    }

    #[test]
    fn what_has_changed_anywhere_or_ends_early_is_refused() {
        let text = write(&heads()).unwrap();
        for at in 0..text.len() {
            assert_eq!(read(&text[..at]), Err(NotRemembered), "cut at {at}");
            let mut changed = text.clone().into_bytes();
            changed[at] ^= 1;
            assert_eq!(read(std::str::from_utf8(&changed).unwrap()), Err(NotRemembered), "at {at}");
        }
        assert_eq!(read(&(text + "\n")), Err(NotRemembered));
    }
}
