//! What is written is what is read, whatever its length, and however often it is changed.

use super::house::{Plain, apply, bytes, chance, disk, fill, open, read, step, steps, write};

#[test]
fn records_come_back_whatever_their_lengths() {
    let (mut file, aside) = (disk(), disk());
    let lengths = [0, 1, 447, 448, 449, 4_031, 4_032, 4_033, 8_065, 8_066, 70_000];
    let steps: Vec<_> = (0..).zip(lengths).map(|(key, len)| step(1, key, 5, len)).collect();
    fill(&mut file, &mut chance(1), [1; 32], &steps).unwrap();
    let mut plain = Plain::new();
    apply(&mut plain, &steps);
    assert_eq!(open(&mut file, &aside).unwrap().1, plain);
}

#[test]
fn any_changes_come_to_what_a_plain_map_comes_to() {
    for seed in 0..40 {
        let (mut file, mut aside, mut chance) = (disk(), disk(), chance(seed));
        let (mut plain, mut random) = (Plain::new(), fastrand::Rng::with_seed(seed));
        let mut slots = fill(&mut file, &mut chance, [1; 32], &[]).unwrap();
        for write_no in 0..30 {
            let steps = steps(&mut random);
            apply(&mut plain, &steps);
            slots = write(slots, (&mut file, &mut aside), &mut chance, &steps).unwrap();
            if random.u8(..4) == 0 {
                // By another process: what it goes on from is what is on the disks.
                slots = open(&mut file, &aside).unwrap().0;
            }
            let found = read([&bytes(&file), &bytes(&aside)]);
            assert_eq!(found.as_ref(), Some(&plain), "seed {seed}, write {write_no}");
            assert_eq!((slots.writes(), slots.mark()), (write_no + 1, write_no + 1));
        }
    }
}

#[test]
fn a_record_keeps_its_slot_as_long_as_it_has_its_size() {
    let (mut file, mut aside, mut chance) = (disk(), disk(), chance(1));
    let records = [step(1, 1, 0, 100), step(1, 2, 0, 3_000), step(1, 3, 0, 100)];
    let slots = fill(&mut file, &mut chance, [1; 32], &records).unwrap();
    let before = bytes(&file);
    let steps = [step(1, 1, 0, 400), step(1, 2, 0, 2_000)];
    let slots = write(slots, (&mut file, &mut aside), &mut chance, &steps).unwrap();
    let after = bytes(&file);
    assert_eq!(before.len(), after.len());
    let changed: Vec<_> = (0..before.len() / 512)
        .filter(|at| before[at * 512..][..512] != after[at * 512..][..512])
        .collect();
    // The head, the first small slot, and all eight places of the large one.
    assert_eq!(changed, [&[0, 8][..], &(16..24).collect::<Vec<_>>()].concat());
    assert_eq!(slots.bytes(), after.len() as u64);
}

#[test]
fn a_batch_that_was_put_into_its_places_is_put_there_again_without_harm() {
    let (mut file, mut aside, mut chance) = (disk(), disk(), chance(1));
    let slots = fill(&mut file, &mut chance, [1; 32], &[step(1, 1, 0, 1)]).unwrap();
    write(slots, (&mut file, &mut aside), &mut chance, &[step(2, 2, 0, 1)]).unwrap();
    let settled = bytes(&file);
    assert!(open(&mut file, &aside).is_some());
    assert_eq!(bytes(&file), settled);
}
