//! The HSM's part: the key, and its signatures.

use countersign_core::suite::algorithm;
use countersign_ports::Crypto;

use crate::activation::Approved;
use crate::findings::Held;

/// The public key is the one that the activation names.
pub(crate) fn key(crypto: &impl Crypto, approved: &Approved<'_>) -> Held<()> {
    let public_key = approved.content.public_key.bytes();
    let digest = crypto.sha256(&[public_key]);
    if digest != approved.activation.public_key.0 {
        return Err("the public key on record is not the one that the activation names".into());
    }
    Ok(((), format!("{} (SHA-256 {})", approved.activation.key, hex::encode(digest))))
}

/// One signature for each item, each over its DTBS/R.
pub(crate) fn verified(crypto: &impl Crypto, approved: &Approved<'_>) -> Held<()> {
    let (suite, key) = (approved.activation.suite, approved.content.public_key.bytes());
    let signatures = &approved.content.signatures;
    if signatures.len() != approved.items.len() {
        return Err("there is not one signature for each item".into());
    }
    for (place, (item, signature)) in (1..).zip(approved.items.iter().zip(signatures.iter())) {
        let good = crypto.verify(algorithm(suite), key, item.dtbsr.bytes(), signature.bytes());
        if !bool::from(good) {
            return Err(format!("signature {place} does not verify"));
        }
    }
    Ok(((), format!("{} by the key, with {suite}", signatures.len())))
}
