//! This appliance as a witness of other logs: its key in the HSM, what it remembers, and where it is asked.
//!
//! Guarantees beside those of `countersign-witness`: the key is one of its own, which signs nothing else; a
//! witness that has its key has its memory, or does not begin.

mod serving;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};

use countersign_ports::Storage;
use countersign_tlog::key::{Key, Kind};
use countersign_token::{KeyError, Token};
use countersign_witness::{BadLogs, Cosigner, FileMemory, Logs, Memory as _, OpenError, Witness};
use tokio::task::JoinHandle;

use crate::appliance::Appliance;
use crate::config::WitnessingSection;
use crate::linux::Linux;
use crate::platform::Surroundings as _;

/// What the witness remembers, in the data folder.
const MEMORY: &str = "witness";
/// Its verifier key, for those who are to be told.
const VKEY: &str = "witness.vkey";

/// Why no other logs are witnessed.
#[derive(Debug, thiserror::Error)]
pub enum WitnessingError {
    /// The logs.
    #[error("[witnessing] logs: {0}")]
    Logs(#[from] BadLogs),
    /// The name.
    #[error(
        "[witnessing] name: {0:?} is no name of a witness: give a URL without its scheme, without spaces and plus"
    )]
    Name(String),
    /// The token has no Ed25519.
    #[error(
        "this token cannot be a witness's, for it offers no {0}: use another one, or take out [witnessing]"
    )]
    Unsupported(&'static str),
    /// The key.
    #[error("the witness's key: {0}; do not use this token")]
    Key(KeyError),
    /// What is remembered.
    #[error(transparent)]
    Memory(#[from] OpenError),
    /// The file with the verifier key.
    #[error("cannot write {VKEY}: {0}; check the data folder and its owner")]
    Vkey(std::io::Error),
    /// The socket.
    #[error("cannot listen on {address}: {why}; choose another `listen` in [witnessing]")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        why: std::io::Error,
    },
}

impl From<KeyError> for WitnessingError {
    fn from(why: KeyError) -> Self {
        match why {
            KeyError::Unsupported { mechanism, .. } => Self::Unsupported(mechanism),
            why => Self::Key(why),
        }
    }
}

/// A witness that can be asked, until this is dropped.
pub struct Witnessing {
    address: SocketAddr,
    key: String,
    serving: JoinHandle<()>,
}

impl Witnessing {
    /// Where it is asked.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its verifier key.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl Drop for Witnessing {
    /// Whoever is not answered asks again: what was remembered for it is durable.
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// The witness and its appliance.
struct Desk<S: Storage + Send + 'static> {
    appliance: Arc<Appliance<Linux<S>>>,
    witness: Mutex<Witness<FileMemory>>,
}

impl<S: Storage + Send + 'static> Cosigner for Desk<S> {
    /// The earliest that it may be: nobody takes a cosignature from the future.
    fn time_s(&self) -> u64 {
        self.appliance.now().utc_lo_ms / 1_000
    }

    fn sign(&self, time_s: u64, checkpoint: &str) -> Option<[u8; 64]> {
        let signed = self.appliance.token.cosign(time_s, checkpoint);
        signed.inspect_err(|fault| tracing::error!(%fault, "no cosignature")).ok()
    }
}

/// Begins to witness other logs.
///
/// # Errors
/// [`WitnessingError`]: none is witnessed.
pub async fn begin<S: Storage + Send + 'static>(
    appliance: &Arc<Appliance<Linux<S>>>,
    data: &Path,
    section: &WitnessingSection,
) -> Result<Witnessing, WitnessingError> {
    let logs = Logs::new(&section.logs)?;
    let named = |public: &[u8]| Key::new(&section.name, Kind::Ed25519Cosignature, public);
    // Looked at before a key is made.
    named(&[0; 32]).map_err(|_| WitnessingError::Name(section.name.clone()))?;
    let mut memory = FileMemory::new(data.to_owned(), MEMORY);
    let public = own_key(&appliance.token, &mut memory)?;
    let key = named(&public).map_err(|_| WitnessingError::Name(section.name.clone()))?.to_string();
    let witness = Mutex::new(Witness::open(key.clone(), logs, memory)?);
    std::fs::write(data.join(VKEY), format!("{key}\n")).map_err(WitnessingError::Vkey)?;
    let desk = Desk { appliance: Arc::clone(appliance), witness };
    let (address, serving) = serving::serve(Arc::new(desk), section.listen).await?;
    tracing::info!(%address, key, "witnessing");
    Ok(Witnessing { address, key, serving })
}

/// The witness's key, made if there is none; the memory of what it signs begins before it can sign.
fn own_key(token: &Token, memory: &mut FileMemory) -> Result<[u8; 32], WitnessingError> {
    if let Some(public) = token.witness_key()? {
        return Ok(public);
    }
    if memory.read().map_err(OpenError::from)?.is_none() {
        countersign_witness::begin(memory).map_err(OpenError::from)?;
    }
    Ok(token.create_witness_key()?)
}
