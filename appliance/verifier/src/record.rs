//! The record: a leaf of the kind `Signature`, and what it commits to.

use std::time::Duration;

use countersign_ports::Crypto;
use countersign_protocol::record::{Kind, Leaf, Opening, SignatureContent};
use countersign_protocol::{canonical, tag};
use x509_cert::der::DateTime;

use crate::findings::Held;
use crate::log::Logged;
use crate::trust::Appliance;

/// A time for people, to the second; what no calendar has is shown as its number.
fn utc(ms: u64) -> String {
    let time = DateTime::from_unix_duration(Duration::from_millis(ms));
    time.map_or_else(|_| format!("{ms} ms after 1970"), |time| time.to_string())
}

/// A signature's record, opened.
pub(crate) struct Recorded<'e> {
    pub(crate) leaf: Leaf<'e>,
    pub(crate) content: SignatureContent<'e>,
    pub(crate) appliance: &'e Appliance,
    pub(crate) derivations: Vec<&'e [u8]>,
}

/// The leaf is a signature's, and commits to the opening.
pub(crate) fn opened<'e>(crypto: &impl Crypto, logged: &Logged<'e>) -> Held<Recorded<'e>> {
    let none = |what: &str| format!("the record has no {what} that can be read");
    let receipt = &logged.receipt;
    let leaf: Leaf<'e> = canonical::decode(receipt.leaf.bytes()).map_err(|_| none("leaf"))?;
    if leaf.kind != Kind::Signature {
        return Err("the record is not that of a signature".into());
    }
    if crypto.sha256(&[tag::COMMITMENT, receipt.opening.bytes()]) != leaf.commitment.0 {
        return Err("the leaf commits to something else than the record's opening".into());
    }
    let opening: Opening<'e> =
        canonical::decode(receipt.opening.bytes()).map_err(|_| none("opening"))?;
    let content: SignatureContent<'e> =
        canonical::decode(opening.content.bytes()).map_err(|_| none("content"))?;
    let derivations = logged.evidence.derivations.iter().map(|bytes| bytes.bytes()).collect();
    let said = format!("decided between {} and {}", utc(content.utc_lo_ms), utc(content.utc_hi_ms));
    Ok((Recorded { leaf, content, appliance: logged.appliance, derivations }, said))
}
