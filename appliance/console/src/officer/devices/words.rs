//! The words that an officer heard.

use countersign_protocol::fingerprint::{Fingerprint, WORDS};

use crate::ConsoleError;

/// The fingerprint that these words say; they may come in one argument or in ten.
pub(super) fn heard(arguments: &[String]) -> Result<Fingerprint, ConsoleError> {
    let words: Vec<&str> = arguments.iter().flat_map(|one| one.split_whitespace()).collect();
    if words.len() != WORDS {
        let given = words.len();
        return Err(ConsoleError::usage(format!(
            "the signer reads {WORDS} words, and {given} are given; have them read again"
        )));
    }
    if let Some(at) = words.iter().position(|word| !is_listed(word)) {
        let word = words.get(at).copied().unwrap_or_default();
        let place = at + 1;
        return Err(ConsoleError::usage(format!(
            "word {place}, {word:?}, is none of the list; have it read again"
        )));
    }
    Fingerprint::from_words(&words.join(" ")).ok_or(ConsoleError::Unexpected)
}

/// A fingerprint can have the same word ten times.
fn is_listed(word: &str) -> bool {
    Fingerprint::from_words(&[word; WORDS].join(" ")).is_some()
}

#[cfg(test)]
mod tests {
    use countersign_protocol::Digest;

    use super::*;

    fn fingerprint() -> Fingerprint {
        Fingerprint::of(&Digest(core::array::from_fn(|at| at as u8)))
    }

    #[test]
    fn words_come_in_one_argument_or_in_ten_and_may_be_short() {
        let text = fingerprint().to_string();
        let ten: Vec<String> = text.split(' ').map(|word| word[..4].to_uppercase()).collect();
        for arguments in [vec![text], ten] {
            assert_eq!(heard(&arguments).unwrap(), fingerprint());
        }
    }

    #[test]
    fn a_word_that_is_none_is_named_and_a_missing_one_missed() {
        let mut words: Vec<String> = fingerprint().words().map(str::to_owned).collect();
        words[6] = "xylophone".into();
        let why = heard(&words).unwrap_err().to_string();
        assert!(why.contains("word 7, \"xylophone\""), "{why}");
        words.pop();
        let why = heard(&words).unwrap_err().to_string();
        assert!(why.contains("10 words, and 9 are given"), "{why}");
    }
}
