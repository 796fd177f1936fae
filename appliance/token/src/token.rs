//! The token as the rest of the house sees it: a handle to its workers.
//!
//! Guarantees: whoever waits is answered or told that nobody will, also when the token's library hangs;
//! the last handle ends the workers.

use std::collections::VecDeque;
use std::sync::Arc;

use countersign_core::SignOrder;
use countersign_core::entry::PublicPart;
use countersign_core::port::{self, CheckpointMessage, Notary, TokenFault, Tray};
use countersign_protocol::anchor::Anchor;
use countersign_protocol::checkpoint::{Checkpoint, CheckpointKey};
use countersign_protocol::{ApplianceId, KeyId, Suite};
use zeroize::Zeroizing;

use crate::answer::{Answer, Answered, way_back};
use crate::doors::{Cosigning, OWN_COSIGNATURE_BYTES, OwnCosigning, PrfUse, VaultUse};
use crate::faults::{DATA_LENGTH, NO_ROOM, NO_WORKER};
use crate::health::Health;
use crate::job::{Asked, Job, RootTask};
use crate::keys::CosignerPublic;
use crate::ordered::Ordered;
use crate::role::{SignerKey, VaultEpoch};
use crate::workers::{Clock, Workers};
use crate::{KeyError, OpenError, TokenConfig, opening};

/// The most random bytes that one call gives.
pub const RANDOM_BYTES_MAX: usize = 1_024;
/// Messages of one order that a worker takes together: to change threads costs as much as to sign.
const TOGETHER: usize = 16;
/// How often an order may be in the queue, so that a worker finds more when it has done the first ones.
const AHEAD: usize = 2;
/// An open token. Clones are handles to the same one.
#[derive(Clone)]
pub struct Token(Arc<Workers>);

impl Token {
    /// Opens the token, in a minute at most: loads the module, finds the slot, logs in, starts the workers. `clock`
    /// gives boot time in milliseconds.
    ///
    /// If this process has the token open already, the login is shared, and the token does not look
    /// at this PIN (PKCS#11 3.1, 5.6.8).
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(config: TokenConfig, clock: Clock) -> Result<Self, OpenError> {
        let call_max_ms = config.call_max_ms;
        let open = move || Workers::start(config, &clock).map(|workers| Self(Arc::new(workers)));
        opening::within(call_max_ms, open)
    }

    /// How the token is: what the last messages met.
    #[must_use]
    pub fn health(&self) -> Health {
        self.0.health()
    }

    /// The appliance's secret, made into another one for this use: the same at every call. Waits.
    ///
    /// # Errors
    /// What the token said.
    pub fn prf(&self, purpose: PrfUse) -> Result<Zeroizing<[u8; 32]>, TokenFault> {
        self.wait(|answer| Job::Prf(purpose, answer))
    }

    /// Random bytes of the token's own, [`RANDOM_BYTES_MAX`] at most.
    ///
    /// # Errors
    /// What the token said.
    pub async fn random<const N: usize>(&self) -> Result<[u8; N], TokenFault> {
        self.ask(Job::Random).await.map(|bytes| first(&bytes))
    }

    /// The same; waits.
    ///
    /// # Errors
    /// What the token said.
    pub fn random_blocking<const N: usize>(&self) -> Result<[u8; N], TokenFault> {
        self.wait(Job::Random).map(|bytes| first(&bytes))
    }

    /// Makes a signer's key pair in the token, reads its attributes back, and gives its public
    /// part. Waits.
    ///
    /// # Errors
    /// [`KeyError`]; the key is destroyed if it is not as it must be.
    pub fn create_signer_key(&self, id: KeyId, suite: Suite) -> Result<PublicPart, KeyError> {
        self.wait(|answer| Job::CreateSigner(SignerKey { id, suite }, answer))
    }

    /// Destroys a signer's key pair in the token; it is no error if it is gone. Waits.
    ///
    /// # Errors
    /// [`KeyError`] if anything of it is left, or nobody knows.
    pub fn destroy_signer_key(&self, id: KeyId, suite: Suite) -> Result<(), KeyError> {
        self.wait(|answer| Job::DestroySigner(SignerKey { id, suite }, answer))
    }

    /// Makes the appliance's own keys in the token, the cosigner's where the token has ML-DSA, and gives the public
    /// key of the one that signs checkpoints. Waits.
    ///
    /// # Errors
    /// [`KeyError::Exists`] if the token has one of them; else what else went wrong.
    pub fn create_appliance_keys(&self) -> Result<CheckpointKey, KeyError> {
        self.wait(Job::CreateAppliance)
    }

