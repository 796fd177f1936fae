//! As much of CBOR (RFC 8949) as the model reads: pieces of the input, by their place in maps and lists.

/// The value at the front, and what follows it.
fn split(input: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = skip(input)?;
    input.split_at_checked(input.len() - rest.len())
}

fn skip(input: &[u8]) -> Option<&[u8]> {
    let (major, value, rest) = head(input)?;
    let count = usize::try_from(value).ok()?;
    match major {
        0 | 1 | 7 => Some(rest),
        2 | 3 => rest.get(count..),
        4 => (0..count).try_fold(rest, |rest, _| skip(rest)),
        5 => (0..count.checked_mul(2)?).try_fold(rest, |rest, _| skip(rest)),
        _ => None,
    }
}

fn head(input: &[u8]) -> Option<(u8, u64, &[u8])> {
    let (first, rest) = input.split_first()?;
    let (major, short) = (first >> 5, first & 0x1f);
    let length = match short {
        0..24 => return Some((major, u64::from(short), rest)),
        24 => 1,
        25 => 2,
        26 => 4,
        27 => 8,
        _ => return None,
    };
    let (value, rest) = rest.split_at_checked(length)?;
    Some((major, value.iter().fold(0, |all, byte| (all << 8) | u64::from(*byte)), rest))
}

/// The elements of a list.
pub(super) fn list(input: &[u8]) -> Option<Vec<&[u8]>> {
    let (4, count, rest) = head(input)? else { return None };
    parts(rest, usize::try_from(count).ok()?)
}

/// A map whose keys are small numbers.
pub(super) struct Map<'b>(Vec<&'b [u8]>);

/// The map at the front.
pub(super) fn map(input: &[u8]) -> Option<Map<'_>> {
    let (5, count, rest) = head(input)? else { return None };
    parts(rest, usize::try_from(count).ok()?.checked_mul(2)?).map(Map)
}

impl<'b> Map<'b> {
    /// The value under this key.
    pub(super) fn get(&self, key: u8) -> Option<&'b [u8]> {
        let mut pairs = self.0.chunks_exact(2);
        pairs.find_map(|pair| match pair {
            [[first], value] if *first == key => Some(*value),
            _ => None,
        })
    }
}

fn parts(mut rest: &[u8], count: usize) -> Option<Vec<&[u8]>> {
    let mut parts = Vec::with_capacity(count.min(rest.len()));
    for _ in 0..count {
        let (part, more) = split(rest)?;
        parts.push(part);
        rest = more;
    }
    Some(parts)
}

/// A byte string.
pub(super) fn bytes(input: &[u8]) -> Option<&[u8]> {
    let (2, count, rest) = head(input)? else { return None };
    rest.get(..usize::try_from(count).ok()?)
}

/// A number from 0 on.
pub(super) fn number(input: &[u8]) -> Option<u64> {
    let (0, value, _) = head(input)? else { return None };
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_by_their_place() {
        let input = [0xa2, 0x00, 0x82, 0x41, 0x07, 0x19, 0x01, 0x00, 0x01, 0xf6];
        let map = map(&input).unwrap();
        let list = list(map.get(0).unwrap()).unwrap();
        assert_eq!(bytes(list[0]), Some(&[7][..]));
        assert_eq!(number(list[1]), Some(256));
        assert_eq!((map.get(1), map.get(2)), (Some(&[0xf6][..]), None));
    }

    #[test]
    fn what_is_cut_short_is_nothing() {
        for end in 0..9 {
            assert!(
                map(&[0xa2, 0x00, 0x82, 0x41, 0x07, 0x19, 0x01, 0x00, 0x01, 0xf6][..end]).is_none()
            );
        }
    }
}
