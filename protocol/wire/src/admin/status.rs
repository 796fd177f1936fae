//! How the appliance is.

use minicbor::{Decode, Encode};

use super::{Anchored, MetadataStatus, RecoveryStatus};
use crate::change::Profile;
use crate::checkpoint::{CheckpointKey, CosignerKey};
use crate::limits::{PUBLISH_FAULT_BYTES_MAX, WITNESSES_MAX};
use crate::{ApplianceId, Bounded, Digest, Origin, Sequence};

/// Asks for the appliance's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Status {}

/// The appliance's state.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct StatusAnswer<'b> {
    /// Its id.
    #[n(0)]
    pub appliance: ApplianceId,
    /// Its profile.
    #[n(1)]
    pub profile: Profile,
    /// The rpId of signers' devices.
    #[b(2)]
    pub rp_id: Origin<'b>,
    /// The approval page's origin.
    #[b(3)]
    pub origin: Origin<'b>,
    /// Records in the ledger.
    #[n(4)]
    pub ledger_size: u64,
    /// The root of the tree over them.
    #[n(5)]
    pub ledger_root: Digest,
    /// Front-ends, signers, devices, keys in the registry.
    #[n(6)]
    pub registered: Registered,
    /// Transactions that could still be approved.
    #[n(7)]
    pub transactions: u32,
    /// Frames since boot that could not be decoded.
    #[n(8)]
    pub malformed: u64,
    /// Alarms in the ledger.
    #[n(9)]
    pub alarms: u64,
    /// What is known of models, if anything was imported.
    #[n(10)]
    pub metadata: Option<MetadataStatus>,
    /// What checkpoints verify with.
    #[n(11)]
    pub checkpoint_key: CheckpointKey,
    /// The public copy of the ledger, if there is one.
    #[b(12)]
    pub published: Option<Published<'b>>,
    /// How the witnesses of the ledger stand, if some are configured.
    #[b(13)]
    pub witnesses: Option<WitnessStandings<'b>>,
    /// For whom the vault is wrapped, if a recovery key is set.
    #[b(14)]
    pub recovery: Option<RecoveryStatus<'b>>,
    /// What the appliance's own cosignatures verify with, if it makes any.
    #[b(15)]
    pub cosigner_key: Option<CosignerKey<'b>>,
    /// What is beyond the reach of whoever has the disk.
    #[n(16)]
    pub anchored: Anchored,
    /// No key signs, whatever else is on record.
    #[n(17)]
    pub frozen: bool,
    /// How far the machine's clock is behind what is known of UTC, in milliseconds: no dated rule is satisfied unless it is 0.
    #[n(18)]
    pub behind_ms: u64,
}

/// How the public copy of the ledger is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Published<'b> {
    /// Records that it has.
    #[n(0)]
    pub size: u64,
    /// Why it does not go on, if it does not: UTF-8, at most `limits::PUBLISH_FAULT_BYTES_MAX`.
    #[b(1)]
    pub fault: Option<Bounded<'b, PUBLISH_FAULT_BYTES_MAX>>,
}

/// The witnesses of the ledger, in the order of the configuration.
pub type WitnessStandings<'b> = Sequence<'b, WitnessStanding<'b>, 1, WITNESSES_MAX>;

/// How a witness of the ledger stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct WitnessStanding<'b> {
    /// Its name.
    #[b(0)]
    pub name: Origin<'b>,
    /// Records that it says it has cosigned; none if it was not reached yet.
    #[n(1)]
    pub size: Option<u64>,
    /// When it cosigned last, as its cosignature says (seconds since 1970, UTC); none if there is none.
    #[n(2)]
    pub time_s: Option<u64>,
}

/// How many of each the registry has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Registered {
    /// Front-ends.
    #[n(0)]
    pub front_ends: u32,
    /// Signers.
    #[n(1)]
    pub signers: u32,
    /// Devices.
    #[n(2)]
    pub devices: u32,
    /// Keys.
    #[n(3)]
    pub keys: u32,
}
