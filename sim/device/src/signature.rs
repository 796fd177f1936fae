//! The signature of an assertion: good, or wrong in one way.
//!
//! Guarantees to tests: the good form of ECDSA is strict DER with a low s, so every other form differs from
//! it. A form that an algorithm does not have ([`SignatureForm::of`]) gives no bytes: never a good signature
//! by mistake.

use crate::algorithm::Algorithm;
use crate::key::{DeviceKey, Signature};

/// How a signature is made and written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum SignatureForm {
    /// By the credential's key, in strict DER, with a low s.
    #[default]
    Honest,
    /// By a key that was never enrolled.
    OtherKey,
    /// The lowest bit of s is flipped; without an s, that of the byte in the middle. In Ed25519 that is S,
    /// in ML-DSA it is in z: both still decode.
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

    /// The forms that do not ask for two integers in DER.
    const WITHOUT_DER: [Self; 4] =
        [Self::Honest, Self::OtherKey, Self::BitFlipped, Self::TrailingByte];

    /// The forms that signatures of this algorithm have.
    #[must_use]
    pub const fn of(algorithm: Algorithm) -> &'static [Self] {
        if algorithm.is_ecdsa() { &Self::ALL } else { &Self::WITHOUT_DER }
    }

    /// Signs `message` with `key` (or with another one, where that is the form).
    pub(crate) fn sign<K: DeviceKey>(
        self,
        key: &K,
        another: impl FnOnce() -> K,
        message: &[u8],
    ) -> Vec<u8> {
        let signature = match self {
            Self::OtherKey => another().sign(message),
            _ => key.sign(message),
        };
        match signature {
            Signature::Integers { r, low_s, high_s } => self.der(&r, &low_s, &high_s),
            Signature::Bytes(bytes) => self.plain(bytes),
        }
    }

    fn der(self, r: &[u8], s: &[u8], high_s: &[u8]) -> Vec<u8> {
        let honest = || sequence(&integer(r), &integer(s));
        match self {
            Self::Honest | Self::OtherKey => honest(),
            Self::BitFlipped => {
                sequence(&integer(r), &integer(&flipped(s.to_vec(), s.len().saturating_sub(1))))
            }
            Self::LeadingZero => sequence(&with_leading_zero(&integer(r)), &integer(s)),
            Self::LongLength => with_long_length(&honest()),
            Self::TrailingByte => [honest(), vec![0]].concat(),
            Self::ZeroR => sequence(&integer(&[]), &integer(s)),
            Self::ZeroS => sequence(&integer(r), &integer(&[])),
            Self::HighS => sequence(&integer(r), &integer(high_s)),
        }
    }

    fn plain(self, bytes: Vec<u8>) -> Vec<u8> {
        match self {
            Self::Honest | Self::OtherKey => bytes,
            Self::BitFlipped => {
                let middle = bytes.len() / 2;
                flipped(bytes, middle)
            }
            Self::TrailingByte => [bytes, vec![0]].concat(),
            Self::LeadingZero | Self::LongLength | Self::ZeroR | Self::ZeroS | Self::HighS => {
                Vec::new()
            }
        }
    }
}

/// `bytes` with the lowest bit of the byte at `place` flipped.
fn flipped(mut bytes: Vec<u8>, place: usize) -> Vec<u8> {
    if let Some(byte) = bytes.get_mut(place) {
        *byte ^= 1;
    }
    bytes
}

/// `SEQUENCE { r, s }` (RFC 3279, 2.2.3). Two integers of P-384 are never longer than 127 bytes.
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
