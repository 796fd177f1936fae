//! The format fido-u2f (WebAuthn L3, 8.6): devices from before CTAP2.
//!
//! Guarantees: one certificate with a key of P-256, which signed the credential's id and key, the rpId's hash
//! and the client data. Such a device names no model and verified no user: what that is worth is policy's.

use countersign_ports::{Algorithm, Crypto};

use super::Format;
use super::attested::Attested;
use super::certificate::Leaf;
use super::statement::Statement;
use super::{Subject, signature};
use crate::fault::Fault;

/// ES256, the only algorithm of U2F.
const ES256: i64 = -7;

pub(super) fn verify<C: Crypto>(
    subject: &Subject<'_, C>,
    statement: &[u8],
) -> Result<Attested, Fault> {
    let statement = Statement::read(statement, &["sig", "x5c"])?;
    let (sig, x5c) = (statement.sig()?, statement.x5c()?);
    if !x5c.is_alone() {
        return Err(Fault::U2fCertificates);
    }
    if !Leaf::read(x5c.leaf)?.has_key_of_p256() {
        return Err(Fault::U2fLeafKey);
    }
    // U2F knows no models, so the AAGUID can only be zero.
    if subject.credential.aaguid != [0; 16] {
        return Err(Fault::U2fAaguid);
    }
    signature::verify_by_leaf(x5c.leaf, ES256, &verification_data(subject)?, sig)?;
    Ok(Attested::certified(Format::FidoU2f, x5c.kept()))
}

/// `0x00 || rpIdHash || clientDataHash || credentialId || publicKeyU2F`; the port's key of P-256 is
/// publicKeyU2F.
fn verification_data<C: Crypto>(subject: &Subject<'_, C>) -> Result<Vec<u8>, Fault> {
    let key = subject.key()?;
    if key.algorithm() != Algorithm::EcdsaP256 {
        return Err(Fault::U2fCredentialKey);
    }
    let rp_id_hash = subject.auth_data.get(..32).ok_or(Fault::ObjectMalformed)?;
    let id = subject.credential.credential_id;
    Ok([&[0], rp_id_hash, subject.client_data_hash, id, key.borrowed().bytes()].concat())
}
