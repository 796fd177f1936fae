//! Copies of all disks, and who puts them back.

use countersign_disk::FaultyDisk;

use super::{Machine, Medium, lock};

/// What all disks hold.
pub type Images = [Vec<u8>; Medium::ALL.len()];

/// The copy that somebody has, and whether it is to be put back.
#[derive(Default)]
pub(super) struct Copies {
    kept: Option<Images>,
    put_back: bool,
}

impl Machine {
    /// Somebody copies all disks.
    pub fn keep_images(&self) {
        let images = self.images();
        lock(&self.copies).kept = Some(images);
    }

    /// At the next start the copy is there, if there is one.
    pub fn put_back_images(&self) {
        lock(&self.copies).put_back = true;
    }

    /// Puts the copy back, if somebody wants that; gives what there was.
    pub fn swapped(&self, seed: u64) -> Option<Images> {
        let copy = {
            let mut copies = lock(&self.copies);
            let wanted = std::mem::take(&mut copies.put_back);
            copies.kept.clone().filter(|_| wanted)?
        };
        let today = self.images();
        self.hold(&copy, seed);
        Some(today)
    }

    /// These are on the disks from now on.
    pub fn hold(&self, images: &Images, seed: u64) {
        for (medium, image) in Medium::ALL.into_iter().zip(images) {
            *self.medium(medium) = FaultyDisk::holding(image.clone(), seed);
        }
    }

    fn images(&self) -> Images {
        Medium::ALL.map(|medium| self.medium(medium).bytes().to_vec())
    }
}
