//! Signatures of JWS (RFC 7518, 3), verified with the key in a certificate.
//!
//! Guarantees: the three algorithms named here, and no other: `none` and those of shared secrets are unknown
//! here. The key must be of the kind that the algorithm asks for; that is checked by the verifier, by the
//! key's own algorithm identifier.

use rustls_pki_types::SignatureVerificationAlgorithm;
use webpki::aws_lc_rs::{
    ECDSA_P256_SHA256, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
};
use webpki::{EndEntityCert, Error};
use x509_cert::der::asn1::{AnyRef, UintRef};
use x509_cert::der::{Encode as _, Tag};

use super::fault::BlobFault;

/// Bytes of each half of an ES256 signature (RFC 7518, 3.4).
const HALF_BYTES: usize = 32;

/// An algorithm of the `alg` header.
#[derive(Clone, Copy)]
pub(super) enum Algorithm {
    Es256,
    Rs256,
    Ps256,
}

impl Algorithm {
    /// By its name, which is case-sensitive (RFC 7515, 4.1.1).
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "ES256" => Some(Self::Es256),
            "RS256" => Some(Self::Rs256),
            "PS256" => Some(Self::Ps256),
            _ => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
        }
    }

    const fn verifier(self) -> &'static dyn SignatureVerificationAlgorithm {
        match self {
            Self::Es256 => ECDSA_P256_SHA256,
            Self::Rs256 => RSA_PKCS1_2048_8192_SHA256,
            Self::Ps256 => RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
        }
    }

    /// Verifies a signature by the holder of this certificate.
    pub(super) fn verify(
        self,
        signer: &EndEntityCert<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), BlobFault> {
        let der = match self {
            Self::Es256 => der(signature).ok_or(BlobFault::Signature)?,
            Self::Rs256 | Self::Ps256 => signature.to_vec(),
        };
        signer.verify_signature(self.verifier(), message, &der).map_err(|why| match why {
            Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => {
                BlobFault::Key(self.name())
            }
            _ => BlobFault::Signature,
        })
    }
}

/// The two halves as DER (X.690, 8.3), which is how the verifier reads an ECDSA signature.
fn der(signature: &[u8]) -> Option<Vec<u8>> {
    if signature.len() != 2 * HALF_BYTES {
        return None;
    }
    let (r, s) = signature.split_at_checked(HALF_BYTES)?;
    let integer = |magnitude| UintRef::new(magnitude)?.to_der();
    let body = [integer(r).ok()?, integer(s).ok()?].concat();
    AnyRef::new(Tag::Sequence, &body).and_then(|pair| pair.to_der()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_become_the_shortest_integers() {
        let mut signature = [0; 64];
        (signature[31], signature[62], signature[63]) = (5, 0x80, 1);
        assert_eq!(der(&signature), Some(vec![0x30, 8, 2, 1, 5, 2, 3, 0, 0x80, 1]));
        assert_eq!(der(&[0; 64]), Some(vec![0x30, 6, 2, 1, 0, 2, 1, 0]));
        assert_eq!(der(&[0xff; 64]).map(|der| der.len()), Some(72));
        assert_eq!(der(&[1; 63]), None);
        assert_eq!(der(&[1; 65]), None);
    }

    #[test]
    fn what_proves_nothing_is_unknown() {
        for name in ["none", "HS256", "es256", "ES384", "EdDSA", ""] {
            assert!(Algorithm::named(name).is_none(), "{name}");
        }
    }
}
