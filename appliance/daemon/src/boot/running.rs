//! A ledger that takes records, before there is an appliance around it.

use std::sync::Arc;

use countersign_anchor::Reached;
use countersign_core::Now;
use countersign_ledger::{Instruments, Ledger, Salts, Settled, Submission};
use countersign_protocol::Digest;
use countersign_protocol::record::{self, Kind};
use countersign_registry::{Change, Registry};

use super::BootError;
use crate::anchoring::Taken;
use crate::answered::Answered;
use crate::appliance::Appliance;
use crate::books::{Begun, Books, why_stopped};
use crate::contents;
use crate::ground::{Ground, Hsm};
use crate::ran::Ran;
use crate::ring::Ring;
use crate::selftest;
use crate::snapshot::Shelf;
use crate::utc::Utc;

/// What the ledger says of what was before this boot.
pub(crate) struct Past<C, S> {
    pub(crate) registry: Registry<C>,
    pub(crate) answered: Answered,
    pub(crate) shelf: Shelf<S, C>,
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
    pub(crate) past: Past<G::Crypto, G::Storage>,
}

/// A ledger that has the record of this boot.
pub(crate) struct Running<G: Ground> {
    ground: Arc<G>,
    crypto: Arc<G::Crypto>,
    token: G::Token,
    ring: Arc<Ring<G>>,
    ledger: Ledger<G::Storage>,
    boot: Digest,
    past: Past<G::Crypto, G::Storage>,
}

impl<G: Ground> Ready<G> {
    /// Opens the ledger for records, with salts that need the HSM; the first is that of this boot. UTC was at least `utc_ms`.
    pub(crate) async fn run(self, utc_ms: u64) -> Result<Running<G>, BootError> {
        let Self { ground, crypto, token, ring, settled, ran, mut past } = self;
        let now = Utc::since(utc_ms).told(ground.now());
        past.registry.begin(now);
        let boot = Digest(token.random::<32>().await?);
        let salts = Salts { secret: selftest::salt_secret(&token)?, boot };
        let ring = Arc::new(ring);
        let (keys, notary) = (Arc::clone(&ring), token.clone());
        let with = Instruments { crypto: Arc::clone(&crypto), keys, notary, salts };
        let ledger = ground.start(settled, with);
        let ground = Arc::new(ground);
        let record = booted(boot, past.cut_bytes, ran, now);
        let running = Running { ground, crypto, token, ring, ledger, boot, past };
        running.record(Kind::Boot, contents::encode(&record)).await?;
        Ok(running)
    }
}

fn booted(boot: Digest, cut_bytes: u64, ran: Ran, now: Now) -> record::Boot {
    let Ran { program, configuration, module } = ran;
    let Now { utc_lo_ms, utc_hi_ms, .. } = now;
    record::Boot { boot, cut_bytes, utc_lo_ms, utc_hi_ms, program, configuration, module }
}

impl<G: Ground> Running<G> {
    /// Makes a change that is about nobody, and gives the place of its record.
    pub(crate) async fn change(&mut self, change: &Change<'_>) -> Result<u64, BootError> {
        let index = self.ledger.next();
        self.past
            .registry
            .apply(index, change)
            .map_err(|why| BootError::Record(why.to_string()))?;
        self.record(change.kind(), change.content()).await?;
        Ok(index)
    }

    async fn record(&self, kind: Kind, content: Vec<u8>) -> Result<(), BootError> {
        let own = Submission { kind, tenant: None, signers: Vec::new(), content };
        let why = |_| BootError::Record(why_stopped(self.ledger.stopped()));
        let (_, ticket) = self.ledger.submit(own).map_err(why)?;
        ticket.await.map(drop).map_err(why)
    }

    /// What is durable, all there is, and what the machine's clock says.
    pub(crate) fn reached(&mut self) -> Reached {
        let utc_ms = self.ground.now().utc_lo_ms;
        Reached { ledger: self.ledger.committed(), registry: self.past.registry.root(), utc_ms }
    }

    pub(crate) fn ground(&self) -> &G {
        &self.ground
    }

    pub(crate) fn anchors(&self) -> G::Anchors {
        self.ground.anchors(&self.token)
    }

    /// The appliance that has taken its token.
    pub(crate) fn into_appliance(self, taken: Taken) -> Appliance<G> {
        let Self { ground, crypto, token, ring, ledger, boot, past } = self;
        let Past { registry, answered, shelf, skipped, .. } = past;
        let begun = Begun { registry, answered, shelf, skipped, boot, taken };
        let with = Arc::clone(&crypto);
        let books = Books::new(Arc::clone(&ground), with, begun, ledger, ring, token.clone());
        Appliance::new(ground, crypto, books, token)
    }
}
