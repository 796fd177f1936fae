//! signCounts (WebAuthn L3, 6.1.1 and 7.2 step 22): which ones a device has shown, and what a new one
//! is worth.
//!
//! Guarantees: a count that an honest device cannot show is told apart from one that is only late. An honest
//! device counts on from what it had when the activation was made, and shows each count once: what does
//! neither is a second device with its key. A front-end that holds honest assertions back makes them
//! late, and never more than that.

use core::hint::black_box;

use countersign_protocol::limits::SIGN_COUNT_WINDOW;
use countersign_protocol::minicbor::{self, Decode, Encode};
use subtle::{Choice, ConstantTimeEq, ConstantTimeGreater, ConstantTimeLess};

const _: () = assert!(SIGN_COUNT_WINDOW == u64::BITS);

/// The counts that a device has shown: its last one, and those of the 64 up to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SignCounts {
    #[n(0)]
    last: u32,
    /// Bit n: `last - n` was accepted.
    #[n(1)]
    shown: u64,
}

/// What a count is worth. One of the three holds.
#[derive(Clone, Copy, Debug)]
pub struct Counted {
    /// Above the last one, or of a device that does not count.
    pub above: Choice,
    /// No honest device shows it: not above the one when the activation was made, or shown before.
    pub cloned: Choice,
    /// A later approval came first.
    pub late: Choice,
}

impl SignCounts {
    /// Of a device that was enrolled with this count.
    #[must_use]
    pub const fn enrolled(count: u32) -> Self {
        Self { last: count, shown: 1 }
    }

    /// The last one, which is the highest.
    #[must_use]
    pub const fn last(self) -> u32 {
        self.last
    }

    /// With one more that was accepted.
    #[must_use]
    pub const fn accept(self, count: u32) -> Self {
        let Self { last, shown } = self;
        if count > last {
            let moved = match shown.checked_shl(count - last) {
                Some(moved) => moved,
                None => 0,
            };
            return Self { last: count, shown: moved | 1 };
        }
        match 1u64.checked_shl(last - count) {
            Some(bit) => Self { last, shown: shown | bit },
            None => self,
        }
    }

    /// What `count` is worth over an activation that was made when the device's last count was
    /// `prepared`.
    #[must_use]
    pub fn judge(self, count: u32, prepared: u32) -> Counted {
        let Self { last, shown } = self;
        let behind = last.wrapping_sub(count);
        let within = behind.ct_lt(&SIGN_COUNT_WINDOW);
        // `black_box`: no bit test, which memcheck takes for a load from an address that depends on the place.
        let bit = black_box(shown >> (behind % SIGN_COUNT_WINDOW)) & 1;
        let again = within & Choice::from(bit as u8);
        let above = count.ct_gt(&last) | (count.ct_eq(&0) & last.ct_eq(&0));
        let cloned = !above & (again | !count.ct_gt(&prepared));
        Counted { above, cloned, late: !above & !cloned }
    }
}

#[cfg(test)]
mod tests {
    use super::SignCounts;

    /// Above, cloned, late.
    fn judged(counts: SignCounts, count: u32, prepared: u32) -> [bool; 3] {
        let counted = counts.judge(count, prepared);
        [counted.above, counted.cloned, counted.late].map(bool::from)
    }

    const ABOVE: [bool; 3] = [true, false, false];
    const CLONED: [bool; 3] = [false, true, false];
    const LATE: [bool; 3] = [false, false, true];

    #[test]
    fn a_count_must_rise_unless_the_device_has_none() {
        assert_eq!(judged(SignCounts::enrolled(0), 1, 0), ABOVE);
        assert_eq!(judged(SignCounts::enrolled(5), u32::MAX, 5), ABOVE);
        assert_eq!(judged(SignCounts::enrolled(0), 0, 0), ABOVE, "no counter");
        assert_eq!(judged(SignCounts::enrolled(1), 0, 1), CLONED);
        assert_eq!(judged(SignCounts::enrolled(5), 5, 5), CLONED);
        assert_eq!(judged(SignCounts::enrolled(5), 4, 5), CLONED);
    }

    #[test]
    fn a_count_of_before_another_approval_is_late_and_no_sign_of_a_clone() {
        let counts = SignCounts::enrolled(5).accept(7);
        assert_eq!(judged(counts, 6, 5), LATE);
        assert_eq!(judged(counts, 7, 5), CLONED, "it was shown already");
        assert_eq!(judged(counts, 6, 6), CLONED, "the activation is newer than the count");
    }

    #[test]
    fn what_left_the_window_is_late_whatever_it_was() {
        let counts = SignCounts::enrolled(5).accept(6).accept(69);
        assert_eq!(judged(counts, 6, 5), CLONED, "63 behind: known");
        assert_eq!(judged(counts.accept(70), 6, 5), LATE, "64 behind: nobody knows");
        assert_eq!(judged(counts.accept(u32::MAX), 6, 5), LATE);
    }

    #[test]
    fn counts_are_kept_whatever_their_order() {
        let orders = [[6, 9, 7], [9, 7, 6], [7, 6, 9]];
        let kept =
            orders.map(|order| order.into_iter().fold(SignCounts::enrolled(5), SignCounts::accept));
        assert!(kept.iter().all(|counts| *counts == kept[0]));
        assert_eq!(kept[0].last(), 9);
        assert_eq!(
            [6, 7, 8, 9].map(|count| judged(kept[0], count, 5)),
            [CLONED, CLONED, LATE, CLONED]
        );
    }
}
