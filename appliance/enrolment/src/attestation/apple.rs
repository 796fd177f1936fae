//! The format apple (WebAuthn L3, 8.8): a certificate that was made for this one registration.
//!
//! Guarantees: the leaf's nonce is the hash of these authenticator data and client data, and its key the
//! credential's. There is no other signature: without a trusted chain it proves nothing, and it names no
//! model.

use countersign_ports::Crypto;

use super::Format;
use super::Subject;
use super::attested::Attested;
use super::certificate::Leaf;
use super::statement::Statement;
use crate::fault::Fault;

/// `SEQUENCE { [1] EXPLICIT OCTET STRING (32 bytes) }`, up to its bytes.
const NONCE_HEAD: [u8; 6] = [0x30, 0x24, 0xa1, 0x22, 0x04, 0x20];

pub(super) fn verify<C: Crypto>(
    subject: &Subject<'_, C>,
    statement: &[u8],
) -> Result<Attested, Fault> {
    let x5c = Statement::read(statement, &["x5c"])?.x5c()?;
    let leaf = Leaf::read(x5c.leaf)?;
    let nonce = subject.crypto.sha256(&[subject.auth_data, subject.client_data_hash]);
    let extension = leaf.extension(Leaf::APPLE_NONCE)?.ok_or(Fault::AppleNonceMissing)?;
    if extension.extn_value.as_bytes().strip_prefix(&NONCE_HEAD) != Some(&nonce) {
        return Err(Fault::AppleNonceDiffers);
    }
    leaf.has_key(&subject.key()?.borrowed()).ok_or(Fault::AppleKeyDiffers)?;
    Ok(Attested::certified(Format::Apple, x5c.kept()))
}
