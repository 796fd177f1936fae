//! The format packed (WebAuthn L3, 8.2), with certificates; without them it is [`self_made`].
//!
//! Guarantees: the leaf's key signed authenticator data and client data, and the leaf is a certificate as
//! 8.2.1 wants it, of the very model that the authenticator data name. Whose leaf it is, is the chain's.

use countersign_ports::Crypto;

use super::Format;
use super::attested::Attested;
use super::certificate::Leaf;
use super::statement::Statement;
use super::{Subject, self_made, signature};
use crate::fault::Fault;

/// What the leaf's subject has as OU (8.2.1).
const UNIT: &[u8] = b"Authenticator Attestation";

pub(super) fn verify<C: Crypto>(
    subject: &Subject<'_, C>,
    statement: &[u8],
) -> Result<Attested, Fault> {
    let statement = Statement::read(statement, &["alg", "sig", "x5c"])?;
    let (alg, sig) = (statement.alg()?, statement.sig()?);
    let Some(x5c) = statement.x5c_if_any()? else { return self_made::verify(subject, alg, sig) };
    let leaf = Leaf::read(x5c.leaf)?;
    check_requirements(&leaf)?;
    check_aaguid(&leaf, &subject.credential.aaguid)?;
    signature::verify_by_leaf(x5c.leaf, alg, &subject.signed(), sig)?;
    Ok(Attested::certified(Format::Packed, x5c.kept()))
}

/// 8.2.1.
fn check_requirements(leaf: &Leaf) -> Result<(), Fault> {
    if !leaf.is_version_3() {
        return Err(Fault::PackedVersion);
    }
    let country = leaf.subject_value(Leaf::COUNTRY)?;
    // ISO 3166: two letters.
    if !country.is_some_and(|c| c.len() == 2 && c.iter().all(u8::is_ascii_uppercase)) {
        return Err(Fault::PackedCountry);
    }
    let named = |value: Option<&[u8]>| value.is_some_and(|value| !value.is_empty());
    if !named(leaf.subject_value(Leaf::ORGANISATION)?) {
        return Err(Fault::PackedOrganisation);
    }
    if leaf.subject_value(Leaf::UNIT)? != Some(UNIT) {
        return Err(Fault::PackedUnit);
    }
    if !named(leaf.subject_value(Leaf::COMMON_NAME)?) {
        return Err(Fault::PackedCommonName);
    }
    leaf.says_it_is_no_ca()?.ok_or(Fault::PackedBasicConstraints)
}

/// 8.2, verification; 8.2.1: the value is an OCTET STRING of 16 bytes in the extension's own one.
fn check_aaguid(leaf: &Leaf, aaguid: &[u8; 16]) -> Result<(), Fault> {
    let Some(extension) = leaf.extension(Leaf::AAGUID)? else { return Ok(()) };
    if extension.critical {
        return Err(Fault::PackedAaguidCritical);
    }
    match extension.extn_value.as_bytes() {
        [0x04, 0x10, value @ ..] if value == aaguid => Ok(()),
        _ => Err(Fault::PackedAaguidDiffers),
    }
}
