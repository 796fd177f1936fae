//! Lock-out: a device whose assertions were refused again and again through one front-end approves nothing
//! there for a while (FIA_AFL.1).
//!
//! Guarantees: each front-end locks a device out for itself alone; a lock-out ends by time, and what
//! comes while it holds does not make it longer; it is a function of the ledger's refusals, so a restart does
//! not end it. It does not stop one who can forge nothing: a key is not guessed. It makes the attempts few.

use countersign_protocol::FrontEndId;
use countersign_protocol::limits::{
    LOCKOUT_FRONT_ENDS, LOCKOUT_MS, LOCKOUT_REFUSED, LOCKOUT_WINDOW_MS,
};
use countersign_protocol::minicbor::{self, Decode, Encode};
use subtle::{Choice, ConstantTimeEq, ConstantTimeLess};

/// The refused assertions of one device. Times are of one clock, whichever: boot time, or UTC while a
/// ledger is read again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Lockout(#[n(0)] [Tries; LOCKOUT_FRONT_ENDS]);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
struct Tries {
    #[n(0)]
    front_end: FrontEndId,
    #[n(1)]
    refused: u8,
    #[n(2)]
    since_ms: u64,
    #[n(3)]
    until_ms: u64,
}

impl Default for Tries {
    fn default() -> Self {
        Self { front_end: FrontEndId(u32::MAX), refused: 0, since_ms: 0, until_ms: 0 }
    }
}

impl Lockout {
    /// Whether the device is locked out at this front-end. As much work whatever the answer.
    #[must_use]
    pub fn holds(&self, front_end: FrontEndId, now_ms: u64) -> Choice {
        self.0.iter().fold(Choice::from(0), |any, tries| {
            any | (tries.front_end.0.ct_eq(&front_end.0) & now_ms.ct_lt(&tries.until_ms))
        })
    }

    /// One more assertion was refused.
    pub fn count(&mut self, front_end: FrontEndId, now_ms: u64) {
        let place = self.0.iter_mut().min_by_key(|tries| tries.rank(front_end));
        let Some(tries) = place else { return };
        if tries.front_end != front_end || tries.is_over(now_ms) {
            *tries = Tries { front_end, refused: 0, since_ms: now_ms, until_ms: 0 };
        }
        tries.refused = tries.refused.saturating_add(1);
        if tries.refused >= LOCKOUT_REFUSED {
            *tries = Tries {
                front_end,
                refused: 0,
                since_ms: now_ms,
                until_ms: now_ms.saturating_add(LOCKOUT_MS),
            };
        }
    }

    /// The same by another clock, which shows `to_ms` while the one until now shows `from_ms`.
    pub fn set_clock(&mut self, from_ms: u64, to_ms: u64) {
        let moved = |ms: u64| to_ms.saturating_add(ms).saturating_sub(from_ms);
        for tries in &mut self.0 {
            let left_ms = tries.until_ms.saturating_sub(from_ms).min(LOCKOUT_MS);
            tries.until_ms = if left_ms == 0 { 0 } else { to_ms.saturating_add(left_ms) };
            tries.refused = if tries.is_over(from_ms) { 0 } else { tries.refused };
            tries.since_ms = moved(tries.since_ms);
            // What counts nothing is the same by any clock.
            if tries.refused == 0 && tries.until_ms == 0 {
                *tries = Tries::default();
            }
        }
    }
}

impl Tries {
    /// The front-end's own first, then the one that counts the least.
    fn rank(&self, front_end: FrontEndId) -> (bool, u64, u8) {
        (self.front_end != front_end, self.until_ms, self.refused)
    }

    const fn is_over(&self, now_ms: u64) -> bool {
        now_ms.saturating_sub(self.since_ms) > LOCKOUT_WINDOW_MS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: FrontEndId = FrontEndId(1);
    const OTHER: FrontEndId = FrontEndId(2);

    fn refused(times: u8, now_ms: u64) -> Lockout {
        let mut lockout = Lockout::default();
        (0..times).for_each(|_| lockout.count(ONE, now_ms));
        lockout
    }

    fn holds(lockout: &Lockout, front_end: FrontEndId, now_ms: u64) -> bool {
        lockout.holds(front_end, now_ms).into()
    }

    #[test]
    fn so_many_lock_out_for_a_while_and_one_fewer_do_not() {
        assert!(!holds(&refused(LOCKOUT_REFUSED - 1, 1_000), ONE, 1_000));
        let locked = refused(LOCKOUT_REFUSED, 1_000);
        assert!(holds(&locked, ONE, 1_000) && holds(&locked, ONE, 1_000 + LOCKOUT_MS - 1));
        assert!(!holds(&locked, ONE, 1_000 + LOCKOUT_MS));
    }

    #[test]
    fn no_front_end_locks_out_anothers_signers() {
        assert!(!holds(&refused(u8::MAX, 1_000), OTHER, 1_000));
    }

    #[test]
    fn refusals_that_are_far_apart_do_not_add_up() {
        let mut lockout = refused(LOCKOUT_REFUSED - 1, 1_000);
        lockout.count(ONE, 1_001 + LOCKOUT_WINDOW_MS);
        assert!(!holds(&lockout, ONE, 1_001 + LOCKOUT_WINDOW_MS));
    }

    #[test]
    fn others_refusals_do_not_end_a_lock_out() {
        let mut lockout = refused(LOCKOUT_REFUSED, 1_000);
        (2..50).for_each(|front_end| lockout.count(FrontEndId(front_end), 1_000));
        assert!(holds(&lockout, ONE, 1_000));
    }

    #[test]
    fn a_lock_out_goes_on_by_another_clock() {
        let mut lockout = refused(LOCKOUT_REFUSED, 1_000_000);
        lockout.set_clock(1_000_100, 7);
        assert!(holds(&lockout, ONE, LOCKOUT_MS - 94) && !holds(&lockout, ONE, LOCKOUT_MS - 93));
        let mut ended = refused(LOCKOUT_REFUSED, 1_000_000);
        ended.set_clock(1_000_000 + LOCKOUT_MS, 0);
        assert!(!holds(&ended, ONE, 0));
        let mut back = refused(LOCKOUT_REFUSED, 1_000_000);
        back.set_clock(0, 0);
        assert!(!holds(&back, ONE, LOCKOUT_MS), "a clock that went back makes it no longer");
    }

    #[test]
    fn attempts_count_on_by_another_clock() {
        let mut lockout = refused(LOCKOUT_REFUSED - 1, 1_000_000);
        lockout.set_clock(1_000_100, 7);
        lockout.count(ONE, 8);
        assert!(holds(&lockout, ONE, 8));
    }
}
