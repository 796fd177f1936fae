//! The signature algorithms that an engine checks, each fully specified.
//!
//! Guarantee to a caller: an algorithm's lengths are part of it. Bytes of another length verify nothing,
//! so what comes from outside can be handed to an engine as it is.

/// A signature algorithm: curve or modulus, hash, padding and encodings in one.
///
/// Public keys are the content of the BIT STRING of their SubjectPublicKeyInfo (RFC 5280, 4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// ECDSA on P-256 over a digest of 32 bytes (FIPS 186-5, 6.4.2). The key is an uncompressed point
    /// (SEC 1, 2.3.3); the signature `r || s`, both big-endian, never DER. A high s is accepted: FIDO2
    /// devices and tokens make both.
    EcdsaP256,
    /// The same on P-384 over a digest of 48 bytes.
    EcdsaP384,
    /// RSASSA-PKCS1-v1_5 with SHA-256 over its digest (RFC 8017, 8.2.2). The key is the DER of an
    /// RSAPublicKey with a modulus of 3072 bits and the exponent 65537.
    RsaPkcs1Sha256,
    /// RSASSA-PSS with SHA-256 over its digest, MGF1 with SHA-256, a salt of 32 bytes (RFC 8017,
    /// 8.1.2). The key is as for [`Self::RsaPkcs1Sha256`].
    RsaPssSha256,
    /// Ed25519 over the message itself (RFC 8032, 5.1.7, without the cofactor): s is below L, and
    /// neither the key nor R is of small order or in an encoding that is not the canonical one.
    Ed25519,
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Self; 5] =
        [Self::EcdsaP256, Self::EcdsaP384, Self::RsaPkcs1Sha256, Self::RsaPssSha256, Self::Ed25519];

    /// Bytes of the digest that is signed; none where the message itself is.
    #[must_use]
    pub const fn digest_bytes(self) -> Option<usize> {
        match self {
            Self::EcdsaP256 | Self::RsaPkcs1Sha256 | Self::RsaPssSha256 => Some(32),
            Self::EcdsaP384 => Some(48),
            Self::Ed25519 => None,
        }
    }

    /// Bytes of a public key.
    #[must_use]
    pub const fn public_key_bytes(self) -> usize {
        match self {
            Self::EcdsaP256 => 65,
            Self::EcdsaP384 => 97,
            Self::RsaPkcs1Sha256 | Self::RsaPssSha256 => 398,
            Self::Ed25519 => 32,
        }
    }

    /// Bytes of a signature.
    #[must_use]
    pub const fn signature_bytes(self) -> usize {
        match self {
            Self::EcdsaP256 | Self::Ed25519 => 64,
            Self::EcdsaP384 => 96,
            Self::RsaPkcs1Sha256 | Self::RsaPssSha256 => 384,
        }
    }
}
