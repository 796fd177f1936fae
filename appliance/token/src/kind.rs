//! What a key is to PKCS#11: class, type and group, how it is made, and the one way in which it signs.
//!
//! Guarantee: all of it follows from the suite, or from the appliance's own use; nothing is combined.

use countersign_protocol::Suite;
use cryptoki::mechanism::dsa::{HedgeType, SignAdditionalContext};
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{KeyType, ObjectClass};
use cryptoki::types::Ulong;

/// The curves as object identifiers in DER (RFC 5480, 2.1.1.1; RFC 8410, 3).
const P256: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const P384: &[u8] = &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22];
const EDWARDS25519: &[u8] = &[0x06, 0x03, 0x2b, 0x65, 0x70];
/// Bytes of a PSS salt: as many as SHA-256 gives (RFC 8017, 9.1).
const SALT_BYTES: Ulong = Ulong::new(32);

/// A kind of key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A key pair for this suite.
    Pair(Suite),
    /// A key pair for ML-DSA-44, which no suite has.
    MlDsa44,
    /// A secret for HMAC with SHA-256.
    Secret,
}

/// What a public key is made on.
#[derive(Clone, Copy)]
pub(crate) enum Group {
    /// A curve, and the bytes of its points as public keys are written.
    Curve { parameters: &'static [u8], point_bytes: u8 },
    /// A modulus of 3072 bits and the exponent 65537.
    Rsa3072,
    /// The parameter set ML-DSA-44 (FIPS 204).
    MlDsa44,
}

impl Kind {
    /// CKA_CLASS of the key that signs.
    pub const fn class(self) -> ObjectClass {
        match self {
            Self::Pair(_) | Self::MlDsa44 => ObjectClass::PRIVATE_KEY,
            Self::Secret => ObjectClass::SECRET_KEY,
        }
    }

    /// CKA_KEY_TYPE.
    pub const fn key_type(self) -> KeyType {
        match self {
            Self::Pair(Suite::Esp256 | Suite::Esp384) => KeyType::EC,
            Self::Pair(Suite::Ed25519) => KeyType::EC_EDWARDS,
            Self::Pair(Suite::Rs256 | Suite::Ps256) => KeyType::RSA,
            Self::MlDsa44 => KeyType::ML_DSA,
            Self::Secret => KeyType::GENERIC_SECRET,
        }
    }

    /// How it is made.
    pub const fn generation(self) -> Mechanism<'static> {
        match self {
            Self::Pair(Suite::Esp256 | Suite::Esp384) => Mechanism::EccKeyPairGen,
            Self::Pair(Suite::Ed25519) => Mechanism::EccEdwardsKeyPairGen,
            Self::Pair(Suite::Rs256 | Suite::Ps256) => Mechanism::RsaPkcsKeyPairGen,
            Self::MlDsa44 => Mechanism::MlDsaKeyPairGen,
            Self::Secret => Mechanism::GenericSecretKeyGen,
        }
    }

