//! Boot: engine, token, vault, ledger, registry, in this order; then the appliance may serve.
//!
//! Guarantees: nothing older than the anchor is used, and whoever had the token before has it no more; nothing is decided, and nothing read that decides, with an engine that did not give its known answers
//! ([`crate::selftest`]); nothing is served unless the ledger follows from the newest snapshot, or from its beginning where
//! there is none ([`crate::reading`]) and has all that is anchored, its last checkpoint is signed by the appliance's key, every signer's key is
//! in the vault, and each signing key in the token is as it was made.

mod files;

use std::path::PathBuf;
use std::sync::Arc;

use countersign_anchor::{AnchorError, Current, Found};
use countersign_core::Now;
use countersign_core::entry::Key;
use countersign_core::port::{Crypto, TokenFault};
use countersign_host::{Clock, FileStorage, FileView};
use countersign_ledger::{Damage, Instruments, Replayed, Salts, Settled};
use countersign_ports::Storage;
use countersign_protocol::Digest;
use countersign_protocol::change::{Place, Standing};
use countersign_protocol::checkpoint::{CheckpointKey, CosignerKey};
use countersign_protocol::record::{self, Kind};
use countersign_registry::Registry;
use countersign_selftest::{Failure, Tested};
use countersign_token::{KeyError, OpenError, Token};

pub(crate) use files::open_disks;
pub use files::{Disks, Files, identity};

use crate::anchoring::Taken;
use crate::answered::Answered;
use crate::appliance::Appliance;
use crate::books::{Begun, Books};
use crate::config::{Config, ConfigError};
use crate::contents;
use crate::ground::{Ground, Hsm};
use crate::linux::Linux;
use crate::module::Module;
use crate::platform::Surroundings;
use crate::ran::{Ran, RanError};
use crate::reading::{self, Read};
use crate::ring::{Ring, RingError};
use crate::selftest;
use crate::snapshot::Shelf;

/// The appliance as the binary runs it.
pub type Booted = Appliance<Linux<FileStorage>>;

/// Why the appliance does not start.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// An engine that gives wrong answers.
    #[error(transparent)]
    SelfTest(#[from] Failure),
    /// What runs, or may not.
    #[error(transparent)]
    Ran(#[from] RanError),
    /// The token.
    #[error(transparent)]
    Token(#[from] OpenError),
    /// The token, later.
    #[error("the token does not answer: {0}; see its own log")]
    Fault(#[from] TokenFault),
    /// The token's secret.
    #[error("the token's secret is another one when it is asked for again; do not use this token")]
    Unsteady,
    /// The anchor.
    #[error(transparent)]
    Anchor(#[from] AnchorError),
    /// A file of ledger or vault.
    #[error("cannot open {path}: {why}")]
    Storage {
        /// Which file.
        path: PathBuf,
        /// Why.
        why: countersign_host::OpenError,
    },
    /// The ledger's content.
    #[error(transparent)]
    Damage(#[from] Damage),
    /// There is none yet.
    #[error("the ledger is empty; run `countersignd init` first")]
    Empty,
    /// The vault.
    #[error(transparent)]
    Ring(#[from] RingError),
    /// Records that nobody can open, of a signer whom nobody erased.
    #[error(
        "the vault has no key {0}, and the ledger says of nobody with it that the signer is erased; put back the \
         newest copy of the vault"
    )]
    KeyLost(Digest),
    /// A vault that is newer than its ledger.
    #[error(
        "the vault is wrapped for the recovery key {0}, and the ledger says of none that it is set; put back the \
         newest copy of the ledger"
    )]
    RecoveryUnknown(Digest),
    /// The key that cosigns.
    #[error(
        "the token's key that cosigns checkpoints is not the one on record; is this the token that the appliance was made with?"
    )]
    Cosigner,
    /// A signing key.
    #[error("signing key {key} in the token is not as it was made: {why}; do not use this token")]
    Key {
        /// Which.
        key: String,
        /// Why.
        why: String,
    },
    /// The appliance's own keys.
    #[error("the appliance's keys: {0}; an appliance needs the very token that it was made on")]
    OwnKeys(#[from] KeyError),
    /// The ledger does not take the boot record.
    #[error("the boot cannot be recorded: {0}; check the disk and the token")]
    Record(String),
    /// The TLS identity.
    #[error("cannot read the TLS identity {path}: {why}; run `countersignd init`")]
    Identity {
        /// Which file.
        path: PathBuf,
        /// Why.
        why: String,
    },
}

/// What an appliance is started from.
pub struct Start<G: Ground> {
    /// Time and threads.
    pub ground: G,
    /// The engine, which has given its known answers.
    pub crypto: Tested<Arc<G::Crypto>>,
    /// The token, open.
    pub token: G::Token,
    /// What it keeps, open.
    pub disks: Disks<G::Storage>,
    /// How much of its ledger it reads.
    pub extent: Extent,
    /// What runs, as far as that is known.
    pub ran: Ran,
}

/// How much of the ledger a boot reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// What is after the newest snapshot, if there is one.
    SinceSnapshot,
    /// Everything.
    Everything,
}

