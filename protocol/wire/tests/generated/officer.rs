//! Any order and answer that makes something, shows something or changes what is trusted.

use countersign_protocol::admin::{
    Answer, Awaits, Changed, DeviceAnswer, DeviceConfirm, DeviceList, DeviceShow, Devices,
    DevicesLost, Imported, KeyCreate, KeyCreated, Listed, MetadataImport, MetadataStatus, Order,
    Reanchor, Rebuild, RecoverySet, RegistryAnswer, RegistryQuery, SetFreeze, SlotFile,
    TicketIssue, TicketIssued,
};
use countersign_protocol::anchor::{ANCHOR_BYTES, Anchor};
use countersign_protocol::recovery::{Hpke, Quorum, RecoveryKey};
use countersign_protocol::{Digest, KeyId, SlotId};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::Index;

use super::enrolment::{assurance, attestation, cause, fingerprint, level, slot, standing};
use super::{bytes, model, name, policy, suite};
use crate::story::list;

/// Any order to make a key or a ticket, about devices, or about models.
pub fn order() -> impl Strategy<Value = Order<'static>> {
    prop_oneof![
        key_create(),
        ticket_issue(),
        (name(), fingerprint()).prop_map(|(name, fingerprint)| {
            Order::DeviceConfirm(DeviceConfirm { name, fingerprint })
        }),
        name().prop_map(|signer| Order::DevicesLost(DevicesLost { signer })),
        any::<u32>().prop_map(|id| Order::DeviceList(DeviceList { after: SlotId(id) })),
        name().prop_map(|name| Order::DeviceShow(DeviceShow { name })),
        model::trust().prop_map(Order::Trust),
        bytes(8192).prop_map(|blob| Order::MetadataImport(MetadataImport { blob })),
        recovery_key().prop_map(|key| Order::RecoverySet(RecoverySet { key })),
        any::<bool>().prop_map(|rebuild| Order::Registry(RegistryQuery { rebuild })),
        any::<(bool, bool)>().prop_map(|(frozen, clock_is_right)| {
            Order::Freeze(SetFreeze { frozen, clock_is_right })
        }),
        (any::<u64>(), any::<[u8; 32]>(), of(anchor())).prop_map(|(ledger_size, root, anchor)| {
            Order::Reanchor(Reanchor { ledger_size, ledger_root: Digest(root), anchor })
        }),
    ]
}

fn key_create() -> impl Strategy<Value = Order<'static>> {
    (name(), suite(), vec(name(), 1..=8), any::<u8>(), policy()).prop_map(
        |(name, suite, signers, threshold, policy)| {
            let signers = list(&signers);
            Order::KeyCreate(KeyCreate { name, suite, signers, threshold, policy })
        },
    )
}

fn anchor() -> impl Strategy<Value = Anchor> {
    any::<[u8; ANCHOR_BYTES]>().prop_map(|bytes| Anchor::from_bytes(&bytes).unwrap())
}

fn recovery_key() -> impl Strategy<Value = RecoveryKey<'static>> {
    let quorum = (vec(any::<[u8; 32]>().prop_map(Digest), 2..=16), any::<Index>());
    (name(), any::<[u8; 32]>(), quorum).prop_map(|(name, public, (commitments, threshold))| {
        let threshold = u8::try_from(threshold.index(commitments.len() - 1) + 2).unwrap();
        let quorum = Quorum::new(threshold, list(&commitments)).unwrap();
        RecoveryKey { suite: Hpke::X25519Aes256, name, public, quorum }
    })
}

fn ticket_issue() -> impl Strategy<Value = Order<'static>> {
    (name(), name(), assurance(), any::<u64>()).prop_map(
        |(signer, device, assurance, lifetime_ms)| {
            Order::TicketIssue(TicketIssue { signer, device, assurance, lifetime_ms })
        },
    )
}

/// Any answer with a key, a ticket, devices, or what an import did.
pub fn answer() -> impl Strategy<Value = Answer<'static>> {
    prop_oneof![
        key_created(),
        (any::<u64>(), bytes(2048))
            .prop_map(|(index, ticket)| Answer::TicketIssued(TicketIssued { index, ticket })),
        (vec(listed(), 0..=64), any::<bool>()).prop_map(|(devices, more)| {
            Answer::Devices(Devices { devices: list(&devices), more })
        }),
        device_answer().prop_map(Answer::Device),
        registry_answer().prop_map(Answer::Registry),
        (metadata_status(), any::<u32>(), any::<u32>()).prop_map(|(metadata, changed, stopped)| {
            Answer::Imported(Imported { metadata, changed, stopped })
        }),
    ]
}

fn registry_answer() -> impl Strategy<Value = RegistryAnswer<'static>> {
    let root = || any::<[u8; 32]>().prop_map(Digest);
    let file = (any::<u64>(), any::<u64>(), any::<u64>());
    let file = file.prop_map(|(size, bytes, writes)| SlotFile { size, bytes, writes });
    let rebuild = (any::<u64>(), any::<u64>(), of(root()), of(Just("why")));
    let rebuild = rebuild.prop_map(|(read, of, root, why)| Rebuild { read, of, root, why });
    (root(), any::<u64>(), of(file), of(rebuild), any::<u32>()).prop_map(
        |(root, size, file, rebuild, erased)| RegistryAnswer { root, size, file, rebuild, erased },
    )
}

fn key_created() -> impl Strategy<Value = Answer<'static>> {
    (any::<u64>(), any::<[u8; 16]>(), bytes(398)).prop_map(|(index, key, public_key)| {
        Answer::KeyCreated(KeyCreated { index, key: KeyId(key), public_key })
    })
}

fn listed() -> impl Strategy<Value = Listed<'static>> {
    let awaits = of(prop_oneof![Just(Awaits::Vouch), Just(Awaits::Confirmation)]);
    (slot(), name(), name(), standing(), awaits).prop_map(
        |(slot, name, signer, standing, awaits)| Listed { slot, name, signer, standing, awaits },
    )
}

fn device_answer() -> impl Strategy<Value = DeviceAnswer<'static>> {
    let key = (bytes(1023), any::<i32>(), any::<u32>(), any::<bool>());
    let metadata = (of(name()), of(level()), any::<u8>());
    let history = vec(changed(), 0..=32);
    (listed(), key, attestation(), metadata, history).prop_map(
        |(listed, key, attestation, metadata, history)| DeviceAnswer {
            listed,
            credential: key.0,
            algorithm: key.1,
            sign_count: key.2,
            backup_eligible: key.3,
            attestation,
            model: metadata.0,
            certification: metadata.1,
            concerns: metadata.2,
            history: list(&history),
        },
    )
}

fn changed() -> impl Strategy<Value = Changed> {
    (any::<u64>(), standing(), cause(), any::<u64>()).prop_map(
        |(index, standing, cause, utc_lo_ms)| Changed { index, standing, cause, utc_lo_ms },
    )
}

fn metadata_status() -> impl Strategy<Value = MetadataStatus> {
    any::<(u32, u32, u32)>().prop_map(|(no, models, stale_days)| MetadataStatus {
        no,
        models,
        stale_days,
    })
}
