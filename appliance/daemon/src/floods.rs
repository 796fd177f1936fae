//! Floods: past a burst, one peer's refusals share records.
//!
//! Guarantees: a refusal has a record of its own as long as its peer keeps to a rate; past that, all of a peer's
//! within a quarter of a second share one, so that a flood, however it is made, takes four short records a second and
//! fills no disk. What a restart needs of them is in it: which device's assertions were refused, and how often.
//!
//! It does not guarantee that those past the rate can be told apart later by key or transaction.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use countersign_core::Now;
use countersign_core::bucket::Bucket;
use countersign_core::port::LedgerFailed;
use countersign_core::refusal::About;
use countersign_protocol::limits::REFUSALS_MAX;
use countersign_protocol::{FrontEndId, SlotId};
use tokio::sync::oneshot;

/// Refusals of a peer that have records of their own, in the long run.
const ALONE_PER_HOUR: u64 = 3_600;
/// How long refusals gather. Whoever waits for them keeps a place among the peer's requests.
pub(crate) const GATHER_MS: u64 = 250;

/// All peers' refusals: front-ends by themselves, those whom nobody knows together.
pub(crate) struct Floods {
    burst: u64,
    peers: Mutex<HashMap<Option<FrontEndId>, Peer>>,
}

struct Peer {
    alone: Bucket,
    gathering: Option<Gathering>,
}

/// Refusals that will share a record.
pub(crate) struct Gathering {
    pub(crate) front_end: Option<FrontEndId>,
    /// How often, by reason and device.
    pub(crate) refused: BTreeMap<(u16, Option<SlotId>), u32>,
    pub(crate) utc_lo_ms: u64,
    pub(crate) utc_hi_ms: u64,
    /// Those who wait, in their order: as many as the peer may have requests.
    waiting: Vec<oneshot::Sender<Told>>,
}

/// What came of the record.
pub(crate) type Told = Result<(), LedgerFailed>;

/// What a refusal does that has no record of its own.
pub(crate) enum Turn {
    /// It waits, and then records all that have gathered.
    Leads,
    /// Somebody else does.
    Follows(oneshot::Receiver<Told>),
    /// There are too many different ones: it is recorded at once, as the only one of its gathering.
    Alone(Gathering),
}

impl Floods {
    /// With so many records in a burst.
    pub(crate) fn new(burst: u64) -> Self {
        Self { burst, peers: Mutex::default() }
    }

    /// Whether one more refusal of this peer has a record of its own.
    pub(crate) fn admits(&self, about: &About, now: Now) -> bool {
        let alone = || Bucket::new(self.burst, ALONE_PER_HOUR);
        let mut peers = self.peers();
        let peer = peers.entry(about.front_end);
        peer.or_insert_with(|| Peer { alone: alone(), gathering: None }).alone.admit(now.boot_ms)
    }

    /// Adds one to those that gather.
    pub(crate) fn gather(&self, number: u16, about: &About, now: Now) -> Turn {
        let mut peers = self.peers();
        let alike = (number, about.device);
        let first = || Gathering::of(about.front_end, alike, now);
        let Some(peer) = peers.get_mut(&about.front_end) else { return Turn::Alone(first()) };
        let Some(gathering) = &mut peer.gathering else {
            peer.gathering = Some(first());
            return Turn::Leads;
        };
        if !gathering.add(alike, now) {
            return Turn::Alone(first());
        }
        let (waits, told) = oneshot::channel();
        gathering.waiting.push(waits);
        Turn::Follows(told)
    }

    /// Takes what has gathered: who comes next begins anew.
    pub(crate) fn close(&self, front_end: Option<FrontEndId>) -> Option<Gathering> {
        self.peers().get_mut(&front_end)?.gathering.take()
    }

    fn peers(&self) -> MutexGuard<'_, HashMap<Option<FrontEndId>, Peer>> {
        self.peers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Gathering {
    /// With the first one in it.
    fn of(front_end: Option<FrontEndId>, alike: (u16, Option<SlotId>), now: Now) -> Self {
        let Now { utc_lo_ms, utc_hi_ms, .. } = now;
        let (refused, waiting) = (BTreeMap::from([(alike, 1)]), Vec::new());
        Self { front_end, refused, utc_lo_ms, utc_hi_ms, waiting }
    }

    /// Whether there was room for it.
    fn add(&mut self, alike: (u16, Option<SlotId>), now: Now) -> bool {
        if self.refused.len() == REFUSALS_MAX && !self.refused.contains_key(&alike) {
            return false;
        }
        let count = self.refused.entry(alike).or_default();
        *count = count.saturating_add(1);
        self.utc_lo_ms = self.utc_lo_ms.min(now.utc_lo_ms);
        self.utc_hi_ms = self.utc_hi_ms.max(now.utc_hi_ms);
        true
    }

    /// Tells all who wait.
    pub(crate) fn tell(self, told: Told) {
        for waits in self.waiting {
            // Whoever does not wait any more is on record all the same.
            let _ = waits.send(told);
        }
    }
}

/// What was told; nobody tells when the appliance stops.
pub(crate) async fn heard(told: oneshot::Receiver<Told>) -> Told {
    told.await.unwrap_or(Err(LedgerFailed))
}

#[cfg(test)]
mod tests {
    use countersign_protocol::Digest;

    use super::*;

    const NOW: Now = Now { boot_ms: 5, utc_lo_ms: 100, utc_hi_ms: 110 };

    fn about(device: u32) -> About {
        let of_device = About { device: Some(SlotId(device)), ..About::channel(Digest([1; 32])) };
        About { front_end: Some(FrontEndId(1)), ..of_device }
    }

    #[test]
    fn one_leads_others_follow_and_all_are_told_once() {
        let floods = Floods::new(1);
        assert!(floods.admits(&about(1), NOW) && !floods.admits(&about(1), NOW));
        let later = Now { utc_lo_ms: 150, utc_hi_ms: 160, ..NOW };
        assert!(matches!(floods.gather(615, &about(1), NOW), Turn::Leads));
        let Turn::Follows(mut told) = floods.gather(615, &about(1), later) else { panic!() };
        let gathering = floods.close(Some(FrontEndId(1))).unwrap();
        assert_eq!((gathering.utc_lo_ms, gathering.utc_hi_ms), (100, 160));
        assert_eq!(gathering.refused, BTreeMap::from([((615, Some(SlotId(1))), 2)]));
        assert!(told.try_recv().is_err(), "not before it is on record");
        gathering.tell(Ok(()));
        assert!(matches!(told.try_recv(), Ok(Ok(()))));
        assert!(matches!(floods.gather(615, &about(1), NOW), Turn::Leads), "the next begins anew");
    }

    #[test]
    fn a_gathering_has_so_many_different_ones_and_as_many_alike_as_come() {
        let floods = Floods::new(0);
        assert!(!floods.admits(&about(0), NOW));
        for device in (0..).take(REFUSALS_MAX) {
            assert!(!matches!(floods.gather(615, &about(device), NOW), Turn::Alone(_)));
        }
        let one = u32::try_from(REFUSALS_MAX).unwrap();
        let Turn::Alone(alone) = floods.gather(615, &about(one), NOW) else { panic!() };
        assert_eq!(alone.refused, BTreeMap::from([((615, Some(SlotId(one))), 1)]));
        assert!(matches!(floods.gather(615, &about(0), NOW), Turn::Follows(_)));
    }
}
