//! What has happened to a disk, and the moments at which the power can fail.

use std::sync::Arc;

use crate::loss::Loss;

/// Something that changed the disk, or made it durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// These bytes were put at the end.
    Append(Arc<[u8]>),
    /// These bytes were put in the place of others, from here on.
    Overwrite(usize, Arc<[u8]>),
    /// The end was moved here.
    Truncate(usize),
    /// All before was made durable.
    Sync,
}

/// All operations on a disk, in their order.
#[derive(Clone, Debug)]
pub struct History {
    first: Vec<u8>,
    operations: Vec<Operation>,
}

impl History {
    /// None yet, on a disk that holds `first` for certain.
    pub(crate) const fn after(first: Vec<u8>) -> Self {
        Self { first, operations: Vec::new() }
    }

    pub(crate) fn push(&mut self, operation: Operation) {
        self.operations.push(operation);
    }

    /// The operations.
    #[must_use]
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// What the disk may hold when the power fails after `done` operations, one for each [`Loss`] that
    /// makes a difference. The operation after them may have been under way: it is as unsynced as the
    /// ones before it. (A sync that was under way has promised nothing.)
    #[must_use]
    pub fn images(&self, done: usize) -> Vec<(Loss, Vec<u8>)> {
        let under_way = self.operations.get(..=done).unwrap_or(&self.operations);
        let ended = self.operations.get(..done).unwrap_or(&self.operations);
        let synced = ended.iter().rposition(|o| *o == Operation::Sync).map_or(0, |at| at + 1);
        let (durable, unsynced) = under_way.split_at(synced);
        let durable = durable.iter().fold(self.first.clone(), apply);
        let latest = unsynced.iter().fold(durable.clone(), apply);
        let mut images: Vec<(Loss, Vec<u8>)> = Vec::new();
        for loss in Loss::ALL {
            let image = loss.image(&durable, &latest, done as u64);
            if images.iter().all(|(_, other)| *other != image) {
                images.push((*loss, image));
            }
        }
        images
    }
}

fn apply(mut bytes: Vec<u8>, operation: &Operation) -> Vec<u8> {
    match operation {
        Operation::Append(more) => bytes.extend_from_slice(more),
        Operation::Overwrite(offset, new) => {
            let _ = overwrite(&mut bytes, *offset, new);
        }
        Operation::Truncate(len) => bytes.truncate(*len),
        Operation::Sync => {}
    }
    bytes
}

/// Puts new bytes in the place of those from `offset` on; nothing unless they are there.
pub(crate) fn overwrite(bytes: &mut [u8], offset: usize, new: &[u8]) -> Option<()> {
    let end = offset.checked_add(new.len())?;
    bytes.get_mut(offset..end)?.copy_from_slice(new);
    Some(())
}

#[cfg(test)]
mod tests {
    use countersign_ports::Storage;

    use super::*;
    use crate::Disk;

    fn disk() -> Disk {
        let mut disk = Disk::holding(b"first ".to_vec());
        disk.append(&[b'a'; 2000]).unwrap();
        disk.sync().unwrap();
        disk.append(&[b'b'; 2000]).unwrap();
        disk
    }

    fn disk_before() -> Vec<u8> {
        [&b"first "[..], &[b'a'; 2000], &[b'b'; 2000]].concat()
    }

    fn holding(images: &[(Loss, Vec<u8>)], loss: Loss) -> &[u8] {
        &images.iter().find(|(class, _)| *class == loss).unwrap().1
    }

    #[test]
    fn what_was_synced_is_in_every_image_and_what_was_not_in_some() {
        let images = disk().history().images(3);
        assert!(images.iter().all(|(_, image)| image[..2006].ends_with(&[b'a'; 2000])));
        assert_eq!(holding(&images, Loss::Everything).len(), 2006);
        assert_eq!(holding(&images, Loss::Nothing).len(), 4006);
        assert!(images.len() >= 8, "{images:?}");
    }

    #[test]
    fn a_sync_that_was_under_way_has_promised_nothing() {
        let images = disk().history().images(1);
        assert_eq!(holding(&images, Loss::Everything), b"first ");
    }

    #[test]
    fn a_write_that_was_under_way_may_be_there_already() {
        let images = disk().history().images(2);
        assert_eq!(holding(&images, Loss::Nothing).len(), 4006);
    }

    #[test]
    fn a_truncation_may_be_lost() {
        let mut disk = disk();
        disk.sync().unwrap();
        disk.truncate(6).unwrap();
        let images = disk.history().images(5);
        assert_eq!(holding(&images, Loss::Everything).len(), 4006);
        assert_eq!(holding(&images, Loss::Nothing), b"first ");
    }

    #[test]
    fn what_was_overwritten_is_there_or_what_was_there_before() {
        let mut disk = disk();
        disk.sync().unwrap();
        disk.overwrite(1000, &[b'c'; 2000]).unwrap();
        let images = disk.history().images(5);
        assert!(images.iter().all(|(_, image)| image.len() == 4006));
        assert_eq!(holding(&images, Loss::Everything)[1000..3000], disk_before()[1000..3000]);
        assert_eq!(holding(&images, Loss::Nothing)[1000..3000], [b'c'; 2000]);
        assert!(disk.overwrite(4000, &[0; 7]).is_err(), "there are six");
    }

    #[test]
    fn with_everything_synced_there_is_one_image() {
        let mut disk = disk();
        disk.sync().unwrap();
        assert_eq!(disk.history().images(4).len(), 1);
    }
}
