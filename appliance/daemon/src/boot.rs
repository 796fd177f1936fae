//! Boot: token, vault, ledger, registry, in this order; then the appliance may serve.
//!
//! Guarantees: nothing is served unless the whole ledger follows from its beginning, its last
//! checkpoint is signed by the appliance's key, and each signing key in the token is as it was made.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use countersign_core::entry::Key;
use countersign_core::port::{Crypto, TokenFault};
use countersign_core::{Now, Reason};
use countersign_host::{Clock, FileStorage, FileView, Host};
use countersign_ledger::{Damage, Instruments, Salts, Seen, Settled};
use countersign_ports::Storage;
use countersign_protocol::activation::Activation;
use countersign_protocol::change::{Place, Standing};
use countersign_protocol::checkpoint::CheckpointKey;
use countersign_protocol::record::{self, Kind, RefusalContent, SignatureContent};
use countersign_protocol::{Digest, TransactionId, canonical};
use countersign_registry::Registry;
use countersign_soft::Soft;
use countersign_token::{KeyError, OpenError, PrfUse, Token};
use countersign_vault::Media;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::answered::Answered;
use crate::appliance::Appliance;
use crate::books::Books;
use crate::config::{Config, ConfigError};
use crate::contents;
use crate::engine::Engine;
use crate::ground::{Ground, Hsm};
use crate::linux::Linux;
use crate::platform::Surroundings;
use crate::ring::{Ring, RingError};

/// The appliance as the binary runs it.
pub type Booted = Appliance<Linux<FileStorage>>;