    /// How it signs. CKM_ECDSA takes a digest and answers `r || s` (PKCS#11 3.1, 6.3.12); CKM_EDDSA
    /// without parameters is Ed25519 on its curve (6.3.16); CKM_RSA_PKCS takes a DigestInfo (6.1.6);
    /// CKM_RSA_PKCS_PSS a digest (6.1.10); CKM_ML_DSA without parameters has an empty context, and the token
    /// hedges if it can (PKCS#11 3.2); a MAC is a signature to PKCS#11.
    pub fn mechanism(self) -> Mechanism<'static> {
        match self {
            Self::Pair(Suite::Esp256 | Suite::Esp384) => Mechanism::Ecdsa,
            Self::Pair(Suite::Ed25519) => {
                Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Ed25519))
            }
            Self::Pair(Suite::Rs256) => Mechanism::RsaPkcs,
            Self::Pair(Suite::Ps256) => Mechanism::RsaPkcsPss(PkcsPssParams {
                hash_alg: MechanismType::SHA256,
                mgf: PkcsMgfType::MGF1_SHA256,
                s_len: SALT_BYTES,
            }),
            Self::MlDsa44 => {
                Mechanism::MlDsa(SignAdditionalContext::new(HedgeType::Preferred, None))
            }
            Self::Secret => Mechanism::Sha256Hmac,
        }
    }

    /// The mechanisms that a token must have to make such a key and to sign with it.
    pub const fn needed(self) -> [(MechanismType, &'static str); 2] {
        match self {
            Self::Pair(Suite::Esp256 | Suite::Esp384) => [
                (MechanismType::ECC_KEY_PAIR_GEN, "CKM_EC_KEY_PAIR_GEN"),
                (MechanismType::ECDSA, "CKM_ECDSA"),
            ],
            Self::Pair(Suite::Ed25519) => [
                (MechanismType::ECC_EDWARDS_KEY_PAIR_GEN, "CKM_EC_EDWARDS_KEY_PAIR_GEN"),
                (MechanismType::EDDSA, "CKM_EDDSA"),
            ],
            Self::Pair(Suite::Rs256) => [
                (MechanismType::RSA_PKCS_KEY_PAIR_GEN, "CKM_RSA_PKCS_KEY_PAIR_GEN"),
                (MechanismType::RSA_PKCS, "CKM_RSA_PKCS"),
            ],
            Self::Pair(Suite::Ps256) => [
                (MechanismType::RSA_PKCS_KEY_PAIR_GEN, "CKM_RSA_PKCS_KEY_PAIR_GEN"),
                (MechanismType::RSA_PKCS_PSS, "CKM_RSA_PKCS_PSS"),
            ],
            Self::MlDsa44 => [
                (MechanismType::ML_DSA_KEY_PAIR_GEN, "CKM_ML_DSA_KEY_PAIR_GEN"),
                (MechanismType::ML_DSA, "CKM_ML_DSA"),
            ],
            Self::Secret => [
                (MechanismType::GENERIC_SECRET_KEY_GEN, "CKM_GENERIC_SECRET_KEY_GEN"),
                (MechanismType::SHA256_HMAC, "CKM_SHA256_HMAC"),
            ],
        }
    }

    /// The first of those that `offered` lacks.
    pub fn lacking(self, offered: &[MechanismType]) -> Option<&'static str> {
        let missing = self.needed().into_iter().find(|(needed, _)| !offered.contains(needed));
        missing.map(|(_, name)| name)
    }

    /// The group of a pair; a secret has none.
    pub const fn group(self) -> Option<Group> {
        match self {
            Self::Pair(Suite::Esp256) => Some(Group::Curve { parameters: P256, point_bytes: 65 }),
            Self::Pair(Suite::Esp384) => Some(Group::Curve { parameters: P384, point_bytes: 97 }),
            Self::Pair(Suite::Ed25519) => {
                Some(Group::Curve { parameters: EDWARDS25519, point_bytes: 32 })
            }
            Self::Pair(Suite::Rs256 | Suite::Ps256) => Some(Group::Rsa3072),
            Self::MlDsa44 => Some(Group::MlDsa44),
            Self::Secret => None,
        }
    }
}

/// The curve that CKA_EC_PARAMS name: some tokens give edwards25519 back by its name, as a
/// PrintableString (PKCS#11 3.1, 6.3.3), and not by its number.
pub(crate) fn curve(ec_params: &[u8]) -> &[u8] {
    if ec_params == b"\x13\x0cedwards25519" { EDWARDS25519 } else { ec_params }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_signs_with_the_mechanism_that_its_token_was_asked_for() {
        let pairs = Suite::ALL.map(Kind::Pair);
        for kind in pairs.into_iter().chain([Kind::MlDsa44, Kind::Secret]) {
            let [(generation, _), (signing, _)] = kind.needed();
            assert_eq!(kind.generation().mechanism_type(), generation);
            assert_eq!(kind.mechanism().mechanism_type(), signing);
            assert_eq!(kind.lacking(&[generation, signing]), None);
            assert!(kind.lacking(&[generation]).is_some_and(|name| name.starts_with("CKM_")));
        }
    }

    #[test]
    fn a_curve_has_one_name_here() {
        assert_eq!(curve(b"\x13\x0cedwards25519"), EDWARDS25519);
        assert_eq!(curve(P384), P384);
    }
}
