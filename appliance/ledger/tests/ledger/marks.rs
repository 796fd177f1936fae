//! Marks: what is kept of one is the same ledger from there on, and nothing else is.

use countersign_host::{FileStorage, Host};
use countersign_ledger::{Damage, Growing, Ledger, Mark, Stands, open_from};

use crate::folder::{Bunch, Folder, Scribe, start};
use crate::proofs::{GROUPS, Known};

fn rows(mark: &Mark) -> Vec<Vec<u8>> {
    let mut rows = Vec::new();
    mark.rows(|row| rows.push(row.to_vec()));
    rows
}

fn read(rows: &[Vec<u8>]) -> Option<Mark> {
    let (first, rest) = rows.split_first()?;
    let mut growing = Growing::begin(first)?;
    rest.iter().try_for_each(|row| growing.take(row))?;
    growing.finish()
}

fn storage(folder: &Folder) -> FileStorage {
    FileStorage::open(&folder.file()).unwrap()
}

fn stands(mark: &Mark, folder: &Folder) -> Stands {
    mark.stands(&storage(folder), &Host, &Scribe::key()).unwrap()
}

/// Opened from what was kept of a mark; how many records were shown is said.
fn started_from(mark: Mark, folder: &Folder) -> (Ledger<FileStorage>, u64) {
    let mut shown = 0;
    let replayed = open_from(mark, storage(folder), &Host, &Bunch::default(), |_| {
        shown += 1;
        Ok(())
    });
    let settled = replayed.unwrap().settle(&Host, &Scribe::key()).unwrap();
    (start(settled, Scribe), shown)
}

#[test]
fn a_ledger_that_is_read_from_a_mark_on_is_the_same() {
    let (folder, mut known) = (Folder::new(), Known::default());
    let ledger = folder.start();
    assert!(ledger.mark().is_none(), "nothing is durable");
    known.write(&ledger, &GROUPS);
    let mark = ledger.mark().unwrap();
    known.write(&ledger, &[30]);
    drop(ledger);
    let kept = read(&rows(&mark)).unwrap();
    assert_eq!((kept.size(), kept.place()), (mark.size(), mark.place()));
    assert_eq!(stands(&kept, &folder), Stands::Here);
    let (ledger, shown) = started_from(kept, &folder);
    assert_eq!(shown, 30, "what is before the mark is not read");
    known.check(&ledger);
    known.write(&ledger, &[300, 5]);
    known.check(&ledger);
    drop(ledger);
    known.check(&folder.start());
}

#[test]
fn rows_of_another_tree_or_too_few_or_too_many_are_no_mark() {
    let (folder, mut known) = (Folder::new(), Known::default());
    let ledger = folder.start();
    known.write(&ledger, &GROUPS);
    let right = ledger.mark().unwrap();
    drop(ledger);
    let good = rows(&right);
    assert_eq!(good.len(), 2);
    for (row, at) in (0..2).flat_map(|row| (0..good[row].len()).map(move |at| (row, at))) {
        let mut bad = good.clone();
        bad[row][at] ^= 1;
        // What is not under the root is held against the ledger.
        if let Some(mark) = read(&bad) {
            let starts = row == 1 && mark.place() == right.place();
            assert!(starts || stands(&mark, &folder) != Stands::Here, "row {row}, byte {at}");
        }
    }
    assert!(read(&good[..1]).is_none());
    assert!(read(&[&good[..], &good[1..]].concat()).is_none());
}

#[test]
fn a_mark_stands_in_its_own_ledger_only() {
    let (folder, mut known) = (Folder::new(), Known::default());
    let ledger = folder.start();
    known.write(&ledger, &[3, 4]);
    let mark = ledger.mark().unwrap();
    known.write(&ledger, &[2]);
    drop(ledger);
    let good = folder.bytes();
    let at = usize::try_from(mark.place().offset).unwrap();
    folder.overwrite(&good[..at - 1]);
    assert_eq!(stands(&mark, &folder), Stands::Beyond(at as u64 - 1));
    folder.overwrite(&good[..at]);
    assert_eq!(stands(&mark, &folder), Stands::Here, "at the very end");
    let mut bad = good.clone();
    bad[at - 1] ^= 1;
    folder.overwrite(&bad);
    assert_eq!(stands(&mark, &folder), Stands::Elsewhere);
    let other = Folder::new();
    let ledger = other.start();
    Known::default().write(&ledger, &[9, 9, 9]);
    drop(ledger);
    assert_eq!(stands(&mark, &other), Stands::Elsewhere);
}

#[test]
fn less_than_there_was_is_told() {
    let (folder, mut known) = (Folder::new(), Known::default());
    let ledger = folder.start();
    known.write(&ledger, &[3]);
    let mark = ledger.mark().unwrap();
    drop(ledger);
    let replayed = open_from(mark, storage(&folder), &Host, &Bunch::default(), |_| Ok(())).unwrap();
    assert!(replayed.has(3).is_ok());
    assert!(matches!(replayed.has(4), Err(Damage::Older { .. })));
}
