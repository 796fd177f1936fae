//! The activation (SAD): what the signer's device approves, byte for byte.
//!
//! Made by the appliance, never by the front-end. The challenge is
//! `SHA-256(tag::ACTIVATION || activation bytes)` over the bytes as sent, never a re-serialisation.

use minicbor::{Decode, Encode};

use crate::approvers::Approvers;
use crate::item::Items;
use crate::{ApplianceId, Digest, FrontEndId, KeyId, SignerId, Suite, TenantId, TransactionId};

/// The version that this module encodes.
pub const VERSION: u8 = 1;

/// What one approval covers (EN 419 241-1 SRA_SAP.2.3: signer, key, DTBS/R).
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Activation<'b> {
    /// Always [`VERSION`]: other versions are other types.
    #[n(0)]
    pub version: Version,
    /// The appliance that made it and alone will honour it.
    #[n(1)]
    pub appliance: ApplianceId,
    /// The tenant of key, signers and front-end.
    #[n(2)]
    pub tenant: TenantId,
    /// 32 random bytes of the HSM: the nonce, and the transaction's name.
    #[n(3)]
    pub transaction: TransactionId,
    /// The key that shall sign.
    #[n(4)]
    pub key: KeyId,
    /// SHA-256 of the key's public key, as the registry has it.
    #[n(5)]
    pub public_key: Digest,
    /// How it shall sign.
    #[n(6)]
    pub suite: Suite,
    /// Digest of the policy in force: a change of policy voids what is outstanding.
    #[n(7)]
    pub policy: Digest,
    /// Who must approve.
    #[b(8)]
    pub approvers: Approvers<'b>,
    /// Who asked for it, where the front-end says so (absent: the front-end itself).
    #[n(9)]
    pub initiator: Option<SignerId>,
    /// The front-end that asked.
    #[n(10)]
    pub front_end: FrontEndId,
    /// When it was made and how long it lives.
    #[n(11)]
    pub lifetime: Lifetime,
    /// What shall be signed, in order.
    #[b(12)]
    pub items: Items<'b>,
}

/// When an activation was made, as the appliance knows UTC, and how long it lives by boot time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Lifetime {
    /// Not made before this (milliseconds since 1970, UTC).
    #[n(0)]
    pub utc_lo_ms: u64,
    /// Not made after this.
    #[n(1)]
    pub utc_hi_ms: u64,
    /// Lives this long, counted by the appliance's boot clock.
    #[n(2)]
    pub lifetime_ms: u32,
}

/// The version number of this format, and no other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Version {
    /// Version 1.
    #[default]
    #[n(1)]
    V1,
}
