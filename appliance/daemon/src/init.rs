//! `init`: an appliance's first day. Token, keys, TLS identity, and the first records.
//!
//! Guarantee: an appliance is made once; what exists is never overwritten. Pre-quorum: one officer's
//! certificate is put on record, until the first day is a ceremony of several.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use countersign_anchor::Held;
use countersign_protocol::change::{Appliance as Identity, Officer, Profile, Tenant};
use countersign_protocol::checkpoint::CosignerKey;
use countersign_protocol::{ApplianceId, Digest, Name, OfficerId, Origin};
use countersign_registry::{Change, Registry};
use countersign_token::Pin;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::anchoring::Taken;
use crate::answered::Answered;
use crate::appliance::Appliance;
use crate::books::ChangeError;
use crate::boot::{
    BootError, Disks, Extent, Files, Past, Ready, Start, ground, open_disks, open_module,
};
use crate::certificate;
use crate::config::{Config, ConfigError};
use crate::engine::Engine;
use crate::ground::{Ground, Hsm};
use crate::module::Module;
use crate::orders::DEFAULT_TENANT;
use crate::ran::Ran;
use crate::ring::Ring;
use crate::selftest;
use crate::snapshot::Shelf;

/// What an appliance is made of.
pub struct First<'a> {
    /// Which floor holds for ever.
    pub profile: Profile,
    /// The first officer's certificate (PEM).
    pub officer_certificate: &'a Path,
    /// The rpId of signers' devices: the approval page's host.
    pub rp_id: &'a str,
    /// The approval page's origin.
    pub origin: &'a str,
    /// The token's security officer PIN, if the token has to be made too.
    pub so_pin: Option<Pin>,
}

/// Why no appliance was made.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// There is one.
    #[error("{0} has a ledger already; an appliance is made once: choose another `data` folder")]
    Exists(PathBuf),
    /// The rpId or origin.
    #[error(
        "--origin must be https:// and exactly the rpId as host, such as https://sign.example (http:// too, for \
         localhost)"
    )]
    Origin,
    /// The profile.
    #[error(
        "profile production is refused here: it needs a certified token and officers' orders, \
             which this version has not; use --profile development"
    )]
    Production,
    /// The officer's certificate.
    #[error("cannot use the officer's certificate {0}; make one with `countersign identity new`")]
    Officer(PathBuf),
    /// A file.
    #[error("cannot write {path}: {why}")]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        why: std::io::Error,
    },
    /// The TLS identity.
    #[error("cannot make the TLS identity: {0}")]
    Tls(#[from] rcgen::Error),
    /// The token or ledger.
    #[error(transparent)]
    Boot(#[from] BootError),
    /// A first record.
    #[error(transparent)]
    Change(#[from] ChangeError),
}

impl From<ConfigError> for InitError {
    fn from(error: ConfigError) -> Self {
        BootError::from(error).into()
    }
}

/// Makes an appliance.
///
/// # Errors
/// [`InitError`].
pub async fn init(config: &Config, first: First<'_>) -> Result<ApplianceId, InitError> {
    let (rp_id, origin) = texts(&first)?;
    let files = Files::within(&config.data);
    // A file without a record is what an `init` that was cut short leaves.
    if std::fs::metadata(&files.ledger).is_ok_and(|file| file.len() > 0) {
        return Err(InitError::Exists(config.data.clone()));
    }
    let crypto = selftest::engine(config.engine).map_err(BootError::from)?;
    let officer = officer_channel(crypto.engine(), first.officer_certificate)?;
    std::fs::create_dir_all(&config.data)
        .map_err(|why| InitError::Write { path: config.data.clone(), why })?;
    write_identity(&files, rp_id.as_str())?;
    let module = Module::of(config, crypto.engine()).map_err(BootError::from)?;
    if let Some(so_pin) = &first.so_pin {
        countersign_token::initialise(&module.token(config)?, so_pin).map_err(BootError::from)?;
    }
    let ran = Ran::of(config, &module, crypto.engine()).map_err(BootError::from)?;
    let start = Start {
        ground: ground(config)?,
        crypto,
        token: open_module(config, &module)?,
        disks: open_disks(&config.data)?,
        extent: Extent::Everything,
        ran,
    };
    let founding = Founding { profile: first.profile, officer, rp_id, origin };
    let (appliance, id) = found(start, &founding).await?;
    appliance.close();
    Ok(id)
}

fn texts<'a>(first: &First<'a>) -> Result<(Origin<'a>, Origin<'a>), InitError> {
    if first.profile == Profile::Production {
        return Err(InitError::Production);
    }
    // A browser trusts http on its own machine alone (W3C Secure Contexts, 3.1), and here it is development.
    let scheme = if first.rp_id == "localhost" { "http://" } else { "https://" };
    let rest = first.origin.strip_prefix("https://").or_else(|| first.origin.strip_prefix(scheme));
    let host = rest.and_then(|rest| rest.split(':').next());
    let same = host == Some(first.rp_id) && !first.rp_id.contains('/');
    let texts = Origin::new(first.rp_id).zip(Origin::new(first.origin));
    texts.filter(|_| same).ok_or(InitError::Origin)
}

/// Who and what is on record first.
pub struct Founding<'a> {
    /// Which floor holds for ever.
    pub profile: Profile,
    /// The first officer's channel.
    pub officer: Digest,
    /// The rpId of signers' devices.
    pub rp_id: Origin<'a>,
    /// The approval page's origin.
    pub origin: Origin<'a>,
}

