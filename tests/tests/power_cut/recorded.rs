//! What a ledger says, beside what was told.
//!
//! Of a signature its owner has a receipt: the ledger must hold that very leaf at that place, and its tree must
//! have the root that the receipt's checkpoint says, at the checkpoint's size. So must it for every other head
//! that was handed out.

use std::collections::HashMap;

use countersign_core::Reason;
use countersign_disk::Disk;
use countersign_host::Host;
use countersign_ledger::{Keys, Replayed, Seen};
use countersign_protocol::canonical;
use countersign_protocol::record::{Kind, RefusalContent, RefusalsContent};
use countersign_tests::draft::encode;
use countersign_tlog::{Frontier, Hash, Head, leaf_hash};

use crate::day::{Knowledge, Told};

/// What is worst.
pub const LOST: &str = "a signature that was given is not in the ledger";

/// What a ledger says.
#[derive(Default)]
pub struct Recorded {
    tree: Frontier,
    leaves: Vec<Hash>,
    /// The tree's root at the sizes that were told.
    roots: HashMap<u64, Option<Hash>>,
    refusals: HashMap<u16, usize>,
}

impl Recorded {
    /// The ledger on this disk.
    pub fn of(
        disk: Disk,
        keys: &impl Keys,
        known: &[Told],
    ) -> Result<(Self, Replayed<Disk>), String> {
        let sizes = known.iter().filter_map(Told::head).map(|head| (head.size, None));
        let mut all = Self { roots: sizes.collect(), ..Self::default() };
        let opened = countersign_ledger::open(disk, &Host, keys, |seen| {
            all.take(seen);
            Ok(())
        });
        opened.map(|replayed| (all, replayed)).map_err(|why| format!("no restart: {why}"))
    }

    fn take(&mut self, seen: &Seen<'_>) {
        let leaf = leaf_hash(&encode(&seen.leaf));
        self.tree.append(leaf, |_, _, _| ());
        self.leaves.push(leaf);
        if let Some(root) = self.roots.get_mut(&self.tree.size()) {
            *root = Some(self.tree.root());
        }
        if seen.leaf.kind == Kind::Refusal {
            let content: RefusalContent<'_> =
                canonical::decode(seen.content.open().unwrap()).unwrap();
            *self.refusals.entry(content.reason).or_default() += 1;
        }
        if seen.leaf.kind == Kind::Refusals {
            let content: RefusalsContent<'_> =
                canonical::decode(seen.content.open().unwrap()).unwrap();
            for refused in content.refused.iter() {
                let count = self.refusals.entry(refused.reason).or_default();
                *count += usize::try_from(refused.count).unwrap();
            }
        }
    }

    /// Whether it has everything that was told.
    pub fn has(&self, known: &[Told]) -> Result<(), String> {
        known.iter().try_for_each(|told| match &told.what {
            Knowledge::Signed(signed) => {
                let found = usize::try_from(signed.index).ok().and_then(|at| self.leaves.get(at));
                let there = found == Some(&signed.leaf);
                there.then_some(()).ok_or(LOST)?;
                self.follows(&signed.head)
            }
            Knowledge::Head(head) => self.follows(head),
            Knowledge::Refused(reason, count) => self.has_refused(*reason, *count),
            Knowledge::Done(index) if *index < self.tree.size() => Ok(()),
            Knowledge::Done(index) => Err(format!("order {index} is not in the ledger")),
        })
    }

    /// Whether it is the ledger of this head, with more at its end.
    fn follows(&self, head: &Head) -> Result<(), String> {
        let same = self.roots.get(&head.size) == Some(&Some(head.root));
        let why = || format!("its first {} records are not those of a head handed out", head.size);
        same.then_some(()).ok_or_else(why)
    }

    fn has_refused(&self, reason: Reason, count: usize) -> Result<(), String> {
        let recorded = self.refusals.get(&reason.number()).copied().unwrap_or(0);
        let enough = recorded >= count;
        enough.then_some(()).ok_or_else(|| format!("{recorded} of {count} refusals in the ledger"))
    }
}
