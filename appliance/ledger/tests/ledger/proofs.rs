//! Proofs about the whole tree, between any two sizes and of any record, also after a restart.

use countersign_core::port::CheckpointMessage;
use countersign_disk::Disk;
use countersign_host::{FileStorage, Host};
use countersign_ledger::{Ledger, Signed, open};
use countersign_protocol::checkpoint::Checkpoint;
use countersign_protocol::receipt::Receipt;
use countersign_protocol::{Digest, canonical, minicbor};
use countersign_tlog::{EMPTY_ROOT, Frontier, Hash, Head, consistency, inclusion, leaf_hash};

use crate::folder::{Bunch, Folder, SIGNERS, Scribe, submission};
use crate::story::{groups, written};

/// What is known of a ledger with many groups: the leaves, and every checkpoint that was signed.
#[derive(Default)]
pub struct Known {
    leaves: Vec<Hash>,
    checkpoints: Vec<Checkpoint>,
}

impl Known {
    /// Writes groups of different sizes, across the borders of what is kept in memory.
    pub fn write(&mut self, ledger: &Ledger<FileStorage>, groups: &[u32]) {
        for size in groups {
            let content = |n: u32| submission(&[*size, n].map(u32::to_be_bytes).concat());
            let tickets: Vec<_> =
                (0..*size).map(|n| ledger.submit(content(n)).unwrap().1).collect();
            for ticket in tickets {
                self.take(&pollster::block_on(ticket).unwrap().receipt().unwrap());
            }
        }
    }

    fn take(&mut self, receipt: &[u8]) {
        let receipt: Receipt<'_> = canonical::decode(receipt).unwrap();
        self.leaves.push(leaf_hash(receipt.leaf.bytes()));
        if self.checkpoints.last() != Some(&receipt.checkpoint) {
            self.checkpoints.push(receipt.checkpoint);
        }
    }

    pub fn check(&self, ledger: &Ledger<FileStorage>) {
        let empty = Head { size: 0, root: EMPTY_ROOT };
        let all = self.checkpoints.iter().map(Checkpoint::head);
        let heads: Vec<_> = std::iter::once(empty).chain(all).collect();
        for checkpoint in &self.checkpoints {
            for old in heads.iter().filter(|head| head.size <= checkpoint.size) {
                let path = ledger.consistency(&Host, old.size, checkpoint).unwrap();
                consistency::verify(old, &checkpoint.head(), &path).unwrap();
            }
        }
        let last = self.checkpoints.last().unwrap();
        for (index, leaf) in (0..).zip(&self.leaves) {
            let path = ledger.inclusion(&Host, index, leaf, last).unwrap();
            inclusion::verify(leaf, index, &path, &last.head()).unwrap();
        }
    }
}

pub const GROUPS: [u32; 9] = [1, 1, 200, 3, 51, 1, 255, 200, 70];

#[test]
fn every_older_size_and_every_record_is_proved_before_and_after_a_restart() {
    let (folder, mut known) = (Folder::new(), Known::default());
    let ledger = folder.start();
    assert_eq!(ledger.newest(), None);
    known.write(&ledger, &GROUPS);
    assert!(known.leaves.len() > 3 * 256);
    known.check(&ledger);
    drop(ledger);
    let ledger = folder.start();
    known.check(&ledger);
    known.write(&ledger, &[5, 100]);
    known.check(&ledger);
}

#[test]
fn the_newest_checkpoint_is_signed_and_the_last_one_also_after_a_restart() {
    let (folder, mut known) = (Folder::new(), Known::default());
    let ledger = folder.start();
    known.write(&ledger, &[2, 3]);
    let newest = ledger.newest().unwrap();
    drop(ledger);
    assert_eq!(folder.start().newest(), Some(newest));
    let Signed { checkpoint, signature } = newest;
    assert_eq!(Some(&checkpoint), known.checkpoints.last());
    let message = CheckpointMessage::new(&Host, Scribe::key().suite(), &checkpoint);
    assert!(message.is_signed(&Host, &Scribe::key(), &signature));
}

#[test]
fn nothing_is_proved_that_is_not_so() {
    let (folder, mut known) = (Folder::new(), Known::default());
    let ledger = folder.start();
    known.write(&ledger, &[2, 3]);
    // How many groups the records came into is the committer's.
    let (first, last) = (known.checkpoints[0], *known.checkpoints.last().unwrap());
    assert!(ledger.consistency(&Host, last.size, &first).is_none(), "it does not shrink");
    let longer = Checkpoint { size: last.size + 1, ..last };
    assert!(
        ledger.consistency(&Host, 0, &longer).is_some(),
        "nothing is to be proved from nothing"
    );
    assert!(ledger.consistency(&Host, first.size, &longer).is_none());
    let mut other = last;
    other.root.0[0] ^= 1;
    assert!(ledger.consistency(&Host, first.size, &other).is_none());
    assert!(ledger.inclusion(&Host, 0, &known.leaves[0], &other).is_none());
    assert!(ledger.inclusion(&Host, 0, &known.leaves[1], &last).is_none());
    assert!(ledger.inclusion(&Host, 4, &known.leaves[4], &first).is_none());
    assert!(ledger.inclusion(&Host, 4, &known.leaves[4], &last).is_some());
}

#[test]
fn a_medium_that_was_changed_proves_nothing() {
    let (folder, mut known) = (Folder::new(), Known::default());
    let ledger = folder.start();
    known.write(&ledger, &[2, 3]);
    // How many groups the records came into is the committer's.
    let (first, last) = (known.checkpoints[0], *known.checkpoints.last().unwrap());
    let mut changed = folder.bytes();
    changed[100] ^= 1;
    folder.overwrite(&changed);
    assert!(ledger.consistency(&Host, first.size, &last).is_none());
    assert!(ledger.inclusion(&Host, 4, &known.leaves[4], &last).is_none());
}

/// Of a ledger that is read and nobody's yet, whatever a torn write has left after it: a whole group's length, even.
#[test]
fn the_root_at_every_size_is_known_before_it_is_anybodys() {
    let (bytes, _) = written();
    let group = groups(&bytes).pop().unwrap().bytes;
    let torn = [&group[..group.len() - 1], &[!group[group.len() - 1]]].concat();
    for rest in [Vec::new(), vec![7], torn] {
        let disk = Disk::holding([&bytes[..], &rest].concat());
        let mut tree = Frontier::new();
        let mut roots = vec![tree.root()];
        let replayed = open(disk, &Host, &Bunch::of(&SIGNERS), |seen| {
            tree.append(leaf_hash(&minicbor::to_vec(seen.leaf).unwrap()), |_, _, _| ());
            roots.push(tree.root());
            Ok(())
        });
        let replayed = replayed.unwrap();
        for (size, root) in (0..).zip(&roots) {
            assert_eq!(replayed.root_at(&Host, size), Some(Digest(*root)), "{size}");
        }
        assert_eq!(replayed.root_at(&Host, roots.len() as u64), None, "there are fewer");
    }
}
