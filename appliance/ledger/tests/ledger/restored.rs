//! An older copy of a log opens: nothing in it says that there was more. Whoever was given a checkpoint of it
//! can tell, and so can whoever has a receipt.

use std::collections::HashMap;

use countersign_disk::Disk;
use countersign_protocol::canonical;
use countersign_protocol::receipt::Receipt;
use countersign_tlog::{
    Frontier, Hash, Head, Nodes, ProofError, consistency, inclusion, leaf_hash,
};

use crate::story::{Log, bytes, groups, joined, opened, refusal, written};

/// All nodes of a log's tree.
#[derive(Default)]
struct Tree {
    edge: Frontier,
    nodes: HashMap<(u32, u64), Hash>,
}

impl Tree {
    fn of(log: &[u8]) -> Self {
        let mut tree = Self::default();
        for (leaf, ..) in groups(log).into_iter().flat_map(|group| group.records) {
            tree.edge.append(leaf_hash(&leaf), |level, index, hash| {
                tree.nodes.insert((level, index), hash);
            });
        }
        tree
    }

    /// Whether it is the tree of which somebody knows this head, with more leaves at its end.
    fn follows(&self, known: &Head) -> Result<(), ProofError> {
        let now = self.edge.head();
        let path = consistency::prove(self, known.size, now.size).unwrap_or_default();
        consistency::verify(known, &now, &path)
    }
}

impl Nodes for Tree {
    type Error = (u32, u64);

    fn node(&self, level: u32, index: u64) -> Result<Hash, Self::Error> {
        self.nodes.get(&(level, index)).copied().ok_or((level, index))
    }
}

/// The head that a receipt tells.
fn head(receipt: &[u8]) -> Head {
    canonical::decode::<Receipt<'_>>(receipt).unwrap().checkpoint.head()
}

#[test]
fn an_older_copy_opens_and_is_smaller_than_a_checkpoint_that_was_handed_out() {
    let (log, committed) = written();
    let all = groups(&log);
    let known = head(&committed.last().unwrap().receipt().unwrap());
    assert_eq!(Tree::of(&log).follows(&known), Ok(()));
    for n in 0..all.len() {
        let older = joined(&all[..n]);
        let (settled, contents) = opened(&Disk::holding(older.clone())).unwrap();
        assert_eq!(settled.cut_bytes(), 0);
        assert_eq!(contents.len() as u64, all[n].place.record);
        assert_eq!(Tree::of(&older).follows(&known), Err(ProofError::OutOfTree), "{n} groups");
    }
}

/// It grows again, past what was handed out, with the very key: it is another log.
#[test]
fn an_older_copy_that_went_on_is_not_the_log_of_a_checkpoint_that_was_handed_out() {
    let (log, committed) = written();
    let all = groups(&log);
    for n in 2..all.len() {
        let disk = Disk::holding(joined(&all[..n]));
        let mut fork = Log::on(disk.clone());
        (0..committed.len()).for_each(|_| drop(fork.group(vec![refusal(b"another".to_vec())])));
        let fork = Tree::of(&bytes(&disk));
        for one in &committed {
            let receipt = one.receipt().unwrap();
            let known = head(&receipt);
            let kept = known.size <= all[n].place.record;
            let expected = if kept { Ok(()) } else { Err(ProofError::Root) };
            assert_eq!(fork.follows(&known), expected, "{n} groups, known {}", known.size);
            assert_eq!(fork.has(&receipt), kept, "record {}", one.index());
        }
    }
}

impl Tree {
    /// Whether a receipt's record is at its place in this tree.
    fn has(&self, receipt: &[u8]) -> bool {
        let receipt: Receipt<'_> = canonical::decode(receipt).unwrap();
        let now = self.edge.head();
        let path = inclusion::prove(self, receipt.index, now.size).unwrap();
        inclusion::verify(&leaf_hash(receipt.leaf.bytes()), receipt.index, &path, &now).is_ok()
    }
}

/// The last group altered is the last group gone: it is cut, and whoever has a receipt from it can tell.
#[test]
fn a_last_group_that_was_altered_is_missed_by_whoever_has_its_receipts() {
    let (log, committed) = written();
    let all = groups(&log);
    let (mut altered, known) = (log, head(&committed.last().unwrap().receipt().unwrap()));
    *altered.last_mut().unwrap() ^= 1;
    let disk = Disk::holding(altered);
    let (settled, _) = opened(&disk).unwrap();
    assert_eq!(settled.cut_bytes(), all.last().unwrap().bytes.len() as u64);
    drop(settled);
    assert_eq!(Tree::of(&bytes(&disk)).follows(&known), Err(ProofError::OutOfTree));
}
