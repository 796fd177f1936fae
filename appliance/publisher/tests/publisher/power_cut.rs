//! The power fails at every operation on the folder's disk; what was not synced is lost, or is not.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::rc::Rc;

use countersign_publisher::{Disk, PublishError, Step};

use crate::ledger::{House, Scribe, publish};
use crate::reader::{Files, read};

const SCRIBE: Scribe = Scribe(7);

/// What is in memory, and what of it is on the medium.
#[derive(Clone, Default)]
struct State {
    now: Files,
    /// Bytes that were synced, by path.
    synced: Files,
    /// Names that were synced, and whose bytes were there then.
    durable: Files,
    left: Option<usize>,
    used: usize,
}

/// A disk that stops before its n-th operation.
#[derive(Clone, Default)]
struct Cut(Rc<RefCell<State>>);

impl Cut {
    /// The next operation, unless the power has failed.
    fn act(&self, act: impl FnOnce(&mut State)) -> io::Result<()> {
        let mut state = self.0.borrow_mut();
        if state.left == Some(0) {
            return Err(io::Error::other("no power"));
        }
        state.left = state.left.map(|left| left - 1);
        state.used += 1;
        act(&mut state);
        Ok(())
    }

    /// After a power cut: everything is there, or only what was synced.
    fn restarted(&self, lost: bool) -> Self {
        let state = self.0.borrow();
        let now = if lost { state.durable.clone() } else { state.now.clone() };
        Self(Rc::new(RefCell::new(State {
            synced: now.clone(),
            durable: now.clone(),
            now,
            left: None,
            used: 0,
        })))
    }

    fn files(&self) -> Files {
        self.0.borrow().now.clone()
    }
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

impl Disk for Cut {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        Ok(self.0.borrow().now.get(path).cloned())
    }

    fn write(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.act(|state| {
            state.now.insert(path.to_owned(), bytes.to_vec());
            state.synced.remove(path);
        })
    }

    fn sync(&mut self, path: &str) -> io::Result<()> {
        self.act(|state| {
            let bytes = state.now[path].clone();
            state.synced.insert(path.to_owned(), bytes);
        })
    }

    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        self.act(|state| {
            let bytes = state.now.remove(from).unwrap();
            state.now.insert(to.to_owned(), bytes);
            // What was never synced may be anything: a file without its bytes.
            let synced = state.synced.remove(from).unwrap_or_default();
            state.synced.insert(to.to_owned(), synced);
        })
    }

    fn sync_folder(&mut self, path: &str) -> io::Result<()> {
        self.act(|state| {
            let State { now, synced, durable, .. } = state;
            durable.retain(|file, _| folder_of(file) != path);
            let own = now.keys().filter(|file| folder_of(file) == path);
            durable.extend(
                own.map(|file| (file.clone(), synced.get(file).cloned().unwrap_or_default())),
            );
        })
    }

    fn remove(&mut self, path: &str) -> io::Result<()> {
        self.act(|state| {
            let below = format!("{path}/");
            state.now.retain(|file, _| file != path && !file.starts_with(&below));
        })
    }
}

/// A file without its hint and drafts: what a reader sees.
fn seen(files: Files) -> BTreeMap<String, Vec<u8>> {
    files.into_iter().filter(|(path, _)| !path.starts_with('.')).collect()
}

/// Publishes until the power fails; whether it did.
fn until_cut(house: &House, disk: &Cut) -> bool {
    let mut publisher = house.publisher(disk.clone());
    loop {
        match publisher.step() {
            Ok(Step::Idle) => return false,
            Ok(_) => {}
            Err(PublishError::Folder(_)) => return true,
            Err(why) => panic!("{why}"),
        }
    }
}

#[test]
fn at_every_operation_readers_see_a_whole_log_and_a_restart_makes_the_same() {
    let house = House::new(SCRIBE);
    house.commit(250);
    let first = Cut::default();
    publish(&mut house.publisher(first.clone()));
    house.commit(270);
    let whole = first.restarted(false);
    assert!(!until_cut(&house, &whole));
    let (operations, expected) = (whole.0.borrow().used, seen(whole.files()));
    assert!(operations > 30, "{operations}");
    let mut sizes = BTreeSet::new();
    for cut in 0..operations {
        let disk = first.restarted(false);
        disk.0.borrow_mut().left = Some(cut);
        assert!(until_cut(&house, &disk), "cut at {cut}");
        sizes.insert(read(&disk.files(), SCRIBE).unwrap());
        for lost in [false, true] {
            let disk = disk.restarted(lost);
            read(&disk.files(), SCRIBE).unwrap();
            let steps = publish(&mut house.publisher(disk.clone()));
            assert!(matches!(steps[0], Step::Resumed(_)), "cut at {cut}: {steps:?}");
            assert_eq!(read(&disk.files(), SCRIBE), Some(520));
            let left = seen(disk.files());
            assert!(expected.iter().all(|(path, bytes)| left.get(path) == Some(bytes)), "{cut}");
        }
    }
    assert_eq!(sizes.into_iter().collect::<Vec<_>>(), [250, 520]);
}

#[test]
fn a_first_publication_that_is_cut_begins_again() {
    let house = House::new(SCRIBE);
    house.commit(3);
    let whole = Cut::default();
    assert!(!until_cut(&house, &whole));
    for cut in 0..whole.0.borrow().used {
        let disk = Cut::default();
        disk.0.borrow_mut().left = Some(cut);
        assert!(until_cut(&house, &disk));
        for lost in [false, true] {
            let disk = disk.restarted(lost);
            assert!(matches!(read(&disk.files(), SCRIBE), None | Some(3)), "{cut}");
            publish(&mut house.publisher(disk.clone()));
            assert_eq!(seen(disk.files()), seen(whole.files()), "{cut}");
        }
    }
}

#[test]
fn a_disk_that_refuses_for_a_while_is_gone_on_with() {
    let house = House::new(SCRIBE);
    house.commit(10);
    let disk = Cut::default();
    let mut publisher = house.publisher(disk.clone());
    disk.0.borrow_mut().left = Some(6);
    while publisher.step().is_ok() {}
    for _ in 0..3 {
        assert!(matches!(publisher.step(), Err(PublishError::Folder(_))));
    }
    disk.0.borrow_mut().left = None;
    publish(&mut publisher);
    assert_eq!(read(&disk.files(), SCRIBE), Some(10));
}
