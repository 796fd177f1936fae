//! The keys of an appliance's records, read while it is down: in a process of its own, for the token's module finds
//! its token by variables of the environment.
//!
//! It opens copies of the vault's media with the real token, as the daemon will when it starts again: what it
//! finishes there, the daemon finds finished.

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use countersign_disk::Disk;
use countersign_host::Host;
use countersign_ports::{Entropy, NoEntropy};
use countersign_token::{PrfUse, RANDOM_BYTES_MAX, Token, TokenConfig};
use countersign_vault::{Kind, Media, Platform, Vault};
use countersignd::boot::Files;
use countersignd::config::Config;
use countersignd::{Hsm as _, InToken};

use super::process::Place;
use crate::model::Keys;

/// Prints the keys, each as a line in hex: the appliance's own first.
///
/// # Errors
/// What cannot be read.
pub fn print(config: &Path, module: &Path) -> Result<()> {
    let config = Config::read(config)?;
    let token = TokenConfig { module: module.to_owned(), ..config.token()? };
    let token = Token::open(token, Arc::new(|| 0))?;
    println!("{}", hex::encode(*token.prf(PrfUse::OwnRecords)?));
    let files = Files::within(&config.data);
    let disk = |path| io::Result::Ok(Disk::holding(fs::read(path)?));
    let ledger = countersign_ledger::claimed_appliance(&disk(files.ledger)?, &Host)?;
    let platform: Platform<Disk, InToken, Host> = Platform {
        media: Media { even: disk(files.vault.even)?, odd: disk(files.vault.odd)? },
        roots: token.roots(),
        engine: Host,
        appliance: ledger.context("the ledger is empty")?,
    };
    let (vault, _) = Vault::open(platform, &mut OfToken(token))?;
    let of_signers = vault.entries().filter(|(_, kind)| *kind == Kind::Evidence);
    let ids: Vec<_> = of_signers.map(|(id, _)| id).collect();
    ids.iter().try_for_each(|id| {
        println!("{}", hex::encode(*vault.key(id)?));
        Ok(())
    })
}

/// Asks for them.
pub(super) fn ask(place: &Place) -> Result<Keys> {
    let mut command = Command::new(&place.token.programs().simulator);
    command.arg("keys").arg(place.config()).arg(&place.token.programs().token_module);
    command.envs(place.token.environment());
    let output = command.stdin(Stdio::null()).output().context("the simulator does not start")?;
    let told = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success(), "no keys of records: {told}");
    let text = String::from_utf8(output.stdout)?;
    let mut keys = text.lines().map(|line| {
        let bytes = hex::decode(line)?;
        <[u8; 32]>::try_from(bytes).ok().context("a key of another length")
    });
    let own = keys.next().context("no keys of records")??;
    Ok(Keys::new(own, keys.collect::<Result<Vec<_>>>()?))
}

struct OfToken(Token);

impl Entropy for OfToken {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        for piece in bytes.chunks_mut(RANDOM_BYTES_MAX) {
            let random = self.0.random_blocking::<RANDOM_BYTES_MAX>().map_err(|_| NoEntropy)?;
            piece.iter_mut().zip(random).for_each(|(to, from)| *to = from);
        }
        Ok(())
    }
}
