//! The keys that records are sealed under: the appliance's own, which the token makes, and one of each signer,
//! in the vault.
//!
//! Guarantees: a signer's key is durable before anything is sealed under it; one that is destroyed is gone from
//! the token's reach, whatever copies of the disk there are. It has one vault, and whoever seals or opens
//! waits while something is destroyed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_core::port::TokenFault;
use countersign_ledger::{Keys, NoKey};
use countersign_ports::{Crypto, Entropy, NoEntropy, NotAuthentic, NotSealed, Sealing, Storage};
use countersign_protocol::{ApplianceId, Digest, tag};
use countersign_recovery::Recipient;
use countersign_registry::{RecoveryRow, RootKey};
use countersign_token::{PrfUse, RANDOM_BYTES_MAX};
use countersign_vault::{
    Entry, Kind, Media, NotWrapped, Opened, Platform, Roots, Vault, VaultError,
};
use zeroize::Zeroizing;

use crate::ground::{Ground, Hsm};
use crate::snapshot::SnapshotKey;

/// The keys, on this ground.
pub struct Ring<G: Ground> {
    own: Zeroizing<[u8; 32]>,
    root: RootKey,
    crypto: Arc<G::Crypto>,
    token: G::Token,
    vault: Mutex<VaultOn<G>>,
}

type VaultOn<G> = Vault<
    <G as Ground>::Storage,
    <<G as Ground>::Token as Hsm>::Roots,
    Sealer<<G as Ground>::Crypto>,
>;

/// Why a key is not made or not destroyed.
#[derive(Debug, thiserror::Error)]
pub enum RingError {
    /// The vault.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The token.
    #[error("the token does not answer: {0}; see its own log")]
    Token(#[from] TokenFault),
}

impl<G: Ground> Ring<G> {
    /// Makes the vault of a new appliance. Waits.
    pub(crate) fn make(
        crypto: &Arc<G::Crypto>,
        token: &G::Token,
        media: Media<G::Storage>,
        appliance: ApplianceId,
    ) -> Result<Self, RingError> {
        let platform = platform::<G>(crypto, token, media, appliance);
        let vault = Vault::init(platform, &mut Chance::of(token))?;
        Self::with(vault, crypto, token)
    }

    /// Opens the vault, and says what it found. Waits.
    ///
    /// # Errors
    /// [`RingError`].
    pub fn open(
        crypto: &Arc<G::Crypto>,
        token: &G::Token,
        media: Media<G::Storage>,
        appliance: ApplianceId,
    ) -> Result<(Self, Opened), RingError> {
        let platform = platform::<G>(crypto, token, media, appliance);
        let (vault, opened) = Vault::open(platform, &mut Chance::of(token))?;
        Ok((Self::with(vault, crypto, token)?, opened))
    }

    fn with(
        vault: VaultOn<G>,
        crypto: &Arc<G::Crypto>,
        token: &G::Token,
    ) -> Result<Self, RingError> {
        let own = token.prf(PrfUse::OwnRecords)?;
        let root = RootKey::new(token.prf(PrfUse::RegistryRoot)?);
        let (crypto, token) = (Arc::clone(crypto), token.clone());
        Ok(Self { own, root, crypto, token, vault: Mutex::new(vault) })
    }

    /// Makes a signer's evidence key, durably, and says by what the vault knows it. Waits.
    pub(crate) fn add(&self) -> Result<Digest, RingError> {
        let key = Zeroizing::new(self.token.random_blocking::<32>()?);
        let id = Digest(self.crypto.sha256(&[tag::EVIDENCE_KEY, &key[..]]));
        let entry = Entry { id, kind: Kind::Evidence, key };
        self.vault().create(&mut Chance::of(&self.token), entry)?;
        Ok(id)
    }

    /// Destroys these keys; those that are gone are no error. Whatever snapshot there is goes with them. Waits.
    pub(crate) fn destroy(&self, ids: &[Digest]) -> Result<(), RingError> {
        if ids.is_empty() {
            return Ok(());
        }
        let mut vault = self.vault();
        let ids = [ids, &of_snapshots(&vault)].concat();
        vault.destroy(&mut Chance::of(&self.token), &ids)?;
        Ok(())
    }

    /// Wraps the key of each epoch from now on, and of this one, for a recovery key; says whether this one was not. The
    /// key of the appliance's own records goes into the vault first: the token, which makes it, may be lost. Waits.
    pub(crate) fn wrap_for(&self, recovery: &RecoveryRow) -> Result<bool, RingError> {
        let recipient = recovery.key().and_then(|key| Recipient::of(recovery.fingerprint, &key));
        let recipient = recipient.ok_or(VaultError::NotWrapped(NotWrapped))?;
        let (mut vault, mut chance) = (self.vault(), Chance::of(&self.token));
        if !vault.entries().any(|(_, kind)| kind == Kind::OwnRecords) {
            let id = Digest(self.crypto.sha256(&[tag::OWN_KEY_NAME, &self.own[..]]));
            let key = self.own.clone();
            vault.create(&mut chance, Entry { id, kind: Kind::OwnRecords, key })?;
        }
        Ok(vault.wrap_for(&mut chance, Box::new(recipient))?)
    }