/// Starts the appliance.
///
/// # Errors
/// [`BootError`]: nothing is served.
pub async fn boot(config: &Config, extent: Extent) -> Result<Booted, BootError> {
    let crypto = selftest::engine(config.engine)?;
    let module = Module::of(config, crypto.engine())?;
    let ran = Ran::of(config, &module, crypto.engine())?;
    let (token, disks) = (open_module(config, &module)?, open_disks(&config.data)?);
    let appliance =
        boot_from(Start { ground: ground(config)?, crypto, token, disks, extent, ran }).await?;
    if let Some(folder) = &config.publish {
        let path = Files::within(&config.data).ledger;
        let view = FileView::open(&path).map_err(|why| BootError::Storage { path, why })?;
        appliance.publish(folder.clone(), view);
    }
    Ok(appliance)
}

/// Starts the appliance on an open token and open media.
///
/// # Errors
/// [`BootError`]: nothing is served.
pub async fn boot_on<S: Storage + Send + 'static>(
    config: &Config,
    token: Token,
    disks: Disks<S>,
    extent: Extent,
) -> Result<Appliance<Linux<S>>, BootError> {
    let (ground, crypto) = (ground(config)?, selftest::engine(config.engine)?);
    boot_from(Start { ground, crypto, token, disks, extent, ran: Ran::default() }).await
}

pub(crate) fn ground<S>(config: &Config) -> Result<Linux<S>, ConfigError> {
    Ok(Linux::new(Clock::new(config.clock_uncertainty_ms), config.groups()?))
}

/// Starts the appliance on whatever ground.
///
/// # Errors
/// [`BootError`]: nothing is served.
pub async fn boot_from<G: Ground>(start: Start<G>) -> Result<Appliance<G>, BootError> {
    let Start { ground, crypto, token, disks, extent, ran } = start;
    let (crypto, Disks { ledger, vault, snapshot }) = (crypto.into_engine(), disks);
    let appliance = countersign_ledger::claimed_appliance(&ledger, &*crypto)?;
    let appliance = appliance.ok_or(BootError::Empty)?;
    let (ring, opened) = Ring::open(&crypto, &token, vault, appliance)?;
    tracing::info!(?opened, "the vault is open");
    let key = ring.last_snapshot_key();
    let (shelf, found) = Shelf::open(snapshot, &crypto, key.as_deref(), appliance);
    let read = reading::read(ledger, &crypto, &ring, found, extent)?;
    let Read { replayed, registry, answered, skipped } = read;
    let checkpoint_key = check_keys(&registry, &token)?;
    let current = current(&token, &replayed, &*crypto)?;
    let settled = replayed.settle(&*crypto, &checkpoint_key)?;
    let cut_bytes = settled.cut_bytes();
    wrap(&registry, &ring)?;
    if finish_erasures(&registry, &ring)? {
        shelf.forget();
    }
    let past = Past { registry, answered, shelf, cut_bytes, skipped };
    let take = || current.take(&token.anchors());
    let taken = Taken::by(&ground, take).map_err(BootError::Anchor)?;
    open(Ready { ground, crypto, token, ring, settled, ran, taken }, past).await
}

/// The ledger has whatever is anchored.
pub(crate) fn current<S: Storage>(
    token: &impl Hsm,
    replayed: &Replayed<S>,
    crypto: &impl Crypto,
) -> Result<Current, AnchorError> {
    let root_at = |size| replayed.root_at(crypto, size);
    Found::look(&token.anchors())?.covered_by(replayed.head(), root_at)
}

/// The vault is wrapped for the recovery key that is on record: it is now, if the power failed before. One that is wrapped
/// though the ledger knows of no recovery key has another ledger.
fn wrap<G: Ground>(registry: &Registry<G::Crypto>, ring: &Ring<G>) -> Result<(), BootError> {
    let found = ring.wrapped_for();
    let Some(recovery) = registry.recovery() else {
        return found.map_or(Ok(()), |key| Err(BootError::RecoveryUnknown(key)));
    };
    if ring.wrap_for(recovery)? {
        let found = found.map_or_else(|| "none".to_owned(), |key| key.to_string());
        tracing::warn!(%found, recorded = %recovery.fingerprint, "the vault's copy for recovery is made anew");
    }
    Ok(())
}

