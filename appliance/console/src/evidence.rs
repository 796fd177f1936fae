//! Evidence: made by the front-end that had something signed, checked by anyone.
//!
//! Guarantee: what is written says of each item that the document itself was signed, which is what `sign` asks
//! for; whoever signed the file is the front-end's identity.

mod verifying;

use countersign_client::Identity;
use countersign_protocol::activation::Version;
use countersign_protocol::evidence::Evidence;
use countersign_protocol::limits::{DTBSR_BYTES_MAX, HEAD_BYTES_MAX};
use countersign_protocol::reply::Signed;
use countersign_protocol::{Bounded, Sequence};
use countersign_verifier::envelope::seal;

use crate::ConsoleError;

pub(crate) use verifying::verify;

/// The file of evidence of signed documents.
pub(crate) fn of(signed: &Signed<'_>, exporter: &Identity) -> Result<Vec<u8>, ConsoleError> {
    let key = exporter.public_key().unwrap_or_default();
    let none: Vec<Bounded<'_, DTBSR_BYTES_MAX>> = vec![Bounded::EMPTY; signed.signatures.len()];
    let mut room = vec![0; none.len() * HEAD_BYTES_MAX];
    let evidence = Evidence {
        version: Version::V1,
        exporter: Bounded::new(&key).ok_or(ConsoleError::Exporter)?,
        receipt: Bounded::new(signed.receipt.bytes()).ok_or(ConsoleError::Unexpected)?,
        derivations: Sequence::from_values(&none, &mut room)
            .map_err(|_| ConsoleError::Unexpected)?,
        cosignatures: Sequence::EMPTY,
    };
    seal(&evidence, |bytes| exporter.sign(bytes)).ok_or(ConsoleError::Exporter)
}
