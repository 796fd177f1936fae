//! The heap of this program: every block that is copied in one piece begins a page.
//!
//! Guarantees to whoever counts instructions: where a block happens to lie does not show. How the C library copies
//! depends on where in a page both ends are (how far to the next line of the cache, and whether the two look alike
//! to the processor): some instructions more or fewer, which say nothing about what is copied.

use std::alloc::{GlobalAlloc, Layout, System};

const PAGE: usize = 4096;
/// Shorter blocks are copied without regard to their place.
const SHORT: usize = 256;

#[global_allocator]
static PAGES: Pages = Pages;

struct Pages;

fn paged(layout: Layout) -> Layout {
    let align = if layout.size() < SHORT { layout.align() } else { layout.align().max(PAGE) };
    Layout::from_size_align(layout.size(), align).unwrap_or(layout)
}

#[allow(unsafe_code, reason = "an allocator is unsafe to write")]
// SAFETY: it is the system's; a block is freed by the same layout as it was made by, which is a function of the
// one asked for, of the same size, and aligned at least as strictly.
unsafe impl GlobalAlloc for Pages {
    // SAFETY: what the trait asks of the caller is all that this needs.
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's: the size is the one asked for, which is not zero.
        unsafe { System.alloc(paged(layout)) }
    }

    // SAFETY: likewise.
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the block is of `alloc` above, with this layout.
        unsafe { System.dealloc(block, paged(layout)) }
    }
}