/// A signer is erased when the record says so: the key goes now, if the power failed before it did. A key
/// without record is one that came too early to be anybody's.
///
/// Says whether anything was destroyed. Everybody else's key must be there: of what a snapshot has, nobody has
/// tried to open the records.
fn finish_erasures<G: Ground>(
    registry: &Registry<G::Crypto>,
    ring: &Ring<G>,
) -> Result<bool, BootError> {
    let missing = || registry.live_evidence_keys().find(|key| !ring.has(key));
    if let Some(lost) = registry.lost_key().or_else(missing) {
        return Err(BootError::KeyLost(lost));
    }
    let left: Vec<_> = registry.erased_keys().filter(|key| ring.has(key)).collect();
    ring.destroy(&left)?;
    Ok(!left.is_empty())
}

/// What the ledger says of what was before this boot.
pub(crate) struct Past<C, S> {
    pub(crate) registry: Registry<C>,
    pub(crate) answered: Answered,
    pub(crate) shelf: Shelf<S>,
    pub(crate) cut_bytes: u64,
    pub(crate) skipped: u64,
}

/// A ledger that is settled, with what it stands on.
pub(crate) struct Ready<G: Ground> {
    pub(crate) ground: G,
    pub(crate) crypto: Arc<G::Crypto>,
    pub(crate) token: G::Token,
    pub(crate) ring: Ring<G>,
    pub(crate) settled: Settled<G::Storage>,
    pub(crate) ran: Ran,
    pub(crate) taken: Taken,
}

/// Opens the ledger for records, with salts that need the HSM; the first is that of this boot.
pub(crate) async fn open<G: Ground>(
    ready: Ready<G>,
    past: Past<G::Crypto, G::Storage>,
) -> Result<Appliance<G>, BootError> {
    let Ready { ground, crypto, token, ring, settled, ran, taken } = ready;
    let Past { mut registry, answered, shelf, cut_bytes, skipped } = past;
    registry.begin(ground.now());
    let boot = Digest(token.random::<32>().await?);
    let salts = Salts { secret: selftest::salt_secret(&token)?, boot };
    let ring = Arc::new(ring);
    let (keys, notary) = (Arc::clone(&ring), token.clone());
    let with = Instruments { crypto: Arc::clone(&crypto), keys, notary, salts };
    let ledger = ground.start(settled, with);
    let ground = Arc::new(ground);
    let with = Arc::clone(&crypto);
    let begun = Begun { registry, answered, shelf, skipped, boot, taken };
    let books = Books::new(Arc::clone(&ground), with, begun, ledger, ring, token.clone());
    let appliance = Appliance::new(ground, crypto, books, token);
    let Now { utc_lo_ms, utc_hi_ms, .. } = appliance.now();
    let Ran { program, configuration, module } = ran;
    let record =
        record::Boot { boot, cut_bytes, utc_lo_ms, utc_hi_ms, program, configuration, module };
    let record = contents::encode(&record);
    let recorded = appliance.books.record_own(Kind::Boot, record).await;
    recorded.map_err(|_| BootError::Record(appliance.why_failed()))?;
    Ok(appliance)
}

/// Opens the token.
///
/// # Errors
/// [`BootError`]: of the engine, the configuration, the module, or the token.
pub fn open_token(config: &Config) -> Result<Token, BootError> {
    let crypto = selftest::engine(config.engine)?;
    open_module(config, &Module::of(config, crypto.engine())?)
}

pub(crate) fn open_module(config: &Config, module: &Module) -> Result<Token, BootError> {
    let clock = Clock::new(config.clock_uncertainty_ms);
    Ok(Token::open(module.token(config)?, Arc::new(move || clock.boot_ms()))?)
}

/// The keys in the token are as they were made; gives the one that checkpoints verify with.
pub(crate) fn check_keys<C: Crypto>(
    registry: &Registry<C>,
    token: &impl Hsm,
) -> Result<CheckpointKey, BootError> {
    let (_, checkpoint_key) = registry.identity().ok_or(BootError::Empty)?;
    token.check_appliance_keys(checkpoint_key)?;
    if token.cosigner_key()?.as_deref().map(CosignerKey) != registry.cosigner_key() {
        return Err(BootError::Cosigner);
    }
    let used = registry.keys().filter(|key| key.standing != Standing::Revoked);
    { used }.try_for_each(|key| {
        let Key { place: Place::Resident(id), suite, public_key, .. } = key;
        let why = |why: KeyError| BootError::Key { key: key.id.to_string(), why: why.to_string() };
        token.check_signer_key(*id, *suite, public_key).map_err(why)
    })?;
    Ok(*checkpoint_key)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "what a test did not expect has failed the test")]
mod tests;