    /// Reads the attributes and the public part of a signer's key again. Waits.
    ///
    /// # Errors
    /// [`KeyError`] if anything is not as it was made.
    pub fn check_signer_key(
        &self,
        id: KeyId,
        suite: Suite,
        expected: &[u8],
    ) -> Result<(), KeyError> {
        self.wait(|answer| Job::CheckSigner(SignerKey { id, suite }, expected.into(), answer))
    }

    /// Reads the attributes of the appliance's own keys and the checkpoint key again. Waits.
    ///
    /// # Errors
    /// [`KeyError`] if anything is not as it was made.
    pub fn check_appliance_keys(&self, key: &CheckpointKey) -> Result<(), KeyError> {
        self.wait(|answer| Job::CheckAppliance(*key, answer))
    }

    /// The public key, ML-DSA-44, that this token cosigns its own ledger's checkpoints with, once its attributes were
    /// read again; none if the token had no ML-DSA when the appliance's own keys were made. Waits.
    ///
    /// # Errors
    /// [`KeyError`] if anything is not as it was made, or what the token said.
    pub fn cosigner_key(&self) -> Result<Option<CosignerPublic>, KeyError> {
        self.wait(Job::Cosigner)
    }

    /// That key's signature over a checkpoint of the appliance's own ledger, at the time 0 (C2SP tlog-cosignature; the
    /// cosigner has the ledger's name).
    ///
    /// # Errors
    /// What the token said.
    pub async fn cosign_own(
        &self,
        checkpoint: &Checkpoint,
    ) -> Result<Box<[u8; OWN_COSIGNATURE_BYTES]>, TokenFault> {
        let message = OwnCosigning::new(checkpoint).map_err(|_| DATA_LENGTH)?;
        self.ask(|answer| Job::CosignOwn(message, answer)).await
    }

    /// Makes the root of a vault epoch in the token and reads its attributes back. Waits.
    ///
    /// # Errors
    /// [`KeyError::Exists`] if the epoch has one; else what went wrong, and then there is none.
    pub fn create_vault_root(&self, epoch: u64) -> Result<(), KeyError> {
        self.wait(|answer| Job::Root(RootTask::Create, VaultEpoch::new(epoch), answer))
    }

    /// Reads the attributes of a vault epoch's root again. Waits.
    ///
    /// # Errors
    /// [`KeyError`] if anything is not as it was made.
    pub fn check_vault_root(&self, epoch: u64) -> Result<(), KeyError> {
        self.wait(|answer| Job::Root(RootTask::Check, VaultEpoch::new(epoch), answer))
    }

    /// The key of a vault epoch, which its root makes: the same at every call, until that is destroyed. Waits.
    ///
    /// # Errors
    /// What the token said.
    pub fn vault_key(
        &self,
        epoch: u64,
        appliance: &ApplianceId,
    ) -> Result<Zeroizing<[u8; 32]>, TokenFault> {
        let purpose = VaultUse::new(VaultEpoch::new(epoch), appliance);
        self.wait(|answer| Job::Vault(purpose, answer))
    }

    /// Destroys the root of a vault epoch in the token; it is no error if it is gone. Waits.
    ///
    /// # Errors
    /// [`KeyError`] if anything of it is left, or nobody knows.
    pub fn destroy_vault_root(&self, epoch: u64) -> Result<(), KeyError> {
        self.wait(|answer| Job::Root(RootTask::Destroy, VaultEpoch::new(epoch), answer))
    }

    /// The vault epochs that have a root in the token, in their order. Waits.
    ///
    /// # Errors
    /// [`KeyError`] if one of them has a name that no epoch has, or what the token said.
    pub fn vault_epochs(&self) -> Result<Vec<u64>, KeyError> {
        self.wait(Job::VaultEpochs)
    }

    /// Makes an anchor in the token. Waits.
    ///
    /// # Errors
    /// [`KeyError::Exists`] if it is there; else what went wrong, and then it is not there, as far as can be known.
    pub fn create_anchor(&self, anchor: &Anchor) -> Result<(), KeyError> {
        self.wait(|answer| Job::CreateAnchor(*anchor, answer))
    }

    /// Destroys an anchor in the token; it is no error if it is gone. Waits.
    ///
    /// # Errors
    /// [`KeyError`] if anything of it is left, or nobody knows.
    pub fn destroy_anchor(&self, anchor: &Anchor) -> Result<(), KeyError> {
        self.wait(|answer| Job::DestroyAnchor(*anchor, answer))
    }

