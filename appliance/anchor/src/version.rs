//! Which programs may go on with what is anchored.
//!
//! Guarantee: once an anchor says that no program older than some version may go on, none does, whatever is put back on the
//! disk, the program too. It does not guarantee that a program is the one that it says it is: see what a start records of what ran.

use core::fmt;

/// A program's version: major, minor and patch, three digits each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32);

impl Version {
    /// This program's.
    pub const OURS: Self = Self(
        1_000_000 * number(env!("CARGO_PKG_VERSION_MAJOR"))
            + 1_000 * number(env!("CARGO_PKG_VERSION_MINOR"))
            + number(env!("CARGO_PKG_VERSION_PATCH")),
    );
    /// The oldest that may go on after this one: raised with a version that closes a hole, or writes what older ones misread.
    pub const FLOOR: Self = Self(1_000);
}

const _: () = assert!(Version::FLOOR.0 <= Version::OURS.0);

/// The number in decimal digits; anything else does not compile.
const fn number(text: &str) -> u32 {
    let (mut left, mut number) = (text.as_bytes(), 0);
    while let Some((digit, rest)) = left.split_first() {
        assert!(digit.is_ascii_digit());
        number = 10 * number + (*digit - b'0') as u32;
        left = rest;
    }
    assert!(number < 1_000);
    number
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(number) = self;
        write!(f, "{}.{}.{}", number / 1_000_000, number / 1_000 % 1_000, number % 1_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_in_their_order_and_read_as_people_write_them() {
        let versions = [Version(1_000), Version(1_999), Version(2_000), Version(1_000_000)];
        assert!(versions.is_sorted());
        assert_eq!(
            versions.map(|version| version.to_string()),
            ["0.1.0", "0.1.999", "0.2.0", "1.0.0"]
        );
        assert_eq!(Version::OURS.to_string(), env!("CARGO_PKG_VERSION"));
    }
}
