//! Why a text is not what it should be.

use core::fmt;

/// Why a text is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextError {
    /// It is longer, or has more lines of a sort, than any that is read.
    TooLong,
    /// It has a control character besides line feeds.
    Control,
    /// Its lines or parts are others, or in another order.
    Shape,
    /// A name is empty or too long, or has a space or a plus.
    Name,
    /// A number is not in decimal digits as they are written.
    Number,
    /// What should be base64 is not, or is not of the length that it must be.
    Base64,
    /// The kind of key is not known, or its key has another length.
    Key,
    /// The key's id is not the one that is stated.
    KeyId,
    /// A signature is not of the length that its key's kind asks for, or its time is out of range.
    Signature,
    /// What is cosigned is not a checkpoint.
    Checkpoint,
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "the text is longer than any that is read",
            Self::Control => "the text has control characters",
            Self::Shape => "the text has other lines or parts",
            Self::Name => "the text has a name that is none",
            Self::Number => "the text has a number that is not written as one",
            Self::Base64 => "the text has something that is not base64 of its length",
            Self::Key => "the key is of an unknown kind or has another length",
            Self::KeyId => "the key has another id than is stated",
            Self::Signature => "the signature is not one of its key's kind",
            Self::Checkpoint => "what is cosigned is not a checkpoint",
        })
    }
}

impl core::error::Error for TextError {}
