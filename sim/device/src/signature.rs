//! The signature of an assertion: good, or wrong in one way.
//!
//! Guarantees to tests: the good form is strict DER with a low s, so every other form differs from it.

use crate::key::DeviceKey;

/// How a signature is made and written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum SignatureForm {
    /// By the credential's key, in strict DER, with a low s.
    #[default]
    Honest,
    /// By a key that was never enrolled.
    OtherKey,
    /// The lowest bit of s is flipped.
    BitFlipped,
    /// r has a zero in front that DER does not allow (X.690, 8.3.2).
    LeadingZero,
    /// The length of the whole is written in two bytes where one would do (X.690, 10.1).
    LongLength,
    /// A byte follows the signature.
    TrailingByte,
    /// r is 0.
    ZeroR,
    /// s is 0.
    ZeroS,
    /// s is above n / 2: good, as devices make both.
    HighS,
}

impl SignatureForm {
    /// Every form.
    pub const ALL: [Self; 9] = [
        Self::Honest,
        Self::OtherKey,
        Self::BitFlipped,
        Self::LeadingZero,
        Self::LongLength,
        Self::TrailingByte,
        Self::ZeroR,
        Self::ZeroS,
        Self::HighS,
    ];

    /// Signs `message` with `key` (or with `other`, where that is the form).
    pub(crate) fn sign<K: DeviceKey>(
        self,
        key: &K,
        other: impl FnOnce() -> K,
        message: &[u8],
    ) -> Vec<u8> {
        let (r, mut s) = match self {
            Self::OtherKey => other().sign(message),
            _ => key.sign(message),
        };
        match self {
            Self::Honest | Self::OtherKey => sequence(&integer(&r), &integer(&s)),
            Self::BitFlipped => {
                let [.., last] = &mut s;
                *last ^= 1;
                sequence(&integer(&r), &integer(&s))
            }
            Self::LeadingZero => sequence(&with_leading_zero(&integer(&r)), &integer(&s)),
            Self::LongLength => with_long_length(&sequence(&integer(&r), &integer(&s))),
            Self::TrailingByte => [sequence(&integer(&r), &integer(&s)), vec![0]].concat(),
            Self::ZeroR => sequence(&integer(&[]), &integer(&s)),
            Self::ZeroS => sequence(&integer(&r), &integer(&[])),
            Self::HighS => sequence(&integer(&r), &integer(&K::high_s(&s))),
        }
    }
}

/// `SEQUENCE { r, s }` (RFC 3279, 2.2.3). Two integers of P-256 are never longer than 127 bytes.
fn sequence(r: &[u8], s: &[u8]) -> Vec<u8> {
    tag(0x30, &[r, s].concat())
}

/// An `INTEGER` in its shortest form: one sign bit, no more (X.690, 8.3.2).
fn integer(big_endian: &[u8]) -> Vec<u8> {
    let zeros = big_endian.iter().take_while(|byte| **byte == 0).count();
    let mut content: Vec<u8> = big_endian.iter().skip(zeros).copied().collect();
    if content.first().is_none_or(|first| *first >= 0x80) {
        content.insert(0, 0);
    }
    tag(0x02, &content)
}

fn with_leading_zero(integer: &[u8]) -> Vec<u8> {
    let content: Vec<u8> = integer.iter().skip(2).copied().collect();
    tag(0x02, &[&[0], content.as_slice()].concat())
}

fn with_long_length(sequence: &[u8]) -> Vec<u8> {
    let mut longer = sequence.to_vec();
    longer.insert(1, 0x81);
    longer
}

fn tag(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag, u8::try_from(content.len()).unwrap_or(u8::MAX)];
    bytes.extend_from_slice(content);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_as_short_as_der_demands() {
        assert_eq!(integer(&[0, 0, 0x7f]), [2, 1, 0x7f]);
        assert_eq!(integer(&[0, 0x80]), [2, 2, 0, 0x80]);
        assert_eq!(integer(&[]), [2, 1, 0]);
        assert_eq!(integer(&[0; 32]), [2, 1, 0]);
    }

    #[test]
    fn the_wrong_forms_are_wrong_in_that() {
        assert_eq!(with_leading_zero(&[2, 1, 5]), [2, 2, 0, 5]);
        assert_eq!(with_leading_zero(&[2, 2, 0, 0x80]), [2, 3, 0, 0, 0x80]);
        assert_eq!(with_long_length(&[0x30, 2, 1, 1]), [0x30, 0x81, 2, 1, 1]);
    }
}
