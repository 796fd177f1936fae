//! `sign` and `fetch`: a front-end's way, from files to signatures.
//!
//! Guarantees: what the device is asked to approve is exactly these files, in this order, with this key
//! (see [`activation`]); no file is written unless all are signed; a `Sign` whose reply was lost is
//! asked for once more, never sent again.

mod activation;
mod documents;
mod enrolled;
mod fetching;
mod results;
#[cfg(test)]
mod tests;

use std::time::Duration;

use countersign_client::{Answered, ClientError, FrontEnd};
use countersign_protocol::activation::Activation;
use countersign_protocol::assertion::Assertion;
use countersign_protocol::limits::{ASSERTION_BYTES_MAX, DIGEST_ITEM_BYTES_MAX};
use countersign_protocol::reply::{Failure, Prepared, Reply, Signed};
use countersign_protocol::request::{Fetch, Prepare, Sign};
use countersign_protocol::{Sequence, TransactionId};

use crate::approval::Challenge;
use crate::arguments::{Server, SignArguments};
use crate::evidence::Exporter;
use crate::log::meet_receipt;
use crate::progress::waiting;
use crate::session::Session;
use crate::{ConsoleError, Report};
use documents::Document;
use results::Places;

pub(crate) use fetching::fetch;

/// Signs the files.
pub(crate) async fn sign(server: &Server, asked: &SignArguments) -> Result<Report, ConsoleError> {
    let session = Session::new(server)?;
    let exporter = Exporter::new(session.identity(), asked.certificate.as_deref())?;
    let documents = documents::read(&asked.files, asked.label.as_deref(), asked.suite)?;
    let places = Places::beside(&asked.files, asked.force)?;
    let front_end = session.front_end().await?;
    let done = prepare_and_sign(&session, &front_end, asked, &documents, (places, &exporter)).await;
    front_end.close().await;
    done
}

async fn prepare_and_sign(
    session: &Session,
    front_end: &FrontEnd,
    asked: &SignArguments,
    documents: &[Document],
    (places, exporter): (Places, &Exporter<'_>),
) -> Result<Report, ConsoleError> {
    let items: Option<Vec<_>> = documents.iter().map(Document::item).collect();
    let items = items.ok_or(ConsoleError::Unexpected)?;
    let messages: usize = items.iter().map(|item| item.dtbsr.bytes().len()).sum();
    let mut room = vec![0; items.len() * DIGEST_ITEM_BYTES_MAX + messages];
    let request = Prepare {
        key: asked.key,
        suite: asked.suite,
        lifetime_ms: asked.lifetime_seconds.saturating_mul(1000),
        initiator: None,
        items: Sequence::from_values(&items, &mut room)
            .map_err(|_| ConsoleError::usage("too many files"))?,
    };
    let answered = waiting("the appliance prepares", front_end.prepare(&request)).await?;
    let prepared = prepared(&answered)?;
    let activation = activation::check(&prepared, &request)?;
    let answered = approved(session, front_end, asked, &prepared, &activation).await?;
    let signed = signed(&answered, activation.transaction)?;
    let asked = enrolled::ask(session, activation.transaction, &signed).await?;
    let enrolments = enrolled::read(&asked, activation.transaction)?;
    let evidence = exporter.evidence(&signed, &enrolments)?;
    let report = places.write(activation.transaction, activation.suite, &signed, &evidence)?;
    // After what was signed is in its place: whatever the log says, that is evidence.
    meet_receipt(session, signed.receipt.bytes()).await?;
    Ok(report)
}

fn prepared(answered: &Answered) -> Result<Prepared<'_>, ConsoleError> {
    match answered.reply()? {
        Reply::Prepared(prepared) => Ok(prepared),
        Reply::Failed(failure) => Err(failure.into()),
        Reply::Signed(_) | Reply::Enrolled(_) | Reply::Enrolments(_) => {
            Err(ConsoleError::Unexpected)
        }
    }
}

fn signed(answered: &Answered, transaction: TransactionId) -> Result<Signed<'_>, ConsoleError> {
    match answered.reply()? {
        Reply::Signed(signed) => Ok(signed),
        Reply::Failed(Failure::Unavailable) => Err(ConsoleError::UnavailableAfterSign(transaction)),
        Reply::Failed(failure) => Err(failure.into()),
        Reply::Prepared(_) | Reply::Enrolled(_) | Reply::Enrolments(_) => {
            Err(ConsoleError::Unexpected)
        }
    }
}

/// Has the devices approve, and brings their approval.
async fn approved(
    session: &Session,
    front_end: &FrontEnd,
    asked: &SignArguments,
    prepared: &Prepared<'_>,
    activation: &Activation<'_>,
) -> Result<Answered, ConsoleError> {
    let (needed, given) = (usize::from(activation.approvers.threshold()), asked.approve_with.len());
    if needed != given {
        return Err(ConsoleError::usage(format!(
            "the key needs {needed} approvals: give --approve-with {needed} times"
        )));
    }
    let within = Duration::from_secs(asked.lifetime_seconds.into());
    let challenge = Challenge {
        rp_id: &asked.rp_id,
        challenge: prepared.challenge.as_ref(),
        credentials: prepared.credentials.iter().map(|id| id.bytes()).collect(),
    };
    let mut responses = Vec::new();
    for command in &asked.approve_with {
        let approving = challenge.approved_with(command, within);
        let approved = waiting(&format!("`{command}` approves"), approving).await;
        responses.push(approved.map_err(ConsoleError::Approval)?);
    }
    let assertions: Result<Vec<Assertion<'_>>, _> =
        responses.iter().map(|response| challenge.assertion(response)).collect();
    let assertions = assertions.map_err(ConsoleError::Approval)?;
    let mut room = vec![0; responses.len() * ASSERTION_BYTES_MAX];
    let request = Sign {
        transaction: activation.transaction,
        activation: prepared.activation,
        assertions: Sequence::from_values(&assertions, &mut room)
            .map_err(|_| ConsoleError::usage("too many approvals"))?,
    };
    sign_or_fetch(session, front_end, &request).await
}

async fn sign_or_fetch(
    session: &Session,
    front_end: &FrontEnd,
    request: &Sign<'_>,
) -> Result<Answered, ConsoleError> {
    let transaction = request.transaction;
    let what = format!("the appliance signs transaction {transaction}");
    match waiting(&what, front_end.sign(request)).await {
        Err(unknown @ ClientError::OutcomeUnknown { .. }) => {
            // Only signatures settle it: without them, the appliance may still be signing.
            fetch_once(session, Fetch { transaction }).await.ok_or(unknown.into())
        }
        answered => Ok(answered?),
    }
}

/// Asks on a new connection: the old one may be what failed.
async fn fetch_once(session: &Session, request: Fetch) -> Option<Answered> {
    let front_end = session.front_end().await.ok()?;
    let answered = waiting("asking for the lost reply", front_end.fetch(&request)).await.ok();
    front_end.close().await;
    answered.filter(|answered| matches!(answered.reply(), Ok(Reply::Signed(_))))
}
