//! The frames that front-ends send, with room for what is wrong with them.

use countersign_device::Assertion as Made;
use countersign_protocol::activation::Activation;
use countersign_protocol::assertion::Assertion;
use countersign_protocol::item::{Form, Item, Items};
use countersign_protocol::reply::{Failure, Reply};
use countersign_protocol::request::{Fetch, Prepare, Request, Sign};
use countersign_protocol::{
    Bounded, Digest, KeyId, Label, Sequence, SignerId, Suite, TransactionId, canonical, minicbor,
};

/// Room for the encoding of an assertion.
const ASSERTION_BYTES: usize = 1_024;

/// Into memory that grows: writing there cannot fail.
pub fn encode<T: minicbor::Encode<()>>(value: &T) -> Vec<u8> {
    minicbor::to_vec(value).unwrap_or_default()
}

/// A `Prepare`.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub key: KeyId,
    pub suite: Suite,
    pub lifetime_ms: u32,
    pub initiator: Option<SignerId>,
    /// The DTBS/Rs.
    pub items: Vec<Vec<u8>>,
}

impl Wanted {
    /// The same, of as many other documents.
    pub fn of_other_documents(&self) -> Self {
        let mut others = self.clone();
        others.items.iter_mut().flatten().for_each(|byte| *byte = !*byte);
        others
    }

    pub fn frame(&self) -> Option<Vec<u8>> {
        let mut room = vec![0; self.items.iter().map(|item| item.len() + 128).sum()];
        Some(encode(&Request::Prepare(Prepare {
            key: self.key,
            suite: self.suite,
            lifetime_ms: self.lifetime_ms,
            initiator: self.initiator,
            items: items(&self.items, &mut room)?,
        })))
    }
}

fn items<'r>(dtbsrs: &[Vec<u8>], room: &'r mut [u8]) -> Option<Items<'r>> {
    let drafts: Option<Vec<Item<'_>>> = dtbsrs
        .iter()
        .map(|dtbsr| {
            let digest = Digest(first_bytes(dtbsr));
            let (dtbsr, label) = (Bounded::new(dtbsr)?, Label::new("a prescription")?);
            Some(Item { dtbsr, content: digest, shown: digest, label, form: Form::Raw })
        })
        .collect();
    Sequence::from_values(&drafts?, room).ok()
}

fn first_bytes(bytes: &[u8]) -> [u8; 32] {
    std::array::from_fn(|at| bytes.get(at).copied().unwrap_or(0))
}

/// What `Prepared` told.
#[derive(Clone, Debug)]
pub struct Offer {
    pub transaction: TransactionId,
    pub activation: Vec<u8>,
    pub challenge: [u8; 32],
    pub credentials: Vec<Vec<u8>>,
}

/// What came of a request, as far as the front-end can tell.
pub enum Answer {
    Prepared(Offer),
    Signed,
    Failed(Failure),
    Unreadable,
}

impl Answer {
    pub fn read(bytes: &[u8]) -> Self {
        // Signatures are for the model to judge.
        if let [0x82, 2, ..] = bytes {
            return Self::Signed;
        }
        match minicbor::decode::<Reply<'_>>(bytes) {
            Ok(Reply::Prepared(prepared)) => {
                let bytes = prepared.activation.bytes();
                match minicbor::decode::<Activation<'_>>(bytes) {
                    Ok(activation) => Self::Prepared(Offer {
                        transaction: activation.transaction,
                        activation: bytes.to_vec(),
                        challenge: prepared.challenge.0,
                        credentials: prepared
                            .credentials
                            .iter()
                            .map(|c| c.bytes().into())
                            .collect(),
                    }),
                    Err(_) => Self::Unreadable,
                }
            }
            Ok(Reply::Signed(_)) => Self::Signed,
            Ok(Reply::Failed(failure)) => Self::Failed(failure),
            Ok(Reply::Enrolled(_) | Reply::Enrolments(_)) | Err(_) => Self::Unreadable,
        }
    }
}

/// A `Sign`.
#[derive(Clone, Debug)]
pub struct Approved {
    pub transaction: TransactionId,
    pub activation: Vec<u8>,
    pub assertions: Vec<(u8, Made)>,
}

impl Approved {
    pub fn frame(&self) -> Option<Vec<u8>> {
        let assertions: Option<Vec<_>> = self.assertions.iter().map(assertion).collect();
        let mut room = vec![0; self.assertions.len() * ASSERTION_BYTES];
        Some(encode(&Request::Sign(Sign {
            transaction: self.transaction,
            activation: Bounded::new(&self.activation)?,
            assertions: Sequence::from_values(&assertions?, &mut room).ok()?,
        })))
    }

    /// The activation with other items, or another key, in it.
    pub fn altered(&self, change: impl FnOnce(&mut Vec<Vec<u8>>, &mut KeyId)) -> Option<Self> {
        let activation: Activation<'_> = canonical::decode(&self.activation).ok()?;
        let mut dtbsrs: Vec<_> =
            activation.items.iter().map(|item| item.dtbsr.bytes().to_vec()).collect();
        let mut key = activation.key;
        change(&mut dtbsrs, &mut key);
        let mut room = vec![0; dtbsrs.iter().map(|item| item.len() + 128).sum()];
        let items = items(&dtbsrs, &mut room)?;
        let activation = encode(&Activation { items, key, ..activation });
        Some(Self { activation, ..self.clone() })
    }
}

pub fn assertion((device, made): &(u8, Made)) -> Option<Assertion<'_>> {
    Some(Assertion {
        device: *device,
        authenticator_data: Bounded::new(&made.authenticator_data)?,
        client_data: Bounded::new(&made.client_data_json)?,
        signature: Bounded::new(&made.signature)?,
    })
}

/// A `Fetch`.
pub fn fetch(transaction: TransactionId) -> Vec<u8> {
    encode(&Request::Fetch(Fetch { transaction }))
}
