//! Boot: engine, token, vault, ledger, registry, in this order; then the appliance may serve.
//!
//! Guarantees: nothing older than the anchor is used, and whoever had the token before has it no more; nothing is decided, and nothing read that decides, with an engine that did not give its known answers
//! ([`crate::selftest`]); nothing is served unless the ledger follows from the newest snapshot, or from its beginning where
//! there is none ([`crate::reading`]) and has all that is anchored, its last checkpoint is signed by the appliance's key, every signer's key is
//! in the vault, and each signing key in the token is as it was made.

mod files;
mod opened;
mod running;
mod table;

use std::path::PathBuf;
use std::sync::Arc;

use countersign_anchor::AnchorError;
use countersign_core::port::TokenFault;
use countersign_host::{Clock, FileStorage, FileView};
use countersign_ledger::Damage;
use countersign_ports::Storage;
use countersign_protocol::Digest;
use countersign_selftest::{Failure, Tested};
use countersign_token::{KeyError, OpenError, Token};

pub(crate) use files::open_disks;
pub use files::{Disks, Files, identity};
pub(crate) use opened::{Opened, check_keys, current};
pub(crate) use running::{Past, Ready};
pub use table::{Row, Verdict};

use crate::anchoring::Taken;
use crate::appliance::Appliance;
use crate::config::{Config, ConfigError};
use crate::ground::Ground;
use crate::linux::Linux;
use crate::locked::Locked;
use crate::module::Module;
use crate::ran::{Ran, RanError};
use crate::ring::RingError;
use crate::selftest;

/// What the binary runs on.
pub type OnFiles = Linux<FileStorage>;
/// The appliance as the binary runs it.
pub type Booted = Appliance<OnFiles>;

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

/// How an appliance starts.
pub enum Started<G: Ground> {
    /// It may serve.
    Open(Box<Appliance<G>>),
    /// Its ledger is not the one that is anchored: officers say whether it goes on.
    Locked(Box<Locked<G>>),
}

impl<G: Ground> Started<G> {
    /// The appliance.
    ///
    /// # Errors
    /// [`BootError::Anchor`] if it is locked.
    pub fn open(self) -> Result<Appliance<G>, BootError> {
        match self {
            Self::Open(appliance) => Ok(*appliance),
            Self::Locked(locked) => Err(locked.why().into()),
        }
    }
}

/// Starts the appliance.
///
/// # Errors
/// [`BootError`]: nothing is served.
pub async fn start(config: &Config, extent: Extent) -> Result<Started<OnFiles>, BootError> {
    let crypto = selftest::engine(config.engine)?;
    let module = Module::of(config, crypto.engine())?;
    let ran = Ran::of(config, &module, crypto.engine())?;
    let (token, disks) = (open_module(config, &module)?, open_disks(&config.data)?);
    start_from(Start { ground: ground(config)?, crypto, token, disks, extent, ran }).await
}

/// Starts the appliance, whose ledger must be the anchored one.
///
/// # Errors
/// [`BootError`]: nothing is served.
pub async fn boot(config: &Config, extent: Extent) -> Result<Booted, BootError> {
    let appliance = start(config, extent).await?.open()?;
    publish(config, &appliance)?;
    Ok(appliance)
}

/// Keeps the public copy that is configured.
///
/// # Errors
/// [`BootError::Storage`].
pub fn publish(config: &Config, appliance: &Booted) -> Result<(), BootError> {
    if let Some(folder) = &config.publish {
        let path = Files::within(&config.data).ledger;
        let view = FileView::open(&path).map_err(|why| BootError::Storage { path, why })?;
        appliance.publish(folder.clone(), view);
    }
    Ok(())
}

/// Starts the appliance on an open token and open media.
///
/// # Errors
/// [`BootError`]: nothing is served.
pub async fn start_on<S: Storage + Send + 'static>(
    config: &Config,
    token: Token,
    disks: Disks<S>,
    extent: Extent,
) -> Result<Started<Linux<S>>, BootError> {
    let (ground, crypto) = (ground(config)?, selftest::engine(config.engine)?);
    start_from(Start { ground, crypto, token, disks, extent, ran: Ran::default() }).await
}

pub(crate) fn ground<S>(config: &Config) -> Result<Linux<S>, ConfigError> {
    let clock = Clock::new(config.clock_uncertainty_ms);
    Ok(Linux::new(clock, config.groups()?, config.counter()?))
}

/// Starts the appliance on whatever ground.
///
/// # Errors
/// [`BootError`]: nothing is served.
pub async fn start_from<G: Ground>(start: Start<G>) -> Result<Started<G>, BootError> {
    let opened = Opened::read(start)?;
    let current = match opened.current() {
        Ok(current) => current,
        Err(why) if table::of_anchor(&why).verdict() == Verdict::Locked => {
            // Nobody is asked to go on with what is damaged.
            opened.check_whole()?;
            return Ok(Started::Locked(Box::new(Locked::new(opened, why)?)));
        }
        Err(why) => return Err(why.into()),
    };
    let mut ready = opened.settle()?;
    let (anchors, root) = (ready.ground.anchors(&ready.token), ready.past.registry.root());
    let (before_ms, utc_ms) = (current.utc_ms(), ready.ground.now().utc_lo_ms);
    let taken = Taken::by(&ready.ground, || current.take(&anchors, root, utc_ms))?;
    Ok(Started::Open(Box::new(ready.run(before_ms).await?.into_appliance(taken))))
}

/// The same, whose ledger must be the anchored one.
///
/// # Errors
/// [`BootError`]: nothing is served.
pub async fn boot_on<S: Storage + Send + 'static>(
    config: &Config,
    token: Token,
    disks: Disks<S>,
    extent: Extent,
) -> Result<Appliance<Linux<S>>, BootError> {
    start_on(config, token, disks, extent).await?.open()
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
