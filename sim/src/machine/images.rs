//! Copies of all disks, and who puts them back.

use countersign_disk::FaultyDisk;

use super::{Machine, Medium, lock};

/// What all disks hold.
type Images = [Vec<u8>; Medium::ALL.len()];

/// The copy that somebody has, and whether it is to be put back.
#[derive(Default)]
pub(super) struct Copies {
    kept: Option<Images>,
    put_back: bool,
    /// What there was when it was put back, until that is in use.
    today: Option<Images>,
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

    /// Puts the copy back, if somebody wants that; whether that was so.
    pub fn swapped(&self, seed: u64) -> bool {
        let today = self.images();
        let copy = {
            let mut copies = lock(&self.copies);
            let wanted = std::mem::take(&mut copies.put_back);
            let Some(copy) = copies.kept.clone().filter(|_| wanted) else { return false };
            copies.today.get_or_insert(today);
            copy
        };
        self.hold(&copy, seed);
        true
    }

    /// The copy is what goes on: nobody keeps what there was before.
    pub fn copy_goes_on(&self) {
        lock(&self.copies).today = None;
    }

    /// A person puts back what there was; whether there was anything.
    pub fn put_back_today(&self, seed: u64) -> bool {
        let today = lock(&self.copies).today.take();
        today.is_some_and(|today| {
            self.hold(&today, seed);
            true
        })
    }

    /// These are on the disks from now on.
    fn hold(&self, images: &Images, seed: u64) {
        for (medium, image) in Medium::ALL.into_iter().zip(images) {
            *self.medium(medium) = FaultyDisk::holding(image.clone(), seed);
        }
    }

    fn images(&self) -> Images {
        Medium::ALL.map(|medium| self.medium(medium).bytes().to_vec())
    }
}
