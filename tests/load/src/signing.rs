//! One signing, as a front-end and a signer do it: prepare, approve, sign.

use anyhow::{Context, Result, bail};

use countersign_device::{Approval, Assertion as Made, Authenticator};
use countersign_protocol::activation::Activation;
use countersign_protocol::assertion::Assertion;
use countersign_protocol::item::{Form, Item, Items};
use countersign_protocol::reply::{Failure, Reply};
use countersign_protocol::request::{Prepare, Request, Sign};
use countersign_protocol::{
    Bounded, Digest, KeyId, Label, Sequence, Suite, TransactionId, canonical,
};

use crate::registered::{Portal, Signer};

/// How long an activation lives.
const LIFETIME_MS: u32 = 60_000;
/// Bytes that an item takes.
const ITEM_BYTES: usize = 160;
/// Bytes that an assertion takes.
const ASSERTION_BYTES: usize = 6 * 1024;

/// A signer at work: one key, one device, documents that nobody has seen before.
pub struct Signatory {
    key: KeyId,
    device: Authenticator,
    items: u16,
    documents: u64,
}

/// What a front-end has after a signing.
pub struct Given {
    /// Which front-end has it.
    pub front_end: usize,
    /// The transaction.
    pub transaction: TransactionId,
    /// The reply's bytes.
    pub reply: Vec<u8>,
}

impl Signatory {
    /// Signs `items` documents at a time; `first` tells its documents from others'.
    pub fn new(signer: &Signer, items: u16, first: u64) -> Self {
        Self { key: signer.key, device: signer.device(), items, documents: first }
    }

    /// Prepares, approves and signs; none if the appliance was busy.
    pub async fn sign(&mut self, portal: &Portal) -> Result<Option<Given>> {
        let Portal { front_end, connection } = portal;
        let prepared = connection.prepare(&self.request(&mut vec![0; self.room()])?).await?;
        let prepared = match prepared.reply()? {
            Reply::Prepared(prepared) => prepared,
            Reply::Failed(Failure::Busy) => return Ok(None),
            other => bail!("not prepared: {other:?}"),
        };
        // Counters stay at zero, so that approvals may arrive in any order.
        let approval = Approval { sign_count: 0, ..self.device.honest() };
        let made = self.device.approve(&prepared.challenge.0, &approval);
        let mut room = [0; ASSERTION_BYTES];
        let sign = sign(prepared.activation.bytes(), &made, &mut room)?;
        let transaction = sign.transaction;
        let answered = connection.sign(&sign).await?;
        match answered.reply()? {
            Reply::Signed(_) => {
                let (front_end, reply) = (*front_end, answered.bytes().to_vec());
                Ok(Some(Given { front_end, transaction, reply }))
            }
            Reply::Failed(Failure::Busy) => Ok(None),
            other => bail!("not signed: {other:?}"),
        }
    }

    fn room(&self) -> usize {
        usize::from(self.items) * ITEM_BYTES
    }

    /// Asks for new documents.
    pub fn request<'r>(&mut self, room: &'r mut [u8]) -> Result<Prepare<'r>> {
        let digests: Vec<[u8; 32]> = (0..self.items).map(|_| self.document()).collect();
        let items: Result<Vec<Item<'_>>> = digests.iter().map(item).collect();
        let items: Items<'r> = Sequence::from_values(&items?, room)?;
        let (key, suite) = (self.key, Suite::Esp256);
        Ok(Prepare { key, suite, lifetime_ms: LIFETIME_MS, initiator: None, items })
    }

    /// The digest of a new document.
    fn document(&mut self) -> [u8; 32] {
        self.documents = self.documents.wrapping_add(1);
        let mut digest = [7; 32];
        digest[..8].copy_from_slice(&self.documents.to_be_bytes());
        digest
    }
}

/// The frame that brings one device's approval of an activation.
pub fn sign_frame(activation: &[u8], made: &Made) -> Result<Vec<u8>> {
    let mut room = [0; ASSERTION_BYTES];
    Ok(minicbor::to_vec(Request::Sign(sign(activation, made, &mut room)?))?)
}

fn sign<'r>(activation: &'r [u8], made: &'r Made, room: &'r mut [u8]) -> Result<Sign<'r>> {
    let assertion = Assertion {
        device: 0,
        authenticator_data: Bounded::new(&made.authenticator_data).context("too long")?,
        client_data: Bounded::new(&made.client_data_json).context("too long")?,
        signature: Bounded::new(&made.signature).context("too long")?,
    };
    Ok(Sign {
        transaction: canonical::decode::<Activation<'_>>(activation)?.transaction,
        activation: Bounded::new(activation).context("too long")?,
        assertions: Sequence::from_values(&[assertion], room)?,
    })
}

fn item(digest: &[u8; 32]) -> Result<Item<'_>> {
    Ok(Item {
        dtbsr: Bounded::new(digest).context("too long")?,
        content: Digest(*digest),
        shown: Digest(*digest),
        label: Label::new("Discharge letter, E. Example").context("no label")?,
        form: Form::Raw,
    })
}
