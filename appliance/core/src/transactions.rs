//! The table of transactions: what was prepared and may still be approved. Volatile by design.
//!
//! Guarantees: bounded memory, given by the platform; nobody's hoarding denies others more than a
//! quota leaves; a spent or expired transaction never comes back. It dies with the process: what was
//! outstanding before a restart is stale after it (fail closed). What is on record is forgotten here:
//! the ledger knows it better.

use countersign_ports::Algorithm;
use countersign_protocol::limits::DEVICES_MAX;
use countersign_protocol::{
    Digest, FrontEndId, KeyId, SignerId, SlotId, Suite, TenantId, TransactionId,
};
use subtle::ConstantTimeEq;

use crate::entry::{Generation, NOBODYS_SLOT};
use crate::refusal::Reason;

/// Live transactions of one front-end, at most.
pub const PER_FRONT_END_MAX: u32 = 2_048;
/// Live transactions of one tenant, at most.
pub const PER_TENANT_MAX: u32 = 4_096;
/// Front-ends and tenants that can have live transactions at the same time.
const OWNERS_MAX: usize = 256;
/// Places that a transaction's random name leads to: with a quarter of the table in use, all of them
/// are taken with a probability below one in a million.
const WAYS: usize = 16;
/// Places that each insertion looks at to clear what has expired.
const SWEEP: usize = 64;
/// How often a front-end at its quota can make the table look for expired ones everywhere.
const FULL_SWEEP_INTERVAL_MS: u64 = 1_000;

/// How long a used transaction is kept at least, if nobody needs its place: longer than the token may
/// take.
const SPENT_MS: u64 = 120_000;

/// What the table keeps of an activation.
#[derive(Clone, Copy, Debug)]
pub struct Transaction {
    /// Its name: the activation's nonce.
    pub id: TransactionId,
    /// `SHA-256(tag::ACTIVATION || activation bytes)`: what devices sign.
    pub challenge: Digest,
    /// Boot time after which it is stale.
    pub expires_boot_ms: u64,
    /// Who asked.
    pub front_end: FrontEndId,
    /// Whose.
    pub tenant: TenantId,
    /// The key.
    pub key: KeyId,
    /// The key's record when the activation was made.
    pub key_generation: Generation,
    /// The key's policy when the activation was made.
    pub policy: Digest,
    /// How the key shall sign.
    pub suite: Suite,
    /// How many items.
    pub items: u16,
    /// How long it lives.
    pub lifetime_ms: u32,
    /// On whose behalf the front-end asks, as it says.
    pub initiator: Option<SignerId>,
    /// The devices that may approve, in the order of the reply; nobody's where there is none.
    pub devices: [Listed; DEVICES_MAX],
    /// The algorithm of the first one: what is checked in place of a device that is not there has it too.
    pub algorithm: Algorithm,
    /// Whether its approval was used.
    pub spent: bool,
}

/// A device that may approve a transaction.
#[derive(Clone, Copy, Debug)]
pub struct Listed {
    /// Its place.
    pub slot: SlotId,
    /// Its last signCount when the activation was made: an honest device shows a higher one.
    pub sign_count: u32,
}

impl Listed {
    /// No device.
    pub const NOBODY: Self = Self { slot: NOBODYS_SLOT, sign_count: u32::MAX };

    /// Whether it is one.
    #[must_use]
    pub fn is_somebody(&self) -> bool {
        self.slot != NOBODYS_SLOT
    }
}

impl Transaction {
    /// The devices that may approve.
    pub fn listed(&self) -> impl Iterator<Item = &Listed> {
        self.devices.iter().filter(|listed| listed.is_somebody())
    }

    /// Nobody's transaction.
    pub const DUMMY: Self = Self {
        id: TransactionId([0; 32]),
        challenge: Digest([0; 32]),
        expires_boot_ms: 0,
        front_end: FrontEndId(u32::MAX),
        tenant: TenantId(u32::MAX),
        key: KeyId([0; 16]),
        key_generation: Generation(u64::MAX),
        policy: Digest([0; 32]),
        suite: Suite::Esp256,
        items: 0,
        lifetime_ms: 0,
        initiator: None,
        devices: [Listed::NOBODY; DEVICES_MAX],
        algorithm: Algorithm::EcdsaP256,
        spent: true,
    };
}

/// A place in the table, for the platform to provide.
pub type Place = Option<Transaction>;

/// The table, in memory that the platform provides: as many places as are given.
pub struct Transactions<M> {
    places: M,
    cursor: usize,
    full_sweep_boot_ms: u64,
    front_ends: Counts<FrontEndId>,
    tenants: Counts<TenantId>,
}

type Counts<K> = heapless::LinearMap<K, u32, OWNERS_MAX>;

impl<M: AsRef<[Place]> + AsMut<[Place]>> Transactions<M> {
    /// An empty table in `places`.
    pub fn new(mut places: M) -> Self {
        places.as_mut().fill(None);
        Self {
            places,
            cursor: 0,
            full_sweep_boot_ms: 0,
            front_ends: Counts::new(),
            tenants: Counts::new(),
        }
    }

    /// How many may still be approved, expired ones that nobody cleared yet included.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.tenants.iter().map(|(_, count)| count).sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The transaction of this name.
    #[must_use]
    pub fn find(&self, id: &TransactionId) -> Option<Transaction> {
        let places = self.places.as_ref().get(self.ways(id))?;
        places.iter().flatten().find(|t| bool::from(t.id.0.ct_eq(&id.0))).copied()
    }

