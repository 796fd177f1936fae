//! The heap of this program: what it does while a frame is counted is the same for every frame.
//!
//! Guarantees to whoever counts instructions: where a block happens to lie does not show, nor what was freed before.
//! How the C library copies depends on where in a page both ends are (how far to the next line of the cache, and
//! whether the two look alike to the processor), and how it finds room depends on what else was there: some
//! instructions more or fewer, which say nothing about what is judged. So every block that is copied in one piece
//! begins a page, and the blocks of a frame (`alike`) lie one after the other in a place of their own.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};

const PAGE: usize = 4096;
/// Shorter blocks are copied without regard to their place.
const SHORT: usize = 256;
/// Bytes of all the blocks that one frame asks for: ML-DSA-87 takes the most.
const FRAME: usize = 1 << 20;
/// In place of the bytes taken: no frame is counted.
const NO_FRAME: usize = usize::MAX;

#[global_allocator]
static PAGES: Pages =
    Pages { place: Place(UnsafeCell::new([0; FRAME])), taken: AtomicUsize::new(NO_FRAME) };

struct Pages {
    place: Place,
    /// Bytes of it that are taken.
    taken: AtomicUsize,
}

#[repr(align(4096))]
struct Place(UnsafeCell<[u8; FRAME]>);

#[allow(unsafe_code, reason = "the place is lent to others as blocks")]
// SAFETY: `taken` gives no byte of it to two at once: it only grows while blocks of it are there.
unsafe impl Sync for Place {}

/// Judges with blocks that lie where those of every other frame lie. None of them may outlive it, and no other thread
/// may ask for any.
pub fn alike<T: Copy>(judge: impl FnOnce() -> T) -> T {
    PAGES.taken.store(0, Ordering::Relaxed);
    let judged = judge();
    PAGES.taken.store(NO_FRAME, Ordering::Relaxed);
    judged
}

fn paged(layout: Layout) -> Layout {
    let align = if layout.size() < SHORT { layout.align() } else { layout.align().max(PAGE) };
    Layout::from_size_align(layout.size(), align).unwrap_or(layout)
}

impl Pages {
    /// The next block of the frame's; null: there is no more room, which ends this program.
    fn next(&self, taken: usize, layout: Layout) -> *mut u8 {
        let start = taken.next_multiple_of(layout.align());
        let end = start + layout.size();
        if layout.align() > PAGE || end > FRAME {
            return ptr::null_mut();
        }
        self.taken.store(end, Ordering::Relaxed);
        self.place.0.get().cast::<u8>().wrapping_add(start)
    }

    fn is_of_a_frame(&self, block: *mut u8) -> bool {
        (block as usize).wrapping_sub(self.place.0.get() as usize) < FRAME
    }
}

#[allow(unsafe_code, reason = "an allocator is unsafe to write")]
// SAFETY: a frame's blocks are of the static place, one after the other, as aligned as asked for, and never freed
// while others are there; each other block is the system's, and freed by the same layout as it was made by, which is
// a function of the one asked for, of the same size, and aligned at least as strictly.
unsafe impl GlobalAlloc for Pages {
    // SAFETY: what the trait asks of the caller is all that this needs.
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let layout = paged(layout);
        match self.taken.load(Ordering::Relaxed) {
            // SAFETY: the caller's: the size is the one asked for, which is not zero.
            NO_FRAME => unsafe { System.alloc(layout) },
            taken => self.next(taken, layout),
        }
    }

    // SAFETY: likewise.
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if !self.is_of_a_frame(block) {
            // SAFETY: the block is of `System.alloc` above, with this layout.
            unsafe { System.dealloc(block, paged(layout)) }
        }
    }
}
