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
    /// RSAPublicKey with a modulus of 2048 bits and the exponent 65537: FIDO2 devices only.
    Rsa2048Pkcs1Sha256,
    /// The same with a modulus of 3072 bits.
    Rsa3072Pkcs1Sha256,
    /// The same with a modulus of 4096 bits: FIDO2 devices only.
    Rsa4096Pkcs1Sha256,
    /// RSASSA-PSS with SHA-256 over its digest, MGF1 with SHA-256, a salt of 32 bytes (RFC 8017,
    /// 8.1.2). The key is as for [`Self::Rsa3072Pkcs1Sha256`].
    Rsa3072PssSha256,
    /// Ed25519 over the message itself (RFC 8032, 5.1.7, without the cofactor): s is below L, and
    /// neither the key nor R is of small order or in an encoding that is not the canonical one.
    Ed25519,
    /// ML-DSA-44 over the message itself, with an empty context (FIPS 204, 5.3, algorithm 3).
    MlDsa44,
    /// ML-DSA-65, likewise.
    MlDsa65,
    /// ML-DSA-87, likewise.
    MlDsa87,
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Self; 10] = [
        Self::EcdsaP256,
        Self::EcdsaP384,
        Self::Rsa2048Pkcs1Sha256,
        Self::Rsa3072Pkcs1Sha256,
        Self::Rsa4096Pkcs1Sha256,
        Self::Rsa3072PssSha256,
        Self::Ed25519,
        Self::MlDsa44,
        Self::MlDsa65,
        Self::MlDsa87,
    ];

    /// Bytes of the digest that is signed; none where the message itself is.
    #[must_use]
    pub const fn digest_bytes(self) -> Option<usize> {
        match self {
            Self::EcdsaP256
            | Self::Rsa2048Pkcs1Sha256
            | Self::Rsa3072Pkcs1Sha256
            | Self::Rsa4096Pkcs1Sha256
            | Self::Rsa3072PssSha256 => Some(32),
            Self::EcdsaP384 => Some(48),
            Self::Ed25519 | Self::MlDsa44 | Self::MlDsa65 | Self::MlDsa87 => None,
        }
    }

    /// Bytes of a public key.
    #[must_use]
    pub const fn public_key_bytes(self) -> usize {
        match self {
            Self::EcdsaP256 => 65,
            Self::EcdsaP384 => 97,
            Self::Rsa2048Pkcs1Sha256 => 270,
            Self::Rsa3072Pkcs1Sha256 | Self::Rsa3072PssSha256 => 398,
            Self::Rsa4096Pkcs1Sha256 => 526,
            Self::Ed25519 => 32,
            Self::MlDsa44 => 1312,
            Self::MlDsa65 => 1952,
            Self::MlDsa87 => 2592,
        }
    }

    /// Bytes of a signature.
    #[must_use]
    pub const fn signature_bytes(self) -> usize {
        match self {
            Self::EcdsaP256 | Self::Ed25519 => 64,
            Self::EcdsaP384 => 96,
            Self::Rsa2048Pkcs1Sha256 => 256,
            Self::Rsa3072Pkcs1Sha256 | Self::Rsa3072PssSha256 => 384,
            Self::Rsa4096Pkcs1Sha256 => 512,
            Self::MlDsa44 => 2420,
            Self::MlDsa65 => 3309,
            Self::MlDsa87 => 4627,
        }
    }
}
