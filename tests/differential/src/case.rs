//! One case: what a relying party asked, and the assertion or the registration that is brought to it.

use countersign_authority::{Format, Registration};
use countersign_device::{Algorithm, Assertion};

/// One question to every verifier.
pub struct Case {
    /// Its number.
    pub id: u64,
    /// What it is an example of.
    pub class: Class,
    /// The mutation's name.
    pub mutation: &'static str,
    /// What the relying party asked.
    pub asked: Asked,
    /// What is brought.
    pub brought: Brought,
}

/// Who asked whom for what.
#[derive(Clone)]
pub struct Asked {
    /// The relying party.
    pub rp_id: String,
    /// Its page.
    pub origin: String,
    /// The challenge.
    pub challenge: [u8; 32],
}

/// What came back.
pub enum Brought {
    /// An approval.
    Assertion {
        /// What the relying party knows.
        enrolled: Enrolled,
        /// What is to be judged.
        assertion: Assertion,
    },
    /// A new credential.
    Registration {
        /// The certificates that a chain must end at; with none, no chain is asked for.
        anchors: Vec<Vec<u8>>,
        /// What is to be judged.
        registration: Registration,
    },
}

/// What a relying party knows of a credential.
#[derive(Clone)]
pub struct Enrolled {
    /// The public key, as a COSE key.
    pub cose_key: Vec<u8>,
    /// The last count that was seen.
    pub sign_count: u32,
    /// Whether the credential may be copied.
    pub backup_eligible: bool,
}

/// What verifiers treat alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Assertions by an algorithm, whatever the length of the key or the parameter set.
    Algorithm(&'static str),
    /// Registrations in a format; packed without certificates is one of its own.
    Format(&'static str),
}

impl Class {
    /// Its name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Algorithm(name) | Self::Format(name) => name,
        }
    }

    /// What it is a class of.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Algorithm(_) => "algorithm",
            Self::Format(_) => "format",
        }
    }
}

impl From<Algorithm> for Class {
    fn from(algorithm: Algorithm) -> Self {
        Self::Algorithm(match algorithm {
            Algorithm::Rs256Modulus2048
            | Algorithm::Rs256Modulus3072
            | Algorithm::Rs256Modulus4096 => "rs256",
            Algorithm::MlDsa44 | Algorithm::MlDsa65 | Algorithm::MlDsa87 => "ml-dsa",
            Algorithm::Es256 | Algorithm::Es384 | Algorithm::EdDsa => algorithm.name(),
        })
    }
}

impl From<Format> for Class {
    fn from(format: Format) -> Self {
        Self::Format(match format {
            Format::Packed => "packed",
            Format::SelfMade => "self",
            Format::Tpm => "tpm",
            Format::AndroidKey => "android-key",
            Format::Apple => "apple",
            Format::FidoU2f => "fido-u2f",
            Format::Compound => "compound",
            Format::None => "none",
        })
    }
}
