//! The algorithms that a device may sign with (WebAuthn Level 3, 5.8.5).
//!
//! Guarantee: whoever goes through [`Algorithm::ALL`] has met every key that an appliance may enrol.

use clap::builder::PossibleValue;

/// An algorithm, and with RSA the length of the key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    #[default]
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// Ed25519.
    EdDsa,
    /// RSA PKCS#1 v1.5 with SHA-256, 2048 bits.
    Rs256Modulus2048,
    /// The same, 3072 bits.
    Rs256Modulus3072,
    /// The same, 4096 bits.
    Rs256Modulus4096,
    /// ML-DSA-44.
    MlDsa44,
    /// ML-DSA-65.
    MlDsa65,
    /// ML-DSA-87.
    MlDsa87,
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Self; 9] = [
        Self::Es256,
        Self::Es384,
        Self::EdDsa,
        Self::Rs256Modulus2048,
        Self::Rs256Modulus3072,
        Self::Rs256Modulus4096,
        Self::MlDsa44,
        Self::MlDsa65,
        Self::MlDsa87,
    ];

    /// Its name on the command line and in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "es256",
            Self::Es384 => "es384",
            Self::EdDsa => "eddsa",
            Self::Rs256Modulus2048 => "rs256",
            Self::Rs256Modulus3072 => "rs256-3072",
            Self::Rs256Modulus4096 => "rs256-4096",
            Self::MlDsa44 => "ml-dsa-44",
            Self::MlDsa65 => "ml-dsa-65",
            Self::MlDsa87 => "ml-dsa-87",
        }
    }

    /// The algorithm of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// Its COSE number.
    #[must_use]
    pub const fn cose(self) -> i32 {
        match self {
            Self::Es256 => -7,
            Self::Es384 => -35,
            Self::EdDsa => -8,
            Self::Rs256Modulus2048 | Self::Rs256Modulus3072 | Self::Rs256Modulus4096 => -257,
            Self::MlDsa44 => -48,
            Self::MlDsa65 => -49,
            Self::MlDsa87 => -50,
        }
    }

    /// Whether its signatures are two integers in DER.
    #[must_use]
    pub const fn is_ecdsa(self) -> bool {
        matches!(self, Self::Es256 | Self::Es384)
    }
}

impl clap::ValueEnum for Algorithm {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}
