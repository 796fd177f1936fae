//! A signing's requests: what the page says in JSON, as the protocol has it.

use countersign_client::Answered;
use countersign_protocol::item::{self, Form};
use countersign_protocol::limits::{PREPARE_FRAME_BYTES_MAX, SIGN_FRAME_BYTES_MAX};
use countersign_protocol::{Digest, KeyId, Label, Sequence, Suite, TransactionId, request};
use serde::Deserialize;

use crate::enrolling::Assertion;
use crate::json::{Bytes, read};
use crate::{Appliance, PageError};

/// Asks for an activation.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Prepare {
    key: Bytes,
    suite: i32,
    lifetime_ms: u32,
    items: Vec<Item>,
}

/// One document, whose content is what is signed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    dtbsr: Bytes,
    content: Bytes,
    shown: Bytes,
    label: String,
}

/// Brings the approval.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sign {
    transaction: Bytes,
    activation: Bytes,
    assertions: Vec<Assertion>,
}

/// Asks for a lost reply again.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fetch {
    transaction: Bytes,
}

impl Item {
    fn wire(&self) -> Result<item::Item<'_>, PageError> {
        Ok(item::Item {
            dtbsr: self.dtbsr.bounded("data to be signed")?,
            content: Digest(self.content.exactly("content's digest")?),
            shown: Digest(self.shown.exactly("digest of what is shown")?),
            label: Label::new(&self.label).ok_or_else(PageError::unfit("label"))?,
            form: Form::Raw,
        })
    }
}

/// Asks for an activation.
pub(crate) async fn prepare(appliance: &Appliance, body: &[u8]) -> Result<Answered, PageError> {
    let asked: Prepare = read(body)?;
    let items: Result<Vec<_>, _> = asked.items.iter().map(Item::wire).collect();
    let mut room = vec![0; PREPARE_FRAME_BYTES_MAX];
    let request = request::Prepare {
        key: KeyId(asked.key.exactly("key's id")?),
        suite: Suite::from_cose(asked.suite).ok_or_else(PageError::unfit("suite"))?,
        lifetime_ms: asked.lifetime_ms,
        initiator: None,
        items: sequence(Sequence::from_values(&items?, &mut room), "number of documents")?,
    };
    Ok(appliance.connect().await?.prepare(&request).await?)
}

/// Brings the approval.
pub(crate) async fn sign(appliance: &Appliance, body: &[u8]) -> Result<Answered, PageError> {
    let asked: Sign = read(body)?;
    let assertions: Result<Vec<_>, _> = asked.assertions.iter().map(Assertion::wire).collect();
    let mut room = vec![0; SIGN_FRAME_BYTES_MAX];
    let request = request::Sign {
        transaction: TransactionId(asked.transaction.exactly("transaction")?),
        activation: asked.activation.bounded("activation")?,
        assertions: sequence(Sequence::from_values(&assertions?, &mut room), "approval")?,
    };
    Ok(appliance.connect().await?.sign(&request).await?)
}

/// Asks for a lost reply again.
pub(crate) async fn fetch(appliance: &Appliance, body: &[u8]) -> Result<Answered, PageError> {
    let asked: Fetch = read(body)?;
    let transaction = TransactionId(asked.transaction.exactly("transaction")?);
    Ok(appliance.connect().await?.fetch(&request::Fetch { transaction }).await?)
}

fn sequence<T, E>(made: Result<T, E>, what: &str) -> Result<T, PageError> {
    made.ok().ok_or_else(PageError::unfit(what))
}
