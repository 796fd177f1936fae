//! The format android-key (WebAuthn L3, 8.4): a certificate that Android's key store made for this one key.
//!
//! Guarantees: the leaf's key is the credential's and signed this registration; its KeyDescription is about
//! this client data, of a key that was generated there, only signs, and belongs to one application. What is
//! said of origin and purpose counts only from the list that the key's security level enforces.
//!
//! It does not judge the level: [`super::KeyStorage`] says it, and policy decides.

use countersign_ports::Crypto;

use super::Format;
use super::attested::Attested;
use super::certificate::Leaf;
use super::key_description::KeyDescription;
use super::statement::Statement;
use super::{Subject, signature};
use crate::fault::Fault;

pub(super) fn verify<C: Crypto>(
    subject: &Subject<'_, C>,
    statement: &[u8],
) -> Result<Attested, Fault> {
    let statement = Statement::read(statement, &["alg", "sig", "x5c"])?;
    let (alg, sig, x5c) = (statement.alg()?, statement.sig()?, statement.x5c()?);
    let leaf = Leaf::read(x5c.leaf)?;
    signature::verify_by_leaf(x5c.leaf, alg, &subject.signed(), sig)?;
    leaf.has_key(&subject.key()?.borrowed()).ok_or(Fault::AndroidKeyDiffers)?;
    let extension = leaf.extension(Leaf::ANDROID_KEY)?.ok_or(Fault::AndroidDescriptionMissing)?;
    let description = KeyDescription::read(extension.extn_value.as_bytes())?;
    check(&description, subject.client_data_hash)?;
    Ok(Attested::stored(Format::AndroidKey, x5c.kept(), description.storage))
}

/// 8.4, verification, third step.
fn check(description: &KeyDescription<'_>, client_data_hash: &[u8; 32]) -> Result<(), Fault> {
    if description.challenge != client_data_hash {
        return Err(Fault::AndroidChallengeDiffers);
    }
    if description.software.all_applications || description.hardware.all_applications {
        return Err(Fault::AndroidAllApplications);
    }
    let enforced = description.enforced();
    if enforced.origin != Some(KeyDescription::GENERATED) {
        return Err(Fault::AndroidOrigin);
    }
    if enforced.purposes != Some(&KeyDescription::ONLY_SIGN[..]) {
        return Err(Fault::AndroidPurpose);
    }
    Ok(())
}
