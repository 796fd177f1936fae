//! What a ledger file may hold: anything, for an attacker may have had the disk.
//!
//! The property of each harness: opening gives a ledger or says what is damaged, without a panic; it
//! changes nothing; what it shows it has counted, each record at its own index; and only a tail that can
//! be no more than one torn group is cut, by [`Replayed::settle`](countersign_ledger::Replayed::settle).

use std::sync::Arc;

use countersign_disk::Disk;
use countersign_host::Host;
use countersign_ledger::{Damage, Replayed, Seen, open};
use countersign_ports::{Crypto, Storage as _};
use countersign_protocol::activation::Version;
use countersign_protocol::checkpoint::Checkpoint;
use countersign_protocol::group::{Group, MAGIC};
use countersign_protocol::limits::{GROUP_BYTES_MAX, RECORD_BYTES_MAX};
use countersign_protocol::record::{Kind, Leaf, Opening, Record, Seal};
use countersign_protocol::{ApplianceId, Bounded, Digest, Sequence, tag};
use countersign_registry::{Registry, replay};
use minicbor::Encode;

use crate::house::{point, registered};

/// A ledger file, as it is.
pub fn ledger(data: &[u8]) {
    boot(data, Registry::new(Arc::new(Host)));
}

/// The body of a file's only group, under a right head: magic, length and digest.
pub fn group(data: &[u8]) {
    if data.len() <= GROUP_BYTES_MAX {
        boot(&file(data), Registry::new(Arc::new(Host)));
    }
}

/// A record: the number of its kind, then its content. Everything around it is right, so that it comes
/// to a registry that knows somebody already.
pub fn record(data: &[u8]) {
    let Some((kind, content)) = data.split_first() else { return };
    let Ok(kind) = minicbor::decode::<Kind>(&[*kind]) else { return };
    if content.len() <= RECORD_BYTES_MAX / 2 {
        boot(&file(&body(kind, content)), registered());
    }
}

/// Everything that a boot reads before it writes.
fn boot(bytes: &[u8], mut registry: Registry<Host>) {
    let disk = Disk::holding(bytes.to_vec());
    let mut shown = 0;
    let view = |seen: &Seen<'_>| {
        assert_eq!(seen.index, shown, "a record at an index that is not its own");
        shown += 1;
        replay(&mut registry, seen).map_err(|why| why.to_string())
    };
    let opened = open(disk.clone(), &Host, view);
    assert_eq!(disk.operations(), 0, "opening changed the medium");
    let Ok(replayed) = opened else { return };
    assert_eq!(replayed.size(), shown, "another number of records than were shown");
    settled(&disk, replayed, bytes.len() as u64);
}

fn settled(disk: &Disk, replayed: Replayed<Disk>, len: u64) {
    match replayed.settle(&Host, &point()) {
        Ok(settled) => assert_eq!(disk.len().unwrap() + settled.cut_bytes(), len),
        Err(Damage::Checkpoint(_) | Damage::Middle { .. }) => assert_eq!(disk.operations(), 0),
        Err(other) => assert!(matches!(other, Damage::Chain { .. }), "{other}"),
    }
}

/// A file of one group (`countersign_protocol::group`).
pub(crate) fn file(body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap();
    let digest = Host.sha256(&[tag::GROUP, body]);
    [&MAGIC[..], &length.to_be_bytes(), &digest, body].concat()
}

/// A group of one record, the first of a ledger, under its own root. Nobody signed it.
pub(crate) fn body(kind: Kind, content: &[u8]) -> Vec<u8> {
    let opening = Opening { salt: Digest([0; 32]), content: Bounded::new(content).unwrap() };
    let opening = encode(&opening);
    let leaf = encode(&Leaf {
        version: Version::V1,
        kind,
        tenant: None,
        public: Bounded::EMPTY,
        commitment: Digest(Host.sha256(&[tag::COMMITMENT, &opening])),
    });
    let root = Digest(countersign_tlog::leaf_hash(&leaf));
    let (leaf, sealed) = (Bounded::new(&leaf).unwrap(), Bounded::new(&opening).unwrap());
    let mut room = vec![0; opening.len() + leaf.bytes().len() + 32];
    encode(&Group {
        peaks: Sequence::EMPTY,
        records: Sequence::from_values(&[Record { leaf, seal: Seal::Open, sealed }], &mut room)
            .unwrap(),
        checkpoint: Checkpoint { appliance: ApplianceId([1; 16]), size: 1, root },
        signature: [0; 64],
    })
}

fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    minicbor::to_vec(value).unwrap()
}
