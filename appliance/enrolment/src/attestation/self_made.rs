//! Self attestation: the format packed without certificates (WebAuthn L3, 8.2).
//!
//! Guarantee: whoever has the credential's key signed these authenticator data and client data. It proves
//! no model.

use countersign_core::assertion::cose;
use countersign_ports::Crypto;

use super::Format;
use super::attested::Attested;
use super::{Subject, signature};
use crate::fault::Fault;

pub(super) fn verify<C: Crypto>(
    subject: &Subject<'_, C>,
    alg: i64,
    sig: &[u8],
) -> Result<Attested, Fault> {
    let key = subject.key()?;
    if cose::number(key.algorithm()).map(i64::from) != Some(alg) {
        return Err(Fault::SelfAlgorithmDiffers);
    }
    signature::verify_by_credential(subject, &key.borrowed(), sig)?;
    Ok(Attested::by_itself(Format::Packed))
}
