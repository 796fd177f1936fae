//! The power fails at every moment of every write: then a file has what it had before, or what it was to have.

use std::sync::{Arc, Mutex};

use countersign_disk::{Disk, History};
use countersign_ports::{Storage, StorageFault};

use super::house::{Plain, apply, chance, disk, fill, open, read, steps, write};

/// What was done to both disks, after each operation.
type Moments = Arc<Mutex<Vec<[History; 2]>>>;

/// A disk on film. With `skips`, it does no syncs: a twin that must be found out.
struct Filmed {
    disks: [Disk; 2],
    this: usize,
    moments: Moments,
    skips: bool,
}

impl Filmed {
    fn did<T>(&self, done: T) -> T {
        self.moments.lock().unwrap().push(self.disks.each_ref().map(Disk::history));
        done
    }

    fn disk(&self) -> Disk {
        self.disks[self.this].clone()
    }
}

impl Storage for Filmed {
    fn len(&self) -> Result<u64, StorageFault> {
        self.disk().len()
    }
    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), StorageFault> {
        self.disk().read_at(offset, into)
    }
    fn append(&mut self, bytes: &[u8]) -> Result<(), StorageFault> {
        self.did(self.disk().append(bytes))
    }
    fn overwrite(&mut self, offset: u64, bytes: &[u8]) -> Result<(), StorageFault> {
        self.did(self.disk().overwrite(offset, bytes))
    }
    fn truncate(&mut self, len: u64) -> Result<(), StorageFault> {
        self.did(self.disk().truncate(len))
    }
    fn refresh(&mut self, from: u64) -> Result<(), StorageFault> {
        self.disk().refresh(from)
    }
    fn sync(&mut self) -> Result<(), StorageFault> {
        if self.skips { Ok(()) } else { self.did(self.disk().sync()) }
    }
}

/// Everything that a power cut after this moment may leave on the disks.
fn images([now, next]: [&[History; 2]; 2]) -> Vec<[Vec<u8>; 2]> {
    let of = |disk: usize| next[disk].images(now[disk].operations().len());
    let both = |(_, file): &(_, Vec<u8>)| -> Vec<[Vec<u8>; 2]> {
        of(1).into_iter().map(|(_, aside)| [file.clone(), aside]).collect()
    };
    of(0).iter().flat_map(both).collect()
}

/// Cuts after which a file was neither what it was before nor what it was to be, and cuts in all.
fn broken_by_cuts(seed: u64, skips: bool) -> (usize, usize) {
    let (mut plain, mut random, mut chance) =
        (Plain::new(), fastrand::Rng::with_seed(seed), chance(seed));
    let (mut broken, mut cuts) = (0, 0);
    let (disks, moments) = ([disk(), disk()], Moments::default());
    let filmed = |this| Filmed { disks: disks.clone(), this, moments: Arc::clone(&moments), skips };
    let [mut file, mut aside] = [filmed(0), filmed(1)];
    let first = steps(&mut random);
    apply(&mut plain, &first);
    let mut slots = fill(&mut disks[0].clone(), &mut chance, [1; 32], &first).unwrap();
    for _ in 0..4 {
        let before = plain.clone();
        let steps = steps(&mut random);
        apply(&mut plain, &steps);
        let begun = disks.each_ref().map(Disk::history);
        moments.lock().unwrap().push(begun);
        slots = write(slots, (&mut file, &mut aside), &mut chance, &steps).unwrap();
        let film = std::mem::take(&mut *moments.lock().unwrap());
        for pair in film.windows(2) {
            for [file, aside] in images([&pair[0], &pair[1]]) {
                let found = read([&file, &aside]);
                cuts += 1;
                broken +=
                    usize::from(found.as_ref() != Some(&before) && found.as_ref() != Some(&plain));
            }
        }
        let last = film.last().unwrap();
        for [file, aside] in images([last, last]) {
            cuts += 1;
            broken += usize::from(read([&file, &aside]).as_ref() != Some(&plain));
        }
    }
    (broken, cuts)
}

#[test]
fn a_write_is_there_or_is_not_whenever_the_power_fails_and_is_there_once_it_has_returned() {
    let outcomes: Vec<_> = (0..12).map(|seed| broken_by_cuts(seed, false)).collect();
    let cuts: usize = outcomes.iter().map(|(_, cuts)| cuts).sum();
    assert!(outcomes.iter().all(|(broken, _)| *broken == 0), "{outcomes:?}");
    assert!(cuts > 3_000, "{cuts}");
}

#[test]
fn the_twin_that_does_not_sync_is_caught() {
    assert!((0..3).any(|seed| broken_by_cuts(seed, true).0 > 0));
}

#[test]
fn a_file_that_is_being_filled_is_none_until_it_is_whole() {
    let (disks, moments) = ([disk(), disk()], Moments::default());
    let mut file =
        Filmed { disks: disks.clone(), this: 0, moments: Arc::clone(&moments), skips: false };
    let first = steps(&mut fastrand::Rng::with_seed(1));
    let mut plain = Plain::new();
    apply(&mut plain, &first);
    fill(&mut file, &mut chance(1), [1; 32], &first).unwrap();
    assert_eq!(open(&mut file, &filmed_aside(&disks)).unwrap().1, plain);
    let film = std::mem::take(&mut *moments.lock().unwrap());
    for pair in film.windows(2) {
        for [file, aside] in images([&pair[0], &pair[1]]) {
            let found = read([&file, &aside]);
            assert!(found.is_none() || found.as_ref() == Some(&plain));
        }
    }
}

fn filmed_aside(disks: &[Disk; 2]) -> Filmed {
    Filmed { disks: disks.clone(), this: 1, moments: Moments::default(), skips: false }
}
