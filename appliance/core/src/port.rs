//! The traits that name core types: what the core needs around it.
//!
//! Guarantees to a platform: the core holds no lock while it waits; its path waits at exactly three places
//! (`reserve`, `sign`, `record`), and beside it only for `refuse` and `recall`; it never asks for a key but by a [`SignOrder`].

use core::future::Future;

pub use countersign_ports::{Algorithm, Crypto};
use countersign_protocol::checkpoint::{Checkpoint, CheckpointKey, Text};
use countersign_protocol::limits::CHECKPOINT_SIGNATURE_BYTES;
use countersign_protocol::{
    Digest, FrontEndId, KeyId, SignerId, SlotId, Suite, TenantId, TransactionId,
};
use zeroize::ZeroizeOnDrop;

use crate::assertion::device_key::DeviceKey;
use crate::entry::{Appliance, Device, FrontEnd, Key};
use crate::policy::Rules;
use crate::refusal::{Reason, Refusal};
use crate::reserve::{Reservation, Reserved, Unreserved};
use crate::stage::{Evidence, SignOrder};
use crate::state::State;
use crate::suite::algorithm;
use crate::transactions::Place;

/// All that surrounds the core.
pub trait Platform: Sync {
    /// Hashes, and checks other people's signatures.
    type Crypto: Crypto + Sync;
    /// What decides, and what is outstanding, behind one lock.
    type State: Guarded;
    /// The durable write path, and the one place where approvals are spent.
    type Ledger: Ledger;
    /// The HSM.
    type Token: Token;

    /// The engine.
    fn crypto(&self) -> &Self::Crypto;
    /// The state.
    fn state(&self) -> &Self::State;
    /// The ledger.
    fn ledger(&self) -> &Self::Ledger;
    /// The token.
    fn token(&self) -> &Self::Token;
}

/// What the ledger of a platform gives as evidence.
pub type Receipt<P> = <<P as Platform>::Ledger as Ledger>::Receipt;

/// The state behind its lock: short sections only.
pub trait Guarded: Sync {
    /// The registry in it.
    type Registry: Registry;
    /// The memory of its transactions.
    type Memory: AsRef<[Place]> + AsMut<[Place]>;

    /// Runs `section` alone.
    fn with<T>(&self, section: impl FnOnce(&mut State<Self::Registry, Self::Memory>) -> T) -> T;
}

/// The registry, as the core reads it: a view of the ledger.
///
/// A registry that keeps a row of nobody's device in `NOBODYS_SLOT`, and finds a row by its place alone, does
/// as much work for a device that is not there as for one that is.
pub trait Registry {
    /// A device's key, shared: it outlives the lock.
    type KeyBytes: AsRef<[u8]>;

    /// The appliance itself.
    fn appliance(&self) -> &Appliance;
    /// The front-end whose certificate has this key.
    fn front_end(&self, channel: &Digest) -> Option<FrontEnd>;
    /// The key.
    fn key(&self, id: &KeyId) -> Option<Key>;
    /// The key's policy.
    fn policy(&self, id: &KeyId) -> Option<Rules>;
    /// Whether the front-end may ask for the key.
    fn is_granted(&self, front_end: FrontEndId, key: &KeyId) -> bool;
    /// Whether the tenant has this signer.
    fn has_signer(&self, tenant: TenantId, signer: SignerId) -> bool;
    /// The device in this place.
    fn device(&self, slot: SlotId) -> Option<Device>;
    /// The key of the device in this place.
    fn device_key(&self, slot: SlotId) -> Option<DeviceKey<Self::KeyBytes>>;
    /// The devices of a signer, in the order of their enrolment.
    fn devices_of(&self, signer: SignerId) -> impl Iterator<Item = Device>;
    /// The credential id of the device in this place.
    fn credential(&self, slot: SlotId) -> Option<&[u8]>;
    /// Takes a signCount as one that the device has shown. Follows from the ledger's records.
    fn accept_sign_count(&mut self, slot: SlotId, count: u32);
    /// Counts a refused assertion of the device through this front-end. Follows from the ledger's records.
    fn count_refused(&mut self, slot: SlotId, front_end: FrontEndId, boot_ms: u64);
}

/// Where approvals are spent and decisions recorded.
pub trait Ledger: Sync {
    /// The evidence that a record is in the ledger.
    type Receipt: Send;
    /// The content of a record, read again: the encoding of a `SignatureContent`.
    type Content: AsRef<[u8]> + Send + Sync;

    /// Spends the approval: takes the state's lock and calls [`State::reserve`] in it.
    fn reserve(
        &self,
        reservation: Reservation,
    ) -> impl Future<Output = Result<Reserved, Unreserved>> + Send;

