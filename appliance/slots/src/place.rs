//! Where slots are.

/// Bytes of a page.
pub(crate) const PAGE_BYTES: usize = SLOT_BYTES_LARGE;
/// Bytes of a small slot.
pub const SLOT_BYTES_SMALL: usize = 512;
/// Bytes of a large one.
pub const SLOT_BYTES_LARGE: usize = 4_096;

/// Small slots in a page.
const PAGE_SLOTS: u32 = 8;

/// How large a slot is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    Small,
    Large,
}

impl Size {
    pub const fn bytes(self) -> usize {
        match self {
            Self::Small => SLOT_BYTES_SMALL,
            Self::Large => SLOT_BYTES_LARGE,
        }
    }
}

/// A slot's place: its number, counted in small ones, and its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub number: u32,
    pub size: Size,
}

impl Place {
    /// The head's.
    pub const HEAD: Self = Self { number: 0, size: Size::Large };

    /// Where it begins.
    pub fn offset(self) -> u64 {
        u64::from(self.number) * SLOT_BYTES_SMALL as u64
    }
}

/// The places that are given away: each once in a file's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Places {
    /// Pages there are.
    pub pages: u32,
    /// The next small slot of a page that is begun; 0: none is.
    pub begun: u32,
}

impl Places {
    /// Of a file with nothing but a head.
    pub const NEW: Self = Self { pages: 1, begun: 0 };

    /// Bytes of the file.
    pub fn bytes(self) -> u64 {
        u64::from(self.pages) * PAGE_BYTES as u64
    }

    /// The next place of this size; none in a full file.
    pub fn next(&mut self, size: Size) -> Option<Place> {
        let number = match size {
            Size::Small if self.begun != 0 => self.begun,
            Size::Small | Size::Large => self.page()?,
        };
        if size == Size::Small {
            let next = number.checked_add(1)?;
            self.begun = if next.is_multiple_of(PAGE_SLOTS) { 0 } else { next };
        }
        Some(Place { number, size })
    }

    /// The first slot of a new page.
    fn page(&mut self) -> Option<u32> {
        let number = self.pages.checked_mul(PAGE_SLOTS)?;
        // The last slot of the page has a number, too.
        number.checked_add(PAGE_SLOTS)?;
        self.pages += 1;
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_ones_fill_a_page_and_large_ones_have_their_own() {
        let mut places = Places::NEW;
        let sizes = [Size::Small, Size::Small, Size::Large, Size::Small];
        let numbers = sizes.map(|size| places.next(size).unwrap().number);
        assert_eq!(numbers, [8, 9, 16, 10]);
        assert_eq!((places.pages, places.begun), (3, 11));
        let rest: Vec<_> = (0..6).map(|_| places.next(Size::Small).unwrap().number).collect();
        assert_eq!(rest, [11, 12, 13, 14, 15, 24]);
        assert_eq!(places.bytes(), 4 * 4_096);
    }

    #[test]
    fn a_file_that_is_full_gives_no_place() {
        let mut places = Places { pages: u32::MAX / 8, begun: 0 };
        assert_eq!(places.next(Size::Large), None);
        let mut last = Places { pages: u32::MAX / 8 - 1, begun: 0 };
        assert!(last.next(Size::Small).is_some() && last.next(Size::Large).is_none());
    }
}
