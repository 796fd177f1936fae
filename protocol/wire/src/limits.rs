//! All limits, in one place, summed at compile time.
//!
//! Guarantees to a reader of any buffer: nothing that decodes is larger than what is said here.
//! Units are in the names: `_MAX` counts things, `_BYTES_MAX` counts bytes, `_MS` is milliseconds.

/// Items in one activation (one approval covers them all).
pub const ITEMS_MAX: usize = 250;
/// A label, in UTF-8.
pub const LABEL_BYTES_MAX: usize = 128;
/// A digest of any suite (SHA-512 is the longest).
pub const DIGEST_BYTES_MAX: usize = 64;
/// A DTBS/R: a digest, or the whole message where a suite signs messages.
pub const DTBSR_BYTES_MAX: usize = 64 * 1024;
/// An activation.
pub const ACTIVATION_BYTES_MAX: usize = 96 * 1024;
/// How long an activation may live.
pub const LIFETIME_MS_MAX: u32 = 600_000;
/// How long an activation must live at least: nobody reads and approves faster.
pub const LIFETIME_MS_MIN: u32 = 1_000;

/// People who may have to approve one activation.
pub const APPROVERS_MAX: usize = 8;
/// Assertions in one `Sign`: a key may ask each approver for two, of different families.
pub const ASSERTIONS_MAX: usize = 2 * APPROVERS_MAX;
/// Keys of one signer that a ticket names.
pub const TICKET_KEYS_MAX: usize = 64;
/// A ticket.
pub const TICKET_BYTES_MAX: usize = 2 * 1024;
/// How long a ticket is good.
pub const TICKET_LIFETIME_MS_MAX: u64 = 7 * 24 * 3_600_000;
/// How long a ticket must be good at least: nobody registers a device faster.
pub const TICKET_LIFETIME_MS_MIN: u64 = 1_000;
/// What an enrolled device approves when a further one is added.
pub const ADDITION_BYTES_MAX: usize = 256;
/// Devices that may approve one activation (each approver has a few).
pub const DEVICES_MAX: usize = 16;
/// A credential id (WebAuthn L3, 7.1 step 25).
pub const CREDENTIAL_ID_BYTES_MAX: usize = 1023;
/// authenticatorData of an assertion (37 bytes without extension outputs).
pub const AUTHENTICATOR_DATA_BYTES_MAX: usize = 1024;
/// authenticatorData of a registration: with a credential id, a key of ML-DSA-87 and extension outputs.
pub const REGISTRATION_DATA_BYTES_MAX: usize = 4096;
/// clientDataJSON.
pub const CLIENT_DATA_BYTES_MAX: usize = 2048;
/// Members of clientDataJSON (browsers write five to seven).
pub const CLIENT_DATA_MEMBERS_MAX: usize = 32;
/// The signature of an assertion (ML-DSA-87 is the longest).
pub const ASSERTION_SIGNATURE_BYTES_MAX: usize = 4627;
/// A COSE_Key of a device (ML-DSA-87 is the longest).
pub const COSE_KEY_BYTES_MAX: usize = 2700;
/// The attestationObject of a new device (WebAuthn L3, 6.5.4): an ML-DSA-87 key and its signature, or
/// certificates.
pub const ATTESTATION_OBJECT_BYTES_MAX: usize = 16 * 1024;
/// Statements in one compound attestation.
pub const ATTESTATION_STATEMENTS_MAX: usize = 4;
/// Certificates in one attestation statement.
pub const ATTESTATION_CERTIFICATES_MAX: usize = 8;
/// The public key in it (ML-DSA-87 is the longest).
pub const DEVICE_KEY_BYTES_MAX: usize = 2592;

/// A device's signCounts up to its last one that are remembered: so many approvals may come late.
pub const SIGN_COUNT_WINDOW: u32 = 64;
/// Devices that are suspended of themselves, because somebody has their key too, in a burst.
pub const SUSPENSIONS_BURST: u64 = 8;
/// The same in the long run.
pub const SUSPENSIONS_PER_HOUR: u64 = 8;
/// Refused assertions of one device through one front-end that lock it out there, if they come within
/// `LOCKOUT_WINDOW_MS`.
pub const LOCKOUT_REFUSED: u8 = 8;
/// How long a refused assertion counts.
pub const LOCKOUT_WINDOW_MS: u64 = 600_000;
/// How long a device is locked out.
pub const LOCKOUT_MS: u64 = 300_000;
/// Front-ends whose refused assertions of one device are counted at the same time.
pub const LOCKOUT_FRONT_ENDS: usize = 4;