    /// Adds a transaction.
    ///
    /// # Errors
    /// [`Reason::QuotaReached`] when its front-end, its tenant or the table has too many, and
    /// [`Reason::NonceRepeated`] when there is one of its name.
    pub fn insert(&mut self, transaction: Transaction, boot_ms: u64) -> Result<(), Reason> {
        self.sweep(SWEEP, boot_ms);
        if self.find(&transaction.id).is_some() {
            return Err(Reason::NonceRepeated);
        }
        if !self.has_room(&transaction) && self.full_sweep_boot_ms <= boot_ms {
            self.full_sweep_boot_ms = boot_ms.saturating_add(FULL_SWEEP_INTERVAL_MS);
            self.sweep(self.places.as_ref().len(), boot_ms);
        }
        if !self.has_room(&transaction) {
            return Err(Reason::QuotaReached);
        }
        let ways = self.ways(&transaction.id);
        let free = self.places.as_mut().get_mut(ways).and_then(free_place);
        *free.ok_or(Reason::QuotaReached)? = Some(transaction);
        self.count(&transaction, true);
        Ok(())
    }

    /// Whether a transaction may still be used.
    ///
    /// # Errors
    /// As [`Transactions::spend`].
    pub fn live(&self, id: &TransactionId) -> Result<(), Reason> {
        match self.find(id) {
            None => Err(Reason::TransactionUnknown),
            Some(transaction) if transaction.spent => Err(Reason::TransactionSpent),
            Some(_) => Ok(()),
        }
    }

    /// Marks a transaction as used: it no longer counts towards quotas, and stays until what it is used
    /// for is over.
    ///
    /// # Errors
    /// [`Reason::TransactionUnknown`], or [`Reason::TransactionSpent`] when it was used already.
    pub fn spend(&mut self, id: &TransactionId, boot_ms: u64) -> Result<(), Reason> {
        self.live(id)?;
        let ways = self.ways(id);
        let places = self.places.as_mut().get_mut(ways).unwrap_or_default();
        let found = places.iter_mut().flatten().find(|t| t.id == *id);
        let transaction = found.ok_or(Reason::TransactionUnknown)?;
        transaction.spent = true;
        transaction.expires_boot_ms = boot_ms.saturating_add(SPENT_MS);
        let spent = *transaction;
        self.count(&spent, false);
        Ok(())
    }

    /// Forgets a used transaction that is on record.
    pub fn forget(&mut self, id: &TransactionId) {
        let ways = self.ways(id);
        let places = self.places.as_mut().get_mut(ways).unwrap_or_default();
        if let Some(place) = places.iter_mut().find(|place| is_spent(place, id)) {
            *place = None;
        }
    }

    fn has_room(&self, transaction: &Transaction) -> bool {
        let live = |count: Option<&u32>| count.copied().unwrap_or(0);
        let of_front_end = self.front_ends.get(&transaction.front_end);
        let of_tenant = self.tenants.get(&transaction.tenant);
        let owners = self.front_ends.len() < OWNERS_MAX || of_front_end.is_some();
        owners && live(of_front_end) < PER_FRONT_END_MAX && live(of_tenant) < PER_TENANT_MAX
    }

    /// The places that a name leads to. Names are the HSM's random bytes: nobody chooses them.
    fn ways(&self, id: &TransactionId) -> core::ops::Range<usize> {
        let sets = (self.places.as_ref().len() / WAYS).max(1) as u64;
        let start =
            id.0.first_chunk().map_or(0, |first| u64::from_be_bytes(*first) % sets) as usize;
        let end = (start + 1) * WAYS;
        start * WAYS..end.min(self.places.as_ref().len())
    }

    fn sweep(&mut self, places: usize, boot_ms: u64) {
        for _ in 0..places {
            self.cursor = (self.cursor + 1) % self.places.as_ref().len().max(1);
            let place = self.places.as_mut().get_mut(self.cursor);
            let expired = place.and_then(|place| place.take_if(|t| t.expires_boot_ms < boot_ms));
            if let Some(live) = expired.filter(|expired| !expired.spent) {
                self.count(&live, false);
            }
        }
    }

    /// One more or one less that its owners' quotas count.
    fn count(&mut self, transaction: &Transaction, more: bool) {
        count(&mut self.front_ends, transaction.front_end, more);
        count(&mut self.tenants, transaction.tenant, more);
    }
}

/// An empty place, or that of the used transaction which is kept the longest already: unknown instead of
/// spent, it is as stale.
fn free_place(places: &mut [Place]) -> Option<&mut Place> {
    let rank = |place: &Place| match place {
        None => Some(0),
        Some(t) => t.spent.then_some(t.expires_boot_ms.max(1)),
    };
    let ranked = places.iter_mut().filter_map(|place| rank(place).map(|rank| (rank, place)));
    ranked.min_by_key(|(rank, _)| *rank).map(|(_, place)| place)
}

fn is_spent(place: &Place, id: &TransactionId) -> bool {
    place.is_some_and(|transaction| transaction.id == *id && transaction.spent)
}

/// Counts one more or one less; owners without transactions take no room.
fn count<K: Copy + Eq>(counts: &mut Counts<K>, owner: K, more: bool) {
    let before = counts.get(&owner).copied().unwrap_or(0);
    let after = if more { before.saturating_add(1) } else { before.saturating_sub(1) };
    if after == 0 {
        counts.remove(&owner);
    } else {
        // `has_room` saw that there is a place for the owner; a tenant has at least one front-end.
        let _ = counts.insert(owner, after);
    }
}

#[cfg(test)]
mod tests;