    /// For which recovery key the vault's epoch is wrapped.
    pub(crate) fn wrapped_for(&self) -> Option<Digest> {
        self.vault().wrapped_for()
    }

    /// The key of snapshots until the next erasure: made now, if there is none. Waits.
    pub(crate) fn snapshot_key(&self) -> Result<SnapshotKey, RingError> {
        let mut vault = self.vault();
        if let Some(id) = of_snapshots(&vault).first() {
            return Ok(SnapshotKey { id: *id, key: vault.key(id)? });
        }
        let key = Zeroizing::new(self.token.random_blocking::<32>()?);
        let id = Digest(self.crypto.sha256(&[tag::SNAPSHOT_KEY, &key[..]]));
        let entry = Entry { id, kind: Kind::Snapshot, key: key.clone() };
        vault.create(&mut Chance::of(&self.token), entry)?;
        Ok(SnapshotKey { id, key })
    }

    /// The key of the snapshot that there may be. Waits.
    pub(crate) fn last_snapshot_key(&self) -> Option<SnapshotKey> {
        let vault = self.vault();
        let id = *of_snapshots(&vault).first()?;
        Some(SnapshotKey { id, key: vault.key(&id).ok()? })
    }

    /// What the registry's root is made with.
    pub(crate) fn root_key(&self) -> RootKey {
        self.root.clone()
    }

    /// Random bytes of the token's.
    pub(crate) const fn chance(&self) -> Chance<'_, G::Token> {
        Chance::of(&self.token)
    }

    /// Whether there is such a key.
    pub(crate) fn has(&self, id: &Digest) -> bool {
        !matches!(self.vault().key(id), Err(VaultError::Unknown { .. }))
    }

    fn vault(&self) -> MutexGuard<'_, VaultOn<G>> {
        // A panic aborts the process: what a poisoned lock holds is not looked at again.
        self.vault.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<G: Ground> Keys for Ring<G> {
    fn own(&self) -> &[u8; 32] {
        &self.own
    }

    fn of_signer(&self, id: &Digest) -> Result<Zeroizing<[u8; 32]>, NoKey> {
        self.vault().key(id).map_err(|why| match why {
            VaultError::Unknown { .. } => NoKey::Gone,
            other => {
                tracing::error!(%other, "the vault gives no key");
                NoKey::Failed
            }
        })
    }
}

/// What the vault has for snapshots: one key, or none.
fn of_snapshots<S: Storage, R: Roots, E: Sealing>(vault: &Vault<S, R, E>) -> Vec<Digest> {
    let of_snapshots = vault.entries().filter(|(_, kind)| *kind == Kind::Snapshot);
    of_snapshots.map(|(id, _)| id).collect()
}

fn platform<G: Ground>(
    crypto: &Arc<G::Crypto>,
    token: &G::Token,
    media: Media<G::Storage>,
    appliance: ApplianceId,
) -> Platform<G::Storage, <G::Token as Hsm>::Roots, Sealer<G::Crypto>> {
    Platform { media, roots: token.roots(), engine: Sealer(Arc::clone(crypto)), appliance }
}

/// The appliance's engine, for the vault.
struct Sealer<C>(Arc<C>);

impl<C: Sealing> Sealing for Sealer<C> {
    fn seal_in_place(
        &self,
        key: &[u8; 32],
        nonce: &[u8; 12],
        associated: &[u8],
        bytes: &mut [u8],
    ) -> Result<[u8; 16], NotSealed> {
        self.0.seal_in_place(key, nonce, associated, bytes)
    }

    fn open_in_place(
        &self,
        key: &[u8; 32],
        nonce: &[u8; 12],
        associated: &[u8],
        bytes: &mut [u8],
        tag: &[u8; 16],
    ) -> Result<(), NotAuthentic> {
        self.0.open_in_place(key, nonce, associated, bytes, tag)
    }
}

/// Random bytes of the token's, some at a time.
pub(crate) struct Chance<'t, H> {
    token: &'t H,
    left: Vec<u8>,
}

impl<'t, H: Hsm> Chance<'t, H> {
    const fn of(token: &'t H) -> Self {
        Self { token, left: Vec::new() }
    }
}

impl<H: Hsm> Entropy for Chance<'_, H> {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        for byte in bytes {
            if self.left.is_empty() {
                let more = self.token.random_blocking::<RANDOM_BYTES_MAX>();
                self.left = more.map_err(|_| NoEntropy)?.to_vec();
            }
            *byte = self.left.pop().ok_or(NoEntropy)?;
        }
        Ok(())
    }
}
