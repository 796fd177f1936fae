//! An appliance whose ledger is not the one that is anchored: it waits for officers to say whether it goes on.
//!
//! Guarantees: it signs nothing, enrols nobody, records nothing and shows nobody's data; the one order that it carries
//! out names exactly the ledger that it has and the anchor that is given up. That is on record before anything is
//! anchored, and from that record on no key signs before officers say so again, key by key.
//!
//! It does not know what was on record after its ledger ends: that is what officers must find out elsewhere. Who the
//! officers are, this ledger says.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use countersign_anchor::{AnchorError, GivenUp};
use countersign_protocol::admin::{self, Answer, Declined, Done, Order, Reanchor};
use countersign_protocol::anchor::Reanchoring;
use countersign_protocol::log::Wanted;
use countersign_protocol::reply::Failure;
use countersign_protocol::{ApplianceId, Digest, OfficerId, canonical};
use countersign_registry::Change;
use countersign_tlog::Head;
use rustls::pki_types::CertificateDer;
use tokio::sync::Notify;

use crate::anchoring::Taken;
use crate::appliance::Appliance;
use crate::books::lock;
use crate::boot::{BootError, Opened};
use crate::certificate;
use crate::contents::encode;
use crate::ground::Ground;
use crate::requests::Outcome;
use crate::service::Service;

/// A locked appliance; the appliance itself, when officers have unlocked it.
pub struct Locked<G: Ground> {
    why: AnchorError,
    given_up: GivenUp,
    head: Head,
    id: ApplianceId,
    officers: BTreeMap<Digest, OfficerId>,
    crypto: Arc<G::Crypto>,
    /// None once an order is carried out.
    opened: Mutex<Option<Opened<G>>>,
    end: OnceLock<End<G>>,
    ended: Notify,
}

/// How being locked has ended.
type End<G> = Result<Arc<Appliance<G>>, Arc<BootError>>;

/// Why an order is not carried out.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error(
        "the appliance is locked: {0}. Officers can have it go on with the ledger that it has (countersign reanchor)"
    )]
    Locked(AnchorError),
    #[error(
        "the appliance has another ledger than the order names, or its token knows something else; ask again \
         (countersign status)"
    )]
    Differs,
    #[error(
        "the token's anchor is another one than when the appliance started: another copy runs, or ran; see which one is to go \
         on, and start this one again"
    )]
    Moved,
    #[error("the token does not answer: {0}; give the order again")]
    Token(AnchorError),
    #[error("another officer's order is carried out already; ask again (countersign status)")]
    Already,
    #[error(
        "nobody knows whether this order holds: {0}; the appliance stops: start it again, and ask (countersign status)"
    )]
    Failed(Arc<BootError>),
}

impl<G: Ground> Locked<G> {
    pub(crate) fn new(opened: Opened<G>, why: AnchorError) -> Result<Self, BootError> {
        let given_up = GivenUp::look(&opened.anchors())?;
        let (head, id) = (opened.head(), opened.appliance()?);
        tracing::error!(%why, records = head.size, "locked: officers must say whether this ledger goes on");
        Ok(Self {
            why,
            given_up,
            head,
            id,
            officers: opened.registry().officers().collect(),
            crypto: Arc::clone(&opened.crypto),
            opened: Mutex::new(Some(opened)),
            end: OnceLock::new(),
            ended: Notify::new(),
        })
    }

    /// Why it is locked.
    #[must_use]
    pub const fn why(&self) -> AnchorError {
        self.why
    }

    /// Waits until officers have unlocked it, and gives the appliance, whose requests this hands on from then on. For one
    /// who waits.
    ///
    /// # Errors
    /// [`BootError`]: their order was not carried out to its end.
    pub async fn unlocked(&self) -> End<G> {
        loop {
            if let Some(end) = self.end.get() {
                return end.clone();
            }
            self.ended.notified().await;
        }
    }

    /// The appliance, if it is unlocked.
    pub fn appliance(&self) -> Option<&Arc<Appliance<G>>> {
        self.end.get()?.as_ref().ok()
    }

    fn known(&self) -> Reanchor {
        let Head { size, root } = self.head;
        Reanchor { ledger_size: size, ledger_root: Digest(root), anchor: self.given_up.anchor() }
    }

