//! The verdict: a bit for each reason, folded once, at the end.
//!
//! Guarantee: adding a check's result neither branches nor forgets; only [`Verdict::fold`] looks.

use subtle::Choice;

use crate::refusal::Reason;

const _: () = assert!(Reason::ALL.len() <= u64::BITS as usize);

/// The reasons that hold so far, as a bit mask in the table's order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Verdict(u64);

impl Verdict {
    /// No reason yet.
    pub const fn new() -> Self {
        Self(0)
    }

    /// Adds `reason` unless `passed`.
    pub fn require(self, passed: Choice, reason: Reason) -> Self {
        Self(self.0 | (u64::from((!passed).unwrap_u8()) << (reason as u32)))
    }

    /// Whether this reason is among them.
    pub const fn has(self, reason: Reason) -> bool {
        (self.0 >> (reason as u32)) & 1 == 1
    }

    /// All reasons of both.
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Passes if there is no reason.
    ///
    /// # Errors
    /// The first reason in the table's order.
    pub fn fold(self) -> Result<(), Reason> {
        match Reason::ALL.get(self.0.trailing_zeros() as usize) {
            None => Ok(()),
            Some(first) => Err(*first),
        }
    }
}

/// A comparison's result as a check's.
pub(crate) fn choice(flag: bool) -> Choice {
    Choice::from(u8::from(flag))
}

#[cfg(test)]
mod tests {
    use subtle::Choice;

    use super::Verdict;
    use crate::refusal::Reason;

    #[test]
    fn passes_only_without_any_reason() {
        let passed = |verdict: Verdict, reason: &Reason| verdict.require(Choice::from(1), *reason);
        assert_eq!(Reason::ALL.iter().fold(Verdict::new(), passed).fold(), Ok(()));
        for reason in Reason::ALL {
            let verdict = Verdict::new().require(Choice::from(0), *reason);
            assert_eq!(verdict.fold(), Err(*reason));
        }
    }

    #[test]
    fn the_first_reason_of_the_table_wins_whatever_the_order() {
        let no = Choice::from(0);
        let late_first = Verdict::new()
            .require(no, Reason::SignatureInvalid)
            .require(no, Reason::FrontEndUnknown);
        assert_eq!(late_first.fold(), Err(Reason::FrontEndUnknown));
        let other = Verdict::new().require(no, Reason::KeyUnknown);
        assert_eq!(late_first.and(other).fold(), Err(Reason::FrontEndUnknown));
    }
}
