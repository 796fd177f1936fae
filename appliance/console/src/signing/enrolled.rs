//! How the devices that approved were enrolled: asked for when the signatures are there, for the evidence of them.

use countersign_client::Answered;
use countersign_protocol::receipt::Receipt;
use countersign_protocol::reply::{Reply, Signed};
use countersign_protocol::request::Enrolments;
use countersign_protocol::{TransactionId, canonical, reply};

use crate::ConsoleError;
use crate::progress::waiting;
use crate::session::Session;

/// Asks under the checkpoint of the receipt, on a new connection: the one before may be what failed.
pub(super) async fn ask(
    session: &Session,
    transaction: TransactionId,
    signed: &Signed<'_>,
) -> Result<Answered, ConsoleError> {
    let receipt: Receipt<'_> =
        canonical::decode(signed.receipt.bytes()).map_err(|_| ConsoleError::Unexpected)?;
    let request = Enrolments { transaction, size: receipt.checkpoint.size };
    let incomplete = |_| ConsoleError::EvidenceIncomplete(transaction);
    let front_end = session.front_end().await.map_err(incomplete)?;
    let asking = front_end.enrolments(&request);
    let answered = waiting("asking how the devices were enrolled", asking).await;
    front_end.close().await;
    answered.map_err(|_| ConsoleError::EvidenceIncomplete(transaction))
}

/// The reply, if it says so. Without it there is no evidence, but what was signed can be fetched again.
pub(super) fn read(
    answered: &Answered,
    transaction: TransactionId,
) -> Result<reply::Enrolments<'_>, ConsoleError> {
    match answered.reply()? {
        Reply::Enrolments(enrolments) => Ok(enrolments),
        Reply::Failed(_) => Err(ConsoleError::EvidenceIncomplete(transaction)),
        Reply::Prepared(_) | Reply::Signed(_) | Reply::Enrolled(_) => Err(ConsoleError::Unexpected),
    }
}