/// Different refusals (by reason and device) that share one record: as many as requests are looked at at the same time.
pub const REFUSALS_MAX: usize = 1024;

/// The public key of a signing key (RSA with a modulus of 3072 bits is the longest).
pub const SIGNING_KEY_BYTES_MAX: usize = 398;
/// A signature over one item (ML-DSA-87 is the longest).
pub const SIGNATURE_BYTES_MAX: usize = 4627;
/// A signature of the appliance itself over a checkpoint (Ed25519, or P-256 with `r || s`).
pub const CHECKPOINT_SIGNATURE_BYTES: usize = 64;

/// A `Prepare` frame.
pub const PREPARE_FRAME_BYTES_MAX: usize = ACTIVATION_BYTES_MAX;
/// A `Sign` frame, and so any request.
pub const SIGN_FRAME_BYTES_MAX: usize = 128 * 1024;
/// An administration frame, there or back.
pub const ADMIN_FRAME_BYTES_MAX: usize = 64 * 1024;
/// An order that brings a BLOB: longer than any other frame, and read one at a time.
pub const IMPORT_FRAME_BYTES_MAX: usize = MDS_BLOB_BYTES_MAX + 64;
/// Devices in one answer to an officer.
pub const DEVICES_LISTED_MAX: usize = 64;
/// Changes of a device's standing that an officer is shown: the last ones.
pub const DEVICE_HISTORY_MAX: usize = 32;
/// A `Prepared` reply.
pub const PREPARED_REPLY_BYTES_MAX: usize = 128 * 1024;
/// A `Signed` reply, written in pieces: all signatures and the receipt.
pub const SIGNED_REPLY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// A request of the log's readers: the path of a file.
pub const LOG_FRAME_BYTES_MAX: usize = 64;
/// A published file: the leaves of a full tile, each with its length.
pub const LOG_FILE_BYTES_MAX: usize = 256 * (2 + LEAF_BYTES_MAX);
/// What an enrolment's leaf commits to: attestation object, client data and ticket, and the device beside them.
pub const ENROLMENT_OPENING_BYTES_MAX: usize = 32 * 1024;
/// An `Enrolments` reply.
pub const ENROLMENTS_REPLY_BYTES_MAX: usize = 1024 * 1024;
/// A certificate of a signing key, or of who issued it.
pub const CERTIFICATE_BYTES_MAX: usize = 8 * 1024;
/// Certificates in a file of evidence: the key's, and what leads from it to a root.
pub const CERTIFICATES_MAX: usize = 8;
/// Why publishing fails, in one line of UTF-8.
pub const PUBLISH_FAULT_BYTES_MAX: usize = 512;

/// Records in one group of the ledger: one sync, one checkpoint.
pub const GROUP_RECORDS_MAX: usize = 256;
/// A leaf of the ledger: the public part of a record.
pub const LEAF_BYTES_MAX: usize = 4096;
/// Hashes beside the way from a leaf to the root, and complete subtrees of a tree.
pub const PATH_MAX: usize = 64;
/// One record of the ledger: a whole `Sign` frame, its signatures, and what the appliance adds.
pub const RECORD_BYTES_MAX: usize = 1536 * 1024;

/// The body of a group: as many records as fit, one at least.
pub const GROUP_BYTES_MAX: usize = 8 * 1024 * 1024;

