//! Domain separation: what a hash or a signature is *for* is part of what is hashed.
//!
//! Each use is `SHA-256(tag || 0x00 || bytes)`. No tag is a prefix of another with its 0x00.

/// What an approving device signs as challenge: the hash of an activation's bytes.
pub const ACTIVATION: &[u8] = b"countersign/activation/1\0";
/// What a new device signs as challenge: the hash of a ticket's bytes.
pub const ENROLMENT: &[u8] = b"countersign/enrolment/1\0";
/// What an enrolled device signs as challenge when a further one is added.
pub const ADDITION: &[u8] = b"countersign/addition/1\0";
/// The fingerprint of a device's key.
pub const FINGERPRINT: &[u8] = b"countersign/fingerprint/1\0";
/// The commitment in a public leaf to the sealed part of its record.
pub const COMMITMENT: &[u8] = b"countersign/commitment/1\0";
/// A group of records as written to disk.
pub const GROUP: &[u8] = b"countersign/group/1\0";
/// A policy's digest, as every activation carries it.
pub const POLICY: &[u8] = b"countersign/policy/1\0";
/// What the root of a vault epoch makes that epoch's key from: the appliance's id and the epoch follow.
pub const VAULT: &[u8] = b"countersign/vault/1\0";
/// What the HSM's secret makes the salts of commitments from.
pub const SALT: &[u8] = b"countersign/salt/1\0";
/// What the HSM's secret makes the key of records from that are the appliance's own.
pub const OWN_KEY: &[u8] = b"countersign/own-key/1\0";
/// How the vault knows a key of snapshots.
pub const SNAPSHOT_KEY: &[u8] = b"countersign/snapshot-key/1\0";
/// What makes the seed of the slot file that a snapshot is in.
pub const SNAPSHOT: &[u8] = b"countersign/snapshot/1\0";
/// A slot file: its key, from one of the vault's, and what its slots are bound to.
pub const SLOTS: &[u8] = b"countersign/slots/1\0";
/// The sum of a slot file, and a slot's share in it.
pub const SLOT_SUM: &[u8] = b"countersign/slot-sum/1\0";
/// What a record is known by in a slot file.
pub const SLOT_NAME: &[u8] = b"countersign/slot-name/1\0";
/// What the HSM's secret makes the key of registry roots from.
pub const ROOT_KEY: &[u8] = b"countersign/root-key/1\0";
/// The root of a registry, and a row's share in it.
pub const REGISTRY: &[u8] = b"countersign/registry/1\0";
/// How the vault knows a signer's evidence key.
pub const EVIDENCE_KEY: &[u8] = b"countersign/evidence-key/1\0";
/// A record's key, from the keys of those that it is about.
pub const RECORD_KEY: &[u8] = b"countersign/record-key/1\0";
/// A record's nonce, from its salt.
pub const RECORD_NONCE: &[u8] = b"countersign/record-nonce/1\0";
/// What a recovery key is known by.
pub const RECOVERY_KEY: &[u8] = b"countersign/recovery-key/1\0";
/// The commitment to a share of a recovery key.
pub const SHARE: &[u8] = b"countersign/share/1\0";
/// A file with a share, whole.
pub const SHARE_FILE: &[u8] = b"countersign/share-file/1\0";
/// What the key of a vault's epoch is sealed to a recovery key for: the appliance's id, the epoch and the recovery key's
/// fingerprint follow.
pub const WRAPPED_EPOCH: &[u8] = b"countersign/wrapped-epoch/1\0";
/// What a backup is sealed to a recovery key for: the recovery key's fingerprint follows.
pub const BACKUP: &[u8] = b"countersign/backup/1\0";
/// How the vault knows the key of the appliance's own records.
pub const OWN_KEY_NAME: &[u8] = b"countersign/own-key-name/1\0";
