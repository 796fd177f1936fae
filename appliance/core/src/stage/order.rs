//! The order to sign, and what becomes of it.
//!
//! Guarantees: a [`SignOrder`] has one constructor, at the end of the path, is consumed by use and
//! cannot be copied; signatures leave only by [`Recorded`].

use countersign_protocol::activation::Activation;
use countersign_protocol::assertion::Assertion;
use countersign_protocol::change::Place;
use countersign_protocol::item::Item;
use countersign_protocol::limits::ASSERTIONS_MAX;
use countersign_protocol::{SignerId, SlotId, Suite, TenantId, TransactionId};

use crate::Decision;
use crate::entry::PublicPart;
use crate::port::{Crypto, Ledger, Token, Tray};
use crate::refusal::{About, Reason};
use crate::reserve::{Reserved, Stand};
use crate::suite;
use crate::time::Now;

/// How long the token may take for one order before its messages are worthless.
const TOKEN_DEADLINE_MS: u64 = 30_000;

/// What was checked and approved: the facts that the ledger keeps. They authorise nothing.
#[derive(Clone, Debug)]
pub struct Evidence<'f> {
    pub(crate) about: About,
    pub(crate) now: Now,
    pub(crate) tenant: TenantId,
    pub(crate) place: Place,
    pub(crate) public_key: PublicPart,
    pub(crate) activation: Activation<'f>,
    pub(crate) activation_bytes: &'f [u8],
    pub(crate) approvals: heapless::Vec<Approval<'f>, ASSERTIONS_MAX>,
    pub(crate) stand: Stand,
}

/// One device's approval, as it was checked.
#[derive(Clone, Copy, Debug)]
pub struct Approval<'f> {
    /// The device's place.
    pub slot: SlotId,
    /// Whose device it is.
    pub signer: SignerId,
    /// The signCount that was accepted.
    pub sign_count: u32,
    /// The assertion.
    pub assertion: Assertion<'f>,
}

impl<'f> Evidence<'f> {
    /// Whom and what it concerns.
    #[must_use]
    pub const fn about(&self) -> &About {
        &self.about
    }

    /// When it was decided.
    #[must_use]
    pub const fn now(&self) -> Now {
        self.now
    }

    /// The key's tenant.
    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The public key that the signatures verify with.
    #[must_use]
    pub fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    /// What was approved.
    #[must_use]
    pub const fn activation(&self) -> &Activation<'f> {
        &self.activation
    }

    /// The bytes that were approved.
    #[must_use]
    pub const fn activation_bytes(&self) -> &'f [u8] {
        self.activation_bytes
    }

    /// Who approved, and how.
    #[must_use]
    pub fn approvals(&self) -> &[Approval<'f>] {
        &self.approvals
    }

    pub(crate) const fn stand(&self) -> &Stand {
        &self.stand
    }
}

/// Leave to use a signer's key, once, for exactly the items that were approved.
#[derive(Debug)]
pub struct SignOrder<'f> {
    evidence: Evidence<'f>,
}

/// One signature that the token shall make: the DTBS/R stays where it was approved, in the bytes of the
/// activation. Only an order gives one.
#[derive(Debug)]
pub struct SignMessage<'f> {
    /// Which item of its order, from 0.
    index: u16,
    /// Boot time after which it must not be begun.
    deadline_boot_ms: u64,
    place: Place,
    suite: Suite,
    dtbsr: &'f [u8],
}

impl<'f> SignMessage<'f> {
    /// Which item of its order, from 0.
    #[must_use]
    pub const fn index(&self) -> u16 {
        self.index
    }

    /// Boot time after which it must not be begun.
    #[must_use]
    pub const fn deadline_boot_ms(&self) -> u64 {
        self.deadline_boot_ms
    }

    /// Where the key is.
    #[must_use]
    pub const fn place(&self) -> Place {
        self.place
    }

    /// How to sign.
    #[must_use]
    pub const fn suite(&self) -> Suite {
        self.suite
    }