/// Why the appliance does not start.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The token.
    #[error(transparent)]
    Token(#[from] OpenError),
    /// The token, later.
    #[error("the token does not answer: {0}; see its own log")]
    Fault(#[from] TokenFault),
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

/// The files of an appliance.
pub struct Files {
    /// The ledger.
    pub ledger: PathBuf,
    /// The vault's two media.
    pub vault: Media<PathBuf>,
    /// The certificate that clients pin.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

impl Files {
    /// The files in a data folder.
    #[must_use]
    pub fn within(data: &Path) -> Self {
        Self {
            ledger: data.join("ledger"),
            vault: Media { even: data.join("vault.even"), odd: data.join("vault.odd") },
            certificate: data.join("server.pem"),
            key: data.join("server.key.pem"),
        }
    }
}

/// What an appliance is started from.
pub struct Start<G: Ground> {
    /// Time and threads.
    pub ground: G,
    /// The engine.
    pub crypto: Arc<G::Crypto>,
    /// The token, open.
    pub token: G::Token,
    /// The medium of its ledger, open.
    pub storage: G::Storage,
    /// The media of its vault, open.
    pub vault: Media<G::Storage>,
}

/// Starts the appliance.
///
/// # Errors
/// [`BootError`]: nothing is served.
pub async fn boot(config: &Config) -> Result<Booted, BootError> {
    let token = open_token(config)?;
    let (storage, vault) = (open_storage(&config.data)?, open_vault(&config.data)?);
    let appliance = boot_on(config, token, storage, vault).await?;
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
    storage: S,
    vault: Media<S>,
) -> Result<Appliance<Linux<S>>, BootError> {
    let ground = Linux::new(Clock::new(config.clock_uncertainty_ms), config.groups()?);
    let crypto = Arc::new(Engine::new(config.engine, Host, Soft));
    boot_from(Start { ground, crypto, token, storage, vault }).await
}

/// Starts the appliance on whatever ground.
///
/// # Errors
/// [`BootError`]: nothing is served.
pub async fn boot_from<G: Ground>(start: Start<G>) -> Result<Appliance<G>, BootError> {
    let Start { ground, crypto, token, storage, vault } = start;
    let appliance = countersign_ledger::claimed_appliance(&storage, &*crypto)?;
    let (ring, opened) = Ring::open(&crypto, &token, vault, appliance.ok_or(BootError::Empty)?)?;
    tracing::info!(?opened, "the vault is open");
    let mut registry = Registry::new(Arc::clone(&crypto));
    let mut answered = Answered::default();
    let replayed = countersign_ledger::open(storage, &*crypto, &ring, |seen| {
        countersign_registry::replay(&mut registry, seen).map_err(|why| why.to_string())?;
        remember(&mut answered, seen)
    })?;
    let checkpoint_key = check_keys(&registry, &token)?;
    let settled = replayed.settle(&*crypto, &checkpoint_key)?;
    let cut_bytes = settled.cut_bytes();
    wrap(&registry, &ring)?;
    finish_erasures(&registry, &ring)?;
    let past = Past { registry, answered, cut_bytes };
    open(Ready { ground, crypto, token, ring, settled }, past).await
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
fn finish_erasures<G: Ground>(
    registry: &Registry<G::Crypto>,
    ring: &Ring<G>,
) -> Result<(), BootError> {
    if let Some(lost) = registry.lost_key() {
        return Err(BootError::KeyLost(lost));
    }
    let left: Vec<_> = registry.erased_keys().filter(|key| ring.has(key)).collect();
    Ok(ring.destroy(&left)?)
}

/// What the ledger says of what was before this boot.
pub(crate) struct Past<C> {
    pub(crate) registry: Registry<C>,
    pub(crate) answered: Answered,
    pub(crate) cut_bytes: u64,
}

/// A ledger that is settled, with what it stands on.
pub(crate) struct Ready<G: Ground> {
    pub(crate) ground: G,
    pub(crate) crypto: Arc<G::Crypto>,
    pub(crate) token: G::Token,
    pub(crate) ring: Ring<G>,
    pub(crate) settled: Settled<G::Storage>,
}

/// Opens the ledger for records, with salts that need the HSM; the first is that of this boot.
pub(crate) async fn open<G: Ground>(
    ready: Ready<G>,
    past: Past<G::Crypto>,
) -> Result<Appliance<G>, BootError> {
    let Ready { ground, crypto, token, ring, settled } = ready;
    let Past { mut registry, answered, cut_bytes } = past;
    registry.begin(ground.now());
    let boot = Digest(token.random::<32>().await?);
    let salts = Salts { secret: token.prf(PrfUse::LedgerSalt)?, boot };
    let ring = Arc::new(ring);
    let (keys, notary) = (Arc::clone(&ring), token.clone());
    let with = Instruments { crypto: Arc::clone(&crypto), keys, notary, salts };
    let ledger = ground.start(settled, with);
    let ground = Arc::new(ground);
    let with = Arc::clone(&crypto);
    let books = Books::new(Arc::clone(&ground), with, registry, ledger, ring, answered);
    let appliance = Appliance::new(ground, crypto, books, token);
    let Now { utc_lo_ms, utc_hi_ms, .. } = appliance.now();
    let record = contents::encode(&record::Boot { boot, cut_bytes, utc_lo_ms, utc_hi_ms });
    let recorded = appliance.books.record_own(Kind::Boot, record).await;
    recorded.map_err(|_| BootError::Record(appliance.why_failed()))?;
    Ok(appliance)
}

/// Opens the token.
///
/// # Errors
/// [`BootError::Config`] or [`BootError::Token`].
pub fn open_token(config: &Config) -> Result<Token, BootError> {
    let clock = Clock::new(config.clock_uncertainty_ms);
    Ok(Token::open(config.token()?, Arc::new(move || clock.boot_ms()))?)
}

pub(crate) fn open_storage(data: &Path) -> Result<FileStorage, BootError> {
    open_file(Files::within(data).ledger)
}

pub(crate) fn open_vault(data: &Path) -> Result<Media<FileStorage>, BootError> {
    let Media { even, odd } = Files::within(data).vault;
    Ok(Media { even: open_file(even)?, odd: open_file(odd)? })
}

fn open_file(path: PathBuf) -> Result<FileStorage, BootError> {
    FileStorage::open(&path).map_err(|why| BootError::Storage { path, why })
}

fn remember(answered: &mut Answered, seen: &Seen<'_>) -> Result<(), String> {
    let damage = |_| "its content is not canonical".to_owned();
    // Nobody is given again what is about somebody who is erased.
    let Some(content) = seen.content.open() else { return Ok(()) };
    if seen.leaf.kind == Kind::Signature {
        let content: SignatureContent<'_> = canonical::decode(content).map_err(damage)?;
        let activation: Activation<'_> =
            canonical::decode(content.activation.bytes()).map_err(damage)?;
        answered.insert(activation.transaction, activation.front_end, seen.location);
    }
    if seen.leaf.kind == Kind::Refusal {
        let content = canonical::decode(content).map_err(damage)?;
        spent(&content).into_iter().for_each(|id| answered.insert_spent(id));
    }
    Ok(())
}

/// The transaction whose approval was spent for nothing, if a refusal was such a one.
fn spent(refusal: &RefusalContent<'_>) -> Option<TransactionId> {
    let spent = Reason::from_number(refusal.reason).is_some_and(Reason::is_after_reserve);
    refusal.transaction.filter(|_| spent)
}

/// The keys in the token are as they were made; gives the one that checkpoints verify with.
fn check_keys<C: Crypto>(
    registry: &Registry<C>,
    token: &impl Hsm,
) -> Result<CheckpointKey, BootError> {
    let (_, checkpoint_key) = registry.identity().ok_or(BootError::Empty)?;
    token.check_appliance_keys(checkpoint_key)?;
    let used = registry.keys().filter(|key| key.standing != Standing::Revoked);
    { used }.try_for_each(|key| {
        let Key { place: Place::Resident(id), suite, public_key, .. } = key;
        let why = |why: KeyError| BootError::Key { key: key.id.to_string(), why: why.to_string() };
        token.check_signer_key(*id, *suite, public_key).map_err(why)
    })?;
    Ok(*checkpoint_key)
}

/// The certificate and key that the endpoint shows.
///
/// # Errors
/// [`BootError::Identity`].
pub fn identity(
    data: &Path,
) -> Result<(CertificateDer<'static>, PrivateKeyDer<'static>), BootError> {
    let Files { certificate, key, .. } = Files::within(data);
    let read = |path: &Path| {
        let path = path.to_owned();
        move |why: rustls::pki_types::pem::Error| BootError::Identity { path, why: why.to_string() }
    };
    Ok((
        CertificateDer::from_pem_file(&certificate).map_err(read(&certificate))?,
        PrivateKeyDer::from_pem_file(&key).map_err(read(&key))?,
    ))
}

#[cfg(test)]
mod tests {
    use countersign_protocol::Sequence;

    use super::*;

    #[test]
    fn a_refusal_has_spent_an_approval_if_it_came_after_the_reservation() {
        let id = TransactionId([7; 32]);
        let refusal = |reason: Reason| RefusalContent {
            reason: reason.number(),
            channel: Digest([1; 32]),
            front_end: None,
            key: None,
            transaction: Some(id),
            utc_lo_ms: 0,
            utc_hi_ms: 0,
            counts: Sequence::EMPTY,
            device: None,
            ticket: None,
        };
        for reason in Reason::ALL {
            let expected = reason.is_after_reserve().then_some(id);
            assert_eq!(spent(&refusal(*reason)), expected, "{reason:?}");
        }
        assert_eq!(spent(&refusal(Reason::TokenSignatureWrong)), Some(id));
        assert_eq!(spent(&refusal(Reason::UserNotVerified)), None);
    }
}
