//! The ground on Linux: the machine's clocks, threads of the runtime, a token behind PKCS#11.

use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use countersign_core::Now;
use countersign_core::entry::PublicPart;
use countersign_core::port::TokenFault;
use countersign_host::{Clock, FileStorage, Threads};
use countersign_ledger::{Bounds, Instruments, Ledger, Settled};
use countersign_ports::{Beside, Storage};
use countersign_protocol::checkpoint::{Checkpoint, CheckpointKey};
use countersign_protocol::limits::COSIGNER_KEY_BYTES;
use countersign_protocol::{KeyId, Suite};
use countersign_token::{KeyError, OWN_COSIGNATURE_BYTES, PrfUse, Token};
use countersign_tpm::Counter;
use zeroize::Zeroizing;

use crate::engine::Engine;
use crate::ground::{Ground, Hsm};
use crate::in_token::{Beyond, InToken};
use crate::ring::Ring;

/// Linux, with the ledger on this medium.
pub struct Linux<S = FileStorage> {
    clock: Clock,
    groups: Bounds,
    counter: Option<Arc<Counter>>,
    medium: PhantomData<fn() -> S>,
}

impl<S> Linux<S> {
    /// With this clock, a ledger with such groups, and what counts beside the token.
    #[must_use]
    pub fn new(clock: Clock, groups: Bounds, counter: Option<Counter>) -> Self {
        Self { clock, groups, counter: counter.map(Arc::new), medium: PhantomData }
    }
}

impl<S: Storage + Send + 'static> Ground for Linux<S> {
    type Crypto = Engine;
    type Storage = S;
    type Token = Token;
    type Anchors = Beyond;

    fn anchors(&self, token: &Token) -> Beyond {
        Beyond { token: token.clone(), counter: self.counter.clone() }
    }

    fn now(&self) -> Now {
        let (utc_lo_ms, utc_hi_ms) = self.clock.utc_interval_ms();
        Now { boot_ms: self.clock.boot_ms(), utc_lo_ms, utc_hi_ms }
    }

    fn beside(&self) -> impl Beside {
        Threads
    }

    async fn pause(&self, ms: u64) {
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }

    fn start(
        &self,
        settled: Settled<S>,
        with: Instruments<Engine, Ring<Self>, Token>,
    ) -> Ledger<S> {
        Ledger::start(settled.with_groups(self.groups), with)
    }

    async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        tokio::task::spawn_blocking(work).await.ok()
    }
}

impl Hsm for Token {
    type Roots = InToken;

    fn roots(&self) -> InToken {
        InToken(self.clone())
    }

    fn random_blocking<const N: usize>(&self) -> Result<[u8; N], TokenFault> {
        Self::random_blocking(self)
    }

    fn random<const N: usize>(&self) -> impl Future<Output = Result<[u8; N], TokenFault>> + Send {
        Self::random(self)
    }

    fn prf(&self, purpose: PrfUse) -> Result<Zeroizing<[u8; 32]>, TokenFault> {
        Self::prf(self, purpose)
    }

    fn create_signer_key(&self, id: KeyId, suite: Suite) -> Result<PublicPart, KeyError> {
        Self::create_signer_key(self, id, suite)
    }

    fn destroy_signer_key(&self, id: KeyId, suite: Suite) -> Result<(), KeyError> {
        Self::destroy_signer_key(self, id, suite)
    }

    fn create_appliance_keys(&self) -> Result<CheckpointKey, KeyError> {
        Self::create_appliance_keys(self)
    }

    fn cosigner_key(&self) -> Result<Option<Box<[u8; COSIGNER_KEY_BYTES]>>, KeyError> {
        Self::cosigner_key(self)
    }

    fn cosign_own(
        &self,
        checkpoint: &Checkpoint,
    ) -> impl Future<Output = Result<Box<[u8; OWN_COSIGNATURE_BYTES]>, TokenFault>> + Send {
        let checkpoint = *checkpoint;
        async move { Self::cosign_own(self, &checkpoint).await }
    }

    fn check_signer_key(&self, id: KeyId, suite: Suite, expected: &[u8]) -> Result<(), KeyError> {
        Self::check_signer_key(self, id, suite, expected)
    }

    fn check_appliance_keys(&self, key: &CheckpointKey) -> Result<(), KeyError> {
        Self::check_appliance_keys(self, key)
    }
}
