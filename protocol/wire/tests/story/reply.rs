//! What the portal hears.

use countersign_protocol::reply::{
    Cosignatures, Enrolments, Failure, Prepared, Reply, Signature, Signed,
};

use super::request::{activation, challenge, letter};
use super::{bounded, encode, keys, ledger, list, sha256};

/// The credential id of Dr Ada's phone.
pub const CREDENTIAL: &[u8] = b"credential of Dr Ada's phone";

pub fn prepared() -> Reply<'static> {
    let credential: countersign_protocol::Bounded<'_, 1023> = bounded(CREDENTIAL);
    Reply::Prepared(Prepared {
        activation: bounded(encode(&activation())),
        challenge: challenge(),
        credentials: list(&[credential]),
    })
}

/// The signature over the letter.
pub fn signature() -> Signature<'static> {
    assert_eq!(letter().dtbsr.bytes(), sha256(&[b"Discharge letter"]).0);
    bounded(keys::signing().sign(&letter().content))
}

pub fn signed() -> Reply<'static> {
    Reply::Signed(given(None))
}

/// With what a witness has said of the receipt's checkpoint.
pub fn signed_witnessed() -> Reply<'static> {
    let cosignature: countersign_protocol::Bounded<'_, 4096> = bounded(ledger::COSIGNATURE);
    Reply::Signed(given(Some(list(&[cosignature]))))
}

fn given(cosignatures: Option<Cosignatures<'static>>) -> Signed<'static> {
    let (signatures, receipt) = (list(&[signature()]), bounded(encode(&ledger::receipt())));
    Signed { signatures, receipt, cosignatures }
}

pub fn enrolments_reply() -> Reply<'static> {
    Reply::Enrolments(Enrolments { enrolments: list(&[ledger::enrolled_device()]) })
}

pub fn refused() -> Reply<'static> {
    Reply::Failed(Failure::Refused)
}

pub fn stale() -> Reply<'static> {
    Reply::Failed(Failure::Stale)
}

pub fn malformed() -> Reply<'static> {
    Reply::Failed(Failure::Malformed)
}

pub fn busy() -> Reply<'static> {
    Reply::Failed(Failure::Busy)
}

pub fn unavailable() -> Reply<'static> {
    Reply::Failed(Failure::Unavailable)
}