/// How long a group may wait for more records, where the configuration says so.
pub const GROUP_DELAY_MS_MAX: u64 = 100;
/// The program, or a token's module, of which a boot records the digest: a development build has 0.1 GiB.
pub const PROGRAM_BYTES_MAX: u64 = 1 << 30;
/// Records after which the next anchor is due, as soon as the token is looked at.
pub const ANCHOR_RECORDS: u64 = 1_000;
/// How long at most the ledger may be ahead of its anchor.
pub const ANCHOR_MS: u64 = 60_000;
/// How long what is anchored in the token alone waits for the counter outside of it: an hour, for a TPM wears out.
pub const COUNT_MS: u64 = 3_600_000;
/// Anchors in a token: one, and what an interrupted or refused destruction has left.
pub const ANCHORS_MAX: usize = 16;
/// Records after which the next snapshot of the registry is due.
pub const SNAPSHOT_RECORDS: u64 = 65_536;
/// Rows of which a new slot file gets copies at once: nobody else is at the registry meanwhile.
pub const ROWS_COPIED: usize = 1_000;
/// What is written on a slot file at once: it is in memory meanwhile, and read into memory at a boot. What is more begins a
/// new file, which is written a part at a time.
pub const SLOT_BATCH_BYTES_MAX: usize = 1 << 30;
/// How often the key of a slot file seals before another file is begun (NIST SP 800-38D, 8.3: 2^32 with random nonces).
pub const SLOT_SEALINGS_MAX: u64 = 1 << 28;
/// How far before its turn a device's row may be read from a slot file: so many devices whose rows have become too large for
/// their slots have been written elsewhere since the file was begun. With more, everything is read, and a new file is begun.
pub const ROWS_EARLY_MAX: u32 = 65_536;
/// A group with so many bytes of content takes no more records: one of any size still fitted it before.
pub const GROUP_CONTENT_BYTES_MAX: usize = GROUP_BYTES_MAX - 2 * RECORD_BYTES_MAX;

/// A name of a tenant, signer, key, device, front-end or officer, in UTF-8.
pub const NAME_BYTES_MAX: usize = 64;
/// An origin or an rpId (a DNS name is at most 253 bytes).
pub const ORIGIN_BYTES_MAX: usize = 272;
/// Suites that one policy can allow.
pub const SUITES_MAX: usize = 16;
/// A compiled policy.
pub const POLICY_BYTES_MAX: usize = 1024;
/// Its source, as officers write it.
pub const POLICY_SOURCE_BYTES_MAX: u64 = 65_536;
/// Periods of a policy's calendar: four years of a country that changes its clocks twice in each.
pub const POLICY_PERIODS_MAX: usize = 9;
/// Dates on which a calendar is otherwise.
pub const POLICY_EXCEPTIONS_MAX: usize = 16;
/// Front-ends that a policy names.
pub const POLICY_FRONT_ENDS_MAX: usize = 16;
/// Patterns of labels that a policy has.
pub const POLICY_PATTERNS_MAX: usize = 8;
/// One of them, in UTF-8.
pub const POLICY_PATTERN_BYTES_MAX: usize = 32;

/// A BLOB of the FIDO Metadata Service, as it is published: a compact JWS.
pub const MDS_BLOB_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Models in it.
pub const MDS_ENTRIES_MAX: usize = 4096;
/// Anchors of one model's attestations.
pub const MDS_ANCHORS_MAX: usize = 256;
/// What is reported of one model's status, from the first day on.
pub const MDS_REPORTS_MAX: usize = 256;
/// Words for how one model protects its keys (FIDO Registry of Predefined Values, 3.2, knows five).
pub const MDS_PROTECTIONS_MAX: usize = 16;
/// Attestation key identifiers of one model.
pub const MDS_KEY_IDENTIFIERS_MAX: usize = 64;
/// A certificate in it, or one of its signer's.
pub const MDS_CERTIFICATE_BYTES_MAX: usize = 8 * 1024;
/// Certificates of its signer: the signer's own, and those above it.
pub const MDS_CHAIN_MAX: usize = 8;

/// The CBOR head (initial byte and length) of anything within these limits.
pub const HEAD_BYTES_MAX: usize = 5;

/// An item whose DTBS/R is a digest, with its keys and heads.
pub const DIGEST_ITEM_BYTES_MAX: usize =
    DIGEST_BYTES_MAX + 32 + 32 + LABEL_BYTES_MAX + 6 * (1 + HEAD_BYTES_MAX);
