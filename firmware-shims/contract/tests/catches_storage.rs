//! The contract catches what it is there to catch: media with one fault each.

use std::cell::RefCell;
use std::rc::Rc;

use countersign_contract::storage;
use countersign_ports::{Storage, StorageFault, StorageOperation};

/// What is wrong with a medium.
#[derive(Clone, Copy, PartialEq)]
enum Wrong {
    Nothing,
    ForgetsOnOpen,
    PadsReads,
    IgnoresTruncation,
    AppendsWhatItRefreshes,
    GrowsByTruncation,
    IgnoresOverwriting,
    GrowsByOverwriting,
    FailsEverySync,
}

/// Bytes in memory that stay when the medium is opened again.
struct Memory {
    bytes: Rc<RefCell<Vec<u8>>>,
    wrong: Wrong,
}

fn faulty(operation: StorageOperation) -> StorageFault {
    StorageFault { operation, code: 5 }
}

impl Storage for Memory {
    fn len(&self) -> Result<u64, StorageFault> {
        Ok(self.bytes.borrow().len() as u64)
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), StorageFault> {
        let bytes = self.bytes.borrow();
        let start = usize::try_from(offset).ok();
        let end = start.and_then(|start| start.checked_add(into.len()));
        match start.zip(end).and_then(|(start, end)| bytes.get(start..end)) {
            Some(found) => into.copy_from_slice(found),
            None if self.wrong == Wrong::PadsReads => into.fill(0),
            None => return Err(faulty(StorageOperation::Read)),
        }
        Ok(())
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), StorageFault> {
        self.bytes.borrow_mut().extend_from_slice(bytes);
        Ok(())
    }

    fn overwrite(&mut self, offset: u64, new: &[u8]) -> Result<(), StorageFault> {
        let mut bytes = self.bytes.borrow_mut();
        let refused = || faulty(StorageOperation::Overwrite);
        let start = usize::try_from(offset).map_err(|_| refused())?;
        let end = start.checked_add(new.len()).ok_or_else(refused)?;
        if self.wrong == Wrong::GrowsByOverwriting && end > bytes.len() {
            bytes.resize(end, 0);
        }
        let place = bytes.get_mut(start..end).ok_or_else(refused)?;
        if self.wrong != Wrong::IgnoresOverwriting {
            place.copy_from_slice(new);
        }
        Ok(())
    }

    fn truncate(&mut self, len: u64) -> Result<(), StorageFault> {
        let mut bytes = self.bytes.borrow_mut();
        let len = usize::try_from(len).map_err(|_| faulty(StorageOperation::Truncate))?;
        match self.wrong {
            Wrong::IgnoresTruncation if len <= bytes.len() => {}
            Wrong::GrowsByTruncation => bytes.resize(len, 0),
            _ if len > bytes.len() => return Err(faulty(StorageOperation::Truncate)),
            _ => bytes.truncate(len),
        }
        Ok(())
    }

    fn refresh(&mut self, from: u64) -> Result<(), StorageFault> {
        let mut bytes = self.bytes.borrow_mut();
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        let again = bytes.get(from..).ok_or(faulty(StorageOperation::Refresh))?.to_vec();
        if self.wrong == Wrong::AppendsWhatItRefreshes {
            bytes.extend(again);
        }
        Ok(())
    }

    fn sync(&mut self) -> Result<(), StorageFault> {
        match self.wrong {
            Wrong::FailsEverySync => Err(faulty(StorageOperation::Sync)),
            _ => Ok(()),
        }
    }
}

fn broken_by(wrong: Wrong) -> Vec<&'static str> {
    let bytes = Rc::new(RefCell::new(Vec::new()));
    storage(|| {
        if wrong == Wrong::ForgetsOnOpen {
            bytes.borrow_mut().clear();
        }
        Memory { bytes: Rc::clone(&bytes), wrong }
    })
}

#[test]
fn the_twin_without_a_fault_passes() {
    assert!(broken_by(Wrong::Nothing).is_empty());
}

#[test]
fn a_medium_that_forgets_is_caught() {
    assert!(broken_by(Wrong::ForgetsOnOpen).contains(&"what is synced is there again"));
}

#[test]
fn a_medium_that_makes_up_bytes_is_caught() {
    assert!(broken_by(Wrong::PadsReads).contains(&"a read beyond the end is a fault"));
}

#[test]
fn a_medium_that_keeps_what_was_taken_off_is_caught() {
    assert!(broken_by(Wrong::IgnoresTruncation).contains(&"a truncation takes bytes off the end"));
}

#[test]
fn a_medium_that_does_not_overwrite_is_caught() {
    assert!(broken_by(Wrong::IgnoresOverwriting).contains(&"what is overwritten is read"));
}

#[test]
fn a_medium_that_grows_when_it_is_overwritten_is_caught() {
    let name = "overwriting beyond the end is a fault and changes nothing";
    assert!(broken_by(Wrong::GrowsByOverwriting).contains(&name));
}

#[test]
fn a_medium_that_writes_again_at_the_end_is_caught() {
    assert!(broken_by(Wrong::AppendsWhatItRefreshes).contains(&"a refresh changes nothing"));
}

#[test]
fn a_medium_that_grows_by_itself_is_caught() {
    let name = "a truncation beyond the end is a fault and changes nothing";
    assert!(broken_by(Wrong::GrowsByTruncation).contains(&name));
}

#[test]
fn a_medium_that_cannot_sync_breaks_every_case() {
    assert_eq!(broken_by(Wrong::FailsEverySync).len(), 14);
}

#[test]
fn a_fault_says_what_was_asked() {
    let fault = faulty(StorageOperation::Append);
    assert_eq!(fault.to_string(), "storage failed to append (code 5)");
}
