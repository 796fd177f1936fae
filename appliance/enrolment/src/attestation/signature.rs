//! Signatures of statements: by a leaf's key, or by the credential's own.
//!
//! Guarantees: the algorithm is one of a short list and fits the key that it is used with; SHA-1 is in
//! neither list. A credential's signature is read as strictly as one of an assertion.

use countersign_core::assertion::der::Pair;
use countersign_core::assertion::device_key::DeviceKey;
use countersign_ports::{Algorithm, Crypto};
use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm};
use webpki::{EndEntityCert, Error, aws_lc_rs};

use super::Subject;
use crate::fault::Fault;

/// The algorithms of leaves (5.8.5).
fn of_leaf(alg: i64) -> Result<&'static dyn SignatureVerificationAlgorithm, Fault> {
    match alg {
        -7 => Ok(aws_lc_rs::ECDSA_P256_SHA256),
        -8 => Ok(aws_lc_rs::ED25519),
        -35 => Ok(aws_lc_rs::ECDSA_P384_SHA384),
        -257 => Ok(aws_lc_rs::RSA_PKCS1_2048_8192_SHA256),
        // With them RS1 (-65535), which old TPMs have.
        _ => Err(Fault::AlgorithmRefused),
    }
}

/// Whether the key of `leaf` signed `message`.
pub(super) fn verify_by_leaf(
    leaf: &[u8],
    alg: i64,
    message: &[u8],
    signature: &[u8],
) -> Result<(), Fault> {
    let algorithm = of_leaf(alg)?;
    let der = CertificateDer::from(leaf);
    let leaf = EndEntityCert::try_from(&der).map_err(|_| Fault::CertificateMalformed)?;
    leaf.verify_signature(algorithm, message, signature).map_err(|error| match error {
        Error::InvalidSignatureForPublicKey => Fault::SignatureInvalid,
        _ => Fault::AlgorithmNotOfKey,
    })
}

/// Whether the credential's key signed authenticator data and client data.
pub(super) fn verify_by_credential<C: Crypto>(
    subject: &Subject<'_, C>,
    key: &DeviceKey<&[u8]>,
    signature: &[u8],
) -> Result<(), Fault> {
    let (crypto, algorithm) = (subject.crypto, key.algorithm());
    let message = subject.signed();
    let message = match algorithm.digest_bytes() {
        Some(32) => crypto.sha256(&[&message]).to_vec(),
        Some(_) => crypto.sha384(&[&message]).to_vec(),
        None => message,
    };
    let signature = port_form(algorithm, signature).ok_or(Fault::SelfSignatureInvalid)?;
    let good = crypto.verify(algorithm, key.bytes(), &message, &signature);
    if bool::from(good) { Ok(()) } else { Err(Fault::SelfSignatureInvalid) }
}

/// The signature as the port takes it, if it is in the one encoding of its algorithm (6.5.5).
fn port_form(algorithm: Algorithm, signature: &[u8]) -> Option<Vec<u8>> {
    match algorithm {
        Algorithm::EcdsaP256 => joined(&Pair::<32>::read(signature)),
        Algorithm::EcdsaP384 => joined(&Pair::<48>::read(signature)),
        _ => Some(signature.to_vec()),
    }
}

/// `r || s`.
fn joined<const N: usize>(pair: &Pair<N>) -> Option<Vec<u8>> {
    bool::from(pair.strict & pair.is_nonzero()).then(|| [pair.r, pair.s].concat())
}