/// An activation without its items: ids, digests, approvers, times.
pub const ACTIVATION_HEADER_BYTES_MAX: usize = 512;
/// An assertion made with a classical algorithm (RSA-4096 is the longest).
pub const CLASSICAL_ASSERTION_BYTES_MAX: usize =
    AUTHENTICATOR_DATA_BYTES_MAX + CLIENT_DATA_BYTES_MAX + 512 + 5 * (1 + HEAD_BYTES_MAX);
/// An assertion of any algorithm.
pub const ASSERTION_BYTES_MAX: usize = AUTHENTICATOR_DATA_BYTES_MAX
    + CLIENT_DATA_BYTES_MAX
    + ASSERTION_SIGNATURE_BYTES_MAX
    + 5 * (1 + HEAD_BYTES_MAX);
/// A receipt without the opening: leaf, path, checkpoint.
pub const RECEIPT_BYTES_MAX: usize = 8 * 1024;

/// The public key of whoever exports evidence, as SubjectPublicKeyInfo (P-256 has 91 bytes).
pub const EXPORTER_KEY_BYTES_MAX: usize = 128;
/// Witnesses of one checkpoint.
pub const WITNESSES_MAX: usize = 16;
/// Cosignatures of one checkpoint: the witnesses', and one of the appliance's own.
pub const COSIGNATURES_MAX: usize = WITNESSES_MAX + 1;
/// The public key that an appliance cosigns its own checkpoints with (ML-DSA-44).
pub const COSIGNER_KEY_BYTES: usize = 1312;
/// One witness's signature line (ML-DSA-44 in base64 is the longest).
pub const COSIGNATURE_BYTES_MAX: usize = 4096;
/// Shares of one recovery key.
pub const RECOVERY_SHARES_MAX: usize = 16;
/// The public part of a recovery key.
pub const RECOVERY_KEY_BYTES_MAX: usize = 1024;
/// What is secret in a share.
pub const SHARE_VALUE_BYTES: usize = 32;
/// A file with a share.
pub const SHARE_FILE_BYTES_MAX: usize = RECOVERY_KEY_BYTES_MAX + 256;

/// Entries of a vault: one key each for as many signers as an appliance has.
pub const VAULT_ENTRIES_MAX: u32 = 262_144;
/// The key of a vault's epoch as it is sealed to a recovery key (a post-quantum suite would take most of it).
pub const VAULT_WRAPPED_BYTES_MAX: usize = 2048;

/// A file of evidence.
pub const EVIDENCE_BYTES_MAX: usize = 20 * 1024 * 1024;

const SIGN_FRAME_OVERHEAD_BYTES: usize = 64;