    /// Records a signature, after [`State::confirm`] under the lock that `reserve` takes, and returns
    /// when the record is durable and [`State::confirm`] says yes again: whoever acknowledges a
    /// revocation after that does so after this.
    fn record<T: Tray>(
        &self,
        evidence: &Evidence<'_>,
        tray: &T,
    ) -> impl Future<Output = Result<Self::Receipt, Reason>> + Send;

    /// Whether an approval of a transaction of this name is on record as spent: with a signature, or with
    /// nothing to show for it.
    fn is_on_record(&self, transaction: &TransactionId) -> bool;

    /// Records a refusal, with what [`State::note`] under the lock asks for, and returns when that is
    /// durable.
    fn refuse(&self, refusal: &Refusal) -> impl Future<Output = Result<(), LedgerFailed>> + Send;

    /// Looks for the signature that is on record for this transaction of this front-end, and of no
    /// other one.
    fn recall(
        &self,
        front_end: FrontEndId,
        transaction: &TransactionId,
    ) -> impl Future<Output = Option<Recalled<Self>>> + Send;
}

/// A signature's record, read again.
pub struct Recalled<L: Ledger + ?Sized> {
    /// Its content.
    pub content: L::Content,
    /// The evidence that it is in the ledger, as it was given before.
    pub receipt: L::Receipt,
}

/// The ledger could not make a record durable. Nothing more may be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LedgerFailed;

/// The HSM, as far as signers' keys go.
pub trait Token: Sync {
    /// Signs every message of the order, in order, and puts the signatures into the tray. All or
    /// nothing; a message whose outcome is unknown is never tried again.
    fn sign<T: Tray>(
        &self,
        order: SignOrder<'_>,
        tray: &mut T,
    ) -> impl Future<Output = Result<(), TokenFault>> + Send;
}

/// Signs the ledger's checkpoints with the appliance's own key.
pub trait Notary: Send {
    /// The signature over a checkpoint, as its suite writes it. Waits for the token.
    ///
    /// # Errors
    /// What the token said.
    fn checkpoint(
        &self,
        message: &CheckpointMessage,
    ) -> Result<[u8; CHECKPOINT_SIGNATURE_BYTES], TokenFault>;
}

/// What the checkpoint key signs: the text of a checkpoint, and nothing else ever.
#[derive(Clone, Debug)]
pub struct CheckpointMessage {
    suite: Suite,
    text: Text,
    digest: Digest,
}

impl CheckpointMessage {
    /// The message for a key of this suite.
    pub fn new(crypto: &impl Crypto, suite: Suite, checkpoint: &Checkpoint) -> Self {
        let text = checkpoint.text();
        let digest = Digest(crypto.sha256(&[text.as_bytes()]));
        Self { suite, text, digest }
    }

    /// The suite of the key that it is for.
    #[must_use]
    pub const fn suite(&self) -> Suite {
        self.suite
    }

    /// What is signed: the text, or its digest where the suite signs digests.
    #[must_use]
    pub fn data(&self) -> &[u8] {
        match self.suite.digest_bytes() {
            Some(_) => &self.digest.0,
            None => self.text.as_bytes(),
        }
    }

    /// Whether `signature` over it is by the holder of `key`.
    pub fn is_signed(
        &self,
        crypto: &impl Crypto,
        key: &CheckpointKey,
        signature: &[u8; CHECKPOINT_SIGNATURE_BYTES],
    ) -> bool {
        let verified = crypto.verify(algorithm(key.suite()), key.bytes(), self.data(), signature);
        key.suite() == self.suite && verified.into()
    }
}

/// What went wrong in the token: the PKCS#11 function and its return code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenFault {
    /// The function, as PKCS#11 names it.
    pub function: &'static str,
    /// Its CK_RV, or [`TokenFault::NO_CODE`].
    pub code: u64,
}

impl TokenFault {
    /// No PKCS#11 code: the fault is on our side of the module.
    pub const NO_CODE: u64 = u64::MAX;
}

impl core::fmt::Display for TokenFault {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.code {
            Self::NO_CODE => write!(f, "{} could not be called", self.function),
            code => write!(f, "{} returned 0x{code:08x}", self.function),
        }
    }
}

impl core::error::Error for TokenFault {}

/// Where signatures wait until they are recorded. Forgets them, zeroized, when dropped.
pub trait Tray: Send + Sync + ZeroizeOnDrop {
    /// Takes one more signature.
    ///
    /// # Errors
    /// [`TrayFull`] past the number that it was made for.
    fn put(&mut self, signature: &[u8]) -> Result<(), TrayFull>;
    /// The signature of the item at `index`.
    fn signature(&self, index: usize) -> Option<&[u8]>;
    /// How many there are.
    fn len(&self) -> usize;
    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A tray takes no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrayFull;
