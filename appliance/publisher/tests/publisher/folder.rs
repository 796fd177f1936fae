//! What is in the folder while a ledger grows.

use std::path::Path;

use countersign_publisher::{Step, SystemDisk};

use crate::ledger::{House, Scribe, publish};
use crate::reader::{Files, read};

const SCRIBE: Scribe = Scribe(7);

/// All files below a folder.
pub fn files(root: &Path) -> Files {
    let mut files = Files::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                files.insert(name, std::fs::read(path).unwrap());
            }
        }
    }
    files
}

fn tiles(files: &Files) -> Vec<&str> {
    files.keys().filter(|path| path.starts_with("tile/")).map(String::as_str).collect()
}

#[test]
fn a_stranger_reads_the_whole_ledger_at_every_size() {
    let house = House::new(SCRIBE);
    let mut publisher = house.publisher(SystemDisk::new(house.public()));
    assert_eq!(publish(&mut publisher), [Step::Resumed(0)]);
    assert_eq!(read(&files(&house.public()), SCRIBE), None);
    let mut size = 0;
    for records in [1, 2, 252, 1, 1, 255, 256, 300] {
        house.commit(records);
        size += records;
        assert_eq!(publish(&mut publisher), [Step::Published(size)]);
        assert_eq!(read(&files(&house.public()), SCRIBE), Some(size));
    }
}

#[test]
fn what_is_not_full_stays_until_it_is() {
    let house = House::new(SCRIBE);
    let mut publisher = house.publisher(SystemDisk::new(house.public()));
    for records in [3, 4] {
        house.commit(records);
        publish(&mut publisher);
    }
    let partial =
        ["tile/0/000.p/3", "tile/0/000.p/7", "tile/entries/000.p/3", "tile/entries/000.p/7"];
    assert_eq!(tiles(&files(&house.public())), partial);
    house.commit(250);
    publish(&mut publisher);
    let full = [
        "tile/0/000",
        "tile/0/001.p/1",
        "tile/1/000.p/1",
        "tile/entries/000",
        "tile/entries/001.p/1",
    ];
    assert_eq!(tiles(&files(&house.public())), full);
}

#[test]
fn many_records_have_a_checkpoint_on_the_way() {
    let house = House::new(SCRIBE);
    house.commit(40_000);
    let steps = publish(&mut house.publisher(SystemDisk::new(house.public())));
    assert!(matches!(
        steps[..],
        [Step::Resumed(0), Step::Published(16_384..16_800), _, Step::Published(40_000)]
    ));
    assert_eq!(read(&files(&house.public()), SCRIBE), Some(40_000));
}

#[test]
fn it_goes_on_where_it_was_with_and_without_a_hint() {
    let house = House::new(SCRIBE);
    house.commit(700);
    let start = || house.publisher(SystemDisk::new(house.public()));
    publish(&mut start());
    for (size, hint) in
        [(800, None), (900, Some("")), (1_000, Some("17\n")), (1_100, Some("9999999999\n"))]
    {
        if let Some(hint) = hint {
            std::fs::write(house.public().join(".next-group"), hint).unwrap();
        }
        let mut publisher = start();
        assert_eq!(publish(&mut publisher), [Step::Resumed(size - 100)]);
        house.commit(100);
        assert_eq!(publish(&mut publisher), [Step::Published(size)]);
        assert_eq!(read(&files(&house.public()), SCRIBE), Some(size));
    }
}