// A full batch of digests always fits.
const _: () = assert!(
    ITEMS_MAX * DIGEST_ITEM_BYTES_MAX + ACTIVATION_HEADER_BYTES_MAX <= ACTIVATION_BYTES_MAX
);
// A full batch can be asked for: the items, key, suite, lifetime, initiator.
const _: () = assert!(ITEMS_MAX * DIGEST_ITEM_BYTES_MAX + 64 <= PREPARE_FRAME_BYTES_MAX);
// The largest activation fits with one classical assertion of every approver...
const _: () = assert!(
    ACTIVATION_BYTES_MAX
        + APPROVERS_MAX * CLASSICAL_ASSERTION_BYTES_MAX
        + SIGN_FRAME_OVERHEAD_BYTES
        <= SIGN_FRAME_BYTES_MAX
);
// ...or with four of any algorithm.
const _: () = assert!(
    ACTIVATION_BYTES_MAX + 4 * ASSERTION_BYTES_MAX + SIGN_FRAME_OVERHEAD_BYTES
        <= SIGN_FRAME_BYTES_MAX
);
const _: () = assert!(
    ACTIVATION_BYTES_MAX + DEVICES_MAX * (CREDENTIAL_ID_BYTES_MAX + HEAD_BYTES_MAX) + 64
        <= PREPARED_REPLY_BYTES_MAX
);
const SIGNATURES_BYTES_MAX: usize = ITEMS_MAX * (SIGNATURE_BYTES_MAX + HEAD_BYTES_MAX);
const _: () = assert!(
    SIGN_FRAME_BYTES_MAX
        + SIGNATURES_BYTES_MAX
        + ASSERTIONS_MAX * COSE_KEY_BYTES_MAX
        + SIGNING_KEY_BYTES_MAX
        + POLICY_BYTES_MAX
        + 1024
        <= RECORD_BYTES_MAX
);
const _: () = assert!(RECORD_BYTES_MAX + 8192 <= GROUP_BYTES_MAX);
// A leaf's length has two bytes in a bundle of entries.
const _: () = assert!(LEAF_BYTES_MAX <= u16::MAX as usize);
const _: () = assert!(LEAF_BYTES_MAX + PATH_MAX * 34 + 256 <= RECEIPT_BYTES_MAX);
const _: () = assert!(
    SIGNATURES_BYTES_MAX
        + RECORD_BYTES_MAX
        + RECEIPT_BYTES_MAX
        + COSIGNATURES_MAX * (COSIGNATURE_BYTES_MAX + HEAD_BYTES_MAX)
        + 64
        <= SIGNED_REPLY_BYTES_MAX
);
const _: () = assert!(
    RECORD_BYTES_MAX
        + RECEIPT_BYTES_MAX
        + ITEMS_MAX * (DTBSR_BYTES_MAX + HEAD_BYTES_MAX)
        + COSIGNATURES_MAX * (COSIGNATURE_BYTES_MAX + HEAD_BYTES_MAX)
        + ENROLMENTS_REPLY_BYTES_MAX
        + CERTIFICATES_MAX * (CERTIFICATE_BYTES_MAX + HEAD_BYTES_MAX)
        + 1024
        <= EVIDENCE_BYTES_MAX
);
const _: () = assert!(POLICY_BYTES_MAX + 10 * NAME_BYTES_MAX + 1024 <= ADMIN_FRAME_BYTES_MAX);
const _: () = assert!(MDS_CERTIFICATE_BYTES_MAX + ORIGIN_BYTES_MAX + 64 <= ADMIN_FRAME_BYTES_MAX);
const _: () =
    assert!(DEVICES_LISTED_MAX * (2 * NAME_BYTES_MAX + 256) + 64 <= ADMIN_FRAME_BYTES_MAX);
// A ticket with all keys of a signer, and the evidence of an enrolment.
const _: () = assert!(
    TICKET_KEYS_MAX * 17 + 3 * 34 + NAME_BYTES_MAX + ORIGIN_BYTES_MAX + 128 <= TICKET_BYTES_MAX
);
const _: () = assert!(TICKET_BYTES_MAX + 1024 <= ADMIN_FRAME_BYTES_MAX);
const _: () =
    assert!(ATTESTATION_OBJECT_BYTES_MAX + CLIENT_DATA_BYTES_MAX + 1024 <= SIGN_FRAME_BYTES_MAX);
const _: () = assert!(SIGNING_KEY_BYTES_MAX + 64 <= ADMIN_FRAME_BYTES_MAX);
const _: () = assert!(
    DEVICES_MAX * (LEAF_BYTES_MAX + ENROLMENT_OPENING_BYTES_MAX + PATH_MAX * 34 + 64)
        <= ENROLMENTS_REPLY_BYTES_MAX
);
const _: () = assert!(
    ATTESTATION_OBJECT_BYTES_MAX
        + CLIENT_DATA_BYTES_MAX
        + TICKET_BYTES_MAX
        + CREDENTIAL_ID_BYTES_MAX
        + COSE_KEY_BYTES_MAX
        + 2 * 1024
        <= ENROLMENT_OPENING_BYTES_MAX
);
// A recovery key with all its shares' commitments.
const _: () = assert!(
    RECOVERY_SHARES_MAX * 34 + NAME_BYTES_MAX + 34 + 4 * HEAD_BYTES_MAX + 16
        <= RECOVERY_KEY_BYTES_MAX
);
const _: () = assert!(RECOVERY_KEY_BYTES_MAX + 64 <= ADMIN_FRAME_BYTES_MAX);
// Each entry, head, foot and wrapped copy takes a random nonce or two: a key is good for 2^28 of them.
const _: () = assert!(VAULT_ENTRIES_MAX * 4 < 1 << 28);
