//! Numbered tables of faults: why a new device is not enrolled. (Signing has its own in [`crate::refusal`], whose rows
//! also say what a front-end hears.)
//!
//! Guarantees: every fault has a number, which the ledger keeps and which is never used again for anything
//! else, the clause that asks for its check, and words for officers.

/// Makes the enum `Fault` of a table, whose rows are `number Name "clause" "text"`.
#[macro_export]
macro_rules! faults {
    ($(#[$doc:meta])* $($number:literal $name:ident $clause:literal $text:literal)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Fault {
            $(#[doc = $text] $name,)*
        }

        impl Fault {
            /// Every fault, in the order of the numbers.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The number that the ledger keeps.
            #[must_use]
            pub const fn number(self) -> u16 {
                match self { $(Self::$name => $number,)* }
            }

            /// The fault with this number.
            #[must_use]
            pub fn from_number(number: u16) -> Option<Self> {
                Self::ALL.iter().copied().find(|fault| fault.number() == number)
            }

            /// The clause that asks for the check.
            #[must_use]
            pub const fn clause(self) -> &'static str {
                match self { $(Self::$name => $clause,)* }
            }

            /// In words, for officers.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }

        impl core::fmt::Display for Fault {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, "{} {} ({})", self.number(), self.text(), self.clause())
            }
        }

        impl core::error::Error for Fault {}

        // Numbers ascend, so that none is there twice.
        const _: () = {
            let mut left = Fault::ALL;
            while let [one, rest @ ..] = left {
                if let [next, ..] = rest {
                    assert!(one.number() < next.number());
                }
                left = rest;
            }
        };
    };
}
