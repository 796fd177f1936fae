//! The format tpm (WebAuthn L3, 8.3): a TPM certifies a key that it holds.
//!
//! Guarantees: the certified key is the credential's, the certificate (certInfo) is about this registration
//! and signed by the leaf's key, and the leaf is an attestation key's as 8.3.1 wants it. SHA-1 is refused. It
//! does not look the TPM's vendor up: whose leaf it is, is the chain's.

use countersign_ports::Crypto;

use super::Format;
use super::attested::Attested;
use super::certificate::Leaf;
use super::statement::Statement;
use super::tpm_structures::{CertInfo, PubArea};
use super::{Subject, signature};
use crate::fault::Fault;

const MEMBERS: [&str; 6] = ["ver", "alg", "x5c", "sig", "certInfo", "pubArea"];

pub(super) fn verify<C: Crypto>(
    subject: &Subject<'_, C>,
    statement: &[u8],
) -> Result<Attested, Fault> {
    let statement = Statement::read(statement, &MEMBERS)?;
    let (alg, sig, x5c) = (statement.alg()?, statement.sig()?, statement.x5c()?);
    let (cert_info, pub_area) = (statement.cert_info()?, statement.pub_area()?);
    if statement.ver()? != "2.0" {
        return Err(Fault::TpmVersion);
    }
    let area = PubArea::read(pub_area).ok_or(Fault::TpmPubAreaMalformed)?;
    area.is_of(&subject.key()?.borrowed()).ok_or(Fault::TpmKeyDiffers)?;
    check_cert_info(subject, alg, cert_info, &area.name(subject.crypto, pub_area)?)?;
    check_requirements(&Leaf::read(x5c.leaf)?, &subject.credential.aaguid)?;
    signature::verify_by_leaf(x5c.leaf, alg, cert_info, sig)?;
    Ok(Attested::certified(Format::Tpm, x5c.kept()))
}

/// 8.3, verification, on certInfo.
fn check_cert_info<C: Crypto>(
    subject: &Subject<'_, C>,
    alg: i64,
    bytes: &[u8],
    name: &[u8],
) -> Result<(), Fault> {
    let info = CertInfo::read(bytes).ok_or(Fault::TpmCertInfoMalformed)?;
    if info.magic != CertInfo::GENERATED {
        return Err(Fault::TpmMagic);
    }
    if info.kind != CertInfo::CERTIFY {
        return Err(Fault::TpmType);
    }
    // attToBeSigned, by the hash that alg has.
    let signed = subject.signed();
    let hash = match alg {
        -7 | -257 => subject.crypto.sha256(&[&signed]).to_vec(),
        -35 => subject.crypto.sha384(&[&signed]).to_vec(),
        _ => return Err(Fault::AlgorithmRefused),
    };
    if info.extra_data != hash {
        return Err(Fault::TpmExtraDataDiffers);
    }
    if info.certified().ok_or(Fault::TpmCertInfoMalformed)? != name {
        return Err(Fault::TpmNameDiffers);
    }
    Ok(())
}

/// 8.3.1, and the AAGUID of 8.3.
fn check_requirements(leaf: &Leaf, aaguid: &[u8; 16]) -> Result<(), Fault> {
    if !leaf.is_version_3() {
        return Err(Fault::TpmLeafVersion);
    }
    leaf.has_no_subject().ok_or(Fault::TpmSubject)?;
    leaf.names_a_tpm()?.ok_or(Fault::TpmAltName)?;
    leaf.is_attestation_key()?.ok_or(Fault::TpmPurpose)?;
    leaf.says_it_is_no_ca()?.ok_or(Fault::TpmBasicConstraints)?;
    match leaf.extension(Leaf::AAGUID)?.map(|extension| extension.extn_value.as_bytes()) {
        None => Ok(()),
        Some([0x04, 0x10, value @ ..]) if value == aaguid => Ok(()),
        Some(_) => Err(Fault::TpmAaguidDiffers),
    }
}