/// Makes an appliance on whatever ground: its keys, then the first records of its ledger, which must be
/// empty.
///
/// # Errors
/// [`InitError`].
pub async fn found<G: Ground>(
    start: Start<G>,
    founding: &Founding<'_>,
) -> Result<(Appliance<G>, ApplianceId), InitError> {
    let Start { ground, crypto, token, disks, ran, .. } = start;
    let (crypto, Disks { ledger, vault, snapshot }) = (crypto.into_engine(), disks);
    let checkpoint_key = token.create_appliance_keys().map_err(BootError::from)?;
    let cosigner = token.cosigner_key().map_err(BootError::from)?;
    let id = ApplianceId(token.random::<16>().await.map_err(BootError::from)?);
    let ring = Ring::make(&crypto, &token, vault, id).map_err(BootError::from)?;
    let empty = countersign_ledger::open(ledger, &*crypto, &ring, |_| Err("not empty".to_owned()));
    let settled = empty.and_then(|empty| empty.settle(&*crypto, &checkpoint_key));
    let settled = settled.map_err(BootError::from)?.for_appliance(id);
    let mut registry = Registry::new(Arc::clone(&crypto), ring.root_key());
    let nothing = registry.root();
    let shelf = Shelf::empty(snapshot);
    let past = Past { registry, answered: Answered::default(), shelf, cut_bytes: 0, skipped: 0 };
    let take = || Held::found(&ground.anchors(&token), nothing);
    let taken = Taken::by(&ground, take).map_err(BootError::from)?;
    let ready = Ready { ground, crypto, token, ring, settled, ran, past };
    let appliance = ready.run(0).await?.into_appliance(taken);
    let Founding { profile, officer, rp_id, origin } = *founding;
    let cosigner_key = cosigner.as_deref().map(CosignerKey);
    let identity = Identity { id, profile, rp_id, origin, checkpoint_key, cosigner_key };
    write_first_records(&appliance, identity, officer).await?;
    Ok((appliance, id))
}

async fn write_first_records<G: Ground>(
    appliance: &Appliance<G>,
    identity: Identity<'_>,
    officer: Digest,
) -> Result<(), InitError> {
    let name = |text| Name::new(text).ok_or(InitError::Origin);
    let tenant = Tenant { id: DEFAULT_TENANT, name: name("default")? };
    let officer = Officer { id: OfficerId(1), name: name("first officer")?, channel: officer };
    let changes = [Change::Appliance(identity), Change::Tenant(tenant), Change::Officer(officer)];
    for change in changes {
        let propose = |_: &_| Ok::<_, InitError>((change.kind(), change.content()));
        appliance.books.change(propose).await?;
    }
    Ok(())
}

fn officer_channel(engine: &Engine, path: &Path) -> Result<Digest, InitError> {
    let unusable = || InitError::Officer(path.to_owned());
    let certificate = CertificateDer::from_pem_file(path).map_err(|_| unusable())?;
    certificate::channel(engine, &certificate).ok_or_else(unusable)
}

/// A self-signed certificate that clients pin, and its key.
fn write_identity(files: &Files, host: &str) -> Result<(), InitError> {
    let identity = rcgen::generate_simple_self_signed(vec![host.to_owned()])?;
    write(&files.certificate, 0o644, identity.cert.pem().as_bytes())?;
    let key = zeroize::Zeroizing::new(identity.signing_key.serialize_pem());
    write(&files.key, 0o600, key.as_bytes())
}

/// Writes a new file, never over an old one.
fn write(path: &Path, mode: u32, bytes: &[u8]) -> Result<(), InitError> {
    let options = std::fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(path);
    let written = options.and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(|why| InitError::Write { path: path.to_owned(), why })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_one_that_a_browser_trusts_and_its_host_is_the_rp_id() {
        let path = Path::new("officer.pem");
        let taken = |profile, rp_id, origin| {
            let first = First { profile, officer_certificate: path, rp_id, origin, so_pin: None };
            texts(&first).is_ok()
        };
        let development = |rp_id, origin| taken(Profile::Development, rp_id, origin);
        for (rp_id, origin) in [
            ("sign.example", "https://sign.example"),
            ("sign.example", "https://sign.example:8443"),
            ("localhost", "https://localhost:8443"),
            ("localhost", "http://localhost:8080"),
        ] {
            assert!(development(rp_id, origin), "{origin}");
            assert!(!taken(Profile::Production, rp_id, origin), "{origin}");
        }
        for (rp_id, origin) in [
            ("sign.example", "http://sign.example"),
            ("sign.example", "http://localhost:8080"),
            ("localhost.example", "http://localhost.example"),
            ("localhost", "http://localhost.example"),
            ("example", "https://sign.example"),
        ] {
            assert!(!development(rp_id, origin), "{origin}");
        }
    }
}