    /// What to sign.
    #[must_use]
    pub const fn dtbsr(&self) -> &'f [u8] {
        self.dtbsr
    }
}

impl<'f> SignOrder<'f> {
    pub(super) fn new(evidence: Evidence<'f>, reserved: Reserved) -> Decision<Self> {
        // `reserve` spent this very transaction, not another one.
        if reserved.transaction != evidence.activation.transaction {
            return Err(evidence.about.refuse(Reason::TransactionUnknown, evidence.now));
        }
        Ok(Self { evidence })
    }

    /// The transaction whose approval it is.
    #[must_use]
    pub const fn transaction(&self) -> TransactionId {
        self.evidence.activation.transaction
    }

    /// Consumes the order: one message for each item, in order.
    pub fn into_messages(self) -> impl Iterator<Item = SignMessage<'f>> + use<'f> {
        let Evidence { place, now, activation, .. } = self.evidence;
        (0u16..).zip(activation.items.iter()).map(move |(index, item)| SignMessage {
            index,
            deadline_boot_ms: now.boot_ms.saturating_add(TOKEN_DEADLINE_MS),
            place,
            suite: activation.suite,
            dtbsr: item.dtbsr.bytes(),
        })
    }

    /// How many signatures it asks for.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.evidence.activation.items.len()
    }

    /// Never: an activation has at least one item.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Uses the signer's key, here and nowhere else, and checks every signature.
    ///
    /// # Errors
    /// A refusal; the approval stays spent, and nothing is tried again.
    pub async fn sign<T: Tray>(
        self,
        token: &impl Token,
        crypto: &impl Crypto,
        mut tray: T,
    ) -> Decision<Signed<'f, T>> {
        let evidence = self.evidence.clone();
        let Evidence { about, now, .. } = evidence;
        let used = token.sign(self, &mut tray).await;
        used.map_err(|_| about.refuse(Reason::TokenFailed, now))?;
        if !is_signed(crypto, &evidence, &tray) {
            return Err(about.refuse(Reason::TokenSignatureWrong, now));
        }
        Ok(Signed { evidence, tray })
    }
}

/// Whether the tray has exactly one good signature for each item, in order.
fn is_signed<T: Tray>(crypto: &impl Crypto, evidence: &Evidence<'_>, tray: &T) -> bool {
    let Activation { items, suite, .. } = evidence.activation;
    let algorithm = suite::algorithm(suite);
    let verifies = |item: Item<'_>, signature: &[u8]| {
        crypto.verify(algorithm, &evidence.public_key, item.dtbsr.bytes(), signature).into()
    };
    let good = |(index, item): (usize, Item<'_>)| {
        tray.signature(index).is_some_and(|signature| verifies(item, signature))
    };
    tray.len() == items.len() && items.iter().enumerate().all(good)
}

/// Signed and checked, and still in the appliance's hands.
pub struct Signed<'f, T> {
    evidence: Evidence<'f>,
    tray: T,
}

impl<T: Tray> Signed<'_, T> {
    /// Puts it on record; the tray comes back only from there.
    ///
    /// # Errors
    /// A refusal; the signatures are zeroized.
    pub async fn record<L: Ledger>(self, ledger: &L) -> Decision<Recorded<T, L::Receipt>> {
        match ledger.record(&self.evidence, &self.tray).await {
            Ok(receipt) => Ok(Recorded { tray: self.tray, receipt }),
            Err(reason) => Err(self.evidence.about.refuse(reason, self.evidence.now)),
        }
    }
}

/// On disk, under a signed checkpoint: may be released.
pub struct Recorded<T, R> {
    tray: T,
    receipt: R,
}

impl<T, R> Recorded<T, R> {
    /// What was read from its record.
    pub(crate) const fn again(tray: T, receipt: R) -> Self {
        Self { tray, receipt }
    }

    /// The signatures and their evidence.
    pub fn release(self) -> (T, R) {
        (self.tray, self.receipt)
    }
}
