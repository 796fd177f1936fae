//! The fingerprint of a device's key, as words that a signer reads aloud and an officer types.
//!
//! Guarantees: 80 bits, one word a byte, from a list whose words differ in their first four letters and in
//! three letters at least. Whoever wants a key with the same words makes 2^80 keys.
//!
//! It is public: it says which key is meant, and proves nothing by itself.

use minicbor::{Decode, Encode};

use crate::Digest;

/// Words of a fingerprint.
pub const WORDS: usize = 10;

/// The list: 256 lines, ascending.
const LIST: &str = include_str!("words.txt");

/// The first bytes of `SHA-256(tag::FINGERPRINT || COSE_Key)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Fingerprint(#[cbor(n(0), with = "minicbor::bytes")] [u8; WORDS]);

impl Fingerprint {
    /// The fingerprint of the key with this digest.
    #[must_use]
    pub fn of(digest: &Digest) -> Self {
        let mut bytes = [0; WORDS];
        for (to, from) in bytes.iter_mut().zip(digest.0) {
            *to = from;
        }
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; WORDS] {
        &self.0
    }

    /// Its words, in order.
    pub fn words(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.0.iter().filter_map(|byte| LIST.lines().nth(usize::from(*byte)))
    }

    /// The fingerprint that was read aloud: ten words of the list in any case, with spaces between. The
    /// first four letters of a word are enough.
    #[must_use]
    pub fn from_words(text: &str) -> Option<Self> {
        let mut bytes = [0; WORDS];
        let mut words = text.split_ascii_whitespace();
        for byte in &mut bytes {
            *byte = place(words.next()?)?;
        }
        words.next().is_none().then_some(Self(bytes))
    }
}

/// The word's place in the list.
fn place(word: &str) -> Option<u8> {
    let meant = |listed: &str| {
        let beginning = listed.get(..word.len());
        word.len() >= 4 && beginning.is_some_and(|beginning| beginning.eq_ignore_ascii_case(word))
    };
    u8::try_from(LIST.lines().position(meant)?).ok()
}

impl core::fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.words().enumerate().try_for_each(|(at, word)| {
            let space = if at == 0 { "" } else { " " };
            write!(f, "{space}{word}")
        })
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::string::{String, ToString as _};
    use std::vec::Vec;

    use super::{Digest, Fingerprint, LIST, WORDS};

    #[test]
    fn the_list_has_256_words_that_four_letters_tell_apart() {
        let words: Vec<_> = LIST.lines().collect();
        assert_eq!(words.len(), 256);
        assert!(words.iter().all(|word| word.bytes().all(|b| b.is_ascii_lowercase())));
        assert!(words.windows(2).all(|two| two[0] < two[1] && two[0][..4] != two[1][..4]));
    }

    #[test]
    fn every_byte_has_a_word_that_leads_back_to_it() {
        for byte in 0..=u8::MAX {
            let fingerprint = Fingerprint::of(&Digest([byte; 32]));
            assert_eq!(fingerprint.words().count(), WORDS);
            assert_eq!(Fingerprint::from_words(&fingerprint.to_string()), Some(fingerprint));
        }
    }

    #[test]
    fn words_may_be_short_and_in_capitals() {
        let fingerprint = Fingerprint::of(&Digest(core::array::from_fn(|at| at as u8)));
        let short: Vec<String> = fingerprint.words().map(|word| word[..4].to_uppercase()).collect();
        assert_eq!(Fingerprint::from_words(&short.join("  ")), Some(fingerprint));
    }

    #[test]
    fn other_words_are_another_key_or_none() {
        let fingerprint = Fingerprint::of(&Digest([0; 32]));
        let words = fingerprint.to_string();
        let first = LIST.lines().next().unwrap();
        let other = words.replacen(first, LIST.lines().nth(1).unwrap(), 1);
        assert!(Fingerprint::from_words(&other).is_some_and(|other| other != fingerprint));
        for wrong in ["", &words[first.len()..], &(words.clone() + " " + first), "aco"] {
            assert_eq!(Fingerprint::from_words(wrong), None, "{wrong}");
        }
        assert_eq!(Fingerprint::from_words(&words.replacen(first, "xylophone", 1)), None);
    }
}
