//! What an appliance stands on: engine, medium, token, time and threads.
//!
//! Guarantee to whoever brings another ground (a simulator, a firmware some day): everything between
//! the network and these traits is the same code; nothing in it asks the operating system for the time,
//! for randomness or for a thread.

use std::future::Future;

use countersign_anchor::Anchors;
use countersign_core::Now;
use countersign_core::entry::PublicPart;
use countersign_core::port::{self, Crypto, Notary, TokenFault};
use countersign_ledger::{Instruments, Ledger, Settled};
use countersign_ports::{Beside, Sealing, Storage};
use countersign_protocol::checkpoint::{Checkpoint, CheckpointKey};
use countersign_protocol::limits::{COSIGNER_KEY_BYTES, SNAPSHOT_RECORDS};
use countersign_protocol::{KeyId, Suite};
use countersign_token::{KeyError, OWN_COSIGNATURE_BYTES, PrfUse};
use countersign_vault::Roots;
use zeroize::Zeroizing;

use crate::ring::Ring;

/// The ground.
pub trait Ground: Send + Sync + Sized + 'static {
    /// Hashes, seals, and checks other people's signatures.
    type Crypto: Crypto + Sealing + Send + Sync + 'static;
    /// Where ledger and vault are kept.
    type Storage: Storage + Send + 'static;
    /// Where keys are kept.
    type Token: Hsm;
    /// Where anchors are: in that token, and whatever counts beside it.
    type Anchors: Anchors + Send;

    /// Those anchors.
    fn anchors(&self, token: &Self::Token) -> Self::Anchors;

    /// What time it is.
    fn now(&self) -> Now;

    /// Places in the table of transactions.
    fn transaction_places(&self) -> usize {
        /// Four times the most that may be live.
        const PLACES: usize = 16_384;
        PLACES
    }

    /// Records after which the next snapshot is due.
    fn snapshot_records(&self) -> u64 {
        SNAPSHOT_RECORDS
    }

    /// How often the token is looked at for who owns it, in milliseconds.
    fn look_ms(&self) -> u64 {
        /// As an owner is to be told within two.
        const LOOK_MS: u64 = 1_000;
        LOOK_MS
    }

    /// Refusals of one peer that have records of their own, in a burst.
    fn refusals_burst(&self) -> u64 {
        /// More than people who mistake something come to.
        const BURST: u64 = 256;
        BURST
    }

    /// Does two things at the same time, where it can.
    fn beside(&self) -> impl Beside;

    /// Comes back after so long.
    fn pause(&self, ms: u64) -> impl Future<Output = ()> + Send;

    /// Starts the ledger's commits.
    fn start(
        &self,
        settled: Settled<Self::Storage>,
        with: Instruments<Self::Crypto, Ring<Self>, Self::Token>,
    ) -> Ledger<Self::Storage>;

    /// Runs what waits for disk or token where nobody else is held up; none if it was given up.
    fn apart<T: Send + 'static>(
        work: impl FnOnce() -> T + Send + 'static,
    ) -> impl Future<Output = Option<T>> + Send;
}

/// The HSM, as far as the whole appliance goes: the core's part of it, and the appliance's own keys. Each
/// answers in bounded time.
pub trait Hsm: port::Token + Notary + Clone + Send + Sync + 'static {
    /// The roots of the vault's epochs in it.
    type Roots: Roots + Send;

    /// Those roots.
    fn roots(&self) -> Self::Roots;

    /// Random bytes of its own. Waits.
    ///
    /// # Errors
    /// What the token said.
    fn random_blocking<const N: usize>(&self) -> Result<[u8; N], TokenFault>;

    /// Random bytes of its own.
    ///
    /// # Errors
    /// What the token said.
    fn random<const N: usize>(&self) -> impl Future<Output = Result<[u8; N], TokenFault>> + Send;

    /// The appliance's secret, made into another one for this use: the same at every call. Waits.
    ///
    /// # Errors
    /// What the token said.
    fn prf(&self, purpose: PrfUse) -> Result<Zeroizing<[u8; 32]>, TokenFault>;

    /// Makes a signer's key pair and gives its public part. Waits.
    ///
    /// # Errors
    /// [`KeyError`].
    fn create_signer_key(&self, id: KeyId, suite: Suite) -> Result<PublicPart, KeyError>;

    /// Destroys a signer's key pair; it is no error if it is gone. Waits.
    ///
    /// # Errors
    /// [`KeyError`] if anything of it is left, or nobody knows.
    fn destroy_signer_key(&self, id: KeyId, suite: Suite) -> Result<(), KeyError>;

    /// Makes the appliance's own keys and gives the public key of the one that signs checkpoints. Waits.
    ///
    /// # Errors
    /// [`KeyError`].
    fn create_appliance_keys(&self) -> Result<CheckpointKey, KeyError>;

    /// The public key, ML-DSA-44, that it cosigns the ledger's own checkpoints with, as it is there; none where the
    /// appliance's keys were made without one. Waits.
    ///
    /// # Errors
    /// [`KeyError`] if it is not as it was made.
    fn cosigner_key(&self) -> Result<Option<Box<[u8; COSIGNER_KEY_BYTES]>>, KeyError>;

    /// That key's signature over a checkpoint of the appliance's own (C2SP tlog-cosignature, at the time 0).
    ///
    /// # Errors
    /// What the token said.
    fn cosign_own(
        &self,
        checkpoint: &Checkpoint,
    ) -> impl Future<Output = Result<Box<[u8; OWN_COSIGNATURE_BYTES]>, TokenFault>> + Send;

    /// A signer's key is there as it was made. Waits.
    ///
    /// # Errors
    /// [`KeyError`] if it is not.
    fn check_signer_key(&self, id: KeyId, suite: Suite, expected: &[u8]) -> Result<(), KeyError>;

    /// The appliance's own keys are there as they were made. Waits.
    ///
    /// # Errors
    /// [`KeyError`] if they are not.
    fn check_appliance_keys(&self, key: &CheckpointKey) -> Result<(), KeyError>;
}
