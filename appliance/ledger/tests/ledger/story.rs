//! A stored log of a few groups: taken apart, and put together again as somebody would who has the disk and
//! all software, but no key.

use std::sync::Arc;

use countersign_core::port::{Crypto as _, LedgerFailed};
use countersign_disk::Disk;
use countersign_host::Host;
use countersign_ledger::{
    Bounds, Committed, Committer, Damage, Instruments, Ledger, Place, Salts, Settled, Submission,
    Ticket, open,
};
use countersign_ports::Storage;
use countersign_protocol::change::{Appliance, Profile};
use countersign_protocol::checkpoint::Checkpoint;
use countersign_protocol::group::{Group, MAGIC};
use countersign_protocol::record::{Kind, Record, Seal};
use countersign_protocol::{
    ApplianceId, Bounded, Digest, Origin, Sequence, canonical, minicbor, tag,
};
use countersign_tlog::{Frontier, leaf_hash};
use zeroize::Zeroizing;

use crate::folder::{Bunch, SIGNERS, Scribe};

const US: ApplianceId = ApplianceId([9; 16]);
/// Bytes before a group's body.
const FRAME: usize = 44;

/// Bytes of each record's content, group by group. (Record 1 is the appliance's identity, as `init` writes
/// it; it is as long as it is.)
const SIZES: [&[usize]; 6] =
    [&[57], &[0], &[1, 900, 40, 300], &[5], &[2500, 2, 200], &[100, 1, 700]];

/// What an open log is, and the contents that it showed.
pub type Opened<S> = (Settled<S>, Vec<Vec<u8>>);

/// A log, and what its records' owners were given.
pub fn written() -> (Vec<u8>, Vec<Committed>) {
    let disk = Disk::holding(Vec::new());
    let mut log = Log::on(disk.clone());
    let (mut committed, mut n) = (Vec::new(), 0);
    for sizes in SIZES {
        let records = sizes.iter().map(|size| {
            n += 1;
            if n == 2 { identity() } else { record(n, *size) }
        });
        committed.extend(log.group(records.collect()));
    }
    (bytes(&disk), committed)
}

/// A log that grows, a group at a time.
pub struct Log<S> {
    pub ledger: Ledger<S>,
    committer: Committer<S, Host, Bunch, Scribe>,
}

impl<S: Storage + Send + 'static> Log<S> {
    /// After what is on the medium.
    pub fn on(storage: S) -> Self {
        Self::with(storage, Bounds::default())
    }

    /// The same, with groups of these bounds.
    pub fn with(storage: S, bounds: Bounds) -> Self {
        let settled = opened_on(storage).unwrap().0.for_appliance(US).with_groups(bounds);
        let salts = Salts { secret: Zeroizing::new([3; 32]), boot: Digest([4; 32]) };
        let (crypto, keys, notary) = (Arc::new(Host), Arc::new(Bunch::of(&SIGNERS)), Scribe);
        let with = Instruments { crypto, keys, notary, salts };
        let (ledger, committer) = Ledger::open(settled, with);
        Self { ledger, committer }
    }

    /// One group of these records.
    pub fn group(&mut self, records: Vec<Submission>) -> Vec<Committed> {
        self.try_group(records).into_iter().map(Result::unwrap).collect()
    }

    /// What is told whoever submits these records, in as many groups as they need.
    pub fn try_group(&mut self, records: Vec<Submission>) -> Vec<Result<Committed, LedgerFailed>> {
        let tickets: Vec<_> = records.into_iter().map(|one| self.ledger.submit(one)).collect();
        while self.committer.waiting() > 0 {
            self.committer.step();
        }
        let told = |ticket: Result<(u64, Ticket), _>| pollster::block_on(ticket?.1);
        tickets.into_iter().map(told).collect()
    }
}

pub const fn refusal(content: Vec<u8>) -> Submission {
    Submission { kind: Kind::Refusal, tenant: None, signers: Vec::new(), content }
}

/// Every third one is about a signer.
fn record(n: u8, size: usize) -> Submission {
    let signers = if n.is_multiple_of(3) { vec![Digest([1; 32])] } else { Vec::new() };
    Submission { signers, ..refusal(vec![n; size]) }
}

fn identity() -> Submission {
    let content = minicbor::to_vec(Appliance {
        id: US,
        profile: Profile::Development,
        rp_id: Origin::new("a.example").unwrap(),
        origin: Origin::new("https://a.example").unwrap(),
        checkpoint_key: Scribe::key(),
        cosigner_key: None,
    });
    let (kind, signers) = (Kind::Appliance, Vec::new());
    Submission { kind, tenant: None, signers, content: content.unwrap() }
}

/// All of a disk.
pub fn bytes(disk: &Disk) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(disk.len().unwrap()).unwrap()];
    disk.read_at(0, &mut bytes).unwrap();
    bytes
}

/// Opens what is on the disk, as a boot does.
pub fn opened(disk: &Disk) -> Result<Opened<Disk>, Damage> {
    opened_on(disk.clone())
}

