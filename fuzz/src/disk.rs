//! What a ledger file may hold: anything, for an attacker may have had the disk.
//!
//! The property of each harness: opening gives a ledger or says what is damaged, without a panic; it
//! changes nothing; what it shows it has counted, each record at its own index; and only a tail that can
//! be no more than one torn group is cut, by [`Replayed::settle`](countersign_ledger::Replayed::settle).

use std::sync::Arc;

use countersign_disk::Disk;
use countersign_host::Host;
use countersign_ledger::{Damage, Keys, NoKey, Replayed, Seen, open};
use countersign_ports::{Crypto, Sealing as _, Storage as _};
use countersign_protocol::activation::Version;
use countersign_protocol::checkpoint::Checkpoint;
use countersign_protocol::group::{Group, MAGIC};
use countersign_protocol::limits::{GROUP_BYTES_MAX, RECORD_BYTES_MAX};
use countersign_protocol::record::{Kind, Leaf, Opening, Record, Seal};
use countersign_protocol::{ApplianceId, Bounded, Digest, Sequence, tag};
use countersign_registry::{Registry, RootKey, replay};
use minicbor::Encode;
use zeroize::Zeroizing;

use crate::house::{point, registered};

/// A ledger file, as it is.
pub fn ledger(data: &[u8]) {
    boot(data, Registry::new(Arc::new(Host), RootKey::nobodys()));
}

/// The body of a file's only group, under a right head: magic, length and digest.
pub fn group(data: &[u8]) {
    if data.len() <= GROUP_BYTES_MAX {
        boot(&file(data), Registry::new(Arc::new(Host), RootKey::nobodys()));
    }
}

/// A record: the number of its kind, then its content. Everything around it is right, so that it comes
/// to a registry that knows somebody already: open, and once as if it were about somebody who is erased.
pub fn record(data: &[u8]) {
    let Some((kind, content)) = data.split_first() else { return };
    let Ok(kind) = minicbor::decode::<Kind>(&[*kind]) else { return };
    if content.len() <= RECORD_BYTES_MAX / 2 {
        boot(&file(&body(kind, content)), registered());
        boot(&file(&about(kind, content, true)), registered());
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
    let opened = open(disk.clone(), &Host, &OwnKey, view);
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
    about(kind, content, false)
}

/// The same; perhaps sealed under the key of somebody who is erased.
fn about(kind: Kind, content: &[u8], erased: bool) -> Vec<u8> {
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
    let sealed = sealed(&leaf, opening, erased);
    let (leaf, sealed) = (Bounded::new(&leaf).unwrap(), Bounded::new(&sealed).unwrap());
    let mut signers = [0; 40];
    let signers = Sequence::from_values(&[ERASED], &mut signers).unwrap();
    let seal = if erased { Seal::Signers(signers) } else { Seal::Own };
    let mut room = vec![0; sealed.bytes().len() + leaf.bytes().len() + 96];
    encode(&Group {
        peaks: Sequence::EMPTY,
        records: Sequence::from_values(&[Record { leaf, seal, sealed }], &mut room).unwrap(),
        checkpoint: Checkpoint { appliance: ApplianceId([1; 16]), size: 1, root },
        signature: [0; 64],
    })
}

/// An opening, sealed as the first record of an appliance's own. (What is inside the layer of somebody who is erased,
/// nobody sees.)
fn sealed(leaf: &[u8], mut opening: Vec<u8>, erased: bool) -> Vec<u8> {
    let key = Host.sha256(&[tag::RECORD_KEY, &[0], OwnKey.own(), &[0; 8]]);
    let about = if erased { [&[1][..], &ERASED.0].concat() } else { vec![0] };
    let associated = [&about, leaf].concat();
    let mark = Host.seal_in_place(&key, &[0; 12], &associated, &mut opening).unwrap();
    [&[0; 12][..], &opening, &mark].concat()
}

/// Somebody's key that is gone.
const ERASED: Digest = Digest([6; 32]);

/// The appliance's own key; every signer is erased.
struct OwnKey;

impl Keys for OwnKey {
    fn own(&self) -> &[u8; 32] {
        &[5; 32]
    }

    fn of_signer(&self, _: &Digest) -> Result<Zeroizing<[u8; 32]>, NoKey> {
        Err(NoKey::Gone)
    }
}

fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    minicbor::to_vec(value).unwrap()
}
