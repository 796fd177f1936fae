//! No key seals twice with the same nonce, also if an older image is put back and written on.

use std::collections::BTreeSet;

use countersign_disk::Disk;

use super::house::{bytes, chance, disk, fill, open, steps, write};

/// Nonces of all slots and heads that these bytes have: each with the seed of its file, which its key is made of.
fn nonces(file: &[u8], into: &mut BTreeSet<(Vec<u8>, Vec<u8>, Vec<u8>)>) {
    let seed = file[8..40].to_vec();
    let mut note = |nonce: &[u8], rest: &[u8]| {
        into.insert((seed.clone(), nonce.to_vec(), rest.to_vec()));
    };
    note(&file[40..52], &file[52..]);
    for page in file[4_096..].chunks(4_096) {
        let size = if page[0] & 0x80 == 0 { 512 } else { 4_096 };
        let slots = page.chunks(size).filter(|slot| slot.iter().any(|byte| *byte != 0));
        slots.for_each(|slot| note(&slot[13..25], &slot[25..]));
    }
}

/// How many nonces there were, and how many sealings they were of, after an image was put back and written on.
fn after_an_image_was_put_back(later: impl Fn(u64) -> u64) -> (usize, usize) {
    let (mut file, mut aside, mut random) = (disk(), disk(), fastrand::Rng::with_seed(4));
    let mut seen = BTreeSet::new();
    let mut slots = fill(&mut file, &mut chance(0), [1; 32], &steps(&mut random)).unwrap();
    let image = [bytes(&file), bytes(&aside)];
    for life in 1..5 {
        let mut chance = chance(later(life));
        for _ in 0..20 {
            slots =
                write(slots, (&mut file, &mut aside), &mut chance, &steps(&mut random)).unwrap();
            nonces(&bytes(&file), &mut seen);
        }
        [file, aside] = image.clone().map(Disk::holding);
        slots = open(&mut file, &aside).unwrap().0;
    }
    let distinct: BTreeSet<_> = seen.iter().map(|(seed, nonce, _)| (seed, nonce)).collect();
    (distinct.len(), seen.len())
}

#[test]
fn an_image_that_is_put_back_and_written_on_repeats_no_nonce() {
    let (nonces, sealings) = after_an_image_was_put_back(|life| life);
    assert_eq!(nonces, sealings);
    assert!(sealings > 200, "{sealings}");
}

#[test]
fn the_twin_whose_chance_begins_again_is_caught() {
    let (nonces, sealings) = after_an_image_was_put_back(|_| 1);
    assert!(nonces < sealings, "{nonces} of {sealings}");
}
