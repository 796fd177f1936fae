//! What is given with a signature: its record under a checkpoint, and what witnesses and the appliance's own cosigner
//! have said of that.
//!
//! Guarantee: it is whole before the last look at what may be active, which the books take after it. Nothing is waited
//! for between that look and the reply, so that no order is acknowledged in between.

use std::sync::{Arc, OnceLock};

use countersign_ledger::Ledger;
use countersign_protocol::checkpoint::{Checkpoint, CosignerKey};
use countersign_protocol::receipt::Receipt;
use countersign_tlog::leaf_hash;

use crate::cosigner::Cosigner;
use crate::given::{self, Given};
use crate::ground::Ground;
use crate::witnesses::Witnesses;

/// Who makes them.
pub(crate) struct Proofs<G: Ground> {
    crypto: Arc<G::Crypto>,
    ledger: Arc<Ledger<G::Storage>>,
    cosigner: Cosigner<G>,
    /// Set once, before anything is served; never where nobody is asked to witness.
    witnesses: OnceLock<Arc<Witnesses>>,
}

impl<G: Ground> Proofs<G> {
    pub(crate) fn new(
        ground: Arc<G>,
        crypto: Arc<G::Crypto>,
        token: G::Token,
        ledger: Arc<Ledger<G::Storage>>,
    ) -> Self {
        let cosigner = Cosigner::new(ground, Arc::clone(&crypto), token);
        Self { crypto, ledger, cosigner, witnesses: OnceLock::new() }
    }

    pub(crate) fn set_witnesses(&self, witnesses: Arc<Witnesses>) {
        // The first ones stay: there is one who sets them.
        let _ = self.witnesses.set(witnesses);
    }

    pub(crate) fn witnesses(&self) -> Option<&Arc<Witnesses>> {
        self.witnesses.get()
    }

    /// A receipt under the best-cosigned checkpoint that covers it, or as it is; with the appliance's own line over that,
    /// where it has a key for one and the token makes it.
    pub(crate) async fn of(&self, receipt: Vec<u8>, own: Option<CosignerKey<'_>>) -> Given {
        let given = self.witnessed(receipt).await;
        let (Some(key), None, Some(checkpoint)) = (own, &given.own_line, given.checkpoint()) else {
            return given;
        };
        Given { own_line: self.own_line(key, &checkpoint).await, ..given }
    }

    /// The appliance's own line over a checkpoint of its ledger.
    pub(crate) async fn own_line(
        &self,
        key: CosignerKey<'_>,
        checkpoint: &Checkpoint,
    ) -> Option<String> {
        self.cosigner.line(key, checkpoint).await
    }

    async fn witnessed(&self, receipt: Vec<u8>) -> Given {
        let under = match given::read(&receipt) {
            Some(read) => self.under_cosigned(&read).await,
            None => None,
        };
        under.unwrap_or_else(|| Given::alone(receipt))
    }

    async fn under_cosigned(&self, receipt: &Receipt<'_>) -> Option<Given> {
        let cosigned = self.witnesses()?.covering(receipt.index)?;
        let (leaf, index) = (leaf_hash(receipt.leaf.bytes()), receipt.index);
        let (crypto, ledger) = (Arc::clone(&self.crypto), Arc::clone(&self.ledger));
        let checkpoint = cosigned.signed.checkpoint;
        let path = G::apart(move || ledger.inclusion(&*crypto, index, &leaf, &checkpoint)).await;
        Given::under(receipt, &cosigned, &path.flatten()?)
    }
}
