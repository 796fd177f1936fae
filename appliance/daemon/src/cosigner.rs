//! The appliance as a cosigner of its own checkpoints, where its token has ML-DSA: what a reply shows holds also
//! against whoever can break the checkpoint's own signature.
//!
//! Guarantees: a line is over the checkpoint that it is asked for, at the time 0 (the ledger may have grown since), and
//! has verified; the token is asked for one at a time, and once for each checkpoint however many replies wait for it.
//!
//! It does not guarantee that there is a line: what is on record is given all the same when the token makes none, which
//! the token's health and the log tell, and a later `Fetch` asks again.

use std::collections::VecDeque;
use std::sync::Arc;

use countersign_core::port::TokenFault;
use countersign_protocol::checkpoint::{Checkpoint, CosignerKey, log_name};
use countersign_tlog::key::{Key, Kind};
use countersign_tlog::note;
use tokio::sync::Mutex;

use crate::ground::{Ground, Hsm as _};
use crate::witnesses::Line;

/// Lines that are kept: of the last groups, whose replies are on their way.
const KEPT: usize = 64;
/// After a fault, nobody waits for the token again for so long.
const PAUSE_MS: u64 = 1_000;

/// Why there is no line.
#[derive(Debug, thiserror::Error)]
enum NoLine {
    #[error(transparent)]
    Fault(#[from] TokenFault),
    #[error("the token's signature does not verify with the key on record")]
    Unverified,
}

/// Who cosigns, and what was cosigned last.
pub(crate) struct Cosigner<G: Ground> {
    ground: Arc<G>,
    crypto: Arc<G::Crypto>,
    token: G::Token,
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    /// The newest last.
    lines: VecDeque<(Checkpoint, String)>,
    /// Boot time before which the token is not asked.
    paused_until_ms: u64,
}

impl Inside {
    fn keep(&mut self, checkpoint: Checkpoint, line: String) {
        if self.lines.len() >= KEPT {
            self.lines.pop_front();
        }
        self.lines.push_back((checkpoint, line));
    }
}

impl<G: Ground> Cosigner<G> {
    pub(crate) fn new(ground: Arc<G>, crypto: Arc<G::Crypto>, token: G::Token) -> Self {
        Self { ground, crypto, token, inside: Mutex::default() }
    }

    /// The appliance's own line over this checkpoint of its ledger, under the key on record; none if the token fails.
    pub(crate) async fn line(
        &self,
        key: CosignerKey<'_>,
        checkpoint: &Checkpoint,
    ) -> Option<String> {
        let mut inside = self.inside.lock().await;
        if let Some((_, line)) = inside.lines.iter().find(|(of, _)| of == checkpoint) {
            return Some(line.clone());
        }
        if self.ground.now().boot_ms < inside.paused_until_ms {
            return None;
        }
        match self.cosigned(key, checkpoint).await {
            Ok(line) => {
                inside.keep(*checkpoint, line.clone());
                Some(line)
            }
            Err(why) => {
                inside.paused_until_ms = self.ground.now().boot_ms.saturating_add(PAUSE_MS);
                tracing::error!(%why, size = checkpoint.size, "no own cosignature");
                None
            }
        }
    }

    async fn cosigned(
        &self,
        CosignerKey(public): CosignerKey<'_>,
        checkpoint: &Checkpoint,
    ) -> Result<String, NoLine> {
        let signature = self.token.cosign_own(checkpoint).await?;
        let name = log_name(&checkpoint.appliance);
        let key = Key::new(&name, Kind::MlDsa44Cosignature, public);
        let key = key.map_err(|_| NoLine::Unverified)?;
        let line = note::Line::new(&key, 0, &*signature).ok_or(NoLine::Unverified)?;
        let note = format!("{}\n{line}", checkpoint.text());
        let line = Line::of(&*self.crypto, &key.to_string(), &note);
        line.map(|line| line.text).ok_or(NoLine::Unverified)
    }
}