    /// The anchors in the token, in their order. Waits.
    ///
    /// # Errors
    /// [`KeyError`] if one of them has a name that no anchor has, or what the token said.
    pub fn anchors(&self) -> Result<Vec<Anchor>, KeyError> {
        self.wait(Job::Anchors)
    }

    /// Makes the key that this token cosigns other logs with, Ed25519, and gives its public part. Waits.
    ///
    /// # Errors
    /// [`KeyError::Exists`] if there is one, [`KeyError::Unsupported`] if the token has no Ed25519; else what went wrong.
    pub fn create_witness_key(&self) -> Result<[u8; 32], KeyError> {
        self.wait(Job::CreateWitness)
    }

    /// The public part of that key, once its attributes were read again; none if there is no such key. Waits.
    ///
    /// # Errors
    /// [`KeyError`] if anything is not as it was made, or what the token said.
    pub fn witness_key(&self) -> Result<Option<[u8; 32]>, KeyError> {
        self.wait(Job::Witness)
    }

    /// That key's signature over a log's checkpoint at this time, in seconds since 1970 (C2SP tlog-cosignature). Waits.
    ///
    /// # Errors
    /// What the token said; also if the text is no checkpoint.
    pub fn cosign(&self, time_s: u64, checkpoint: &str) -> Result<[u8; 64], TokenFault> {
        let message = Cosigning::new(time_s, checkpoint).map_err(|_| DATA_LENGTH)?;
        self.wait(|answer| Job::Cosign(message, answer))
    }

    async fn ask<T: Send + 'static, E: Send + From<TokenFault> + 'static>(
        &self,
        job: impl FnOnce(Answer<T, E>) -> Job,
    ) -> Result<T, E> {
        self.begin(job)?.await.map_err(|_| NO_WORKER)?
    }

    /// Puts a message into the queue; its answer comes out at the end that this gives.
    fn begin<T: Send + 'static, E: Send + From<TokenFault> + 'static>(
        &self,
        job: impl FnOnce(Answer<T, E>) -> Job,
    ) -> Result<Answered<T, E>, TokenFault> {
        let (answer, waiting, answered) = way_back();
        self.0.queue.put(Asked::now(job(answer), waiting)).map_err(|_| NO_WORKER)?;
        Ok(answered)
    }

    fn wait<T: Send + 'static, E: Send + From<TokenFault> + 'static>(
        &self,
        job: impl FnOnce(Answer<T, E>) -> Job,
    ) -> Result<T, E> {
        pollster::block_on(self.ask(job))
    }
}

impl port::Token for Token {
    async fn sign<T: Tray>(&self, order: SignOrder<'_>, tray: &mut T) -> Result<(), TokenFault> {
        // Collected first: a tray never holds a part of an order.
        let mut signatures = Vec::with_capacity(order.len());
        let mut messages = order.into_messages().map(Ordered::from);
        let mut asked = VecDeque::with_capacity(AHEAD);
        loop {
            while asked.len() < AHEAD {
                let some: Vec<_> = messages.by_ref().take(TOGETHER).collect();
                if some.is_empty() {
                    break;
                }
                asked.push_back(self.begin(|answer| Job::Sign(some, answer))?);
            }
            // Whoever leaves with an error drops the others: what has not been begun never is.
            let Some(next) = asked.pop_front() else { break };
            signatures.extend(next.await.map_err(|_| NO_WORKER)??);
        }
        signatures.iter().try_for_each(|signature| tray.put(signature)).map_err(|_| NO_ROOM)
    }
}

impl Notary for Token {
    fn checkpoint(&self, message: &CheckpointMessage) -> Result<[u8; 64], TokenFault> {
        let (answer, waiting, answered) = way_back();
        let asked = Asked::now(Job::Checkpoint(message.clone(), answer), waiting);
        self.0.queue.put_first(asked).map_err(|_| NO_WORKER)?;
        pollster::block_on(answered).map_err(|_| NO_WORKER)?
    }
}

/// The first `N` bytes; more than there are does not compile.
fn first<const N: usize>(bytes: &[u8; RANDOM_BYTES_MAX]) -> [u8; N] {
    const { assert!(N <= RANDOM_BYTES_MAX) };
    std::array::from_fn(|index| bytes.get(index).copied().unwrap_or_default())
}
