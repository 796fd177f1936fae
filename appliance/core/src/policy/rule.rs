//! The table of rules: a name for each that never changes, and the reason that a refusal by it has.

use crate::refusal::Reason;

macro_rules! rules {
    ($($(#[doc = $text:literal])+ $number:literal $rule:ident $name:literal $reason:path)*) => {
        /// A rule of a policy.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $($(#[doc = $text])+ $rule,)*
        }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Self] = &[$(Self::$rule,)*];

            /// Its number. Never used again for another one.
            #[must_use]
            pub const fn number(self) -> u32 {
                match self { $(Self::$rule => $number,)* }
            }

            /// Its name, in sources of policies and in docs/policy.md.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$rule => $name,)* }
            }

            /// What is recorded where it refuses.
            #[must_use]
            pub const fn reason(self) -> Reason {
                match self { $(Self::$rule => $reason,)* }
            }

            /// What it asks for, in words.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Self::$rule => concat!($($text),+).trim_ascii(),)* }
            }
        }
    };
}

rules! {
    /// The suite is one of these.
    0 Suites "suites" Reason::SuiteNotAllowed
    /// It is certainly after the first and before the last moment.
    1 Validity "validity" Reason::OutsideValidity
    /// One approval covers at most so many documents.
    2 Items "items" Reason::TooManyItems
    /// Each approver approves with a classical and with a post-quantum device.
    3 Families "families" Reason::FamilyMissing
    /// Nothing is held back.
    4 Hold "hold" Reason::PolicyHolds
    /// It is an hour of the week, or a date, at which something is signed.
    5 Calendar "calendar" Reason::OutsideCalendar
    /// The front-end is one of these.
    6 FrontEnds "front-ends" Reason::FrontEndNotAllowed
    /// The activation lives no longer than so.
    7 Lifetime "lifetime" Reason::LifetimeTooLong
    /// The documents are of these forms.
    8 Forms "forms" Reason::FormNotAllowed
    /// The documents' labels are like one of these.
    9 Labels "labels" Reason::LabelNotAllowed
    /// Whoever asked is named, and is none of those who approve.
    10 Initiator "initiator" Reason::InitiatorNotApart
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_numbers_and_reasons_are_each_of_one_rule() {
        for (at, rule) in Rule::ALL.iter().enumerate() {
            for other in Rule::ALL.iter().skip(at + 1) {
                assert_ne!(rule.number(), other.number());
                assert_ne!(rule.name(), other.name());
                assert_ne!(rule.reason(), other.reason());
            }
        }
    }
}