    async fn carry_out(&self, officer: OfficerId, order: &Order<'_>) -> Vec<u8> {
        let done = match order {
            Order::Status(_) => return self.status(),
            Order::Reanchor(order) => self.reanchor(officer, order).await,
            _ => Err(Refused::Locked(self.why)),
        };
        match done {
            Ok(index) => encode(&Answer::Done(Done { index })),
            Err(why) => encode(&Answer::Declined(Declined { why: &why.to_string() })),
        }
    }

    fn status(&self) -> Vec<u8> {
        let Reanchor { ledger_size, ledger_root, anchor } = self.known();
        let (appliance, why) = (self.id, &*self.why.to_string());
        let locked = admin::Locked { appliance, ledger_size, ledger_root, anchor, why };
        encode(&Answer::Locked(locked))
    }

    async fn reanchor(&self, officer: OfficerId, order: &Reanchor) -> Result<u64, Refused> {
        if *order != self.known() {
            return Err(Refused::Differs);
        }
        let opened = self.take()?;
        let (end, done) = match self.go_on(opened, officer).await {
            Ok((index, appliance)) => (Ok(Arc::new(appliance)), Ok(index)),
            Err(why) => {
                let why = Arc::new(why);
                (Err(Arc::clone(&why)), Err(Refused::Failed(why)))
            }
        };
        let _ = self.end.set(end);
        self.ended.notify_one();
        done
    }

    /// What is opened, if nobody has carried out an order yet, and the token knows what the order names.
    fn take(&self) -> Result<Opened<G>, Refused> {
        let mut waiting = lock(&self.opened);
        let opened = waiting.as_ref().ok_or(Refused::Already)?;
        if GivenUp::look(&opened.anchors()).map_err(Refused::Token)? != self.given_up {
            return Err(Refused::Moved);
        }
        waiting.take().ok_or(Refused::Already)
    }

    /// The record first: what is anchored without one would be a restore that nobody sees.
    async fn go_on(
        &self,
        opened: Opened<G>,
        officer: OfficerId,
    ) -> Result<(u64, Appliance<G>), BootError> {
        let Reanchor { ledger_size, ledger_root, anchor } = self.known();
        let utc_lo_ms = opened.now().utc_lo_ms;
        let record = Reanchoring { ledger_size, ledger_root, anchor, officer, utc_lo_ms };
        let mut running = opened.settle()?.run(0).await?;
        let index = running.change(&Change::Reanchoring(record)).await?;
        let (anchors, reached) = (running.anchors(), running.reached());
        let taken = Taken::by(running.ground(), || self.given_up.take(&anchors, reached))?;
        Ok((index, running.into_appliance(taken)))
    }
}

impl<G: Ground> Service for Locked<G> {
    fn channel(&self, certificate: &CertificateDer<'_>) -> Option<Digest> {
        certificate::channel(&*self.crypto, certificate)
    }

    /// None is served differently from a stranger meanwhile.
    fn is_front_end(&self, channel: &Digest) -> bool {
        self.appliance().is_some_and(|appliance| appliance.is_front_end(channel))
    }

    fn is_officer(&self, channel: &Digest) -> bool {
        let known = || self.officers.contains_key(channel);
        self.appliance().map_or_else(known, |appliance| appliance.is_officer(channel))
    }

    /// To be told that it is unavailable costs nothing.
    fn admits(&self, channel: &Digest) -> bool {
        self.appliance().is_none_or(|appliance| appliance.admits(channel))
    }

    async fn request(&self, channel: Digest, frame: &[u8]) -> Outcome {
        match self.appliance() {
            Some(appliance) => appliance.request(channel, frame).await,
            None => Outcome::failed(Failure::Unavailable),
        }
    }

    async fn order(&self, channel: &Digest, frame: &[u8]) -> Option<Vec<u8>> {
        if let Some(appliance) = self.appliance() {
            return appliance.order(channel, frame).await;
        }
        let officer = *self.officers.get(channel)?;
        let order: Order<'_> = canonical::decode(frame).ok()?;
        Some(self.carry_out(officer, &order).await)
    }

    async fn published(&self, wanted: &Wanted) -> Result<Option<Vec<u8>>, Failure> {
        match self.appliance() {
            Some(appliance) => appliance.published(wanted).await,
            None => Err(Failure::Unavailable),
        }
    }

    fn count_malformed(&self) {
        if let Some(appliance) = self.appliance() {
            appliance.count_malformed();
        }
    }
}
