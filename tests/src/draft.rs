//! Requests that can still be changed, and the frames that they become.

use countersign_device::Assertion as Made;
use countersign_protocol::activation::Activation;
use countersign_protocol::assertion::Assertion;
use countersign_protocol::item::{Form, Item};
use countersign_protocol::request::{Prepare, Request, Sign};
use countersign_protocol::{
    Bounded, Digest, KeyId, Label, Sequence, SignerId, Suite, TransactionId, canonical,
};

use crate::outcome::Prepared;

/// An item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemDraft {
    /// DTBS/R.
    pub dtbsr: Vec<u8>,
    /// Digest of the content.
    pub content: [u8; 32],
    /// Its label.
    pub label: String,
}

impl ItemDraft {
    /// The `n`th document of a case.
    pub fn document(n: u8) -> Self {
        Self::of(Suite::Esp256, n)
    }

    /// The same as this suite signs it.
    pub fn of(suite: Suite, n: u8) -> Self {
        let dtbsr = vec![n; suite.digest_bytes().unwrap_or(200)];
        Self { dtbsr, content: [n; 32], label: format!("document {n}") }
    }

    fn item(&self) -> Item<'_> {
        Item {
            dtbsr: Bounded::new(&self.dtbsr).unwrap(),
            content: Digest(self.content),
            shown: Digest(self.content),
            label: Label::new(&self.label).unwrap(),
            form: Form::Raw,
        }
    }
}

impl From<Item<'_>> for ItemDraft {
    fn from(item: Item<'_>) -> Self {
        Self {
            dtbsr: item.dtbsr.bytes().to_vec(),
            content: item.content.0,
            label: item.label.as_str().to_owned(),
        }
    }
}

/// A `Prepare`.
#[derive(Clone, Debug)]
pub struct PrepareDraft {
    /// The key.
    pub key: KeyId,
    /// The suite.
    pub suite: Suite,
    /// The lifetime.
    pub lifetime_ms: u32,
    /// The initiator.
    pub initiator: Option<SignerId>,
    /// The items.
    pub items: Vec<ItemDraft>,
}

impl PrepareDraft {
    /// Its frame.
    pub fn frame(&self) -> Vec<u8> {
        let mut room = vec![0; 96 * 1024];
        encode(&Request::Prepare(Prepare {
            key: self.key,
            suite: self.suite,
            lifetime_ms: self.lifetime_ms,
            initiator: self.initiator,
            items: items(&self.items, &mut room),
        }))
    }
}

/// An assertion.
#[derive(Clone, Debug)]
pub struct AssertionDraft {
    /// Index of the device.
    pub device: u8,
    /// What the device made.
    pub made: Made,
}

impl AssertionDraft {
    /// In the place that the reply gives its device (the first, if it gives none).
    pub fn of(prepared: &Prepared, made: Made) -> Self {
        let place = prepared.credentials.iter().position(|id| *id == made.credential_id);
        Self { device: u8::try_from(place.unwrap_or(0)).unwrap(), made }
    }

    /// As the wire has it.
    pub fn assertion(&self) -> Assertion<'_> {
        Assertion {
            device: self.device,
            authenticator_data: Bounded::new(&self.made.authenticator_data).unwrap(),
            client_data: Bounded::new(&self.made.client_data_json).unwrap(),
            signature: Bounded::new(&self.made.signature).unwrap(),
        }
    }
}

/// A `Sign`.
#[derive(Clone, Debug)]
pub struct SignDraft {
    /// The transaction.
    pub transaction: TransactionId,
    /// The activation's bytes.
    pub activation: Vec<u8>,
    /// The assertions.
    pub assertions: Vec<AssertionDraft>,
}

impl SignDraft {
    /// For what was prepared.
    pub fn of(prepared: &Prepared, assertions: Vec<AssertionDraft>) -> Self {
        let activation: Activation<'_> = canonical::decode(&prepared.activation).unwrap();
        Self {
            transaction: activation.transaction,
            activation: prepared.activation.clone(),
            assertions,
        }
    }

    /// Its frame.
    pub fn frame(&self) -> Vec<u8> {
        let assertions: Vec<_> = self.assertions.iter().map(AssertionDraft::assertion).collect();
        let mut room = vec![0; 64 * 1024];
        encode(&Request::Sign(Sign {
            transaction: self.transaction,
            activation: Bounded::new(&self.activation).unwrap(),
            assertions: Sequence::from_values(&assertions, &mut room).unwrap(),
        }))
    }

    /// Replaces the items in the activation by what `change` makes of them.
    pub fn change_items(&mut self, change: impl FnOnce(&mut Vec<ItemDraft>)) {
        let bytes = self.activation.clone();
        let activation: Activation<'_> = canonical::decode(&bytes).unwrap();
        let mut drafts: Vec<_> = activation.items.iter().map(ItemDraft::from).collect();
        change(&mut drafts);
        let mut room = vec![0; 96 * 1024];
        self.activation = encode(&Activation { items: items(&drafts, &mut room), ..activation });
    }

    /// Replaces the key in the activation.
    pub fn change_key(&mut self, key: KeyId) {
        let bytes = self.activation.clone();
        let activation: Activation<'_> = canonical::decode(&bytes).unwrap();
        self.activation = encode(&Activation { key, ..activation });
    }
}

fn items<'r>(drafts: &[ItemDraft], room: &'r mut [u8]) -> countersign_protocol::item::Items<'r> {
    let items: Vec<_> = drafts.iter().map(ItemDraft::item).collect();
    Sequence::from_values(&items, room).unwrap()
}

/// Into memory that grows.
pub fn encode<T: minicbor::Encode<()>>(value: &T) -> Vec<u8> {
    minicbor::to_vec(value).unwrap()
}
