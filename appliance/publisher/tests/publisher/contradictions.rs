//! Folders that are not this ledger's copy: told, and made again.

use std::fs;

use countersign_publisher::{Contradiction, Step, SystemDisk};

use crate::folder::files;
use crate::ledger::{House, Scribe, publish};
use crate::reader::read;

const SCRIBE: Scribe = Scribe(7);

/// A published ledger of 300 records; the same after `meddle`, and what the next start does.
fn again(meddle: impl FnOnce(&mut House)) -> (House, Step) {
    let mut house = House::new(SCRIBE);
    house.commit(300);
    publish(&mut house.publisher(SystemDisk::new(house.public())));
    meddle(&mut house);
    let steps = publish(&mut house.publisher(SystemDisk::new(house.public())));
    let size = house.ledger().committed().size;
    assert_eq!(read(&files(&house.public()), SCRIBE), Some(size));
    (house, steps[0])
}

#[test]
fn a_folder_that_is_as_it_was_is_kept() {
    assert_eq!(again(|_| ()).1, Step::Resumed(300));
}

#[test]
fn a_folder_that_is_gone_is_made_again() {
    assert_eq!(again(|house| fs::remove_dir_all(house.public()).unwrap()).1, Step::Resumed(0));
}

#[test]
fn a_tile_or_bundle_at_the_edge_that_is_gone_or_other_is_noticed() {
    for path in ["tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/001.p/44"] {
        let removed = again(|house| fs::remove_file(house.public().join(path)).unwrap());
        assert_eq!(removed.1, Step::Again(Contradiction::Tiles), "{path}");
        let flipped = again(|house| {
            let path = house.public().join(path);
            let mut bytes = fs::read(&path).unwrap();
            bytes[5] ^= 1;
            fs::write(path, bytes).unwrap();
        });
        assert_eq!(flipped.1, Step::Again(Contradiction::Tiles), "{path}");
    }
}

#[test]
fn somebody_elses_checkpoint_is_noticed() {
    let other = House::new(Scribe(8));
    other.commit(300);
    publish(&mut other.publisher(SystemDisk::new(other.public())));
    let theirs = fs::read(other.public().join("checkpoint")).unwrap();
    for note in [&theirs[..], b"no note", b""] {
        let (_, step) = again(|house| fs::write(house.public().join("checkpoint"), note).unwrap());
        assert_eq!(step, Step::Again(Contradiction::Foreign));
    }
}

#[test]
fn an_older_or_other_ledger_under_a_newer_folder_is_told_and_the_proof_kept() {
    let mut older = Vec::new();
    let published = |house: &House| fs::read(house.public().join("checkpoint")).unwrap();
    let mut newest = Vec::new();
    let (house, step) = again(|house| {
        older = fs::read(house.file()).unwrap();
        house.commit(5);
        publish(&mut house.publisher(SystemDisk::new(house.public())));
        newest = published(house);
        house.restore(&older);
    });
    assert_eq!(step, Step::Again(Contradiction::Ledger { size: 305 }));
    assert_eq!(fs::read(house.public().join("contradiction-305")).unwrap(), newest);

    // As many records, and others: the same key has signed two histories.
    let (_, step) = again(|house| {
        house.restore(b"");
        house.commit(40);
        house.commit(260);
    });
    assert_eq!(step, Step::Again(Contradiction::Ledger { size: 300 }));
}
