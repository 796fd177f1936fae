//! Changes of bytes that know nothing of what the bytes mean.

use fastrand::Rng;

/// One change; `other` is where bytes may come from.
pub(super) fn change(random: &mut Rng, bytes: &mut Vec<u8>, other: &[u8]) {
    let at = random.usize(..=bytes.len());
    let end = (at + random.usize(..=8)).min(bytes.len());
    match random.u8(..8) {
        0 => flip(random, bytes),
        1 => bytes.splice(at..end, (at..end).map(|_| random.u8(..))).for_each(drop),
        2 => bytes.insert(at, random.u8(..)),
        3 => bytes.drain(at..end).for_each(drop),
        4 => bytes.truncate(at),
        5 => {
            let again = bytes[at..end].to_vec();
            bytes.splice(end..end, again).for_each(drop);
        }
        6 => bytes.splice(at..end, piece(random, other)).for_each(drop),
        _ => {
            let rest = other.get(at.min(other.len())..).unwrap_or_default();
            bytes.splice(at.., rest.iter().copied()).for_each(drop);
        }
    }
}

/// One bit changes, or a length or number by one.
fn flip(random: &mut Rng, bytes: &mut [u8]) {
    let Some(place) = random.choice(bytes) else { return };
    *place = match random.u8(..4) {
        0 => place.wrapping_add(1),
        1 => place.wrapping_sub(1),
        _ => *place ^ (1 << random.u8(..8)),
    };
}

fn piece(random: &mut Rng, other: &[u8]) -> Vec<u8> {
    let at = random.usize(..=other.len());
    let end = (at + random.usize(..=64)).min(other.len());
    other[at..end].to_vec()
}
