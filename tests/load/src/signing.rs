//! One signing, as a front-end and a signer do it: prepare, approve, sign.

use anyhow::{Context, Result, bail};
use countersign_client::FrontEnd;
use countersign_device::{Approval, Authenticator};
use countersign_protocol::activation::Activation;
use countersign_protocol::assertion::Assertion;
use countersign_protocol::item::{Form, Item, Items};
use countersign_protocol::reply::{Failure, Reply};
use countersign_protocol::request::{Prepare, Sign};
use countersign_protocol::{
    Bounded, Digest, KeyId, Label, Sequence, Suite, TransactionId, canonical,
};

/// How long an activation lives.
const LIFETIME_MS: u32 = 60_000;
/// Bytes that an item takes.
const ITEM_BYTES: usize = 160;

/// A signer at work: one key, one device, documents that nobody has seen before.
pub struct Signatory {
    key: KeyId,
    device: Authenticator,
    items: u16,
    documents: u64,
}

/// What a front-end has after a signing.
pub struct Given {
    /// The transaction.
    pub transaction: TransactionId,
    /// The reply's bytes.
    pub reply: Vec<u8>,
}

impl Signatory {
    /// Signs `items` documents at a time; `first` tells its documents from others'.
    pub const fn new(key: KeyId, device: Authenticator, items: u16, first: u64) -> Self {
        Self { key, device, items, documents: first }
    }

    /// Prepares, approves and signs; none if the appliance was busy.
    pub async fn sign(&mut self, front_end: &FrontEnd) -> Result<Option<Given>> {
        let prepared = front_end.prepare(&self.request(&mut vec![0; self.room()])?).await?;
        let prepared = match prepared.reply()? {
            Reply::Prepared(prepared) => prepared,
            Reply::Failed(Failure::Busy) => return Ok(None),
            other => bail!("not prepared: {other:?}"),
        };
        // Counters stay at zero, so that approvals may arrive in any order.
        let approval = Approval { sign_count: 0, ..self.device.honest() };
        let made = self.device.approve(&prepared.challenge.0, &approval);
        let activation = prepared.activation.bytes();
        let transaction = canonical::decode::<Activation<'_>>(activation)?.transaction;
        let assertion = Assertion {
            device: 0,
            authenticator_data: Bounded::new(&made.authenticator_data).context("too long")?,
            client_data: Bounded::new(&made.client_data_json).context("too long")?,
            signature: Bounded::new(&made.signature).context("too long")?,
        };
        let mut room = [0; 1024];
        let assertions = Sequence::from_values(&[assertion], &mut room)?;
        let sign = Sign { transaction, activation: prepared.activation, assertions };
        let answered = front_end.sign(&sign).await?;
        match answered.reply()? {
            Reply::Signed(_) => Ok(Some(Given { transaction, reply: answered.bytes().to_vec() })),
            Reply::Failed(Failure::Busy) => Ok(None),
            other => bail!("not signed: {other:?}"),
        }
    }

    fn room(&self) -> usize {
        usize::from(self.items) * ITEM_BYTES
    }

    fn request<'r>(&mut self, room: &'r mut [u8]) -> Result<Prepare<'r>> {
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

fn item(digest: &[u8; 32]) -> Result<Item<'_>> {
    Ok(Item {
        dtbsr: Bounded::new(digest).context("too long")?,
        content: Digest(*digest),
        shown: Digest(*digest),
        label: Label::new("Discharge letter, E. Example").context("no label")?,
        form: Form::Raw,
    })
}