fn opened_on<S: Storage>(storage: S) -> Result<Opened<S>, Damage> {
    let mut contents = Vec::new();
    let keys = Bunch::of(&SIGNERS);
    let replayed = open(storage, &Host, &keys, |seen| {
        contents.extend(seen.content.open().map(<[u8]>::to_vec));
        Ok(())
    })?;
    Ok((replayed.settle(&Host, &Scribe::key())?, contents))
}

/// What a boot says of these bytes; it leaves them as they are if it does not take them.
pub fn damage(bytes: Vec<u8>) -> Option<Damage> {
    let disk = Disk::holding(bytes);
    let damage = opened(&disk).err();
    assert!(damage.is_none() || disk.operations() == 0, "a log that does not open is not changed");
    damage
}

/// A record: its leaf, whom it is about, and what is sealed.
pub type Parts = (Vec<u8>, Vec<Digest>, Vec<u8>);

/// A stored group, taken apart.
#[derive(Clone)]
pub struct Stored {
    /// Where it is.
    pub place: Place,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its records.
    pub records: Vec<Parts>,
    peaks: Vec<Digest>,
    checkpoint: Checkpoint,
    signature: [u8; 64],
}

fn apart(record: Record<'_>) -> Parts {
    let about = match record.seal {
        Seal::Own => Vec::new(),
        Seal::Signers(signers) => signers.iter().collect(),
    };
    (record.leaf.bytes().to_vec(), about, record.sealed.bytes().to_vec())
}

fn together<'p>((leaf, about, sealed): &'p Parts, room: &'p mut [u8; 400]) -> Record<'p> {
    let (leaf, sealed) = (Bounded::new(leaf).unwrap(), Bounded::new(sealed).unwrap());
    let seal = Sequence::from_values(about, room).map_or(Seal::Own, Seal::Signers);
    Record { leaf, seal, sealed }
}

/// The groups of a log.
pub fn groups(mut bytes: &[u8]) -> Vec<Stored> {
    let (mut groups, mut place) = (Vec::new(), Place { offset: 0, record: 0 });
    while !bytes.is_empty() {
        let length = u32::from_be_bytes(bytes[8..12].try_into().unwrap()) as usize;
        let (frame, rest) = bytes.split_at(FRAME + length);
        let group: Group<'_> = canonical::decode(&frame[FRAME..]).unwrap();
        let Group { peaks, records, checkpoint, signature } = group;
        let (peaks, records) = (peaks.iter().collect(), records.iter().map(apart).collect());
        groups.push(Stored { place, bytes: frame.to_vec(), records, peaks, checkpoint, signature });
        place = Place { offset: place.offset + frame.len() as u64, record: checkpoint.size };
        bytes = rest;
    }
    groups
}

/// These groups, one after the other, as they are.
pub fn joined<'g>(groups: impl IntoIterator<Item = &'g Stored>) -> Vec<u8> {
    groups.into_iter().map(|group| &group.bytes[..]).collect::<Vec<_>>().concat()
}

impl Stored {
    /// The body, without the frame.
    pub fn body(&self) -> &[u8] {
        &self.bytes[FRAME..]
    }

    /// Makes the bytes of what it is now: the digest is right. Nobody signs.
    pub fn frame_again(&mut self) {
        let (mut peaks_room, mut records_room) = (vec![0; 4096], vec![0; 64 * 1024]);
        let mut rooms = vec![[0; 400]; self.records.len()];
        let records = self.records.iter().zip(&mut rooms);
        let records: Vec<_> = records.map(|(parts, room)| together(parts, room)).collect();
        // A group without records is not in the format: all that can be done is to leave it out.
        let Ok(records) = Sequence::from_values(&records, &mut records_room) else {
            return self.bytes.clear();
        };
        let peaks = Sequence::from_values(&self.peaks, &mut peaks_room).unwrap();
        let (checkpoint, signature) = (self.checkpoint, self.signature);
        self.bytes =
            framed(&minicbor::to_vec(Group { peaks, records, checkpoint, signature }).unwrap());
    }

    /// Makes its tree anew, after the tree before it; gives the tree after it.
    pub fn grow_again(&mut self, before: &Frontier) -> Frontier {
        let mut tree = before.clone();
        self.records.iter().for_each(|(leaf, ..)| tree.append(leaf_hash(leaf), |_, _, _| ()));
        self.peaks = before.peaks().map(|(_, _, hash)| Digest(hash)).collect();
        let head = tree.head();
        self.checkpoint =
            Checkpoint { size: head.size, root: Digest(head.root), ..self.checkpoint };
        self.frame_again();
        tree
    }
}

/// A body in a frame whose digest is right.
pub fn framed(body: &[u8]) -> Vec<u8> {
    let digest = Host.sha256(&[tag::GROUP, body]);
    let length = u32::try_from(body.len()).unwrap();
    [&MAGIC[..], &length.to_be_bytes(), &digest, body].concat()
}
