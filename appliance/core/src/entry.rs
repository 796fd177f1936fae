//! What the registry knows, as the core reads it: small, typed, copied out under the lock.

use countersign_ports::Algorithm;
use countersign_protocol::approvers::Approvers;
use countersign_protocol::change::{Place, Profile, Standing};
use countersign_protocol::limits::{APPROVERS_MAX, ORIGIN_BYTES_MAX, SIGNING_KEY_BYTES_MAX};
use countersign_protocol::{
    ApplianceId, Digest, FrontEndId, KeyId, SignerId, SlotId, Suite, TenantId,
};
use subtle::Choice;

use crate::assertion::sign_count::SignCounts;
use crate::lockout::Lockout;

/// The ledger index of the last record that changed an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Generation(pub u64);

/// An answer that has a value either way: the entry, or a dummy that does the same work.
#[derive(Clone, Copy, Debug)]
pub struct Found<T> {
    /// The entry or the dummy.
    pub entry: T,
    /// Whether it is the entry.
    pub found: Choice,
}

impl<T> Found<T> {
    /// The entry if there is one, else `dummy`.
    pub fn or(entry: Option<T>, dummy: T) -> Self {
        let found = Choice::from(u8::from(entry.is_some()));
        Self { entry: entry.unwrap_or(dummy), found }
    }

    /// What is known for the ledger: the entry, only if it is one.
    pub fn known(&self) -> Option<&T> {
        bool::from(self.found).then_some(&self.entry)
    }
}

/// Whether something is active, as a check's result.
#[must_use]
pub fn is_active(standing: Standing) -> Choice {
    Choice::from(u8::from(standing == Standing::Active))
}

/// The appliance: fixed at `init`.
#[derive(Clone, Debug)]
pub struct Appliance {
    /// Its id.
    pub id: ApplianceId,
    /// Its floor.
    pub profile: Profile,
    /// The rpId of signers' devices.
    pub rp_id: heapless::String<ORIGIN_BYTES_MAX>,
    /// SHA-256 of the rpId.
    pub rp_id_hash: Digest,
    /// The approval page's origin.
    pub origin: heapless::String<ORIGIN_BYTES_MAX>,
}

impl Appliance {
    /// No appliance: no origin equals its empty one, no rpId hashes to zero.
    pub const NOBODY: Self = Self {
        id: ApplianceId([0; 16]),
        profile: Profile::Production,
        rp_id: heapless::String::new(),
        rp_id_hash: Digest([0; 32]),
        origin: heapless::String::new(),
    };
}

/// A front-end.
#[derive(Clone, Copy, Debug)]
pub struct FrontEnd {
    /// Its id.
    pub id: FrontEndId,
    /// Its tenant.
    pub tenant: TenantId,
    /// Whether it may ask.
    pub standing: Standing,
    /// When it changed last.
    pub generation: Generation,
}

impl FrontEnd {
    /// Nobody's front-end.
    pub const DUMMY: Self = Self {
        id: FrontEndId(u32::MAX),
        tenant: TenantId(u32::MAX),
        standing: Standing::Revoked,
        generation: Generation(u64::MAX),
    };
}

/// The public part of a signing key, as the wire has it (`countersign_protocol::PublicKey`), owned.
pub type PublicPart = heapless::Vec<u8, SIGNING_KEY_BYTES_MAX>;

/// A signing key.
#[derive(Clone, Debug)]
pub struct Key {
    /// Its id.
    pub id: KeyId,
    /// Its tenant.
    pub tenant: TenantId,
    /// What kind of key.
    pub suite: Suite,
    /// Where its private part is.
    pub place: Place,
    /// Its public part.
    pub public_key: PublicPart,
    /// SHA-256 of its public part.
    pub public_key_digest: Digest,
    /// Who must approve.
    pub approvers: ApproverSet,
    /// Digest of what it may do ([`crate::port::Registry::policy`]).
    pub policy_digest: Digest,
    /// Whether it may sign.
    pub standing: Standing,
    /// When it changed last.
    pub generation: Generation,
}

impl Key {
    /// Nobody's key.
    #[must_use]
    pub fn dummy() -> Self {
        Self {
            id: KeyId([0; 16]),
            tenant: TenantId(u32::MAX),
            suite: Suite::Esp256,
            place: Place::Resident(KeyId([0; 16])),
            public_key: PublicPart::new(),
            public_key_digest: Digest([0; 32]),
            approvers: ApproverSet { ids: heapless::Vec::new(), threshold: u8::MAX },
            policy_digest: Digest([0; 32]),
            standing: Standing::Revoked,
            generation: Generation(u64::MAX),
        }
    }
}

/// `threshold` of these people must approve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApproverSet {
    /// The people, ascending.
    pub ids: heapless::Vec<SignerId, APPROVERS_MAX>,
    /// How many of them.
    pub threshold: u8,
}

impl From<&Approvers<'_>> for ApproverSet {
    fn from(approvers: &Approvers<'_>) -> Self {
        // The wire type holds at most as many as fit here.
        Self { ids: approvers.ids().collect(), threshold: approvers.threshold() }
    }
}

/// A registered device, without its key ([`crate::port::Registry::device_key`]).
#[derive(Clone, Copy, Debug)]
pub struct Device {
    /// Its place.
    pub slot: SlotId,
    /// Whose it is.
    pub signer: SignerId,
    /// The algorithm of its key.
    pub algorithm: Algorithm,
    /// The BE flag as enrolled.
    pub backup_eligible: bool,
    /// The signCounts that it has shown.
    pub counts: SignCounts,
    /// Its refused assertions.
    pub lockout: Lockout,
    /// Whether it may approve.
    pub standing: Standing,
    /// When its record changed last; signCounts and refused assertions do not count.
    pub generation: Generation,
}

impl Device {
    /// Nobody's device. No device is ever enrolled in its place.
    #[must_use]
    pub fn nobodys() -> Self {
        Self {
            slot: NOBODYS_SLOT,
            signer: SignerId(u32::MAX),
            algorithm: Algorithm::EcdsaP256,
            backup_eligible: false,
            counts: SignCounts::enrolled(u32::MAX),
            lockout: Lockout::default(),
            standing: Standing::Revoked,
            generation: Generation(u64::MAX),
        }
    }
}

/// The place of nobody's device. A registry that keeps it there finds it with as much work as any other.
pub const NOBODYS_SLOT: SlotId = SlotId(0);
